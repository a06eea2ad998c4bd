"""Keep a submission: the transaction that a 202 stands for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from comments import schema
from comments.contact import NewContact
from comments.identity import Identity
from comments.receipt import NewReceipt
from comments.status import Status
from comments.store.database import Database
from comments.store.devices import DeviceArrival, use_device
from comments.store.records import Accepted
from comments.thread_state import is_burst, is_closed

_sites, _threads, _comments, _identities = schema.sites, schema.threads, schema.comments, schema.identities

NETWORK_DAYS = 7


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


_SITE = select(_sites.c.id, _sites.c.close_after_days, _sites.c.reply_notices).where(
    _sites.c.key == bindparam("site_key")
)
# What a site says of its article; each is kept once.
_DESCRIPTION = ("url", "title", "section", "lead")
_THREAD = select(
    _threads.c.id,
    _threads.c.closed_at,
    _threads.c.created_at,
    _threads.c.burst_until,
    *(_threads.c[name] for name in _DESCRIPTION),
).where(_threads.c.site_id == bindparam("site_id"), _threads.c.key == bindparam("thread_key"))
_DESCRIBE_THREAD = (
    update(_threads)
    .where(_threads.c.id == bindparam("thread_id"))
    .values({**{name: bindparam(f"new_{name}") for name in _DESCRIPTION}, "version": _threads.c.version + 1})
)
_TWIN = (
    select(_comments.c.id, _comments.c.status, _comments.c.receipt_nonce, _identities.c.request_digest)
    .join(_identities, _identities.c.comment_id == _comments.c.id)
    .where(
        _identities.c.site_id == bindparam("site_id"), _identities.c.idempotency_hash == bindparam("idempotency_hash")
    )
)
_PARENT = select(_comments.c.id, _comments.c.root_id).where(
    _comments.c.id == bindparam("parent_id"),
    _comments.c.thread_id == bindparam("thread_id"),
    _comments.c.status == Status.APPROVED.value,
)
_KEEP_COMMENT = insert(_comments).returning(_comments.c.id)
_KEEP_IDENTITY = insert(_identities)
_KEEP_CONTACT = insert(schema.contacts)
_RECORD = insert(schema.decisions)
_OLD_NETWORKS = (
    select(_identities.c.comment_id)
    .where(_identities.c.network_key.is_not(None), _identities.c.created_at < bindparam("before"))
    .order_by(_identities.c.comment_id)
    .limit(500)
)
_FORGET_NETWORKS = (
    update(_identities).where(_identities.c.comment_id.in_(bindparam("ids", expanding=True))).values(network_key=None)
)


class Inbox:
    """Where submissions become comments."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def accept(self, arrival: Arrival, now: datetime) -> Accepted:
        """Keep a submission as a pending comment and commit, or find the twin that was kept before.

        Raises UnknownSite, ClosedThread, UnknownParent, IdempotencyConflict, StoreUnavailable; nothing is kept then.
        """
        try:
            with self._database.write() as connection:
                return _accept(connection, arrival, now)
        except IntegrityError:
            # A twin committed between our look and our insert; now it is there to be found.
            with self._database.write() as connection:
                return _accept(connection, arrival, now)

    def forget_networks(self, now: datetime) -> int:
        """Forget the keyed networks of comments older than seven days. Returns how many; do it regularly."""
        forgotten = 0
        before = {"before": now - timedelta(days=NETWORK_DAYS)}
        while True:
            # Looked for without a lock, and a handful at a time: nobody's submission waits for this.
            with self._database.read() as connection:
                ids = connection.execute(_OLD_NETWORKS, before).scalars().all()
            if not ids:
                return forgotten
            with self._database.write() as connection:
                connection.execute(_FORGET_NETWORKS, {"ids": ids})
            forgotten += len(ids)


def _accept(connection: Connection, arrival: Arrival, now: datetime) -> Accepted:
    site = connection.execute(_SITE, {"site_key": arrival.site_key}).one_or_none()
    if site is None:
        raise UnknownSite
    site_id = site.id
    twin = _find_twin(connection, site_id, arrival)
    if twin is not None:
        return twin
    thread = _open_thread(connection, site, arrival, now)
    thread_id = thread.id
    place = {"site_id": site_id, "thread_id": thread_id, **_find_parent(connection, thread_id, arrival.parent_id)}
    comment_id = connection.execute(_KEEP_COMMENT, {**place, **_comment_values(arrival, now)}).scalar_one()
    device_id, device_is_new = use_device(connection, site_id, arrival.device or DeviceArrival(), now)
    identity = _identity_values(arrival, site_id, comment_id, now)
    connection.execute(_KEEP_IDENTITY, {**identity, "device_id": device_id})
    if arrival.contact is not None and site.reply_notices:
        connection.execute(_KEEP_CONTACT, _contact_values(arrival.contact, site_id, comment_id, now))
    connection.execute(_RECORD, _receipt_record(site_id, comment_id, now))
    burst_until = thread.burst_until if is_burst(thread.burst_until, now) else None
    return Accepted(
        comment_id,
        Status.PENDING,
        arrival.receipt.nonce,
        is_new=True,
        burst_until=burst_until,
        has_device=device_id is not None,
        device_is_new=device_is_new,
    )


def _find_twin(connection: Connection, site_id: int, arrival: Arrival) -> Accepted | None:
    values = {"site_id": site_id, "idempotency_hash": arrival.idempotency_hash}
    row = connection.execute(_TWIN, values).one_or_none()
    if row is None:
        return None
    if row.request_digest != arrival.request_digest:
        raise IdempotencyConflict
    return Accepted(row.id, Status(row.status), row.receipt_nonce, is_new=False)


def _open_thread(connection: Connection, site: Any, arrival: Arrival, now: datetime) -> Any:
    """Return the thread's row, making it with its first comment. Raises ClosedThread."""
    site_id = site.id
    values = {"site_id": site_id, "thread_key": arrival.thread_key}
    row = connection.execute(_THREAD, values).one_or_none()
    if row is None:
        _add_thread(connection, site_id, arrival, now)
        row = connection.execute(_THREAD, values).one()
    if is_closed(row.closed_at, row.created_at, site.close_after_days, now):
        raise ClosedThread
    # Only a gap is filled: a reader must not be able to rename an article under everybody's comments, nor to write
    # into its lead what they want to say next without being held for it.
    said = {name: getattr(row, name) or getattr(arrival, f"thread_{name}") for name in _DESCRIPTION}
    if any(said[name] != getattr(row, name) for name in _DESCRIPTION):
        described = {f"new_{name}": said[name] for name in _DESCRIPTION}
        connection.execute(_DESCRIBE_THREAD, {"thread_id": row.id, **described})
    return row


def _add_thread(connection: Connection, site_id: int, arrival: Arrival, now: datetime) -> None:
    add = (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(_threads)
    connection.execute(
        add.on_conflict_do_nothing(),
        {
            "site_id": site_id,
            "key": arrival.thread_key,
            "url": arrival.thread_url,
            "title": arrival.thread_title,
            "section": arrival.thread_section,
            "lead": arrival.thread_lead,
            "version": 1,
            "created_at": now,
        },
    )


def _find_parent(connection: Connection, thread_id: int, parent_id: int | None) -> dict[str, int | None]:
    """Return parent and root; both None for a comment that begins a conversation. Raises UnknownParent."""
    if parent_id is None:
        return {"parent_id": None, "root_id": None}
    row = connection.execute(_PARENT, {"parent_id": parent_id, "thread_id": thread_id}).one_or_none()
    if row is None:
        raise UnknownParent
    return {"parent_id": row.id, "root_id": row.root_id or row.id}


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
