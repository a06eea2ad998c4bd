"""Connections: how both databases are opened, and how a failure of theirs reaches the rest of the code."""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, Select, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from comments import metrics

# A writer waits so long for another one before the reader is told to come back (503).
BUSY_TIMEOUT_SECONDS = 5
_TO_WRITE = "BEGIN IMMEDIATE"
_LOOK_MILLISECONDS = 1
# The rest of an error's number says more about it.
_KIND = 0xFF
POOL_SIZE = 8
_AFTERWARDS = "replydesk.afterwards"
# PostgreSQL's numbers for a table or a column that is not there, and for a right or a schema that its user lacks.
_NO_TABLE = {"42P01", "42703"}
_NO_RIGHT = {"42501", "3F000"}


class StoreUnavailable(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the database cannot be read or written now: down, locked, full. Nothing was kept; try again."""


class TablesMissing(StoreUnavailable):
    """Raised when the database is there without the tables of this version, with one line that says what to do."""


class RightMissing(StoreUnavailable):
    """Raised when the database refuses its own user, with one line that says what to do."""


class BadDatabaseUrl(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line that says what is wrong with the database address. It never shows the address."""


class Database:
    """One database with a way to read and a way to write. SQLite writers queue up; they never upgrade a read lock."""

    def __init__(self, url: str) -> None:
        parsed = parse_url(url)
        self._compiled: dict[Select[Any], tuple[str, dict[str, Any], list[str] | None]] = {}
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(parsed, begin=_TO_WRITE)
            self._reader = _sqlite_engine(parsed, begin="BEGIN")
        else:
            self._writer = _postgres_engine(parsed)
            # A page's rows and its count must come from one moment; SQLite's read transactions do by themselves.
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ")

    @property
    def engine(self) -> Engine:
        """The engine that writes, for the migrations."""
        return self._writer

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open one transaction that commits when the block ends. Raises StoreUnavailable."""
        with _translated(), self._writer.connect() as connection:
            with connection.begin() as transaction:
                connection.info[_AFTERWARDS] = afterwards = list[Callable[[], None]]()
                yield connection
                began_at_seconds = time.perf_counter()
                transaction.commit()
            metrics.count_commit(time.perf_counter() - began_at_seconds)
        for do in afterwards:
            do()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one transaction that only reads. Raises StoreUnavailable."""
        with _translated(), self._reader.connect() as connection:
            yield connection

    def glance(self, statement: Select[Any], values: Mapping[str, str | int]) -> Sequence[Any] | None:
        """Return the one row of a SELECT of plain columns, None for none. For what is asked with every request.

        It goes to the driver itself: what SQLAlchemy does around a statement takes several times as long as this one.
        Raises StoreUnavailable.
        """
        driver = self._reader.dialect.loaded_dbapi
        with _translated():
            try:
                with contextlib.closing(self._reader.raw_connection()) as connection:
                    cursor = connection.cursor()
                    cursor.execute(*self._for_driver(statement, values))
                    found: Sequence[Any] | None = cursor.fetchone()
                    cursor.close()
            except driver.Error as error:
                raise _as_sqlalchemys(error, self._reader.dialect) from None
        return found

    def _for_driver(self, statement: Select[Any], values: Mapping[str, str | int]) -> tuple[str, Any]:
        known = self._compiled.get(statement)
        if known is None:
            compiled = statement.compile(dialect=self._reader.dialect)
            # What the statement brings along itself, such as a LIMIT, and the order of all values where they have one.
            known = compiled.string, dict(compiled.params), getattr(compiled, "positiontup", None)
            self._compiled[statement] = known
        words, own, names = known
        given = {**own, **values}
        return words, given if names is None else [given[name] for name in names]

    @contextmanager
    def outside(self) -> Iterator[Callable[[str], object]]:
        """Give what executes a statement outside any transaction, as VACUUM needs it, and without limits of time.

        Raises StoreUnavailable.
        """
        with _translated(), self._writer.connect() as connection:
            # SQLAlchemy says BEGIN to SQLite by our own listener, whatever the isolation level: around it, the driver.
            cursor = connection.connection.cursor()
            try:  # the driver's own errors, which SQLAlchemy does not see here
                driver: Any = connection.connection.driver_connection
                if not self.is_sqlite:
                    driver.autocommit = True
                    cursor.execute("SET statement_timeout = 0")
                yield cursor.execute
            except self._writer.dialect.loaded_dbapi.Error as error:
                raise StoreUnavailable(type(error).__name__) from None
            finally:
                cursor.close()
                connection.invalidate()  # its settings go with it

    def empty_log(self) -> bool:
        """Write SQLite's log into the file and cut it to nothing, so that it keeps no words that were erased since.

        Returns False when somebody was at work just then: come back later. PostgreSQL keeps its own log (True).
        """
        if not self.is_sqlite:
            return True
        with _translated(), self._writer.connect() as connection:
            # Not through SQLAlchemy, which would begin a transaction: a log is not emptied within one.
            cursor = connection.connection.cursor()
            try:
                cursor.execute("PRAGMA busy_timeout=100")  # writers wait for as long as this waits for a reader
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                [busy, *_] = cursor.fetchone() or (1,)
                return not busy
            finally:
                cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}")
                cursor.close()

    def close(self) -> None:
        """Give every connection back, as must be done before a fork."""
        self._writer.dispose()
        self._reader.dispose()


