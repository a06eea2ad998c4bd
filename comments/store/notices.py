"""Notices as the notifier works on them: what to seal open, whom to ask, which replies go into one mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, select, update

from comments import schema
from comments.status import Status
from comments.store.contacts import CONFIRM_WITHIN, same_mailbox
from comments.store.database import Database
from comments.store.mailboxes import ASK_AGAIN_AFTER, note_asked
from comments.store.notice_letters import CONFIRMATION, REPLY
from comments.store.outbox import Letter

_comments, _contacts, _outbox = schema.comments, schema.contacts, schema.outbox
_sites, _threads = schema.sites, schema.threads

# A busy conversation is one mail an hour.
BUNDLE_FOR = timedelta(hours=1)
LOOK_AGAIN_AFTER = timedelta(minutes=5)
# Handed over twice and never heard of: a third copy would be worse than none.
MAX_SENDS = 2


@dataclass(frozen=True, slots=True)
class Sealed:
    """Whom a mail is for, still sealed, and what it is about."""

    comment_id: int
    sealed: bytes
    receipt_hash: bytes
    site_key: str
    site_name: str
    site_origins: str
    language: str
    thread_key: str
    thread_url: str
    thread_title: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A published reply as a mail quotes it."""

    comment_id: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """One mail: the replies that one author is told of, and the letters that are done with it."""

    to: Sealed
    replies: tuple[Reply, ...]
    letter_ids: tuple[int, ...]
    contact_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing yet."""

    until: datetime


_SEALED = (
    select(
        _contacts.c.comment_id,
        _contacts.c.sealed,
        _contacts.c.asked_at,
        _contacts.c.confirmed_at,
        _contacts.c.sends,
        _comments.c.receipt_hash,
        _comments.c.status,
        _comments.c.thread_id,
        _sites.c.key.label("site_key"),
        _sites.c.name.label("site_name"),
        _sites.c.origins.label("site_origins"),
        _sites.c.language,
        _sites.c.reply_notices,
        _threads.c.key.label("thread_key"),
        _threads.c.url.label("thread_url"),
        _threads.c.title.label("thread_title"),
    )
    .join(_comments, _comments.c.id == _contacts.c.comment_id)
    .join(_threads, _threads.c.id == _comments.c.thread_id)
    .join(_sites, _sites.c.id == _contacts.c.site_id)
)


class Notices:
    """What the notifier asks and writes down. It opens addresses elsewhere; none comes here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def to_ask(self, letter: Letter, now: datetime) -> Sealed | None:
        """Return who is to be asked for a confirmation; None when nobody is any more.

        An address that was confirmed on the site before is not asked again.
        """
        with self._database.write() as connection:
            row = _contact(connection, letter.comment_id)
            if row is None or row.status != Status.APPROVED or not row.reply_notices or row.confirmed_at is not None:
                return None
            if _is_confirmed(connection, row.comment_id):
                known = update(_contacts).where(_contacts.c.comment_id == row.comment_id)
                connection.execute(known.values(confirmed_at=now))
                return None
            is_too_late = row.asked_at is not None and row.asked_at < now - CONFIRM_WITHIN
            return None if is_too_late or row.sends >= MAX_SENDS else _sealed(row)

    def begin_asking(self, to: Sealed, mailbox: bytes, now: datetime) -> Wait | None:
        """Note, before it happens, that this mailbox is asked: once a day, whatever happens then.

        Returns how long to wait when it was asked for another comment.
        """
        mine = update(_contacts).where(_contacts.c.comment_id == to.comment_id)
        with self._database.write() as connection:
            before = select(_contacts.c.asked_at).where(_contacts.c.comment_id == to.comment_id)
            is_again = connection.execute(before).scalar_one_or_none() is not None
            asked_at = None if is_again else note_asked(connection, mailbox, now)
            if asked_at is not None:
                return Wait(asked_at + ASK_AGAIN_AFTER)
            first = {} if is_again else {"asked_at": now}
            connection.execute(mine.values(sends=_contacts.c.sends + 1, **first))
            return None

    def asked(self, to: Sealed) -> None:
        """Note that the mail was taken: this comment's author is not asked again."""
        with self._database.write() as connection:
            connection.execute(update(_contacts).where(_contacts.c.comment_id == to.comment_id).values(sends=0))
            mine = (_outbox.c.kind == CONFIRMATION, _outbox.c.comment_id == to.comment_id)
            connection.execute(delete(_outbox).where(*mine))

    def begin_telling(self, letter: Letter, now: datetime) -> Bundle | Wait | None:
        """Return all that one author is to be told of a thread now, and note that a mail is about to be handed over.

        None when there is nothing to tell: no reply is public any more, or nobody wants to know.
        """
        with self._database.write() as connection:
            row = _contact(connection, _parent_id(connection, letter))
            if row is None or not row.reply_notices:
                return None
            if row.confirmed_at is None:
                return Wait(now + LOOK_AGAIN_AFTER)
            group = _group(connection, row)
            told_at = max((each.told_at for each in group if each.told_at is not None), default=None)
            if told_at is not None and told_at + BUNDLE_FOR > now:
                return Wait(told_at + BUNDLE_FOR)
            return _bundle(connection, row, group, now)

    def told(self, bundle: Bundle, now: datetime) -> None:
        """Note that a mail was taken: its letters are done."""
        with self._database.write() as connection:
            mine = update(_contacts).where(_contacts.c.comment_id.in_(bundle.contact_ids))
            connection.execute(mine.values(told_at=now, sends=0))
            _finish(connection, bundle.letter_ids)

    def not_sent(self, *contact_ids: int) -> None:
        """Note that a mail was certainly not taken, so that trying again is no second copy."""
        mine = update(_contacts).where(_contacts.c.comment_id.in_(contact_ids), _contacts.c.sends > 0)
        with self._database.write() as connection:
            connection.execute(mine.values(sends=_contacts.c.sends - 1))


