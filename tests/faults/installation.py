"""One installation under test: real web and worker processes, a real Valkey, SQLite or a real PostgreSQL."""

import contextlib
import http.client
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from comments.failpoints import CLOCK_VARIABLE, VARIABLE
from ops.valkey import SOCKET, private_valkey
from tests.faults.checker import Checker, running_checker
from tests.faults.keeper import Keeper, Service, wait_for
from tests.faults.previous import previous_code
from tests.servers.postgres import Postgres, initialise_durable

START_SECONDS = 60.0
# Short, so that recovery is seen: at the default of 60 s every kill would cost a minute.
LEASE_SECONDS = 3
SWEEP_SECONDS = 1
# A file on which nothing can be written, ever.
FULL = Path("/dev/full")
SMALL_DISK_MEGABYTES = 64
_OPS = (sys.executable, "-m", "ops")
_ADD_SITE = """
from comments.settings import load_settings
from comments.store import open_store
from ops.sites import ensure_demo_site
ensure_demo_site(open_store(load_settings().database))
"""
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Shape:
    """What an installation is made of. `web` and `worker` are modules to run instead of the product's own.

    `has_checker`: an external checker is asked about every comment. `is_previous`: it begins with the code and the
    schema before this one. `is_up`: everything below `replydesk up`.
    """

    database: str = "sqlite"
    webs: int = 1
    workers: int = 1
    web: str = "ops"
    worker: str = "ops"
    small_disk: bool = False
    full_logs: bool = False
    has_checker: bool = False
    is_previous: bool = False
    is_up: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Installation:
    """Its processes and where they are."""

    directory: Path
    keeper: Keeper
    valkey: Service
    webs: list[Service]
    workers: list[Service]
    postgres: Service | None
    urls: list[str]
    database_url: str
    redis_url: str
    environment: Mapping[str, str]
    checker: Checker | None = None

    @property
    def evidence(self) -> Path:
        """Where the witnesses keep their journals."""
        return self.directory / "evidence"

    @property
    def orders(self) -> Path:
        """Where failpoints look for orders."""
        return self.directory / "orders"

    @property
    def data(self) -> Path:
        """The data directory of the service."""
        return self.directory / "data"

    def clock(self, service: Service) -> Path:
        """Where a service's processes look how wrong their clock is to be."""
        return Path(service.environment[CLOCK_VARIABLE])

    def is_answering(self) -> bool:
        """Say whether every web server answers."""
        return all(_answers(url) for url in self.urls)

    def redis(self) -> Redis:
        """Return a client of its own for the caller to close."""
        return Redis.from_url(self.redis_url, socket_timeout=2)


@contextlib.contextmanager
def running_installation(shape: Shape) -> Iterator[Installation]:
    """Run an installation in a new directory for the length of the block."""
    with contextlib.ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="replydesk-rig-"))  # short: a socket's path may have 107 characters
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        for name in ("data", "orders", "evidence", "log"):
            (directory / name).mkdir(mode=0o700)
        if shape.small_disk:
            stack.enter_context(_small_disk(directory / "data"))
        keeper = Keeper()
        stack.callback(keeper.close)
        postgres, database_url = _database(shape, directory, keeper, stack)
        environment = _environment(shape, directory, database_url)
        checker = stack.enter_context(running_checker(directory)) if shape.has_checker else None
        if checker is not None:
            environment["REPLYDESK_CHECKERS_FILE"] = str(checker.file)
        _prepare(environment)
        start = _start_up if shape.is_up else _start_apart
        running = start(shape, environment, directory, keeper, stack)
        running.postgres, running.database_url, running.checker = postgres, database_url, checker
        wait_for("the service answers", running.is_answering, seconds=START_SECONDS)
        yield running


def give_order(file: Path, order: str) -> None:
    """Write an order for a failpoint, whole from the first moment: processes look for it all the time."""
    whole = file.with_suffix(".new")
    whole.write_text(order)
    whole.replace(file)


def _start_apart(
    shape: Shape, environment: dict[str, str], directory: Path, keeper: Keeper, stack: contextlib.ExitStack
) -> Installation:
    """Start Valkey, web servers and workers, each for itself."""
    made = stack.enter_context(private_valkey(directory / "data"))
    environment["REPLYDESK_REDIS_URL"] = made.url
    valkey = keeper.add(Service("valkey", made.command, environment, directory / "log" / "valkey"))
    wait_for("valkey answers", made.is_ready, seconds=START_SECONDS)
    ports = [_free_port() for _ in range(shape.webs)]
    webs = [keeper.add(_web(shape, port, environment, directory)) for port in ports]
    workers = [keeper.add(_worker(shape, number, environment, directory)) for number in range(shape.workers)]
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    return Installation(directory, keeper, valkey, webs, workers, None, urls, "", made.url, environment)