def after_commit(connection: Connection, do: Callable[[], None]) -> None:
    """Have `do` called when what `Database.write` opened has been committed, and never if it is not."""
    connection.info.setdefault(_AFTERWARDS, []).append(do)


def parse_url(url: str) -> URL:
    """Return the address with the driver we ship. Raises BadDatabaseUrl."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise BadDatabaseUrl("the database address is not one; use sqlite:///FILE or postgresql://…") from None
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise BadDatabaseUrl("name a file in the SQLite address: sqlite:///FILE")
        return parsed.set(drivername="sqlite+pysqlite")
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise BadDatabaseUrl(f"{backend} is not supported; use sqlite:///FILE or postgresql://…")


@contextmanager
def _translated() -> Iterator[None]:
    """Raise StoreUnavailable for a database that is away. Our own mistakes in SQL stay what they are."""
    try:
        yield
    except PoolTimeout:
        raise StoreUnavailable("no free database connection") from None
    except DBAPIError as error:
        unfit = _why_unfit(error)
        if unfit is not None:
            raise unfit from None
        if error.connection_invalidated or _is_away(error):
            # The driver's message can hold the statement's values, so only its class goes on.
            raise StoreUnavailable(type(error.orig).__name__) from None
        _cut_off_values(error)
        raise


def _as_sqlalchemys(error: Exception, dialect: Dialect) -> BaseException:
    """Return a driver's error as SQLAlchemy would have raised it."""
    return DBAPIError.instance(None, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect)


def _is_away(error: DBAPIError) -> bool:
    is_damaged = type(error.orig) is sqlite3.DatabaseError  # the class itself: the file is no database
    return is_damaged or type(error).__name__ in {"OperationalError", "InternalError"}


def _why_unfit(error: DBAPIError) -> StoreUnavailable | None:
    """Return what a PostgreSQL lacks, if that is the reason. SQLite has one word for this and for being away."""
    name, state = type(error.orig).__name__, getattr(error.orig, "sqlstate", None)
    if state in _NO_TABLE:
        return TablesMissing(f"the database has not the tables of this version ({name}); run: replydesk migrate")
    if state in _NO_RIGHT:
        return RightMissing(
            f"the database refuses its user a right ({name}); the user must own the tables:"
            " GRANT USAGE, CREATE ON SCHEMA public TO that user before: replydesk migrate"
        )
    return None


def _cut_off_values(error: DBAPIError) -> None:
    """Keep the first line of a message: PostgreSQL's second one shows the refused row, with its words and hashes."""
    for each in (error, error.orig):
        if each is not None:
            each.args = (str(each.args[0]).partition("\n")[0] if each.args else "",)


def _sqlite_engine(url: URL, *, begin: str) -> Engine:
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # what is in it is not public
    # hide_parameters: a statement's values (texts, hashes) must not reach a log or a traceback.
    engine = create_engine(
        url, pool_size=POOL_SIZE, max_overflow=POOL_SIZE, pool_timeout=5, pool_use_lifo=True, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, record: object) -> None:  # noqa: ARG001 - SQLAlchemy's signature
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",  # a 202 must survive a power cut, so every commit is on disk
            "secure_delete=ON",  # what is erased is overwritten
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-8192",  # 8 MB: with a million comments, a page's rows are far apart
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if begin == _TO_WRITE:
            _take_turn(connection)
        else:
            connection.exec_driver_sql(begin)

    return engine


def _take_turn(connection: Connection) -> None:
    """Begin to write, as soon as nobody else does.

    SQLite looks again after 1, 2, 5, 10, … up to 100 ms: with a few writers that is most of what each waits, while the
    lock is free. Every millisecond costs little and gives everybody the same chance.
    """
    cursor: Any = connection.connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_LOOK_MILLISECONDS}")
    gives_up_at = time.monotonic() + BUSY_TIMEOUT_SECONDS
    try:
        while True:
            try:
                cursor.execute(_TO_WRITE)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & _KIND != sqlite3.SQLITE_BUSY or time.monotonic() >= gives_up_at:
                    raise _as_sqlalchemys(error, connection.dialect) from None
            else:
                return
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}")
        cursor.close()


def _postgres_engine(url: URL) -> Engine:
    return create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 3,
            # A lock that is held longer than this answers 503 instead of eating a web thread.
            # Parallel workers take longer to begin than any of our statements should last.
            "options": f"-c lock_timeout={BUSY_TIMEOUT_SECONDS}s -c statement_timeout=30s -c timezone=UTC"
            " -c max_parallel_workers_per_gather=0",
        },
    )