def _parent_id(connection: Connection, letter: Letter) -> int | None:
    found = select(_comments.c.parent_id).where(_comments.c.id == letter.comment_id)
    return connection.execute(found).scalar_one_or_none()


def _bundle(connection: Connection, row: Any, group: list[Any], now: datetime) -> Bundle | None:
    """Put together what is due and count the sending; what nobody is to be told of any more is done."""
    contact_ids = tuple(each.comment_id for each in group)
    due = connection.execute(_due_replies(contact_ids, now)).all()
    # A comment may have been published twice within the hour, with a letter each time.
    public = {each.id: Reply(each.id, each.name, each.text) for each in due if each.status == Status.APPROVED.value}
    letter_ids = tuple(each.letter_id for each in due)
    mine = update(_contacts).where(_contacts.c.comment_id.in_(contact_ids))
    if not public or max(each.sends for each in group) >= MAX_SENDS:
        connection.execute(mine.values(sends=0))
        _finish(connection, letter_ids)
        return None
    connection.execute(mine.values(sends=_contacts.c.sends + 1))
    return Bundle(_sealed(row), tuple(public.values()), letter_ids, contact_ids)


def _contact(connection: Connection, comment_id: int | None) -> Any | None:
    return connection.execute(_SEALED.where(_contacts.c.comment_id == comment_id)).one_or_none()


def _sealed(row: Any) -> Sealed:
    return Sealed(
        comment_id=row.comment_id,
        sealed=row.sealed,
        receipt_hash=row.receipt_hash,
        site_key=row.site_key,
        site_name=row.site_name,
        site_origins=row.site_origins,
        language=row.language,
        thread_key=row.thread_key,
        thread_url=row.thread_url,
        thread_title=row.thread_title,
    )


def _is_confirmed(connection: Connection, comment_id: int) -> bool:
    confirmed = select(_contacts.c.comment_id).where(
        _contacts.c.comment_id.in_(same_mailbox(comment_id)), _contacts.c.confirmed_at.is_not(None)
    )
    return connection.execute(confirmed.limit(1)).first() is not None


def _group(connection: Connection, row: Any) -> list[Any]:
    """Return the confirmed contacts of the same address in the same thread."""
    mine = (
        select(_contacts.c.comment_id, _contacts.c.told_at, _contacts.c.sends)
        .join(_comments, _comments.c.id == _contacts.c.comment_id)
        .where(
            _contacts.c.comment_id.in_(same_mailbox(row.comment_id)),
            _contacts.c.confirmed_at.is_not(None),
            _comments.c.thread_id == row.thread_id,
        )
    )
    return list(connection.execute(mine).all())


def _due_replies(contact_ids: tuple[int, ...], now: datetime) -> Select[Any]:
    return (
        select(_outbox.c.id.label("letter_id"), _comments.c.id, _comments.c.name, _comments.c.text, _comments.c.status)
        .join(_comments, _comments.c.id == _outbox.c.comment_id)
        .where(_outbox.c.kind == REPLY, _outbox.c.due_at <= now, _comments.c.parent_id.in_(contact_ids))
        .order_by(_comments.c.id)
    )


def _finish(connection: Connection, letter_ids: tuple[int, ...]) -> None:
    connection.execute(delete(_outbox).where(_outbox.c.id.in_(letter_ids)))
