"""Keep what comes from another comment system: each comment once, with its thread, its parent and a line of record.

No move is made and nobody is told: a comment is put where it stood. What was decided about it here since stays.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from comments import schema
from comments.identity import Identity
from comments.imported import ImportedComment, ImportedThread, Kept, Source
from comments.status import Status
from comments.store.database import Database
from comments.store.upsert import upsert

_imports, _comments, _threads, _decisions = schema.imports, schema.comments, schema.threads, schema.decisions

MADE_BY = "import"
# The other systems' files have whole seconds.
_SAME_SECOND = 1.0

_KNOWN = (
    select(
        _imports.c.source_id,
        _comments.c.id,
        _comments.c.root_id,
        _comments.c.thread_id,
        _comments.c.created_at,
        _threads.c.key,
    )
    .join(_comments, _comments.c.id == _imports.c.comment_id)
    .join(_threads, _threads.c.id == _comments.c.thread_id)
    .where(
        _imports.c.site_id == bindparam("site_id"),
        _imports.c.source == bindparam("source"),
        _imports.c.source_id.in_(bindparam("ids", expanding=True)),
    )
)
_COUNT = select(func.count()).where(
    _imports.c.site_id == bindparam("site_id"), _imports.c.source == bindparam("source")
)
_THREADS = (
    select(_threads.c.id, _threads.c.key, _threads.c.url, _threads.c.title)
    .where(_threads.c.site_id == bindparam("site_id"), _threads.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(_threads.c.id)  # always the same order, so that two batches never wait for each other in a circle
    .with_for_update(key_share=True)
)
# Only a gap is filled, as when a reader's form names its article (store/inbox.py).
_DESCRIBE = (
    update(_threads)
    .where(_threads.c.id == bindparam("thread_id"))
    .values(url=bindparam("new_url"), title=bindparam("new_title"), version=_threads.c.version + 1)
)
_TOUCH = (
    update(_threads).where(_threads.c.id.in_(bindparam("ids", expanding=True))).values(version=_threads.c.version + 1)
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a comment stands: what a reply to it needs to know."""

    id: int
    root_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A comment as it is written, with the number of its line of record."""

    comment: ImportedComment
    values: dict[str, object]
    decision_id: int


class Imports:
    """What was imported."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, site_id: int, source: Source) -> int:
        """Return how many comments of the site came from such a system."""
        with self._database.read() as connection:
            return connection.execute(_COUNT, {"site_id": site_id, "source": source.value}).scalar_one()

    def compare(self, site_id: int, source: Source, batch: Sequence[ImportedComment]) -> Kept:
        """Return what `keep` would make of a batch. A parent in an earlier batch that was not kept is an orphan's."""
        with self._database.read() as connection:
            known = _known(connection, site_id, source, batch)
        return _sort(batch, known)

    def add_threads(self, site_id: int, threads: Sequence[ImportedThread], now: datetime) -> int:
        """Make the threads that are not there and fill the gaps of those that are. Returns how many are new."""
        with self._database.write() as connection:
            return _add_threads(connection, site_id, threads, now)

    def keep(self, site_id: int, source: Source, batch: Sequence[ImportedComment], now: datetime) -> Kept:
        """Keep a batch in one transaction; a parent comes before its replies, and their threads are there.

        Safe to do twice and by two at once: whoever is second finds the comments of the first. Raises StoreUnavailable.
        """
        try:
            with self._database.write() as connection:
                return _keep(connection, site_id, source, batch, now)
        except IntegrityError:
            # Somebody who imports the same committed between our look and our insert; now it is there to be found.
            with self._database.write() as connection:
                return _keep(connection, site_id, source, batch, now)


def _known(connection: Connection, site_id: int, source: Source, batch: Sequence[ImportedComment]) -> Mapping[str, Any]:
    ids = {each.source_id for each in batch} | {each.parent_source_id for each in batch if each.parent_source_id}
    asked = {"site_id": site_id, "source": source.value, "ids": sorted(ids)}
    return {row.source_id: row for row in connection.execute(_KNOWN, asked)}


def _sort(batch: Sequence[ImportedComment], known: Mapping[str, Any]) -> Kept:
    here = {source_id: row.key for source_id, row in known.items()} | {
        each.source_id: each.thread_key for each in batch
    }
    found = [each for each in batch if each.source_id in known]
    new = [each for each in batch if each.source_id not in known]
    taken = {each.source_id for each in found if not _is_same(each, known[each.source_id])}
    return Kept(
        new=tuple(each.source_id for each in new),
        known=tuple(each.source_id for each in found if each.source_id not in taken),
        taken=tuple(sorted(taken)),
        orphans=tuple(
            each.source_id
            for each in new
            if each.parent_source_id and here.get(each.parent_source_id) != each.thread_key
        ),
    )


def _is_same(comment: ImportedComment, row: Any) -> bool:
    """Say whether the number means the comment that was imported under it before."""
    apart_seconds = abs((comment.created_at - row.created_at).total_seconds())
    return comment.thread_key == row.key and (not comment.has_time or apart_seconds < _SAME_SECOND)


