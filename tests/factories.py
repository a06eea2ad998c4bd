"""Things for tests: valid by default, so that a test sets only what it is about."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from comments.door_hold import DoorHold
from comments.idempotency import traces
from comments.identity import RootKey
from comments.receipt import new_receipt, receipt_token
from comments.roles import Grant, Role
from comments.signal import Category, Signal, Span, Weight
from comments.status import Status
from comments.store import Store
from comments.store.devices import DeviceArrival
from comments.store.inbox import Arrival
from comments.store.pending import Settlement
from comments.store.pending import _read_claimed as read_claimed  # the claim itself would take every waiting comment
from comments.store.records import Accepted, Claimed, Moderator, Site
from comments.store.spent import Proof
from comments.submission import Submission, parse_submission
from comments.verdict import Verdict

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ROOT_KEY = RootKey(b"0123456789abcdef" * 2)
# Nobody can log in with it: no password has this hash.
NO_PASSWORD = "not a hash"

# Two comments with the same words would be one: a twin (comments/idempotency.py).
_numbers = itertools.count(1)


def a_body(**overrides: object) -> dict[str, object]:
    """Return a request body as a site sends it. `thread` may be given as the key alone."""
    thread = overrides.pop("thread", "border-strikes")
    if isinstance(thread, str):
        thread = {"key": thread, "url": f"https://news.example/{thread}", "title": "Strikes on the border"}
    body: dict[str, object] = {
        "site": "demo",
        "thread": thread,
        "parent": None,
        "name": "Ada Obi",
        "email": "ada.obi@example.org",
        "text": f"Thank you for reporting on this, part {next(_numbers)}.",
    }
    return body | overrides


def a_submission(**overrides: object) -> Submission:
    """Return a submission; see `a_body` for what may be overridden."""
    return parse_submission(a_body(**overrides))


def an_arrival(
    key: RootKey = ROOT_KEY,
    now: datetime = NOW,
    *,
    client_ip: str | None = "203.0.113.7",
    idempotency_key: str | None = None,
    honeypot_filled: bool = False,
    seconds_to_submit: int | None = None,
    disposable_domains: frozenset[str] = frozenset(),
    device: bytes | None = None,
    proof: Proof | None = None,
    door_hold: DoorHold = DoorHold.NONE,
    **overrides: object,
) -> Arrival:
    """Return a submission on its way into the store, made the way the service makes it.

    `device` is the hash of a device that is remembered with the first comment of it.
    """
    submission = a_submission(**overrides)
    trace, *others = traces(
        submission,
        key,
        client_key=idempotency_key,
        client_ip=client_ip,
        now=now,
        disposable_domains=disposable_domains,
    )
    return Arrival(
        site_key=submission.site,
        thread_key=submission.thread.key,
        thread_url=submission.thread.url,
        thread_title=submission.thread.title,
        thread_section=submission.thread.section,
        thread_lead=submission.thread.lead,
        parent_id=submission.parent,
        name=submission.name,
        text=submission.text,
        identity=trace.identity,
        idempotency_hash=trace.idempotency_hash,
        request_digest=trace.request_digest,
        others=tuple(others),
        receipt=new_receipt(key),
        honeypot_filled=honeypot_filled,
        seconds_to_submit=seconds_to_submit,
        device=DeviceArrival(shown=() if device is None else (device,), new=device),
        proof=proof,
        door_hold=door_hold,
    )


def a_site(store: Store, key: str = "demo", **changes: object) -> Site:
    """Return the site, added when it is not there; `changes` are what its editors set (see Site)."""
    site = store.sites.find(key) or store.sites.add(key, f"The {key} news", now=NOW)
    return store.sites.set(replace(site, **changes)) if changes else site  # type: ignore[arg-type]  # checked by Site


def accept(store: Store, *, key: RootKey = ROOT_KEY, now: datetime = NOW, **overrides: object) -> Accepted:
    """Keep a comment; its site is added when it is not there. See `an_arrival` for what may be overridden."""
    arrival = an_arrival(key, now, **overrides)  # type: ignore[arg-type]  # its own keywords and the body's fields
    a_site(store, arrival.site_key)
    return store.inbox.accept(arrival, now)


def settle(
    store: Store,
    accepted: Accepted,
    status: Status = Status.APPROVED,
    *,
    reasons: tuple[str, ...] = (),
    signals: tuple[Signal, ...] = (),
    bands: tuple[tuple[int, int], ...] = (),
    now: datetime = NOW,
) -> int:
    """Settle one pending comment and leave the other ones alone. Returns how many stood: 0 or 1."""
    claimed = a_claimed(store, accepted)
    return store.pending.settle([Settlement(claimed, Verdict(status, reasons, signals), bands)], now)


def a_claimed(store: Store, accepted: Accepted, **overrides: object) -> Claimed:
    """Return a comment as a worker holds it, without taking a lease."""
    with store.database.read() as connection:
        [claimed] = read_claimed(connection, [accepted.id])
    return replace(claimed, **overrides)  # type: ignore[arg-type]  # checked by Claimed


def a_signal(**overrides: object) -> Signal:
    """Return a finding that asks for a person."""
    signal = Signal(
        check="links",
        version="1",
        category=Category.SPAM,
        score=0.9,
        weight=Weight.HOLD,
        detail="two links, one through a shortener",
        spans=(Span(0, 5),),
    )
    return replace(signal, **overrides)  # type: ignore[arg-type]  # checked by Signal


def a_held_comment(store: Store, **overrides: object) -> Accepted:
    """Return a comment in the review queue."""
    return _settled(store, Status.HELD, ("It contains two links.",), (a_signal(),), overrides)


def an_approved_comment(store: Store, **overrides: object) -> Accepted:
    """Return a comment that anyone may read. With `parent=…id` it is a reply."""
    return _settled(store, Status.APPROVED, (), (), overrides)


def a_drawn_comment(store: Store, *, rate: float = 0.01, **overrides: object) -> Accepted:
    """Return a comment that the policy published and that was drawn for the audit sample."""
    accepted = accept(store, **overrides)  # type: ignore[arg-type]  # its own keywords and the body's fields
    drawn = Settlement(a_claimed(store, accepted), Verdict(Status.APPROVED, (), ()), audit_rate=rate)
    assert store.pending.settle([drawn], NOW) == 1
    return replace(accepted, status=Status.APPROVED)


def a_rejected_comment(store: Store, **overrides: object) -> Accepted:
    """Return a comment that the policy refused."""
    return _settled(store, Status.REJECTED, ("It is an advertisement.",), (a_signal(weight=Weight.REJECT),), overrides)


def _settled(
    store: Store,
    status: Status,
    reasons: tuple[str, ...],
    signals: tuple[Signal, ...],
    overrides: Mapping[str, object],
) -> Accepted:
    accepted = accept(store, **overrides)  # type: ignore[arg-type]  # its own keywords and the body's fields
    moment = overrides.get("now", NOW)
    assert isinstance(moment, datetime)
    assert settle(store, accepted, status, reasons=reasons, signals=signals, now=moment) == 1
    return replace(accepted, status=status)


def a_moderator(
    store: Store,
    login: str = "ada",
    *,
    password_hash: str = NO_PASSWORD,
    grants: Sequence[Grant] = (Grant(Role.ADMIN),),
    now: datetime = NOW,
) -> Moderator:
    """Return a moderator, added when there is none of this login; an admin of every site unless `grants` say else."""
    return store.moderators.find(login) or store.moderators.add(login, password_hash, grants=grants, now=now)


def receipt_of(accepted: Accepted, key: RootKey = ROOT_KEY) -> str:
    """Return the token in the receipt's link."""
    return receipt_token(key, accepted.receipt_nonce)


def root_key_file(directory: Path) -> Path:
    """Write the installation's key where the settings look for it, unless it is there."""
    path = directory / "root.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text((b"0123456789abcdef" * 2).hex() + "\n")
    return path
