"""How a reply comes in, whatever it was typed into: limits, shape, identity, one commit, a ring of the bell."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask import g

from comments.contact import NewContact
from comments.device import TOKEN, device_hashes, new_device
from comments.failpoints import Point, reach
from comments.idempotency import Trace, traces
from comments.metrics import Way, count_accepted
from comments.receipt import NewReceipt, new_receipt, receipt_token_of
from comments.status import Status
from comments.store.devices import DeviceArrival
from comments.store.inbox import Arrival
from comments.store.records import Accepted
from comments.submission import Submission
from service.admission import admit, folding_floods, may_look_for_twin, read_submission
from service.door import door, sender_address
from service.parts import parts
from service.problems import TooMany
from service.proof_of_work import read_proof


@dataclass(frozen=True, slots=True)
class DeviceSent:
    """The device a request shows by its token, empty for none, and whether its reader asks to be remembered."""

    token: str = ""
    is_wanted: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A decoded request: the fields as `parse_submission` reads them, and what was seen on the way."""

    fields: Mapping[str, object]
    idempotency_key: str | None = None
    honeypot_filled: bool = False
    seconds_to_submit: int | None = None
    wants_notices: bool = False
    device: DeviceSent = DeviceSent()
    way: Way = Way.JSON
    proof: object = None  # as it was sent; `read_proof` says whether it is one


@dataclass(frozen=True, slots=True)
class Kept:
    """A comment that is committed. `token` opens its receipt; `device` is its device's token, empty for none."""

    id: int
    status: Status
    token: str
    device: str = ""


def keep(sent: Sent) -> Kept:
    """Keep a reply, or find its twin that was kept before; when this returns it is on disk.

    Raises TooMany, InvalidSubmission and what the store's `accept` raises; nothing is kept then.
    """
    now, key = parts().now(), parts().key
    submission = read_submission(sent.fields)
    domains = door().disposable_domains
    found = traces(
        submission,
        key,
        client_key=sent.idempotency_key,
        client_ip=sender_address(),
        now=now,
        disposable_domains=domains,
    )
    new = new_device(key, submission.site) if sent.device.is_wanted else None
    device = DeviceArrival(_shown(sent.device.token, submission.site), new.hash if new else None)
    with folding_floods(submission.site):
        accepted = _accept(submission, replace(_arrival(sent, submission, found, now), device=device), now)
    door().slow_down.learn(submission.site, submission.thread.key, accepted.burst_until, now)
    g.comment_id = accepted.id  # for the request's line in the log
    if accepted.is_new:
        count_accepted(sent.way)
        reach(Point.COMMITTED)
    if accepted.rings:
        parts().wakeup.ring()  # When Redis is away the sweeper finds the comment, so the answer is the same.
    token = new.token if new and accepted.device_is_new else sent.device.token
    receipt = receipt_token_of(key, accepted.receipt_nonce, accepted.receipt_hash)
    return Kept(accepted.id, accepted.status, receipt, device=token if accepted.has_device else "")


def _accept(submission: Submission, arrival: Arrival, now: datetime) -> Accepted:
    """Return the comment, or its twin: who repeats what was kept is not told that it was not, for all they write."""
    inbox = parts().store.inbox
    try:
        hold = admit(submission, arrival.identity, now)
    except TooMany:
        twin = inbox.find_twin(arrival, now) if may_look_for_twin(arrival.identity) else None
        if twin is None:
            raise
        return twin
    return inbox.accept(replace(arrival, door_hold=hold), now)


def _shown(token: str, site_key: str) -> tuple[bytes, ...]:
    return device_hashes(parts().key, site_key, token) if TOKEN.fullmatch(token) else ()


def _arrival(sent: Sent, submission: Submission, found: tuple[Trace, ...], now: datetime) -> Arrival:
    key = parts().key
    receipt = new_receipt(key)
    trace, *others = found
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
        receipt=receipt,
        honeypot_filled=sent.honeypot_filled,
        seconds_to_submit=sent.seconds_to_submit,
        contact=_contact(submission, receipt) if sent.wants_notices else None,
        proof=read_proof(key, sent.proof, site=submission.site, thread=submission.thread.key, now=now),
    )


def _contact(submission: Submission, receipt: NewReceipt) -> NewContact | None:
    """Return the address sealed; None where nobody is written to."""
    sealing_key = parts().sealing_key
    return None if sealing_key is None else sealing_key.seal(submission.email, receipt.hash)
