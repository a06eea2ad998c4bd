"""What a site's policy decided last, with what the checks had found: for trying other settings on it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, literal_column, select

from comments import schema
from comments.lessons import Lesson, Mark, Past
from comments.signal import Signal
from comments.status import Status
from comments.store.cards import signal_of
from comments.store.database import Database

_decisions, _comments, _threads, _identities = schema.decisions, schema.comments, schema.threads, schema.identities

_earlier, _public = _identities.alias("earlier"), _comments.alias("public")
# Had anything been published under this name and address when the policy decided? As in store/similar.py.
_is_known = (
    select(_earlier.c.comment_id)
    .join(_public, _public.c.id == _earlier.c.comment_id)
    .where(
        _earlier.c.site_id == _identities.c.site_id,
        _earlier.c.strict_key == _identities.c.strict_key,
        _earlier.c.comment_id < _identities.c.comment_id,
        _public.c.status == Status.APPROVED.value,
        _public.c.name == _comments.c.name,
        _public.c.decided_at <= _decisions.c.made_at,
    )
    .correlate(_identities, _decisions, _comments)
    .exists()
)
# The same for the device it came from; nothing of it may stand rejected now.
_sibling, _other = _identities.alias("sibling"), _comments.alias("other")
_of_device = (
    select(_sibling.c.comment_id)
    .join(_other, _other.c.id == _sibling.c.comment_id)
    .where(_sibling.c.device_id == _identities.c.device_id, _sibling.c.comment_id < _identities.c.comment_id)
    .correlate(_identities, _decisions)
)
_device_is_known = and_(
    _of_device.where(_other.c.status == Status.APPROVED.value, _other.c.decided_at <= _decisions.c.made_at).exists(),
    ~_of_device.where(_other.c.status == Status.REJECTED.value).exists(),
)
_LAST = (
    select(
        _decisions.c.comment_id,
        _decisions.c.revision,
        _comments.c.name.label("author_name"),
        _comments.c.text,
        _threads.c.title,
        _threads.c.lead,
        _is_known.label("is_known"),
        _device_is_known.label("device_is_known"),
    )
    # Only decisions on the words that are still there.
    .join(_comments, and_(_comments.c.id == _decisions.c.comment_id, _comments.c.revision == _decisions.c.revision))
    .join(_threads, _threads.c.id == _comments.c.thread_id)
    .outerjoin(_identities, _identities.c.comment_id == _comments.c.id)
    .where(
        _decisions.c.site_id == bindparam("site_id"),
        _decisions.c.made_by == literal_column("'policy'"),
        _comments.c.status != Status.ERASED.value,
        _comments.c.words_forgotten_at.is_(None),
    )
    .order_by(_decisions.c.made_at.desc(), _decisions.c.id.desc())
    .limit(bindparam("limit"))
)
_SIGNALS = (
    select(schema.signals)
    .where(schema.signals.c.comment_id.in_(bindparam("ids", expanding=True)))
    .order_by(schema.signals.c.id)
)
_MARKS = (
    select(
        _decisions.c.id,
        _decisions.c.comment_id,
        _decisions.c.revision,
        _decisions.c.new_status,
        _decisions.c.reason,
        _decisions.c.undoes_id,
    )
    .where(
        _decisions.c.comment_id.in_(bindparam("ids", expanding=True)),
        _decisions.c.made_by == literal_column("'moderator'"),
    )
    .order_by(_decisions.c.id)
)
_Key = tuple[int, int]


class Replays:
    """The past of a site, as the checks saw it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self, site_id: int, limit: int) -> tuple[Past, ...]:
        """Return the comments that the policy decided last, newest first. Three statements, however many they are."""
        with self._database.read() as connection:
            rows = connection.execute(_LAST, {"site_id": site_id, "limit": limit}).all()
            ids = [row.comment_id for row in rows]
            signals, marks = _signals(connection, ids), _marks(connection, ids)
        return tuple(
            _past(row, signals[row.comment_id, row.revision], marks[row.comment_id, row.revision]) for row in rows
        )


def _signals(connection: Connection, ids: Sequence[int]) -> defaultdict[_Key, list[Signal]]:
    found: defaultdict[_Key, list[Signal]] = defaultdict(list)
    for row in connection.execute(_SIGNALS, {"ids": ids}) if ids else ():
        found[row.comment_id, row.revision].append(signal_of(row))
    return found


def _marks(connection: Connection, ids: Sequence[int]) -> defaultdict[_Key, list[Mark]]:
    found: defaultdict[_Key, list[Mark]] = defaultdict(list)
    for row in connection.execute(_MARKS, {"ids": ids}) if ids else ():
        mark = Mark(row.id, Status(row.new_status), row.reason, row.undoes_id)
        found[row.comment_id, row.revision].append(mark)
    return found


def _past(row: Any, signals: list[Signal], marks: list[Mark]) -> Past:
    lesson = Lesson(row.comment_id, row.author_name, row.text, row.title, tuple(marks), thread_lead=row.lead)
    return Past(lesson, tuple(signals), known_device=bool(row.device_is_known), known_typed=bool(row.is_known))
