"""Databases that have grown: filled once, looked after by the sweeper until nothing is left to do, and kept."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from benchmarks.cluster import running_cluster
from benchmarks.desk.fill import fill
from benchmarks.desk.newsroom import Newsroom
from benchmarks.growth.installed import Installed
from comments.store import open_store
from tests.servers.postgres import Postgres
from workers.chores import CHORES

# What the benchmark of the desk has filled by the same generator.
_OF_THE_DESK = {10_000: "small.sqlite3", 1_000_000: "large.sqlite3"}
_FINGERPRINTS = """
WITH bands(band) AS (VALUES (0), (1), (2), (3), (4))
INSERT INTO fingerprints (comment_id, band, site_id, value) SELECT id, band, site_id, {number} FROM comments, bands
WHERE id > :after AND id <= :up_to
AND NOT EXISTS (SELECT 1 FROM fingerprints WHERE comment_id = comments.id) ORDER BY id, band
"""
_FINGERPRINTS_AT_ONCE = 100_000  # comments
# Their index is filled in no order. What does not fit into the cache goes to the log once for every row.
_LARGE_CACHE = "PRAGMA cache_size=-6000000"  # KiB, SQLite
# Every comment they point to is there.
_NO_TRIGGERS = "SET LOCAL session_replication_role = replica"  # PostgreSQL


@dataclass(frozen=True)
class Places:
    """Where databases of one kind are; `url` gives the address of one size, `make` fills it first if need be."""

    folder: Path
    cluster: Postgres | None = None

    def url(self, size: int, *, unfinished: bool = False) -> str:
        """Return the address of the database of a size."""
        name = _name(size, unfinished=unfinished)
        return f"sqlite:///{self.folder / name}.sqlite3" if self.cluster is None else self.cluster.url(name)

    def is_there(self, size: int, *, unfinished: bool = False) -> bool:
        """Say whether there is a database of this size: one that was filled to the end, or one that was not."""
        name = _name(size, unfinished=unfinished)
        if self.cluster is None:
            return (self.folder / f"{name}.sqlite3").is_file()
        with contextlib.closing(self.cluster.connect("postgres")) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return found.fetchone() is not None

    def begin(self, size: int) -> None:
        """Make the place of an unfinished one, with what can be copied. One that was broken off goes on."""
        if self.is_there(size, unfinished=True):
            return
        name = _name(size, unfinished=True)
        for old in self.folder.glob(f"*-{'postgresql' if self.cluster else 'sqlite'}-{size}.jsonl"):
            old.unlink()
        if self.cluster is not None:
            self.cluster.create(name)
            return
        source = self.folder / _OF_THE_DESK.get(size, "none")
        if source.is_file():
            reading = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
            with contextlib.closing(reading) as from_, contextlib.closing(self._open(name)) as to:
                from_.backup(to)

    def finish(self, size: int) -> None:
        """Give it its name."""
        old, new = _name(size, unfinished=True), _name(size)
        if self.cluster is None:
            (self.folder / f"{old}.sqlite3").rename(self.folder / f"{new}.sqlite3")
            return
        with contextlib.closing(self.cluster.connect("postgres")) as connection:
            connection.execute(f"ALTER DATABASE {old} RENAME TO {new}")

    def read_through(self) -> None:
        """Have the machine keep the files in its memory, as it does with what is in use: this measures no disk."""
        for path in (
            (self.folder / "postgres" / "data" / "base").rglob("*")
            if self.cluster
            else self.folder.glob("growth_*.sqlite3")
        ):
            if path.is_file() and path.suffix != ".pid":
                with path.open("rb") as file:
                    while file.read(1 << 22):
                        pass

    def _open(self, name: str) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / f"{name}.sqlite3")


def _name(size: int, *, unfinished: bool = False) -> str:
    return f"growth_{size}{'_unfinished' if unfinished else ''}"


@contextlib.contextmanager
def places(kind: str, folder: Path) -> Iterator[Places]:
    """Give the places of one kind of database for the length of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        yield Places(folder)
        return
    with running_cluster(folder / "postgres") as cluster:
        yield Places(folder, cluster)


def look_after(installed: Installed) -> None:
    """Do every chore of the sweeper until none of them finds anything, as it is after a few days."""
    for chore in CHORES:
        began_at, done = time.monotonic(), 0
        # One that answers with a yes has done all it can at once.
        while (count := chore.do(installed.here, installed.clock())) > 1:
            done += count
        if done:
            print(f"  {chore.name}: {done:,} in {time.monotonic() - began_at:.0f} s", flush=True)
    tidy(installed)


def tidy(installed: Installed) -> None:
    """Do what the database does for itself in time."""
    database = installed.store.database
    if database.is_sqlite:
        database.empty_log()
        return
    with database.outside() as execute:
        execute("VACUUM ANALYZE")


def fill_place(place: Places, size: int) -> str:
    """Fill the unfinished database of a size and return its address."""
    place.begin(size)
    url = place.url(size, unfinished=True)
    began_at = time.monotonic()
    fill(url, Newsroom(size))
    _add_fingerprints(url)
    print(f"  filled with {size:,} comments in {time.monotonic() - began_at:.0f} s", flush=True)
    return url


def _add_fingerprints(url: str) -> None:
    """Give every comment what a worker keeps of its words: five numbers, which no two comments share here."""
    store = open_store(url)
    # All of them in one transaction: each further one would write nearly every page of the index again.
    with store.database.write() as connection:
        is_sqlite = store.database.is_sqlite
        number = "random()" if is_sqlite else "(random() * 9e18)::bigint"
        for setting in (_LARGE_CACHE,) if is_sqlite else (_NO_TRIGGERS, "SET LOCAL statement_timeout = 0"):
            connection.execute(text(setting))
        last = connection.execute(text("SELECT coalesce(max(id), 0) FROM comments")).scalar_one()
        statement = text(_FINGERPRINTS.format(number=number))
        for after in range(0, last, _FINGERPRINTS_AT_ONCE):
            connection.execute(statement, {"after": after, "up_to": after + _FINGERPRINTS_AT_ONCE})
    store.close()
