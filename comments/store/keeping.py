"""Keep a group of submissions in one transaction, or find the twins that were kept before.

Who is refused is refused before anything is written, so the others need not begin again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from comments import schema
from comments.contact import NewContact
from comments.door_hold import DoorHold
from comments.idempotency import Trace
from comments.identity import Identity
from comments.policy import ProofMode
from comments.receipt import NewReceipt
from comments.status import Status
from comments.store.devices import DeviceArrival, use_device
from comments.store.records import Accepted
from comments.store.renewal import renew
from comments.store.spent import Proof, spend
from comments.store.upsert import upsert
from comments.thread_state import is_burst, is_closed

_sites, _threads, _comments, _identities = schema.sites, schema.threads, schema.comments, schema.identities


class UnknownSite(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when there is no such site."""


class ClosedThread(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the thread takes no more comments."""


class UnknownParent(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the comment replied to is not public in this thread."""


class IdempotencyConflict(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the same Idempotency-Key came before with another body."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A submission on its way into the store: everything but the address.

    `contact` is the address sealed, when its author wants to be written to; it is kept if the site offers that.
    `proof` is the proof of work it came with, None for none that counts; a site that asks for one holds it then.
    `others` find what was kept of the same author under the other root keys.
    """

    site_key: str
    thread_key: str
    thread_url: str
    thread_title: str
    parent_id: int | None
    name: str
    text: str
    identity: Identity
    idempotency_hash: bytes
    request_digest: bytes
    receipt: NewReceipt
    honeypot_filled: bool = False
    seconds_to_submit: int | None = None
    thread_section: str = ""
    thread_lead: str = ""
    contact: NewContact | None = None
    device: DeviceArrival | None = None
    door_hold: DoorHold = DoorHold.NONE
    proof: Proof | None = None
    others: tuple[Trace, ...] = ()

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """What a twin is found by, under each root key."""
        return self.idempotency_hash, *(each.idempotency_hash for each in self.others)

    @property
    def digests(self) -> frozenset[bytes]:
        """What a twin's request must be one of."""
        return frozenset((self.request_digest, *(each.request_digest for each in self.others)))


# A group's rows are found with one statement of each kind, however many they are.
_SITES = select(
    _sites.c.id, _sites.c.key, _sites.c.close_after_days, _sites.c.reply_notices, _sites.c.proof_of_work
).where(_sites.c.key.in_(bindparam("site_keys", expanding=True)))
# What a site says of its article; each is kept once.
_DESCRIPTION = ("url", "title", "section", "lead")
_THREADS = select(
    _threads.c.id,
    _threads.c.site_id,
    _threads.c.key,
    _threads.c.closed_at,
    _threads.c.created_at,
    _threads.c.burst_until,
    *(_threads.c[name] for name in _DESCRIPTION),
).where(
    _threads.c.site_id.in_(bindparam("site_ids", expanding=True)),
    _threads.c.key.in_(bindparam("thread_keys", expanding=True)),
)
_DESCRIBE_THREAD = (
    update(_threads)
    .where(_threads.c.id == bindparam("thread_id"))
    .values({**{name: bindparam(f"new_{name}") for name in _DESCRIPTION}, "version": _threads.c.version + 1})
)
_TWINS = (
    select(
        _comments.c.id,
        _comments.c.status,
        _comments.c.receipt_nonce,
        _comments.c.receipt_hash,
        _identities.c.site_id,
        _identities.c.idempotency_hash,
        _identities.c.request_digest,
    )
    .join(_identities, _identities.c.comment_id == _comments.c.id)
    .where(
        _identities.c.site_id.in_(bindparam("site_ids", expanding=True)),
        _identities.c.idempotency_hash.in_(bindparam("hashes", expanding=True)),
    )
)
_PARENTS = select(_comments.c.id, _comments.c.root_id, _comments.c.thread_id).where(
    _comments.c.id.in_(bindparam("parent_ids", expanding=True)), _comments.c.status == Status.APPROVED.value
)
_KEEP_COMMENTS = insert(_comments).returning(_comments.c.id, sort_by_parameter_order=True)
_KEEP_IDENTITY = insert(_identities)
_KEEP_CONTACT = insert(schema.contacts)
_RECORD = insert(schema.decisions)


@dataclass(frozen=True, slots=True)
class Wish:
    """An arrival and when it came."""

    arrival: Arrival
    now: datetime


_Hash = tuple[int, bytes]
_REFUSALS = (UnknownSite, ClosedThread, UnknownParent, IdempotencyConflict)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a group's arrivals meet: rows by what they are found with."""

    sites: dict[str, Any]
    twins: dict[_Hash, Any]
    threads: dict[tuple[int, str], Any]
    parents: dict[int, Any]

    def site_id(self, arrival: Arrival) -> int:
        """Return the number of the arrival's site, which is known."""
        found: int = self.sites[arrival.site_key].id
        return found

    def thread(self, arrival: Arrival) -> Any:
        """Return the row of its thread, None when this is its first comment."""
        return self.threads.get((self.site_id(arrival), arrival.thread_key))

    def hash(self, arrival: Arrival) -> _Hash:
        """Return what a twin is found with."""
        return self.site_id(arrival), arrival.idempotency_hash


def keep_all(connection: Connection, wishes: Sequence[Wish]) -> list[Accepted | Exception]:
    """Keep what can be kept and return what became of each, in order: a comment, a twin, or why it was refused."""
    known = _look_up(connection, wishes)
    first: dict[_Hash, Wish] = {}
    fates = [_fate(wish, known, first) for wish in wishes]
    made = dict(zip(first, _write(connection, list(first.values()), known), strict=True))
    return [
        fate
        if fate is not None
        else _made(made[known.hash(wish.arrival)], is_first=first[known.hash(wish.arrival)] is wish)
        for wish, fate in zip(wishes, fates, strict=True)
    ]


def find_twin(connection: Connection, wish: Wish) -> Accepted | None:
    """Return the twin that was kept before, None when none was, or another comment under the same Idempotency-Key."""
    known = _look_up(connection, [wish])
    if wish.arrival.site_key not in known.sites:
        return None
    try:
        return _told(_find_twin(wish.arrival, known), wish, known)
    except IdempotencyConflict:
        return None


def _look_up(connection: Connection, wishes: Sequence[Wish]) -> _Known:
    arrivals = [wish.arrival for wish in wishes]
    rows = connection.execute(_SITES, {"site_keys": sorted({each.site_key for each in arrivals})})
    known = _Known({row.key: row for row in rows}, {}, {}, {})
    site_ids = sorted(row.id for row in known.sites.values())
    if not site_ids:
        return known
    hashes = sorted({each for arrival in arrivals for each in arrival.hashes})
    for row in connection.execute(_TWINS, {"site_ids": site_ids, "hashes": hashes}):
        known.twins[row.site_id, row.idempotency_hash] = row
    _look_up_threads(connection, site_ids, arrivals, known)
    parent_ids = sorted({each.parent_id for each in arrivals if each.parent_id is not None})
    if parent_ids:
        known.parents.update((row.id, row) for row in connection.execute(_PARENTS, {"parent_ids": parent_ids}))
    return known


def _look_up_threads(
    connection: Connection, site_ids: Sequence[int], arrivals: Sequence[Arrival], known: _Known
) -> None:
    values = {"site_ids": site_ids, "thread_keys": sorted({each.thread_key for each in arrivals})}
    for row in connection.execute(_THREADS, values):
        known.threads[row.site_id, row.key] = row


def _fate(wish: Wish, known: _Known, first: dict[_Hash, Wish]) -> Accepted | Exception | None:
    """Return the twin or the refusal; None for what is to be kept, now in `first`, or is a twin of what is there."""
    try:
        if wish.arrival.site_key not in known.sites:
            raise UnknownSite
        twin = _find_twin(wish.arrival, known)
        if twin is None and not _is_twin_of(first.get(known.hash(wish.arrival)), wish):
            _require_open(wish, known)
            _require_parent(wish.arrival, known)
            first[known.hash(wish.arrival)] = wish
    except _REFUSALS as refusal:
        return refusal
    return _told(twin, wish, known)


def _told(twin: Accepted | None, wish: Wish, known: _Known) -> Accepted | None:
    """Return the twin with how its story stands now."""
    return None if twin is None else replace(twin, burst_until=_burst_until(wish, known))


def _find_twin(arrival: Arrival, known: _Known) -> Accepted | None:
    site_id = known.site_id(arrival)
    row = next((known.twins[site_id, each] for each in arrival.hashes if (site_id, each) in known.twins), None)
    if row is None:
        return None
    if row.request_digest not in arrival.digests:
        raise IdempotencyConflict
    return Accepted(row.id, Status(row.status), row.receipt_nonce, is_new=False, receipt_hash=row.receipt_hash)


def _is_twin_of(other: Wish | None, wish: Wish) -> bool:
    """Say whether the same came with the same group. Raises IdempotencyConflict."""
    if other is not None and other.arrival.request_digest != wish.arrival.request_digest:
        raise IdempotencyConflict
    return other is not None


def _require_open(wish: Wish, known: _Known) -> None:
    site, thread = known.sites[wish.arrival.site_key], known.thread(wish.arrival)
    closed_at, opened_at = (None, wish.now) if thread is None else (thread.closed_at, thread.created_at)
    if is_closed(closed_at, opened_at, site.close_after_days, wish.now):
        raise ClosedThread


def _require_parent(arrival: Arrival, known: _Known) -> None:
    if arrival.parent_id is None:
        return
    parent, thread = known.parents.get(arrival.parent_id), known.thread(arrival)
    if parent is None or thread is None or parent.thread_id != thread.id:
        raise UnknownParent


def _write(connection: Connection, wishes: Sequence[Wish], known: _Known) -> list[Accepted]:
    """Write new comments with all that belongs to them, and return them in order."""
    if not wishes:
        return []
    _open_threads(connection, wishes, known)
    _renew_authors(connection, wishes, known)
    holds = _door_holds(connection, wishes, known)
    rows = [
        _comment_values(wish.arrival, wish.now) | _place(wish.arrival, known) | {"door_hold": hold.value}
        for wish, hold in zip(wishes, holds, strict=True)
    ]
    ids = connection.execute(_KEEP_COMMENTS, rows).scalars().all()
    devices = _use_devices(connection, wishes, known)
    placed = [(wish, known.site_id(wish.arrival), comment_id) for wish, comment_id in zip(wishes, ids, strict=True)]
    identities = [
        _identity_values(wish.arrival, site_id, comment_id, wish.now) | {"device_id": device_id}
        for (wish, site_id, comment_id), (device_id, _) in zip(placed, devices, strict=True)
    ]
    # In one order everywhere, so that two processes with the same twins never wait for each other in a circle.
    connection.execute(_KEEP_IDENTITY, sorted(identities, key=lambda row: (row["site_id"], row["idempotency_hash"])))
    contacts = [
        _contact_values(wish.arrival.contact, site_id, comment_id, wish.now)
        for wish, site_id, comment_id in placed
        if wish.arrival.contact is not None and known.sites[wish.arrival.site_key].reply_notices
    ]
    if contacts:
        connection.execute(_KEEP_CONTACT, contacts)
    connection.execute(
        _RECORD, [_receipt_record(site_id, comment_id, wish.now) for wish, site_id, comment_id in placed]
    )
    kept = [
        _accepted(wish, comment_id, known, device_id=device_id, device_is_new=is_new)
        for (wish, _, comment_id), (device_id, is_new) in zip(placed, devices, strict=True)
    ]
    return [replace(kept[0], rings=True), *kept[1:]]


def _renew_authors(connection: Connection, wishes: Sequence[Wish], known: _Known) -> None:
    """After a rotation of the root key. In one order everywhere, as above."""
    rotated = [wish for wish in wishes if wish.arrival.others]
    for wish in sorted(rotated, key=lambda wish: (known.site_id(wish.arrival), wish.arrival.identity.loose)):
        others = [each.identity for each in wish.arrival.others]
        renew(connection, known.site_id(wish.arrival), wish.arrival.identity, others, wish.now)


def _door_holds(connection: Connection, wishes: Sequence[Wish], known: _Known) -> list[DoorHold]:
    """Return why each comment is held for the way it came in, and spend its proof where one is asked for."""
    holds = [DoorHold.NO_PROOF if _is_asked(wish, known) else wish.arrival.door_hold for wish in wishes]
    shown = [
        (proof.challenge, at, proof)
        for at, wish in enumerate(wishes)
        if holds[at] is DoorHold.NO_PROOF and (proof := wish.arrival.proof)
    ]
    for _, at, proof in sorted(shown, key=lambda each: each[:2]):  # in one order everywhere, as above
        if spend(connection, proof):
            holds[at] = wishes[at].arrival.door_hold
    return holds


def _is_asked(wish: Wish, known: _Known) -> bool:
    """Say whether a proof of work is asked for in this thread now."""
    mode = ProofMode(known.sites[wish.arrival.site_key].proof_of_work)
    in_burst = mode is ProofMode.BURSTS and is_burst(known.thread(wish.arrival).burst_until, wish.now)
    return mode is ProofMode.ALWAYS or in_burst


def _use_devices(connection: Connection, wishes: Sequence[Wish], known: _Known) -> list[tuple[int | None, bool]]:
    """Return, for each wish, the device it comes from and whether it is new."""
    used: dict[int, tuple[int | None, bool]] = {}
    for number in sorted(range(len(wishes)), key=lambda number: _shown(wishes[number])):  # in one order, as above
        wish = wishes[number]
        device = wish.arrival.device or DeviceArrival()
        used[number] = use_device(connection, known.site_id(wish.arrival), device, wish.now)
    return [used[number] for number in range(len(wishes))]


def _shown(wish: Wish) -> tuple[bytes, ...]:
    return () if wish.arrival.device is None else wish.arrival.device.shown


def _accepted(wish: Wish, comment_id: int, known: _Known, *, device_id: int | None, device_is_new: bool) -> Accepted:
    return Accepted(
        comment_id,
        Status.PENDING,
        wish.arrival.receipt.nonce,
        is_new=True,
        receipt_hash=wish.arrival.receipt.hash,
        burst_until=_burst_until(wish, known),
        has_device=device_id is not None,
        device_is_new=device_is_new,
    )


def _burst_until(wish: Wish, known: _Known) -> datetime | None:
    """Return how long the thread, which is known, is overrun; None when it is not."""
    burst_until: datetime | None = known.thread(wish.arrival).burst_until
    return burst_until if is_burst(burst_until, wish.now) else None


def _made(accepted: Accepted, *, is_first: bool) -> Accepted:
    """Return what a wish made, or what its twin in the same group did."""
    if is_first:
        return accepted
    return Accepted(
        accepted.id,
        accepted.status,
        accepted.receipt_nonce,
        is_new=False,
        receipt_hash=accepted.receipt_hash,
        burst_until=accepted.burst_until,
    )


def _place(arrival: Arrival, known: _Known) -> dict[str, int | None]:
    """Return where a comment stands; parent and root are None for one that begins a conversation."""
    place = {"site_id": known.site_id(arrival), "thread_id": known.thread(arrival).id}
    if arrival.parent_id is None:
        return {**place, "parent_id": None, "root_id": None}
    parent = known.parents[arrival.parent_id]
    return {**place, "parent_id": parent.id, "root_id": parent.root_id or parent.id}


def _open_threads(connection: Connection, wishes: Sequence[Wish], known: _Known) -> None:
    """Make the threads of first comments, and fill what is not known of the others."""
    new = {
        (known.site_id(wish.arrival), wish.arrival.thread_key): wish
        for wish in reversed(wishes)
        if known.thread(wish.arrival) is None
    }
    if new:
        add = upsert(connection, _threads)
        rows = [_thread_values(new[place], place[0]) for place in sorted(new)]  # in one order everywhere, as above
        connection.execute(add.on_conflict_do_nothing(), rows)
        arrivals = [wish.arrival for wish in new.values()]
        _look_up_threads(connection, sorted({site_id for site_id, _ in new}), arrivals, known)
    said = _what_is_said(wishes, known)
    if said:
        connection.execute(_DESCRIBE_THREAD, [said[thread_id] for thread_id in sorted(said)])


def _thread_values(wish: Wish, site_id: int) -> dict[str, object]:
    described = {name: getattr(wish.arrival, f"thread_{name}") for name in _DESCRIPTION}
    return {
        "site_id": site_id,
        "key": wish.arrival.thread_key,
        **described,
        "version": 1,
        "created_at": wish.now,
    }


def _what_is_said(wishes: Sequence[Wish], known: _Known) -> dict[int, dict[str, object]]:
    """Return the threads of which more is known now than before.

    Only a gap is filled: a reader must not be able to rename an article under everybody's comments, nor to write into
    its lead what they want to say next without being held for it.
    """
    said: dict[int, dict[str, object]] = {}
    for wish in wishes:
        row = known.thread(wish.arrival)
        before = said.get(row.id) or {f"new_{name}": getattr(row, name) for name in _DESCRIPTION}
        after = {
            f"new_{name}": before[f"new_{name}"] or getattr(wish.arrival, f"thread_{name}") for name in _DESCRIPTION
        }
        if after != {name: value for name, value in before.items() if name != "thread_id"}:
            said[row.id] = {"thread_id": row.id, **after}
    return said


def _comment_values(arrival: Arrival, now: datetime) -> dict[str, object]:
    return {
        "revision": 1,
        "version": 1,
        "status": Status.PENDING.value,
        "name": arrival.name,
        "text": arrival.text,
        "created_at": now,
        "honeypot_filled": arrival.honeypot_filled,
        "seconds_to_submit": arrival.seconds_to_submit,
        "attempts": 0,
        "receipt_nonce": arrival.receipt.nonce,
        "receipt_hash": arrival.receipt.hash,
    }


def _identity_values(arrival: Arrival, site_id: int, comment_id: int, now: datetime) -> dict[str, object]:
    identity = arrival.identity
    return {
        "comment_id": comment_id,
        "site_id": site_id,
        "strict_key": identity.strict,
        "loose_key": identity.loose,
        "network_key": identity.network,
        "kid": identity.kid,
        "normalisation": identity.normalisation,
        "disposable": identity.disposable,
        "idempotency_hash": arrival.idempotency_hash,
        "request_digest": arrival.request_digest,
        "created_at": now,
    }


def _contact_values(contact: NewContact, site_id: int, comment_id: int, now: datetime) -> dict[str, object]:
    return {
        "comment_id": comment_id,
        "site_id": site_id,
        "sealed": contact.sealed,
        "kid": contact.kid,
        "link_hash": contact.link_hash,
        "created_at": now,
    }


def _receipt_record(site_id: int, comment_id: int, now: datetime) -> dict[str, object]:
    return {
        "comment_id": comment_id,
        "site_id": site_id,
        "revision": 1,
        "old_status": None,
        "new_status": Status.PENDING.value,
        "made_by": "reader",
        "explanation": "[]",
        "made_at": now,
    }
