"""Everything an installation writes or says, as bytes, sink by sink."""

import contextlib
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from redis import Redis
from sqlalchemy import select

from comments import schema
from tests.privacy.databases import log_files, table_files
from tests.privacy.world import World
from tests.servers.postgres import find_binaries

# Where keyed hashes live (comments/schema.py); nothing else in the database may hold one.
KEYED_TABLES = (schema.identities, schema.contacts, schema.mailboxes, schema.bans)
Pieces = Iterator[tuple[str, bytes]]


def _answers(world: World) -> Pieces:
    yield from world.answers


def _public(world: World) -> Pieces:
    """What anybody may see: no role, and no receipt."""
    for name, answer in world.answers:
        if not any(word in name for word in ("/review", "/receipts", "receipt ")):
            yield name, answer


def _files(folder: Path, pattern: str = "*") -> Pieces:
    for path in sorted(folder.rglob(pattern)):
        with contextlib.suppress(OSError):
            if path.is_file():
                yield path.name, path.read_bytes()


def _database_files(world: World) -> Pieces:
    yield from _contents(table_files(world, world.database_url))
    if world.postgres is not None:
        for name in ("pg_xact", "global"):
            yield from _files(world.postgres.directory / "data" / name)


def _database_changes(world: World) -> Pieces:
    yield from _contents(log_files(world, world.database_url))


def _restored(world: World) -> Pieces:
    if world.restored:
        yield from _contents(table_files(world, world.restored))


def _contents(paths: Iterable[Path]) -> Pieces:
    for path in paths:
        with contextlib.suppress(OSError):
            yield path.name, path.read_bytes()


def _database_dump(world: World) -> Pieces:
    if world.postgres is None:
        yield "cells", _cells(world, KEYED_TABLES)
        return
    command = [find_binaries() / "pg_dump", "--inserts", f"--dbname={world.database_url}"]
    yield "pg_dump", subprocess.run(command, check=True, capture_output=True).stdout


def _database_cells(world: World) -> Pieces:
    yield "cells", _cells(world, ())


def _cells(world: World, besides: tuple[object, ...]) -> bytes:
    """Return every cell but those of the tables for keyed hashes, bytes as they are."""
    cells: list[bytes] = []
    with world.store.database.read() as connection:
        for table in schema.metadata.sorted_tables:
            if table in KEYED_TABLES and table not in besides:
                continue
            for row in connection.execute(select(table)):
                cells += [bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for cell in row]
    return b"\n".join(cells)


def _database_log(world: World) -> Pieces:
    assert world.postgres is not None
    yield "log", (world.postgres.directory / "log").read_bytes()


def _redis_monitor(world: World) -> Pieces:
    yield "MONITOR", bytes(world.watch.heard)


def _redis_keys(world: World) -> Pieces:
    with contextlib.closing(Redis.from_url(world.valkey.url)) as client:
        yield "INFO", repr(client.info("everything")).encode() + repr(client.slowlog_get(1000)).encode()
        for key in client.scan_iter():
            yield "key", bytes(key) + b"\n" + (client.dump(key) or b"")
        for key in client.scan_iter(_type="string"):
            yield "value", client.get(key) or b""
        for key in client.scan_iter(_type="hash"):
            yield "value", b"\n".join(part for pair in client.hgetall(key).items() for part in pair)


def _redis_files(world: World) -> Pieces:
    for name, content in _files(world.valkey.directory):
        if name != "valkey.sock":
            yield name, content


def _log(world: World) -> Pieces:
    yield "console", world.running.log.read_bytes()


def _commands(world: World) -> Pieces:
    for name, printed in world.processes:
        if not name.startswith("/proc"):
            yield name, printed


def _metrics(world: World) -> Pieces:
    yield from world.told


def _processes(world: World) -> Pieces:
    for name, shown in world.processes:
        if name.startswith("/proc"):
            yield name, shown


def _left_behind(world: World) -> Pieces:
    """Temporary files, what a crash left where it died, and the data directory beside the database."""
    yield from _files(world.directory / "temporary")
    yield from _files(world.directory / "home")
    for name, content in _files(world.running.data):
        if not name.startswith("replydesk.sqlite3"):
            yield name, content


def _backups(world: World) -> Pieces:
    yield from _files(world.directory / "made", "backup*")


def _exports(world: World) -> Pieces:
    yield from _files(world.directory / "made", "export*")


def _webhooks(world: World) -> Pieces:
    for received in world.webhook.received:
        yield received.path, repr(received.headers).encode() + b"\n" + received.body


def _mail(world: World) -> Pieces:
    """Every message and command but the two places where a mailbox's own address stands: RCPT TO, and To."""
    for envelope in list(world.mail.received):
        [recipient] = envelope.recipients or [""]
        own = recipient.partition("<")[2].partition(">")[0].encode()
        head = [
            line for line in envelope.content.split(b"\r\n") if not (line.startswith(b"To: ") and own and own in line)
        ]
        yield envelope.sender, b"\r\n".join(head)
    yield "commands", "\n".join(said for said in world.mail.heard if not said.upper().startswith("RCPT")).encode()


def _browser(world: World) -> Pieces:
    yield from world.pages


SINKS: dict[str, Callable[[World], Pieces]] = {
    "answers": _answers,
    "public answers": _public,
    "database files": _database_files,
    "database changes": _database_changes,
    "database dump": _database_dump,
    "database cells": _database_cells,
    "database log": _database_log,
    "Redis MONITOR": _redis_monitor,
    "Redis keys": _redis_keys,
    "Redis files": _redis_files,
    "logs": _log,
    "metrics": _metrics,
    "commands": _commands,
    "processes": _processes,
    "files left behind": _left_behind,
    "backups": _backups,
    "restored backup": _restored,
    "exports": _exports,
    "webhooks": _webhooks,
    "mail": _mail,
    "browser": _browser,
}
# Masked addresses are looked for where words are; random bytes look like some.
TEXTS = frozenset(
    {"answers", "public answers", "logs", "metrics", "commands", "exports", "webhooks", "mail", "browser"}
)


def sinks_of(world: World) -> dict[str, Callable[[World], Pieces]]:
    """Return the sinks of this installation: SQLite has no log of statements."""
    return {name: pieces for name, pieces in SINKS.items() if name != "database log" or world.postgres is not None}