def _add_threads(connection: Connection, site_id: int, threads: Sequence[ImportedThread], now: datetime) -> int:
    add = upsert(connection, _threads)
    asked = {"site_id": site_id, "keys": [thread.key for thread in threads]}
    before = {row.key for row in connection.execute(_THREADS, asked)}
    missing = [_thread_values(site_id, each, now) for each in threads if each.key not in before]
    if missing:
        connection.execute(add.on_conflict_do_nothing(), missing)
    rows = {row.key: row for row in connection.execute(_THREADS, asked)}
    for thread in threads:
        row = rows[thread.key]
        said = {"new_url": row.url or thread.url, "new_title": row.title or thread.title}
        if (row.url, row.title) != tuple(said.values()):
            connection.execute(_DESCRIBE, {"thread_id": row.id, **said})
    return len(missing)


def _thread_values(site_id: int, thread: ImportedThread, now: datetime) -> dict[str, object]:
    return {
        "site_id": site_id,
        "key": thread.key,
        "url": thread.url,
        "title": thread.title,
        "version": 1,
        "closed_at": now if thread.is_closed else None,
        "created_at": thread.created_at or now,
    }


def _keep(
    connection: Connection, site_id: int, source: Source, batch: Sequence[ImportedComment], now: datetime
) -> Kept:
    known = _known(connection, site_id, source, batch)
    kept = _sort(batch, known)
    new = [each for each in batch if each.source_id not in known]
    if new:
        places = {
            source_id: _Place(row.id, row.root_id or row.id, row.thread_id)
            for source_id, row in known.items()
            if source_id not in kept.taken
        }
        rows = list(_rows(connection, site_id, new, places, now))
        _write(connection, source, rows, now)
    return kept


def _rows(
    connection: Connection, site_id: int, new: Sequence[ImportedComment], places: dict[str, _Place], now: datetime
) -> Iterator[_Row]:
    asked = {"site_id": site_id, "keys": sorted({each.thread_key for each in new})}
    threads = {row.key: row.id for row in connection.execute(_THREADS, asked)}
    numbers = zip(_take_ids(connection, _comments, len(new)), _take_ids(connection, _decisions, len(new)), strict=True)
    for comment, (comment_id, decision_id) in zip(new, numbers, strict=True):
        thread_id = threads[comment.thread_key]
        parent = places.get(comment.parent_source_id)
        if parent is not None and parent.thread_id != thread_id:
            parent = None
        root_id = parent.root_id if parent else comment_id
        places[comment.source_id] = _Place(comment_id, root_id, thread_id)
        values = {
            "id": comment_id,
            "site_id": site_id,
            "thread_id": thread_id,
            "parent_id": parent.id if parent else None,
            "root_id": root_id if parent else None,
            "approval_id": decision_id if comment.status is Status.APPROVED else None,
            **_comment_values(comment, now),
        }
        yield _Row(comment, values, decision_id)


def _write(connection: Connection, source: Source, rows: Sequence[_Row], now: datetime) -> None:
    connection.execute(insert(_comments), [row.values for row in rows])
    connection.execute(insert(_decisions), [_record(row, now) for row in rows])
    connection.execute(insert(_imports), [_origin(row, source) for row in rows])
    people = [_identity_values(row.values, row.comment, row.comment.identity) for row in rows if row.comment.identity]
    if people:
        connection.execute(insert(schema.identities), people)
    public = {row.values["thread_id"] for row in rows if row.comment.status is Status.APPROVED}
    if public:
        connection.execute(_TOUCH, {"ids": list(public)})


def _take_ids(connection: Connection, table: Any, count: int) -> Sequence[int]:
    """Return numbers that nobody else gets: a public comment names its approval, and that names the comment."""
    if connection.dialect.name == "sqlite":  # this transaction is its only writer
        last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        first = (last.scalar_one_or_none() or 0) + 1
        return range(first, first + count)
    numbers = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
    return sorted(connection.execute(numbers, {"name": table.name, "count": count}).scalars())


def _comment_values(comment: ImportedComment, now: datetime) -> dict[str, object]:
    return {
        "revision": 1,
        "version": 1,
        "status": comment.status.value,
        "name": comment.name,
        "text": comment.text,
        "created_at": comment.created_at,
        "decided_at": now,
        "honeypot_filled": False,
        "attempts": 0,
        "receipt_nonce": comment.receipt.nonce,
        "receipt_hash": comment.receipt.hash,
    }


def _record(row: _Row, now: datetime) -> dict[str, object]:
    return {
        "id": row.decision_id,
        "comment_id": row.values["id"],
        "site_id": row.values["site_id"],
        "revision": 1,
        "old_status": None,
        "new_status": row.comment.status.value,
        "made_by": MADE_BY,
        "reason": row.comment.reason,
        "explanation": json.dumps([row.comment.explanation], ensure_ascii=False),
        "made_at": now,
    }


def _origin(row: _Row, source: Source) -> dict[str, object]:
    return {
        "site_id": row.values["site_id"],
        "source": source.value,
        "source_id": row.comment.source_id,
        "comment_id": row.values["id"],
    }


def _identity_values(values: Mapping[str, object], comment: ImportedComment, identity: Identity) -> dict[str, object]:
    return {
        "comment_id": values["id"],
        "site_id": values["site_id"],
        "strict_key": identity.strict,
        "loose_key": identity.loose,
        "network_key": identity.network,
        "kid": identity.kid,
        "normalisation": identity.normalisation,
        "disposable": identity.disposable,
        "idempotency_hash": comment.mark,
        "request_digest": comment.mark,
        "created_at": comment.created_at,
    }
