"""The databases of an installation: which files they consist of, and how a backup becomes another one."""

import contextlib
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from comments.erasure_journal import FILE_NAME
from tests.privacy.world import World

_KEY_FILE = "root.key"


def table_files(world: World, url: str) -> list[Path]:
    """Return the files that hold the rows of the database at `url`."""
    if world.postgres is None:
        return [_sqlite(url)]
    name = urlsplit(url).path.removeprefix("/")
    with contextlib.closing(world.postgres.connect("postgres")) as connection:
        connection.execute("CHECKPOINT")
        found = connection.execute("SELECT oid FROM pg_database WHERE datname = %s", [name]).fetchone()
    assert found
    return _in(world.postgres.directory / "data" / "base" / str(found[0]))


def log_files(world: World, url: str) -> list[Path]:
    """Return the files that hold what was changed lately, beside the rows; PostgreSQL has one log for all databases."""
    if world.postgres is None:
        return [path for path in _in(_sqlite(url).parent) if path.name.startswith(f"{_sqlite(url).name}-")]
    return _in(world.postgres.directory / "data" / "pg_wal")


def forget_old_log(world: World) -> None:
    """Have PostgreSQL begin a new log and delete the old one, as docs/privacy.md says to."""
    if world.postgres is None:
        return
    with contextlib.closing(world.postgres.connect("postgres")) as connection:
        connection.execute("SELECT pg_switch_wal()")
        connection.execute("CHECKPOINT")


def put_back(world: World, backup: Path, name: str) -> str:
    """Restore a backup beside the installation, with its root key and its journal of what was erased.

    Returns the address of the restored database.
    """
    data = world.directory / "restored" / name
    data.mkdir(mode=0o700)
    for file in (_KEY_FILE, FILE_NAME):
        with contextlib.suppress(FileNotFoundError):  # nothing was erased yet
            shutil.copy2(world.running.data / file, data / file)
    url = f"sqlite:///{data / 'replydesk.sqlite3'}"
    if world.postgres is not None:
        world.postgres.create(name)
        url = world.postgres.url(name)
    settings = {"REPLYDESK_DATA_DIR": str(data), "REPLYDESK_DATABASE_URL": url}
    done = world.command("restore", str(backup), elsewhere=settings)
    assert done.returncode == 0, done.stderr[-300:]
    return url


def _sqlite(url: str) -> Path:
    return Path(urlsplit(url).path)


def _in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
