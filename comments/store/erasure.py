"""Erasure: a comment's words and all that is known of its author go; that it was there, and who decided what, stays.

SQLite overwrites what is deleted in the database file (secure_delete). Its write-ahead log still holds the pages as
they were before, until it is emptied (`Database.empty_log`, a chore of the sweeper). PostgreSQL keeps the old rows
until it vacuums them, and its log for as long as it is archived. Neither reaches into backups made before.
"""

from collections.abc import Sequence

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, update

from comments import schema

_comments = schema.comments

# What is kept of a comment's words and is nothing without them. Search follows the words by itself.
_OF_WORDS = (
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
_THESE: BindParameter[int] = bindparam("ids", expanding=True)
_FORGET_WORDS = tuple(delete(table).where(table.c.comment_id.in_(_THESE)) for table in _OF_WORDS)
_FORGET_AUTHORS = delete(schema.identities).where(schema.identities.c.comment_id.in_(_THESE))
_BLANK = (
    update(_comments)
    .where(_comments.c.id.in_(_THESE))
    .values(
        name="",
        text="",
        risk=0.0,
        language="",
        found="",
        honeypot_filled=False,
        seconds_to_submit=None,
        door_hold="",
        attempts=0,
    )
)
# There is nothing to search for any more.
_UNSEARCH = delete(schema.unsearched).where(schema.unsearched.c.comment_id.in_(_THESE))
_BLANK_SUSPICION = update(_comments).where(_comments.c.id.in_(_THESE)).values(suspected="", cluster_id=None)
_FORGET_JOURNALED = delete(schema.unjournaled).where(schema.unjournaled.c.comment_id.in_(_THESE))
_TO_JOURNAL = insert(schema.unjournaled)


def erase(connection: Connection, comment_ids: Sequence[int]) -> None:
    """Leave nothing of these comments, locked by the caller, but their numbers, places and times."""
    if not comment_ids:
        return
    forget_words(connection, comment_ids)
    ids = sorted(comment_ids)
    for statement in (_FORGET_AUTHORS, _BLANK_SUSPICION, _FORGET_JOURNALED):
        connection.execute(statement, {"ids": ids})
    connection.execute(_TO_JOURNAL, [{"comment_id": comment_id} for comment_id in ids])


def forget_words(connection: Connection, comment_ids: Sequence[int]) -> None:
    """Leave nothing of what these comments, locked by the caller, said, nor of what was found in it and said of it."""
    for statement in (*_FORGET_WORDS, _BLANK, _UNSEARCH):
        connection.execute(statement, {"ids": sorted(comment_ids)})
