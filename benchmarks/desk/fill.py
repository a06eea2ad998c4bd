"""Put a newsroom into an empty database, in bulk and past the application; triggers count and list as always."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from operator import itemgetter

from sqlalchemy import Connection, text

from benchmarks.desk.newsroom import Newsroom, Row
from comments import schema
from comments.migrations import upgrade
from comments.roles import Grant, Role
from comments.search_words import words_of
from comments.store import Store, open_store

# {table: its rows}
Rows = dict[str, list[Row]]

_AT_ONCE = 5_000
# Parents before children.
_ORDER = ("comments", "identities", "signals", "decisions", "audit_samples", "appeals", "search_texts")


def fill(url: str, newsroom: Newsroom) -> None:
    """Migrate the database and fill it, unless it is full already; one that was broken off is filled on."""
    store = open_store(url)
    try:
        upgrade(store.database)
        with store.database.read() as connection:
            there = connection.execute(text("SELECT coalesce(max(id), 0) FROM comments")).scalar_one()
        if there < newsroom.comments:
            _fill(store, newsroom, there)
    finally:
        store.close()


def _fill(store: Store, newsroom: Newsroom, there: int) -> None:
    now = datetime.now(UTC)
    threads = list(newsroom.thread_rows())  # always: what comes after it depends on the same chances
    if not there:
        for key, name in newsroom.site_rows():
            store.sites.add(key, name, now=now)
        store.moderators.add("ada", "no password", grants=(Grant(Role.ADMIN),), now=now)
        with store.database.write() as connection:
            _write(connection, "threads", threads)
    for rows in _ahead(_batches(newsroom, there, is_sqlite=store.database.is_sqlite)):
        with store.database.write() as connection:
            for table in _ORDER:
                _write(connection, table, rows[table])
    _tidy(store, now)


def _ahead(batches: Iterator[Rows]) -> Iterator[Rows]:
    """Yield the batches; while the database writes one, a thread makes the next."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, batches, None)
        while (rows := coming.result()) is not None:
            coming = thread.submit(next, batches, None)
            yield rows


def _batches(newsroom: Newsroom, there: int, *, is_sqlite: bool) -> Iterator[Rows]:
    word = "{}" if is_sqlite else "'{}'"
    rows: Rows = {table: [] for table in _ORDER}
    for comment, others in islice(newsroom.comment_rows(), there, None):
        rows["comments"].append(comment)
        words = words_of(str(comment["name"]), str(comment["text"]))
        rows["search_texts"].append(
            {
                "comment_id": comment["id"],
                "site_id": comment["site_id"],
                "status": comment["status"],
                "words": " ".join(map(word.format, words)),
            }
        )
        for table, row in others:
            rows[table].append(row)
        if len(rows["comments"]) == _AT_ONCE:
            yield rows
            rows = {table: [] for table in _ORDER}
    yield rows


def _write(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    """Write rows in the fastest way the database has."""
    if not rows:
        return
    columns = list(rows[0])
    values = map(itemgetter(*columns), rows)
    # The tables' own names and columns alone.
    names = ", ".join(columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - our own tables
        connection.connection.cursor().executemany(statement, values)  # type: ignore[arg-type]  # sqlite3 takes any iterator
        return
    with connection.connection.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for each in values:
            copy.write_row(each)


def _tidy(store: Store, now: datetime) -> None:
    """Do what the sweeper and the database's own cleaning would have done by the time so many comments are there."""
    store.counters.compact(now)
    if store.database.is_sqlite:
        store.database.empty_log()
        return
    # Rows that came with their own numbers left the counters of the numbers behind.
    # What is summed up once a million times leaves room behind that a sum every ten seconds does not.
    _run(store, ["VACUUM FULL count_changes", "VACUUM ANALYZE", *_sequences(("comments", "threads", "decisions"))])


def _sequences(tables: Iterable[str]) -> list[str]:
    return [
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608 - our own tables
        for table in tables
        if table in schema.metadata.tables
    ]


def _run(store: Store, statements: Iterable[str]) -> None:
    engine = store.database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        for statement in statements:
            connection.execute(text(statement))
        connection.execute(text("RESET statement_timeout"))
