"""Where a whole file waits until it is known to be sound: a private database of SQLite's, gone with the process.

SQLite unlinks such a file as soon as it has opened it, so that nothing is left behind whatever happens; it lies in
SQLITE_TMPDIR, TMPDIR or /var/tmp. There is no address in it. So memory stays the same for any number of comments, and
parents are found wherever in the file they stand.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from comments.identity import Identity
from ops.imports.raw import Change, RawComment, RawThread, Skip, State

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROWS_AT_ONCE = 1000
# Where SQLite looks for a directory that it can write to, in this order; the first two are variables.
_VARIABLES = ("SQLITE_TMPDIR", "TMPDIR")
_DIRECTORIES = ("/var/tmp", "/usr/tmp", "/tmp", ".")  # noqa: S108 - SQLite's own list, and its file has no name there
# An error's number says more than its kind in its upper bits.
_KIND = 0xFF
_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)

_TABLES = """
CREATE TABLE threads (
    n INTEGER PRIMARY KEY, place TEXT UNIQUE, key TEXT, url TEXT, title TEXT, is_closed INTEGER, is_public INTEGER,
    has_own_key INTEGER, page TEXT, at INTEGER
);
CREATE TABLE staged (
    n INTEGER PRIMARY KEY, source_id TEXT, place TEXT, parent TEXT, state TEXT, name TEXT, text TEXT, at INTEGER,
    strict BLOB, loose BLOB, network BLOB, kid TEXT, disposable INTEGER, normalisation INTEGER, changes TEXT, skip TEXT,
    has_time INTEGER, key TEXT, parent_n INTEGER
);
CREATE TABLE placed (n INTEGER PRIMARY KEY, keeper INTEGER, depth INTEGER, at INTEGER);
"""
_ADD_THREAD = "INSERT OR IGNORE INTO threads VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_COMMENT = "INSERT INTO staged VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)"
# In this order, once all is read. Thread keys: the same page under several links is one thread.
_RESOLVE = (
    "CREATE INDEX threads_page ON threads (page) WHERE page <> ''",
    """UPDATE threads SET key = coalesce((
           SELECT other.key FROM threads AS other
           WHERE other.page = threads.page AND other.has_own_key AND other.key <> '' ORDER BY other.n LIMIT 1
       ), key) WHERE page <> '' AND NOT has_own_key""",
    "CREATE INDEX staged_source_id ON staged (source_id)",
    """UPDATE staged SET key = (SELECT key FROM threads WHERE threads.place = staged.place)""",
    "UPDATE staged SET skip = 'no_thread' WHERE skip IS NULL AND coalesce(key, '') = ''",
    """UPDATE staged SET skip = 'repeated' WHERE source_id <> '' AND n > (
           SELECT min(first.n) FROM staged AS first WHERE first.source_id = staged.source_id)""",
    """UPDATE staged SET at = (SELECT at FROM threads WHERE threads.place = staged.place) WHERE at IS NULL""",
    """UPDATE staged SET parent_n = (SELECT min(over.n) FROM staged AS over WHERE over.source_id = staged.parent)
       WHERE parent <> ''""",
    """UPDATE staged SET parent = '', parent_n = NULL, changes = changes || ' parent_elsewhere'
       WHERE parent_n IS NOT NULL
       AND key IS NOT (SELECT over.key FROM staged AS over WHERE over.n = staged.parent_n)""",
    "CREATE INDEX staged_parent_n ON staged (parent_n)",
    "CREATE INDEX staged_key ON staged (key, at)",
    "CREATE INDEX threads_key ON threads (key)",
)
# A comment whose parent is skipped hangs on the nearest one above that is not: its `keeper`.
_WALK = """
WITH RECURSIVE walk (n, keeper, depth, at) AS (
    SELECT n, NULL, 0, coalesce(at, 0) FROM staged WHERE {begin}
    UNION ALL
    SELECT below.n, CASE WHEN above.skip IS NULL THEN above.n ELSE walk.keeper END, walk.depth + 1,
           max(coalesce(below.at, 0), walk.at)
    FROM walk JOIN staged AS above ON above.n = walk.n JOIN staged AS below ON below.parent_n = walk.n
)
INSERT INTO placed SELECT n, keeper, depth, at FROM walk
"""
_UNPLACED = "SELECT n FROM staged WHERE n > ? AND n NOT IN (SELECT n FROM placed) ORDER BY n LIMIT 1"
_IN_ORDER = """
SELECT placed.at AS place_at, placed.depth, staged.*, above.source_id AS keeper_id, threads.is_public,
       staged.parent <> '' AND staged.parent_n IS NULL AS may_be_here
