"""An author as moderators see one: a pseudonym, what became of the comments, and what was noted about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select

from comments import schema
from comments.status import Status
from comments.store.cards import NEWSROOM, pseudonym, read_cards
from comments.store.cards_records import AuthorNote, AuthorPage
from comments.store.lists import Sorting, cursor_of

_comments, _identities, _notes = schema.comments, schema.identities, schema.notes

# Nobody wrote more by hand; a machine's history is told by its last thousand comments.
AUTHOR_DEPTH = 1_000
NOTES_SHOWN = 50

_WHO = (
    select(
        _comments.c.site_id, _comments.c.by_newsroom, schema.sites.c.key, schema.sites.c.name, _identities.c.loose_key
    )
    .join(schema.sites, schema.sites.c.id == _comments.c.site_id)
    .outerjoin(_identities, _identities.c.comment_id == _comments.c.id)
)


def read_author(
    connection: Connection, comment_id: int, *, now: datetime, cursor: str | None, limit: int
) -> AuthorPage:
    """Return the author of a comment that is there. One whose identity was forgotten has this comment alone."""
    who = connection.execute(_WHO.where(_comments.c.id == comment_id)).one()
    written, number = _written(who.site_id, who.loose_key, comment_id)
    sorting = Sorting((number,), descending=True)
    ids = connection.execute(sorting.behind(written, cursor).limit(limit + 1)).scalars().all()
    first = connection.execute(
        select(_comments.c.id, _comments.c.created_at).where(
            _comments.c.id == written.with_only_columns(func.min(number)).scalar_subquery()
        )
    ).one()
    return AuthorPage(
        comment_id=comment_id,
        site_id=who.site_id,
        site_key=who.key,
        site_name=who.name,
        pseudonym=NEWSROOM if who.by_newsroom else pseudonym(first.id),
        first_seen_at=first.created_at,
        counts=_counts(connection, sorting.behind(written, None)),
        cards=read_cards(connection, ids[:limit], now),
        notes=_notes_on(connection, sorting.behind(written, None)),
        next_cursor=cursor_of(ids[limit - 1]) if len(ids) > limit else None,
    )


def _written(site_id: int, loose_key: bytes | None, comment_id: int) -> tuple[Select[Any], Any]:
    """Return the statement of what the same author wrote on the site, and its column."""
    if loose_key is None:
        return select(_comments.c.id).where(_comments.c.id == literal(comment_id)), _comments.c.id
    same = (_identities.c.site_id == site_id, _identities.c.loose_key == loose_key)
    return select(_identities.c.comment_id).where(*same), _identities.c.comment_id


def _counts(connection: Connection, newest_first: Select[Any]) -> dict[Status, int]:
    latest = newest_first.limit(AUTHOR_DEPTH).subquery()
    counts = select(_comments.c.status, func.count()).join(latest, latest.c[0] == _comments.c.id)
    return {Status(status): count for status, count in connection.execute(counts.group_by(_comments.c.status))}


def _notes_on(connection: Connection, newest_first: Select[Any]) -> tuple[AuthorNote, ...]:
    latest = newest_first.limit(AUTHOR_DEPTH).subquery()
    found: Sequence[Any] = connection.execute(
        select(_notes.c.comment_id, schema.moderators.c.login, _notes.c.text, _notes.c.made_at)
        .join(latest, latest.c[0] == _notes.c.comment_id)
        .join(schema.moderators, schema.moderators.c.id == _notes.c.moderator_id)
        .order_by(_notes.c.id.desc())
        .limit(NOTES_SHOWN)
    ).all()
    return tuple(AuthorNote(row.comment_id, row.login, row.text, row.made_at) for row in found)
