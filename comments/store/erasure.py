"""Erasure: a comment's words and all that is known of its author go; that it was there, and who decided what, stays.

SQLite overwrites what is deleted in the database file (secure_delete). Its write-ahead log still holds the pages as
they were before, until it is emptied (`Database.empty_log`, a chore of the sweeper). PostgreSQL keeps the old rows
until it vacuums them, and its log for as long as it is archived. Neither reaches into backups made before.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, update

from comments import schema

_comments = schema.comments

# What is kept for a comment and is nothing without its words. Search follows the words by itself.
_ABOUT = (
    schema.identities,
    schema.contacts,
    schema.fingerprints,
    schema.signals,
    schema.edits,
    schema.revisions,
    schema.notes,
    schema.appeals,
    schema.claims,
    schema.first_approvals,
    schema.outbox,
)
_FORGET = tuple(delete(table).where(table.c.comment_id.in_(bindparam("ids", expanding=True))) for table in _ABOUT)
_BLANK = (
    update(_comments)
    .where(_comments.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        name="",
        text="",
        suspected="",
        risk=0.0,
        language="",
        cluster_id=None,
        honeypot_filled=False,
        seconds_to_submit=None,
        attempts=0,
    )
)


def erase(connection: Connection, comment_ids: Sequence[int]) -> None:
    """Leave nothing of these comments, locked by the caller, but their numbers, places and times."""
    if not comment_ids:
        return
    ids = {"ids": sorted(comment_ids)}
    for statement in (*_FORGET, _BLANK):
        connection.execute(statement, ids)
