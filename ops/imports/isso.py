"""Isso's database, opened for reading only. Its texts are Markdown and stay as they were written."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import quote, urljoin

from ops.imports.raw import Change, Identify, RawComment, RawThread, Skip, State
from ops.imports.safe_xml import BadFile
from ops.imports.tidy import MAX_IMPORTED_TEXT_CHARS, tidy_key, tidy_name, tidy_text, tidy_time, tidy_title, tidy_url

_STATES = {1: State.APPROVED, 2: State.WAITING, 4: State.GONE}
# Named columns: what else is in the file (votes, websites, tokens) is not looked at. Cut off, so that no row is huge.
_THREADS = "SELECT id, substr(uri, 1, 4000), substr(title, 1, 4000) FROM threads ORDER BY id"
_COMMENTS = f"""
SELECT id, tid, parent, created, mode, substr(author, 1, 1000), substr(email, 1, 1000), substr(remote_addr, 1, 100),
       substr(text, 1, {MAX_IMPORTED_TEXT_CHARS + 1})
FROM comments ORDER BY id
"""  # noqa: S608 - a number of our own
_NEEDED = {"threads", "comments"}
_ROWS_AT_ONCE = 200


def read_isso(
    path: Path, identify: Identify, *, now: datetime, origin: str, on_rows: Callable[[int], None]
) -> Iterator[RawThread | RawComment]:
    """Yield the threads and comments of a database. `origin` is the website's, for its paths. Raises BadFile."""
    try:
        with closing(_open(path)) as connection:
            for row in connection.execute(_THREADS):
                yield _read_thread(row, origin)
            cursor = connection.execute(_COMMENTS)
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                on_rows(len(rows))
                yield from (_read_comment(row, identify, now) for row in rows)
    except sqlite3.Error:
        # The driver's words can hold a part of the file.
        raise BadFile("it is not a database that Isso made, or it is damaged") from None


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    for pragma in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON", "cache_size=-8192"):
        connection.execute(f"PRAGMA {pragma}")
    # A view could compute without end.
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables >= _NEEDED:
        connection.close()
        raise BadFile("it is not Isso's database: it has no tables comments and threads")
    return connection


def _read_thread(row: tuple[object, ...], origin: str) -> RawThread:
    number, uri, title = row
    address = _text(uri).strip()
    return RawThread(
        place=_number(number),
        key=tidy_key(address),
        url=tidy_url(urljoin(f"{origin}/", address) if origin else address),
        title=tidy_title(_text(title)),
    )


def _read_comment(row: tuple[object, ...], identify: Identify, now: datetime) -> RawComment:
    number, thread, parent, created, mode, author, email, network, raw = row
    created_at, of_time = tidy_time(_time(created), now)
    name, of_name = tidy_name(unescape(_text(author)))  # Isso keeps names escaped, and texts as they were typed
    text, of_text = tidy_text(_text(raw))
    state = _STATES.get(mode, State.UNKNOWN) if isinstance(mode, int) else State.UNKNOWN
    of_state = {Change.UNKNOWN_STATE} if state is State.UNKNOWN else set()
    comment = RawComment(
        source_id=_number(number),
        place=_number(thread),
        parent=_number(parent),
        state=state,
        name=name,
        text=text,
        created_at=created_at,
        identity=identify(unescape(_text(email)).strip(), _text(network).strip(), created_at),
        changes=of_time | of_name | of_text | of_state,
    )
    if len(_text(raw)) > MAX_IMPORTED_TEXT_CHARS:
        return comment.skipped(Skip.TOO_LONG)
    is_empty = not comment.text and comment.state is not State.GONE
    return comment.skipped(Skip.NO_TEXT) if is_empty else comment


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> str:
    return str(value) if isinstance(value, int) and value else ""


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else None
    except (ValueError, OverflowError, OSError):
        return None