def _start_up(
    shape: Shape, environment: dict[str, str], directory: Path, keeper: Keeper, stack: contextlib.ExitStack
) -> Installation:
    """Start `replydesk up`, which starts the rest."""
    port = _free_port()
    up = keeper.add(_service(shape, "up", [*_OPS, "up", "--port", str(port)], environment, directory))
    redis_url = f"unix://{directory / 'data' / SOCKET}"
    url = f"http://127.0.0.1:{port}"
    return Installation(directory, keeper, up, [up], [], None, [url], "", redis_url, environment)


@contextlib.contextmanager
def _small_disk(directory: Path) -> Iterator[None]:
    """Mount a disk that can be filled without harm to anybody. Only root can."""
    options = ["-t", "tmpfs", "-o", f"size={SMALL_DISK_MEGABYTES}m,mode=700", "tmpfs"]
    subprocess.run(["mount", *options, directory], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", directory], check=True)


def _web(shape: Shape, port: int, environment: Mapping[str, str], directory: Path) -> Service:
    command = [sys.executable, "-m", shape.web, "web", "--port", str(port)]
    return _service(shape, f"web-{port}", command, environment, directory)


def _worker(shape: Shape, number: int, environment: Mapping[str, str], directory: Path) -> Service:
    return _service(shape, f"worker-{number}", [sys.executable, "-m", shape.worker, "worker"], environment, directory)


def _service(shape: Shape, name: str, command: list[str], environment: Mapping[str, str], directory: Path) -> Service:
    own = {**environment, CLOCK_VARIABLE: str(directory / "orders" / f"clock-{name}")}
    return Service(name, command, own, _log(shape, directory, name))


def _log(shape: Shape, directory: Path, name: str) -> Path:
    return FULL if shape.full_logs else directory / "log" / name


def _environment(shape: Shape, directory: Path, database_url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("REPLYDESK_", "COV_"))}
    return kept | {
        "REPLYDESK_DATA_DIR": str(directory / "data"),
        "REPLYDESK_DATABASE_URL": database_url,
        "REPLYDESK_RATE_LIMITS": "off",
        "REPLYDESK_LEASE_SECONDS": str(LEASE_SECONDS),
        "REPLYDESK_SWEEP_SECONDS": str(SWEEP_SECONDS),
        "REPLYDESK_LOG_LEVEL": "info" if shape.full_logs else "warning",
        VARIABLE: str(directory / "orders"),
        "PYTHONPATH": str(previous_code() if shape.is_previous else ROOT),
        "PYTHONSAFEPATH": "1",  # or the working directory would come before it
        **shape.environment,
    }


def _prepare(environment: Mapping[str, str]) -> None:
    for command in ([*_OPS, "migrate"], [sys.executable, "-c", _ADD_SITE]):
        subprocess.run(command, env=environment, check=True, capture_output=True)


def _database(shape: Shape, directory: Path, keeper: Keeper, stack: contextlib.ExitStack) -> tuple[Service | None, str]:
    if shape.database == "sqlite":
        return None, f"sqlite:///{directory / 'data' / 'replydesk.sqlite3'}"
    home = Path(tempfile.mkdtemp(prefix="replydesk-pg-"))  # its user may not enter the other one
    stack.callback(shutil.rmtree, home, ignore_errors=True)
    command, user = initialise_durable(home)
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
    service = keeper.add(Service("postgres", command, environment, home / "log", user))
    stack.callback(keeper.close)  # before its directory goes
    server = Postgres(home)
    wait_for("postgres answers", lambda: is_postgres_up(server), seconds=START_SECONDS)
    return service, server.url(server.create_empty())


def is_postgres_up(server: Postgres) -> bool:
    """Say whether it takes connections."""
    with contextlib.suppress(psycopg.OperationalError):
        server.connect("postgres").close()
        return True
    return False


def _answers(url: str) -> bool:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return bool(json.loads(connection.getresponse().read())["status"] != "unavailable")
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def is_valkey_up(running: Installation) -> bool:
    """Say whether Valkey takes writes."""
    with contextlib.closing(running.redis()) as client:
        try:
            return bool(client.set("rig", random.getrandbits(32)))
        except (RedisError, OSError):
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
