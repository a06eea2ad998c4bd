"""Whether erased bytes are still in the files, and how to be rid of them. For an operator who wants to be sure."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from comments import schema
from comments.store.database import Database

# Shorter ones stand in other people's words, and in numbers.
LEAST_BYTES = 12
_PIECE_BYTES = 1 << 22
# What erasing changes (erasure.py), with what search is made of.
_CHANGED = (
    schema.comments,
    schema.identities,
    schema.search_texts,
    schema.signals,
    schema.fingerprints,
    schema.revisions,
    schema.edits,
    schema.notes,
    schema.appeals,
    schema.contacts,
    schema.privacy_requests,
    schema.outbox,
    schema.decisions,
)


def leftovers(database: Database, values: Iterable[bytes]) -> int:
    """Return how many of these values, of twelve bytes or more, are in a SQLite database's file or log."""
    wanted = {value for value in values if len(value) >= LEAST_BYTES}
    path = Path(str(database.engine.url.database))
    found: set[bytes] = set()
    for file in (path, path.with_name(f"{path.name}-wal")):
        for piece in _pieces(file, max((len(value) for value in wanted), default=0)):
            found |= {value for value in wanted - found if value in piece}
    return len(found)


def overwrite(database: Database, *, compact: bool) -> None:
    """Have PostgreSQL clean its tables; with `compact` rewrite them, or SQLite's whole file, while nobody can write.

    SQLite overwrites what it deletes by itself (secure_delete). Raises StoreUnavailable.
    """
    if database.is_sqlite and not compact:
        return
    with database.outside() as execute:
        if database.is_sqlite:
            execute("VACUUM")
            return
        for table in _CHANGED:
            execute(f"{'VACUUM (FULL)' if compact else 'VACUUM'} {table.name}")


def _pieces(file: Path, longest: int) -> Iterator[bytes]:
    """Return the file piece by piece, each with the end of the one before, so that nothing is cut in two."""
    if not file.exists():
        return
    with file.open("rb") as opened:
        end = b""
        while piece := opened.read(_PIECE_BYTES):
            yield end + piece
            end = (end + piece)[-longest:] if longest else b""
