"""Access and erasure: everything that is kept of one author on one site, given out or erased, with an event each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from comments import schema
from comments.identity import AuthorKeys
from comments.status import Status
from comments.store.database import Database
from comments.store.events import add_event
from comments.store.moves import Move, apply_moves

_comments, _identities, _decisions = schema.comments, schema.identities, schema.decisions

ACCESSED, ERASED = "access request answered", "erasure request carried out"
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
_LISTS = {
    "earlier_texts": select(schema.revisions.c.text, schema.revisions.c.made_at),
    "waiting_edits": select(schema.edits.c.text, schema.edits.c.made_at),
    "appeals": select(schema.appeals.c.text, schema.appeals.c.made_at),
    "moderators_notes": select(schema.notes.c.text, schema.notes.c.made_at),
    "found_by_checks": select(
        schema.signals.c.check_name, schema.signals.c.category, schema.signals.c.score, schema.signals.c.detail
    ),
}
_TABLES = {
    "earlier_texts": schema.revisions,
    "waiting_edits": schema.edits,
    "appeals": schema.appeals,
    "moderators_notes": schema.notes,
    "found_by_checks": schema.signals,
}
_TRAIL = select(
    _decisions.c.made_at,
    _decisions.c.made_by,
    _decisions.c.old_status,
    _decisions.c.new_status,
    _decisions.c.reason,
    _decisions.c.note,
    _decisions.c.explanation,
)


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

    def access(self, site_id: int, keys: Sequence[AuthorKeys], now: datetime) -> list[dict[str, object]]:
        """Return all that is kept of an author on a site, ready for JSON but for its times; no key, no hash."""
        with self._database.write() as connection:
            rows = connection.execute(_OF_AUTHOR.where(*_is_of(site_id, keys))).all()
            found = [_told(connection, row) for row in rows]
            if found:
                add_event(connection, site_id, None, ACCESSED, {"comments": len(found)}, now=now)
        return found

    def erase(self, site_id: int, keys: Sequence[AuthorKeys], now: datetime) -> Gone:
        """Erase every comment of an author on a site. Safe to do twice: then nothing is left to erase."""
        gone = Gone((), ())
        while True:
            with self._database.write() as connection:
                found = _erase_some(connection, site_id, keys, now)
                if found.comment_ids:
                    told = {"comments": len(found.comment_ids)}
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


def _told(connection: Connection, row: Any) -> dict[str, object]:
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
        **{name: _listed(connection, name, row.id) for name in _LISTS},
        "trail": [
            dict(each._mapping) | {"explanation": json.loads(each.explanation)}
            for each in connection.execute(_TRAIL.where(_decisions.c.comment_id == row.id).order_by(_decisions.c.id))
        ],
    }


def _listed(connection: Connection, name: str, comment_id: int) -> list[dict[str, object]]:
    found = connection.execute(_LISTS[name].where(_TABLES[name].c.comment_id == comment_id))
    return [dict(each._mapping) for each in found]