FROM placed JOIN staged ON staged.n = placed.n
LEFT JOIN staged AS above ON above.n = placed.keeper
LEFT JOIN threads ON threads.place = staged.place
WHERE staged.skip IS NULL AND (placed.at, placed.depth, placed.n) > (?, ?, ?)
ORDER BY placed.at, placed.depth, placed.n LIMIT ?
"""
_THREADS_BY_KEY = """
SELECT key, min(at) AS at, max(is_closed) AS is_closed,
       (SELECT url FROM threads AS one WHERE one.key = threads.key AND url <> ''
        ORDER BY length(url), n LIMIT 1) AS url,
       (SELECT title FROM threads AS one WHERE one.key = threads.key AND title <> '' ORDER BY n LIMIT 1) AS title,
       (SELECT min(at) FROM staged WHERE staged.key = threads.key) AS first_at
FROM threads WHERE key <> '' AND (is_closed OR EXISTS (
    SELECT 1 FROM staged WHERE staged.key = threads.key AND staged.skip IS NULL))
GROUP BY key ORDER BY key
"""


class NoRoom(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line that says where there was no room for a file, and how to name another place."""


def staging_place() -> tuple[str, str]:
    """Return the directory that SQLite takes, and the variable that names it or would."""
    named = [(os.environ[name], name) for name in _VARIABLES if name in os.environ]
    for directory, name in (*named, *((each, _VARIABLES[0]) for each in _DIRECTORIES)):
        if os.path.isdir(directory) and os.access(directory, os.W_OK | os.X_OK):  # noqa: PTH112 - "" is no directory
            return directory, name
    return ".", _VARIABLES[0]


