"""Receipts: what an author may know of their own comment."""

import json

from sqlalchemy import bindparam, func, literal_column, select

from comments import schema
from comments.receipt import TOKEN, receipt_hash
from comments.status import Status
from comments.store.database import Database
from comments.store.records import Receipt

_comments, _decisions = schema.comments, schema.decisions

_RECEIPT = (
    select(
        _comments.c.id.label("comment_id"),
        func.coalesce(_comments.c.root_id, _comments.c.id).label("root"),
        schema.sites.c.key.label("site_key"),
        schema.sites.c.name.label("site_name"),
        schema.threads.c.title,
        schema.threads.c.url,
        _comments.c.name.label("author_name"),
        _comments.c.text,
        _comments.c.status,
        _comments.c.created_at,
        _comments.c.decided_at,
    )
    .join(schema.sites, schema.sites.c.id == _comments.c.site_id)
    .join(schema.threads, schema.threads.c.id == _comments.c.thread_id)
    .where(_comments.c.receipt_hash == bindparam("receipt_hash"))
)
# A look that left the comment as it was is the desk's own business: the author's reasons are those of the last change.
_LAST_DECISION = (
    select(_decisions.c.made_by, _decisions.c.reason, _decisions.c.note, _decisions.c.explanation)
    .where(
        _decisions.c.comment_id == bindparam("comment_id"),
        _decisions.c.old_status.is_distinct_from(_decisions.c.new_status),
    )
    .order_by(_decisions.c.id.desc())
    .limit(1)
)


# By the conversation: there is no index of parents.
_NEWSROOM_REPLY = select(func.min(_comments.c.id)).where(
    _comments.c.root_id == bindparam("root"),
    _comments.c.parent_id == bindparam("comment_id"),
    _comments.c.by_newsroom,
    _comments.c.status == literal_column(f"'{Status.APPROVED.value}'"),
)


class Receipts:
    """Every comment by its private link."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, token: str) -> Receipt | None:
        """Return what the author may know, or None for a token that is not one of ours."""
        if not TOKEN.fullmatch(token):
            return None
        with self._database.read() as connection:
            row = connection.execute(_RECEIPT, {"receipt_hash": receipt_hash(token)}).one_or_none()
            if row is None:
                return None
            last = connection.execute(_LAST_DECISION, {"comment_id": row.comment_id}).one()
            about = {"comment_id": row.comment_id, "root": row.root}
            reply_id = connection.execute(_NEWSROOM_REPLY, about).scalar_one()
        return Receipt(
            comment_id=row.comment_id,
            site_key=row.site_key,
            site_name=row.site_name,
            thread_title=row.title,
            thread_url=row.url,
            name=row.author_name,
            text=row.text,
            status=Status(row.status),
            created_at=row.created_at,
            decided_at=row.decided_at,
            made_by=last.made_by,
            reason=last.reason,
            explanation=tuple(json.loads(last.explanation)),
            note=last.note,
            newsroom_reply_id=reply_id,
        )
