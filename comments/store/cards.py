"""Cards, read: a comment with its evidence and its author's history, as moderators see it.

No address leaves here and no hash: an author is a pseudonym.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select

from comments import schema
from comments.signal import Category, Field, Signal, Span, Weight
from comments.status import Status
from comments.store.audit import explanation, latest_decision
from comments.store.pending import author_history
from comments.store.records import Card, PublicComment

_comments, _identities, _samples = schema.comments, schema.identities, schema.audit_samples

_CARDS = (
    select(
        _comments.c.id.label("comment_id"),
        _comments.c.version,
        schema.sites.c.id.label("site_id"),
        schema.sites.c.key.label("site_key"),
        schema.sites.c.name.label("site_name"),
        schema.threads.c.title,
        schema.threads.c.url,
        _comments.c.name.label("author_name"),
        _comments.c.text,
        _comments.c.status,
        _comments.c.revision,
        _comments.c.created_at,
        _comments.c.parent_id,
        _comments.c.thread_id,
        schema.threads.c.section,
        _comments.c.language,
        _comments.c.risk,
        _comments.c.suspected,
        _comments.c.cluster_id,
        _comments.c.edited_at,
        _samples.c.comment_id.label("unjudged_id"),
    )
    .join(schema.sites, schema.sites.c.id == _comments.c.site_id)
    .join(schema.threads, schema.threads.c.id == _comments.c.thread_id)
    .outerjoin(_samples, and_(_samples.c.comment_id == _comments.c.id, _samples.c.decided_at.is_(None)))
    .where(_comments.c.id.in_(bindparam("ids", expanding=True)))
)
_SIGNALS = (
    select(schema.signals)
    .where(schema.signals.c.comment_id.in_(bindparam("ids", expanding=True)))
    .order_by(schema.signals.c.id)
)
_PARENTS = select(
    _comments.c.id, _comments.c.parent_id, _comments.c.name, _comments.c.text, _comments.c.created_at
).where(_comments.c.id.in_(bindparam("ids", expanding=True)), _comments.c.status == Status.APPROVED.value)
_LOOSE_KEY = select(_identities.c.loose_key).where(_identities.c.comment_id == bindparam("comment_id"))
_FIRST_BY = select(func.min(_identities.c.comment_id)).where(
    _identities.c.site_id == bindparam("site_id"), _identities.c.loose_key == bindparam("loose_key")
)


def read_cards(connection: Connection, ids: Sequence[int], now: datetime) -> tuple[Card, ...]:
    """Return the cards of these comments in their order; one that is not there is left out."""
    rows = connection.execute(_CARDS, {"ids": list(ids)}).all()
    signals = connection.execute(_SIGNALS, {"ids": list(ids)}).all()
    parents = _parents(connection, [row.parent_id for row in rows if row.parent_id is not None])
    made = {row.comment_id: _card(connection, row, signals, parents, now) for row in rows}
    return tuple(made[comment_id] for comment_id in ids if comment_id in made)


def _parents(connection: Connection, ids: list[int]) -> dict[int, PublicComment]:
    if not ids:
        return {}
    found = connection.execute(_PARENTS, {"ids": ids})
    return {row.id: PublicComment(row.id, row.parent_id, row.name, row.text, row.created_at) for row in found}


def _card(
    connection: Connection, row: Any, signals: Sequence[Any], parents: dict[int, PublicComment], now: datetime
) -> Card:
    loose = connection.execute(_LOOSE_KEY, {"comment_id": row.comment_id}).scalar_one_or_none()
    return Card(
        id=row.comment_id,
        version=row.version,
        site_key=row.site_key,
        site_name=row.site_name,
        thread_title=row.title,
        thread_url=row.url,
        name=row.author_name,
        text=row.text,
        status=Status(row.status),
        created_at=row.created_at,
        pseudonym=_pseudonym(connection, row.site_id, loose, row.comment_id),
        author=author_history(connection, row.site_id, loose, row.comment_id, now),
        parent=parents.get(row.parent_id),
        signals=tuple(
            _signal(found) for found in signals if found.comment_id == row.comment_id and found.revision == row.revision
        ),
        explanation=explanation(connection, row.comment_id),
        last_decision=latest_decision(connection, row.comment_id),
        awaits_audit=row.unjudged_id is not None and row.status == Status.APPROVED,
        site_id=row.site_id,
        thread_id=row.thread_id,
        section=row.section,
        revision=row.revision,
        language=row.language,
        risk=row.risk,
        suspected=row.suspected,
        cluster_id=row.cluster_id,
        edited_at=row.edited_at,
    )


def _pseudonym(connection: Connection, site_id: int, loose_key: bytes | None, comment_id: int) -> str:
    """Name an author by the number of their first comment here: the same for the same author, and nothing of them."""
    first = comment_id
    if loose_key is not None:
        values = {"site_id": site_id, "loose_key": loose_key}
        first = connection.execute(_FIRST_BY, values).scalar_one() or comment_id
    return f"Reader {first:04X}"


def _signal(row: Any) -> Signal:
    return Signal(
        check=row.check_name,
        version=row.check_version,
        category=Category(row.category),
        score=row.score,
        weight=Weight(row.weight),
        detail=row.detail,
        spans=tuple(Span(start, end, Field(field), shown) for start, end, field, shown in json.loads(row.spans)),
        microseconds=row.microseconds,
        shadow=row.shadow,
    )