class Staging:
    """One file's threads and comments. Use it as a context; leaving it raises NoRoom in place of SQLite's error."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-16384", "temp_store=FILE"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_TABLES)

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._connection.close()
        # The store's own errors are SQLAlchemy's, and those of a file that is read are BadFile: this one is ours.
        if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & _KIND in _NO_ROOM:
            directory, variable = staging_place()
            raise NoRoom(
                f"there is no room in {directory} for what is set aside while a file is read;"
                f" make room there, or name another directory in {variable}"
            ) from None

    def take(self, found: Iterable[RawThread | RawComment]) -> int:
        """Take in a whole file. Returns how many comments were read."""
        read = 0
        pieces = iter(found)
        while batch := list(islice(pieces, _ROWS_AT_ONCE)):
            comments = [each for each in batch if isinstance(each, RawComment)]
            threads = [each for each in batch if isinstance(each, RawThread) and each.place]
            self._connection.execute("BEGIN")
            self._connection.executemany(_ADD_THREAD, map(_thread_row, threads))
            self._connection.executemany(_ADD_COMMENT, map(_comment_row, comments))
            self._connection.execute("COMMIT")
            read += len(comments)
        return read

    def resolve(self) -> None:
        """Find every comment's thread and parent and the order in which all are written."""
        for statement in _RESOLVE:
            self._connection.execute(statement)
        self._connection.execute(_WALK.format(begin="parent_n IS NULL"))
        self._open_circles()
        self._connection.execute("CREATE INDEX placed_order ON placed (at, depth, n)")

    def _open_circles(self) -> None:
        """Begin a conversation at one comment of every circle of parents: nothing leads to these from outside."""
        last = 0
        while row := self._connection.execute(_UNPLACED, (last,)).fetchone():
            last = row["n"]  # this one too is placed by what follows
            begin = self._in_circle(last)
            change = "UPDATE staged SET parent_n = NULL, parent = '', changes = changes || ? WHERE n = ?"
            self._connection.execute(change, (f" {Change.PARENT_IN_CIRCLE.value}", begin))
            self._connection.execute(_WALK.format(begin="n = ?"), (begin,))

    def _in_circle(self, start: int) -> int:
        seen = set()
        while start not in seen:
            seen.add(start)
            start = self._connection.execute("SELECT parent_n FROM staged WHERE n = ?", (start,)).fetchone()[0]
        return start

    def threads(self) -> Iterator[Any]:
        """Yield what is known of each thread that has comments or is closed."""
        yield from self._connection.execute(_THREADS_BY_KEY)

    def batches(self, size: int) -> Iterator[list[Any]]:
        """Yield what is to be kept, a parent before its replies, the oldest first."""
        after: tuple[int, int, int] = (-(2**62), -1, 0)
        while rows := self._connection.execute(_IN_ORDER, (*after, size)).fetchall():
            yield rows
            after = (rows[-1]["place_at"], rows[-1]["depth"], rows[-1]["n"])

    def count(self) -> int:
        """Return how many are to be kept."""
        return int(self._connection.execute("SELECT count(*) FROM staged WHERE skip IS NULL").fetchone()[0])

    def skip(self, source_ids: Iterable[str], why: Skip) -> None:
        """Note that these are not kept after all."""
        self._connection.executemany(
            "UPDATE staged SET skip = ? WHERE source_id = ? AND skip IS NULL",
            ((why.value, each) for each in source_ids),
        )

    def change(self, source_ids: Iterable[str], what: Change) -> None:
        """Note what became different on the way."""
        self._connection.executemany(
            "UPDATE staged SET changes = changes || ? WHERE source_id = ? AND skip IS NULL",
            ((f" {what.value}", each) for each in source_ids),
        )

    def skipped(self) -> dict[str, list[str]]:
        """Return the numbers of what is not kept, by reason; one without a number by its place in the file."""
        found: dict[str, list[str]] = {}
        for row in self._connection.execute("SELECT n, source_id, skip FROM staged WHERE skip IS NOT NULL ORDER BY n"):
            found.setdefault(row["skip"], []).append(row["source_id"] or f"#{row['n']}")
        return found

    def changed(self) -> dict[str, list[str]]:
        """Return the numbers of what is kept and not as it was, by what is different."""
        found: dict[str, list[str]] = {}
        kept = "SELECT source_id, changes FROM staged WHERE skip IS NULL AND changes <> '' ORDER BY n"
        for row in self._connection.execute(kept):
            for change in sorted(set(row["changes"].split())):
                found.setdefault(change, []).append(row["source_id"])
        return found

    def states(self) -> dict[str, int]:
        """Return how many of those that are kept stood where."""
        kept = "SELECT state, count(*) FROM staged WHERE skip IS NULL GROUP BY state ORDER BY state"
        return {State(row[0]).value: row[1] for row in self._connection.execute(kept)}


def as_time(microseconds: int | None) -> datetime | None:
    """Return a time as it is stored here."""
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)


def identity_of(row: Any) -> Identity | None:
    """Return the keyed hashes of a row."""
    if row["strict"] is None:
        return None
    return Identity(
        row["strict"], row["loose"], row["network"], row["kid"], bool(row["disposable"]), row["normalisation"]
    )


def _microseconds(at: datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // timedelta(microseconds=1)


def _thread_row(thread: RawThread) -> tuple[object, ...]:
    flags = (thread.is_closed, thread.is_public, thread.has_own_key)
    return (thread.place, thread.key, thread.url, thread.title, *flags, thread.page, _microseconds(thread.created_at))


def _comment_row(comment: RawComment) -> tuple[object, ...]:
    who = comment.identity
    changes = set(comment.changes)
    if who is None and comment.skip is None and comment.state is not State.GONE:
        changes.add(Change.NO_ADDRESS)
    hashes = (who.strict, who.loose, who.network, who.kid, who.disposable, who.normalisation) if who else (None,) * 6
    return (
        comment.source_id,
        comment.place,
        comment.parent,
        comment.state.value,
        comment.name,
        comment.text,
        _microseconds(comment.created_at),
        *hashes,
        " ".join(sorted(each.value for each in changes)),
        comment.skip.value if comment.skip else None,
        Change.TIME_IN_FUTURE not in comment.changes and comment.created_at is not None,
    )
