"""Contacts as their owners and the clock see them: confirmed or ended by a link, forgotten when their time is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, and_, delete, exists, literal, or_, select, type_coerce, update
from sqlalchemy.sql.elements import ColumnElement

from comments import schema
from comments.contact import link_hash
from comments.receipt import TOKEN
from comments.status import Status
from comments.store.database import Database
from comments.store.mailboxes import forget_asked

_comments, _contacts, _identities = schema.comments, schema.contacts, schema.identities
_sites, _threads = schema.sites, schema.threads

CONFIRM_WITHIN = timedelta(hours=48)
# A comment that waits longer for its decision is nobody's conversation any more.
UNDECIDED_FOR = timedelta(days=14)
# Longer than an undo takes; an address is no longer needed then.
REJECTED_FOR = timedelta(hours=1)
KEPT_FOR = timedelta(days=180)
AFTER_CLOSING = timedelta(days=30)
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Contact:
    """What a link of a mail leads to: which comment of which site, and how it stands. No address."""

    site_key: str
    site_name: str
    language: str
    thread_title: str
    thread_url: str
    is_confirmed: bool
    may_confirm: bool


_BY_LINK = (
    select(
        _contacts.c.comment_id,
        _contacts.c.site_id,
        _contacts.c.asked_at,
        _contacts.c.confirmed_at,
        _sites.c.key,
        _sites.c.name,
        _sites.c.language,
        _threads.c.title,
        _threads.c.url,
    )
    .join(_comments, _comments.c.id == _contacts.c.comment_id)
    .join(_threads, _threads.c.id == _comments.c.thread_id)
    .join(_sites, _sites.c.id == _contacts.c.site_id)
)


class Contacts:
    """Every sealed address by the link that stands in its mails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, token: str, now: datetime) -> Contact | None:
        """Return what a link is about; None when there is no such contact, any more or at all."""
        with self._database.read() as connection:
            row = _by_link(connection, token)
        if row is None:
            return None
        return Contact(
            site_key=row.key,
            site_name=row.name,
            language=row.language,
            thread_title=row.title,
            thread_url=row.url,
            is_confirmed=row.confirmed_at is not None,
            may_confirm=_may_confirm(row, now),
        )

    def confirm(self, token: str, now: datetime) -> bool:
        """Confirm all that this address has asked for on the site until now. Returns False when it is too late."""
        with self._database.write() as connection:
            row = _by_link(connection, token)
            if row is None or not _may_confirm(row, now):
                return False
            waiting = update(_contacts).where(
                _contacts.c.comment_id.in_(same_mailbox(row.comment_id)), _contacts.c.confirmed_at.is_(None)
            )
            connection.execute(waiting.values(confirmed_at=now))
            return True

    def stop(self, token: str) -> int:
        """Erase all that is kept of this address for the site's notices.

        Returns how many contacts. Safe to do twice.
        """
        with self._database.write() as connection:
            row = _by_link(connection, token)
            if row is None:
                return 0
            mine = connection.execute(same_mailbox(row.comment_id)).scalars().all()
            return connection.execute(delete(_contacts).where(_contacts.c.comment_id.in_(mine))).rowcount

    def forget(self, now: datetime) -> int:
        """Erase what is not needed any more, and who was asked. Returns how many contacts; do it regularly."""
        with self._database.write() as connection:
            forget_asked(connection, now)
            return connection.execute(delete(_contacts).where(or_(*_reasons_to_forget(now)))).rowcount

    def count(self) -> int:
        """Return how many contacts there are."""
        with self._database.read() as connection:
            return len(connection.execute(select(_contacts.c.comment_id)).all())


def same_mailbox(comment_id: int) -> Select[tuple[int]]:
    """Return the comments whose contacts are of the same address on the same site: at least this one."""
    mine, theirs = _identities.alias(), _identities.alias()
    same = (
        select(theirs.c.comment_id)
        .join(mine, and_(mine.c.site_id == theirs.c.site_id, mine.c.strict_key == theirs.c.strict_key))
        .where(mine.c.comment_id == comment_id)
    )
    return select(_contacts.c.comment_id).where(
        or_(_contacts.c.comment_id == comment_id, _contacts.c.comment_id.in_(same))
    )


def _by_link(connection: Connection, token: str) -> Any | None:
    if not TOKEN.fullmatch(token):
        return None
    return connection.execute(_BY_LINK.where(_contacts.c.link_hash == link_hash(token))).one_or_none()


def _may_confirm(row: Any, now: datetime) -> bool:
    return row.confirmed_at is None and row.asked_at is not None and now <= row.asked_at + CONFIRM_WITHIN


def _reasons_to_forget(now: datetime) -> tuple[ColumnElement[bool], ...]:
    never_confirmed = _contacts.c.confirmed_at.is_(None)
    mine = exists().where(_comments.c.id == _contacts.c.comment_id)
    in_thread = mine.where(_threads.c.id == _comments.c.thread_id)
    closed = in_thread.where(_threads.c.closed_at < now - AFTER_CLOSING)
    # As in thread_state.py: what was decided by hand goes before the site's number of days.
    closes_us = type_coerce(_threads.c.created_at, BigInteger) + _sites.c.close_after_days * literal(
        _DAY_US, BigInteger
    )
    closed_by_age = in_thread.where(
        _sites.c.id == _threads.c.site_id,
        _threads.c.closed_at.is_(None),
        closes_us < literal((now - AFTER_CLOSING - schema.EPOCH) // timedelta(microseconds=1), BigInteger),
    )
    rejected = mine.where(_comments.c.status == Status.REJECTED.value, _comments.c.decided_at < now - REJECTED_FOR)
    switched_off = exists().where(_sites.c.id == _contacts.c.site_id, _sites.c.reply_notices.is_(False))
    return (
        _contacts.c.created_at < now - KEPT_FOR,
        and_(never_confirmed, _contacts.c.asked_at < now - CONFIRM_WITHIN),
        and_(never_confirmed, _contacts.c.asked_at.is_(None), _contacts.c.created_at < now - UNDECIDED_FOR),
        closed,
        closed_by_age,
        rejected,
        switched_off,
    )
