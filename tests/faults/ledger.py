"""What the database says, read past the store with SQL of the rig's own: the judge trusts none of our code."""

import contextlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

_COMMENTS = """
SELECT c.id, c.text, c.status, c.revision, c.approval_id, t.key FROM comments c JOIN threads t ON t.id = c.thread_id
"""
_DECISIONS = """
SELECT id, comment_id, revision, old_status, new_status, made_by, made_at FROM decisions ORDER BY comment_id, id
"""
_NONCE = "SELECT receipt_nonce FROM comments"
_PENDING = "SELECT count(*) FROM comments WHERE status = 'pending'"
_INDEXES = """
SELECT bt_index_check(c.oid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.amname = 'btree' AND n.nspname = 'public' AND i.indisvalid
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One comment as it is kept."""

    id: int
    text: str
    status: str
    revision: int
    approval_id: int | None
    article: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the audit trail. `made_at` is seconds since 1970."""

    id: int
    comment_id: int
    revision: int
    old: str | None
    new: str
    made_by: str
    made_at: float


@dataclass(frozen=True, slots=True)
class Ledger:
    """All comments and each one's audit trail, oldest entry first."""

    rows: tuple[Row, ...]
    trails: dict[int, list[Entry]]


def read_ledger(url: str) -> Ledger:
    """Read everything."""
    with _connected(url) as run:
        rows = tuple(Row(*row) for row in run(_COMMENTS))
        trails: dict[int, list[Entry]] = defaultdict(list)
        for *values, made_at in run(_DECISIONS):
            trails[values[1]].append(Entry(*values, made_at / 1e6))
    return Ledger(rows, trails)


def count_pending(url: str) -> int:
    """Count what waits. Raises sqlite3.Error or psycopg.Error when the database is away."""
    with _connected(url) as run:
        return int(run(_PENDING)[0][0])


def find_row(url: str, comment_id: int) -> Row:
    """Read one comment."""
    with _connected(url) as run:
        return Row(*run(f"{_COMMENTS} WHERE c.id = {int(comment_id)}")[0])


def find_nonce(url: str, comment_id: int) -> bytes:
    """Read what a comment's receipt is made from."""
    with _connected(url) as run:
        return bytes(run(f"{_NONCE} WHERE id = {int(comment_id)}")[0][0])


def count_undecided(url: str, ids: Sequence[int]) -> int:
    """Count which of these comments wait."""
    with _connected(url) as run:
        return int(run(f"{_PENDING} AND id IN ({','.join(str(int(number)) for number in ids)})")[0][0])


def damage(url: str) -> str:
    """Return what the database's own check finds, nothing when it is sound."""
    with _connected(url) as run:
        if url.startswith("sqlite"):
            found = "; ".join(str(row[0]) for row in run("PRAGMA integrity_check"))
            return "" if found == "ok" else found
        try:
            if not run("SELECT 1 FROM pg_available_extensions WHERE name = 'amcheck'"):
                return ""  # a server without its contrib modules; `read_ledger` has read every row it could
            run("CREATE EXTENSION IF NOT EXISTS amcheck")
            run(_INDEXES)
        except psycopg.Error as error:
            return str(error)
        return ""


def utc(seconds: float) -> str:
    """Return a time for a sentence."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


@contextlib.contextmanager
def _connected(url: str) -> Iterator[Any]:
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as connection:
            yield lambda statement: connection.execute(statement).fetchall()
        return
    with psycopg.connect(url, autocommit=True) as other:
        yield lambda statement: _fetch(other, statement)


def _fetch(connection: psycopg.Connection, statement: str) -> Sequence[Any]:
    cursor = connection.execute(statement)  # type: ignore[call-overload]  # a constant of this module
    return cursor.fetchall() if cursor.description else ()
