"""Access and erasure: everything that is kept of one author on one site, given out or erased, with an event each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from comments import schema
from comments.audit_export import masked
from comments.identity import AuthorKeys
from comments.status import Status
from comments.store.database import Database
from comments.store.events import add_event
from comments.store.moves import Move, apply_moves

_comments, _identities, _decisions = schema.comments, schema.identities, schema.decisions

ACCESSED, ERASED = "access request answered", "erasure request carried out"
# By which way it was asked for: the link to the author's mailbox, or an operator's command.
BY_LINK, BY_OPERATOR = "link", "operator"
# So many in one transaction: other writers wait for a moment only.
BATCH_ROWS = 100

_OF_AUTHOR = (
    select(_identities, _comments, schema.threads.c.url, schema.threads.c.title, schema.contacts.c.confirmed_at)
    .join(_comments, _comments.c.id == _identities.c.comment_id)
    .join(schema.threads, schema.threads.c.id == _comments.c.thread_id)
    .outerjoin(schema.contacts, schema.contacts.c.comment_id == _comments.c.id)
    .with_only_columns(
        _comments.c.id,
        _comments.c.status,
        _comments.c.revision,
        _comments.c.name,
        _comments.c.text,
        _comments.c.created_at,
        _comments.c.decided_at,
        _comments.c.edited_at,
        _comments.c.language,
        _identities.c.disposable,
        _identities.c.network_key.is_not(None).label("has_network"),
        schema.threads.c.url,
        schema.threads.c.title,
        schema.contacts.c.comment_id.label("contact"),
        schema.contacts.c.confirmed_at,
    )
    .order_by(_comments.c.id)
)
# What is kept beside a comment: in which table, and which columns are told.
_LISTS: dict[str, tuple[Table, tuple[str, ...]]] = {
    "earlier_texts": (schema.revisions, ("text", "made_at")),
    "waiting_edits": (schema.edits, ("text", "made_at")),
    "appeals": (schema.appeals, ("text", "made_at")),
    "moderators_notes": (schema.notes, ("text", "made_at")),
    "found_by_checks": (schema.signals, ("check_name", "category", "score", "detail")),
    "trail": (
        _decisions,
        ("made_at", "made_by", "old_status", "new_status", "reason", "note", "explanation"),
    ),
}
# What moderators wrote may name somebody else by their address; that is not the author's to know.
_SAID_AT_THE_DESK = {"moderators_notes", "trail"}
_WORDS = {"text", "note", "explanation"}


@dataclass(frozen=True, slots=True)
class Gone:
    """What was erased of one author: which comments, and what must not be found in the files any more."""

    comment_ids: tuple[int, ...]
    values: tuple[bytes, ...]


class Rights:
    """What authors may ask for. The caller has made sure who asks, and turned the address into its keys under each
    root key that is known.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(self, site_id: int, keys: Sequence[AuthorKeys]) -> list[dict[str, object]]:
        """Return all that is kept of an author on a site, ready for JSON but for its times; no key, no hash.

        The caller records that it was told to somebody.
        """
        with self._database.read() as connection:
            rows = connection.execute(_OF_AUTHOR.where(*_is_of(site_id, keys))).all()
            found: list[dict[str, object]] = []
            for start in range(0, len(rows), BATCH_ROWS):
                found += _told_of(connection, rows[start : start + BATCH_ROWS])
        return found

    def access(self, site_id: int, keys: Sequence[AuthorKeys], now: datetime) -> list[dict[str, object]]:
        """Return the same, and record that it was told."""
        found = self.look(site_id, keys)
        if found:
            with self._database.write() as connection:
                told = {"comments": len(found), "asked_by": BY_OPERATOR}
                add_event(connection, site_id, None, ACCESSED, told, now=now)
        return found

    def erase(self, site_id: int, keys: Sequence[AuthorKeys], now: datetime, *, asked_by: str = BY_OPERATOR) -> Gone:
        """Erase every comment of an author on a site. Safe to do twice: then nothing is left to erase."""
        gone = Gone((), ())
        while True:
            with self._database.write() as connection:
                found = _erase_some(connection, site_id, keys, now)
                if found.comment_ids:
                    told = {"comments": len(found.comment_ids), "asked_by": asked_by}
                    add_event(connection, site_id, None, ERASED, told, now=now)
            if not found.comment_ids:
                # Under every key, also those that the rows have left since (renewal.py).
                return Gone(gone.comment_ids, (*gone.values, *(each.strict for each in keys if gone.comment_ids)))
            gone = Gone(gone.comment_ids + found.comment_ids, gone.values + found.values)


def _is_of(site_id: int, keys: Sequence[AuthorKeys]) -> tuple[Any, Any]:
    return _identities.c.site_id == site_id, _identities.c.strict_key.in_([each.strict for each in keys])


def _erase_some(connection: Connection, site_id: int, keys: Sequence[AuthorKeys], now: datetime) -> Gone:
    # Locked first, so that nobody decides on one between this look and its end.
    rows = connection.execute(
        select(_comments.c.id, _comments.c.status, _comments.c.name, _comments.c.text, _identities)
        .join(_identities, _identities.c.comment_id == _comments.c.id)
        .where(*_is_of(site_id, keys))
        .order_by(_comments.c.id)
        .limit(BATCH_ROWS)
        .with_for_update(key_share=True, of=_comments)
    ).all()
    moves = [Move(row.id, Status(row.status), Status.ERASED, "system") for row in rows]
    made = apply_moves(connection, moves, now)
    values = [
        value
        for row in rows
        for value in (row.name.encode(), row.text.encode(), row.strict_key, row.idempotency_hash, row.request_digest)
    ]
    return Gone(tuple(sorted(made)), tuple(value for value in values if value))


def _told_of(connection: Connection, rows: Sequence[Any]) -> list[dict[str, object]]:
    ids = [row.id for row in rows]
    beside = {name: _listed(connection, name, ids) for name in _LISTS}
    return [_told(row) | {name: listed[row.id] for name, listed in beside.items()} for row in rows]


def _told(row: Any) -> dict[str, object]:
    return {
        "comment": row.id,
        "article": {"url": row.url, "title": row.title},
        "status": row.status,
        "revision": row.revision,
        "name": row.name,
        "text": row.text,
        "language": row.language or None,
        "written_at": row.created_at,
        "edited_at": row.edited_at,
        "decided_at": row.decided_at,
        "kept_of_the_address": {
            "address": "sealed, for notices" if row.contact is not None else "not kept",
            "keyed_hashes": True,
            "disposable_provider": row.disposable,
            "notices_confirmed_at": row.confirmed_at,
        },
        "kept_of_the_network": "a keyed hash, for 7 days" if row.has_network else "nothing",
    }


def _listed(connection: Connection, name: str, comment_ids: Sequence[int]) -> dict[int, list[dict[str, object]]]:
    table, columns = _LISTS[name]
    asked = (
        select(table.c.comment_id, *(table.c[each] for each in columns))
        .where(table.c.comment_id.in_(comment_ids))
        .order_by(*table.primary_key.columns)
    )
    found: dict[int, list[dict[str, object]]] = {comment_id: [] for comment_id in comment_ids}
    for row in connection.execute(asked):
        told = {each: row._mapping[each] for each in columns}
        found[row.comment_id].append(_masked(told) if name in _SAID_AT_THE_DESK else told)
    return found


def _masked(told: dict[str, object]) -> dict[str, object]:
    if "explanation" in told:
        told["explanation"] = json.loads(str(told["explanation"]))
    return {name: masked(value) if name in _WORDS else value for name, value in told.items()}
