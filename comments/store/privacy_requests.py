"""Privacy requests on their way: kept with their letter, sent by the notifier, used once, and gone after a day.

Nothing here tells who asked (comments/privacy_request.py).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from comments import schema
from comments.contact import link_hash
from comments.privacy_request import NewRequest, Wish
from comments.receipt import TOKEN
from comments.store.database import Database
from comments.store.events import add_event
from comments.store.mailboxes import note_asked
from comments.store.outbox import Letter, NewLetter, put
from comments.store.rights import BY_LINK

_requests, _sites = schema.privacy_requests, schema.sites

# The letter that brings a link; only the notifier takes it.
PROOF = "proof"
VALID_FOR = timedelta(days=1)
# Handed over twice and never heard of: a third copy would be worse than none.
MAX_SENDS = 2
_AT_ONCE = timedelta(0)
_GONE = b""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A request whose link is to be sent, still sealed."""

    id: int
    wish: Wish
    sealed: bytes
    link_hash: bytes
    sends: int
    site_key: str
    site_name: str
    language: str


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """What a link leads to. `is_open`: it was not used, and its day is not over."""

    id: int
    site_id: int
    site_key: str
    wish: Wish
    locked_keys: bytes
    is_open: bool


class PrivacyRequests:
    """Every request by the link that stands in its mail."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, site_id: int, new: NewRequest, now: datetime) -> None:
        """Keep a request and the letter that sends its link."""
        row = {
            "site_id": site_id,
            "wish": new.wish.value,
            "sealed": new.sealed,
            "kid": new.kid,
            "link_hash": new.link_hash,
            "locked_keys": new.locked_keys,
            "sends": 0,
            "created_at": now,
            "expires_at": now + VALID_FOR,
        }
        with self._database.write() as connection:
            made = connection.execute(insert(_requests).values(**row).returning(_requests.c.id)).scalar_one()
            put(connection, [NewLetter(site_id, PROOF, {"request": made})], now, wait=_AT_ONCE)

    def to_send(self, letter: Letter, now: datetime) -> Unsent | None:
        """Return the request a letter is for; None when it was sent, or nobody waits for it any more."""
        with self._database.read() as connection:
            row = connection.execute(_UNSENT.where(_requests.c.id == letter.content["request"])).one_or_none()
        if row is None or row.sealed == _GONE or row.expires_at <= now:
            return None
        return Unsent(
            id=row.id,
            wish=Wish(row.wish),
            sealed=row.sealed,
            link_hash=row.link_hash,
            sends=row.sends,
            site_key=row.key,
            site_name=row.name,
            language=row.language,
        )

    def begin_sending(self, unsent: Unsent, mailbox: bytes, now: datetime) -> bool:
        """Note, before it happens, that this mailbox is written to.

        Returns False when it was for the same wish within a day, or when nobody knows of two copies whether they
        arrived: then the address is gone.
        """
        with self._database.write() as connection:
            if unsent.sends == 0 and note_asked(connection, mailbox, now) is not None:
                connection.execute(delete(_requests).where(_requests.c.id == unsent.id))
                return False
            if unsent.sends >= MAX_SENDS:
                _forget_address(connection, unsent.id)
                return False
            connection.execute(_one(unsent.id).values(sends=_requests.c.sends + 1))
            return True

    def not_sent(self, unsent: Unsent) -> None:
        """Note that the mail was certainly not taken, so that trying again is no second copy."""
        with self._database.write() as connection:
            connection.execute(_one(unsent.id).where(_requests.c.sends > 1).values(sends=_requests.c.sends - 1))

    def sent(self, unsent: Unsent, now: datetime) -> None:
        """Forget the address: the mail was taken. The link's day begins."""
        with self._database.write() as connection:
            _forget_address(connection, unsent.id)
            connection.execute(_one(unsent.id).values(expires_at=now + VALID_FOR))

    def refused(self, unsent: Unsent) -> None:
        """Forget a request that no mailbox will ever prove."""
        with self._database.write() as connection:
            connection.execute(delete(_requests).where(_requests.c.id == unsent.id))

    def find(self, token: str, now: datetime) -> PrivacyRequest | None:
        """Return what a link is about, also when it was used; None when there is none, any more or at all."""
        if not TOKEN.fullmatch(token):
            return None
        with self._database.read() as connection:
            row = connection.execute(_BY_LINK.where(_requests.c.link_hash == link_hash(token))).one_or_none()
        if row is None:
            return None
        is_open = row.used_at is None and row.expires_at > now
        return PrivacyRequest(row.id, row.site_id, row.key, Wish(row.wish), row.locked_keys, is_open)

    def use(self, request: PrivacyRequest, now: datetime, *, event: str = "", comments: int = 0) -> bool:
        """Use a link up; `event` records what for, with a number and nothing else. Returns False if it was used."""
        open_one = _one(request.id).where(_requests.c.used_at.is_(None), _requests.c.expires_at > now)
        with self._database.write() as connection:
            if not connection.execute(open_one.values(used_at=now, locked_keys=_GONE, sealed=_GONE)).rowcount:
                return False
            if event:
                told = {"comments": comments, "asked_by": BY_LINK}
                add_event(connection, request.site_id, None, event, told, now=now)
            return True

    def wait_for_cleaning(self) -> bool:
        """Say whether somebody had everything erased, and what is left of the bytes was not overwritten since."""
        waiting = select(_requests.c.id).where(*_UNCLEAN)
        with self._database.read() as connection:
            return connection.execute(waiting.limit(1)).first() is not None

    def cleaned(self, began_at: datetime) -> int:
        """Note that what was erased before then is overwritten. Returns how many requests that was for."""
        done = update(_requests).where(*_UNCLEAN, _requests.c.used_at <= began_at).values(cleaned_at=began_at)
        with self._database.write() as connection:
            return connection.execute(done).rowcount


_UNSENT = select(
    _requests.c.id,
    _requests.c.wish,
    _requests.c.sealed,
    _requests.c.link_hash,
    _requests.c.sends,
    _requests.c.expires_at,
    _sites.c.key,
    _sites.c.name,
    _sites.c.language,
).join(_sites, _sites.c.id == _requests.c.site_id)
_BY_LINK = select(
    _requests.c.id,
    _requests.c.site_id,
    _requests.c.wish,
    _requests.c.locked_keys,
    _requests.c.expires_at,
    _requests.c.used_at,
    _sites.c.key,
).join(_sites, _sites.c.id == _requests.c.site_id)
_UNCLEAN = (_requests.c.wish == Wish.ERASE.value, _requests.c.used_at.is_not(None), _requests.c.cleaned_at.is_(None))


def _one(request_id: int) -> Any:
    return update(_requests).where(_requests.c.id == request_id)


def _forget_address(connection: Connection, request_id: int) -> None:
    connection.execute(_one(request_id).values(sealed=_GONE))
