"""A whole installation that is watched from every side: `replydesk up`, its Valkey under MONITOR, a webhook's receiver,
a mail server, and either database with everything it writes.
"""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urlsplit

from redis import Redis

from comments.failpoints import CLOCK_VARIABLE
from comments.identity import RootKey, load_root_key
from comments.roles import Grant, Role
from comments.store import Store, open_store
from comments.webhook import EVERYTHING, seal_secret
from ops.clock import utc_now
from tests.notices import sealed_settings
from tests.privacy.canaries import NETWORK, NETWORK_6, STAFF
from tests.privacy.doors import Request
from tests.servers.postgres import Postgres, find_binaries, running_postgres
from tests.servers.replydesk import Replydesk, free_port, running_replydesk
from tests.servers.smtp import SmtpServer, running_smtp
from tests.servers.valkey import Valkey, running_valkey
from tests.workers.external.servers import Server, answering, running

ROOT = Path(__file__).parents[2]
_WAIT_SECONDS = 30
_DIGEST = '\n[[digest]]\nsite = "demo"\nevery = "15m"\nwhen_quiet = true\nmail_to = ["desk@news.example"]\n'
# Whatever a process writes on its way out lies here: it is told to use these, and looks nowhere else.
_HOMES = ("data", "temporary", "home", "made", "browser", "restored")


@dataclass
class Watch:
    """All that Redis was told, byte for byte as MONITOR says it."""

    connection: socket.socket
    heard: bytearray = field(default_factory=bytearray)

    def listen(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.sendall(b"MONITOR\r\n")
            while piece := self.connection.recv(65_536):
                self.heard += piece


@dataclass
class World:
    """The installation and what it gave away."""

    directory: Path
    running: Replydesk
    store: Store
    database_url: str
    valkey: Valkey
    watch: Watch
    mail: SmtpServer
    webhook: Server
    settings: Mapping[str, str]
    postgres: Postgres | None
    answers: list[tuple[str, bytes]] = field(default_factory=list)
    processes: list[tuple[str, bytes]] = field(default_factory=list)
    pages: list[tuple[str, bytes]] = field(default_factory=list)
    told: list[tuple[str, bytes]] = field(default_factory=list)
    restored: str = ""
    receipts: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)
    moderators: dict[str, int] = field(default_factory=dict)
    _open: http.client.HTTPConnection | None = None

    @cached_property
    def key(self) -> RootKey:
        """The installation's own key."""
        return load_root_key(self.running.data / "root.key")

    @property
    def database_name(self) -> str:
        """The database's name on its server."""
        return urlsplit(self.database_url).path.removeprefix("/")

    def ask(self, name: str, request: Request, role: str = "") -> tuple[int, bytes]:
        """Send a request, keep the whole answer with its head, and return status and body."""
        headers = {"Accept": "application/json", "X-Forwarded-For": self._network(), **request.headers}
        if headers.get("Origin") == "self":
            headers["Origin"] = self.running.url
        if role in self.sessions:
            token = self.sessions[role]
            headers["Cookie"] = f"replydesk_session={token}; __Host-replydesk={token}"
        status, head, body = self._exchange(request, headers)
        self.answers.append((name, head + body))
        return status, body

    def command(
        self, *words: str, given: bytes = b"", elsewhere: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run `replydesk WORDS` beside the service, or for another installation; what it prints is kept."""
        done = subprocess.run(
            [sys.executable, "-m", "ops", *words],
            env=self.environment | dict(elsewhere or {}),
            cwd=self.directory / "home",
            input=given,
            capture_output=True,
            check=False,
        )
        self.processes.append((f"replydesk {words[0]}", done.stdout + done.stderr))
        return done

    @cached_property
    def environment(self) -> dict[str, str]:
        """What the commands beside the service are told."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REPLYDESK_")}
        kept |= {f"REPLYDESK_{name.upper()}": value for name, value in self.settings.items()}
        own = variables(self.directory) | ({"PYTHONPATH": with_plants()} if "planted" in self.settings else {})
        if self.postgres is not None:  # pg_dump must be as new as the server
            own["PATH"] = f"{find_binaries()}:{os.environ['PATH']}"
        return kept | own | {"REPLYDESK_DATA_DIR": str(self.running.data)}

    def hang_up(self) -> None:
        """Close the connection that is kept open from one question to the next."""
        if self._open is not None:
            self._open.close()

    def forward(self, seconds: int) -> None:
        """Have the service's clock run ahead, so that what waits for minutes is due."""
        (self.directory / "clock").write_text(str(seconds))

    def note_processes(self) -> None:
        """Keep what the kernel shows of every process: its arguments and its environment."""
        for process in self.running.children():
            for name in ("cmdline", "environ"):
                with contextlib.suppress(OSError):
                    self.processes.append((f"/proc {name}", Path("/proc", str(process.pid), name).read_bytes()))

    def ask_operator(self, address: str) -> None:
        """Keep what the operator's own port and commands tell: metrics, every part's health, status and doctor."""
        for path in ("/metrics", "/healthz", "/readyz", f"/{address}?email={address}"):
            connection = http.client.HTTPConnection("127.0.0.1", int(self.settings["ops_port"]), timeout=20)
            with contextlib.closing(connection):
                connection.request("GET", path, headers={"User-Agent": address})
                answer = connection.getresponse()
                self.told.append(("listener", f"{answer.status}\n{answer.headers}".encode() + answer.read()))
        for words in (("status",), ("status", "--json"), ("doctor",)):
            done = self.command(*words)
            self.told.append((f"replydesk {' '.join(words)}", done.stdout + done.stderr))

    def _network(self) -> str:
        # A new one each time: what is posted too often from one of them is another door.
        number = len(self.answers)
        return f"{NETWORK}{number % 250 + 1}" if number % 3 else f"{NETWORK_6}{number:x}::1"

    def _exchange(self, request: Request, headers: Mapping[str, str]) -> tuple[int, bytes, bytes]:
        path = quote(request.path, safe="/?&=+%:,;@~")
        for _ in range(2):
            self._open = self._open or http.client.HTTPConnection(urlsplit(self.running.url).netloc, timeout=20)
            try:
                self._open.putrequest(request.method, path, skip_accept_encoding=True)
                for name, value in {**headers, "Content-Length": str(len(request.body))}.items():
                    self._open.putheader(name, value.encode("utf-8"))
                self._open.endheaders(request.body)
                answer = self._open.getresponse()
                head = f"{answer.status} {answer.reason}\n{answer.headers}".encode()
                return answer.status, head, _plain(answer.read(), answer.headers.get("Content-Encoding", ""))
            except (OSError, http.client.HTTPException):
                self._open.close()
                self._open = None
        raise ConnectionError(f"no answer to {request.method} {request.path}")


def variables(directory: Path) -> dict[str, str]:
    """Return where processes may write, and how loudly they die."""
    return {
        "TMPDIR": str(directory / "temporary"),
        "PYTHONFAULTHANDLER": "1",
        "PYTHONPATH": str(ROOT),
        CLOCK_VARIABLE: str(directory / "clock"),
    }


@contextlib.contextmanager
def watched(database: str, *, planted: bool = False) -> Iterator[World]:
    """Run an installation in sealed mode at the loudest level for the length of the block."""
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="replydesk-privacy-")))
        for name in _HOMES:
            (directory / name).mkdir(mode=0o700)
        postgres, url = _database(database, directory, stack)
        valkey = stack.enter_context(running_valkey())
        with contextlib.closing(Redis.from_url(valkey.url)) as client:
            client.config_set("rdbcompression", "no")  # LZF would hide words
        watch = _watch(valkey, stack)
        mail, webhook = stack.enter_context(running_smtp()), stack.enter_context(running(answering(204)))
        settings = _settings(directory, url, valkey, mail)
        extra = variables(directory)
        if planted:
            # Beside the installation: it is no sink.
            order = Path(f"{directory}.planted")
            order.write_text("{}")
            stack.callback(order.unlink)
            extra |= {"REPLYDESK_PLANTED": str(order), "PYTHONPATH": with_plants()}
        started = running_replydesk(directory, variables=extra, home=directory / "home", **settings)
        running_service = stack.enter_context(started)
        store = open_store(url)
        stack.callback(store.close)
        world = World(
            directory,
            running_service,
            store,
            url,
            valkey,
            watch,
            mail,
            webhook,
            _with_port(settings, running_service.url) | extra_settings(extra),
            postgres,
        )
        _prepare(world)
        try:
            yield world
        finally:
            world.hang_up()


def _with_port(settings: Mapping[str, str], url: str) -> dict[str, str]:
    return {name: value.replace("{port}", str(urlsplit(url).port)) for name, value in settings.items()}


def extra_settings(extra: Mapping[str, str]) -> dict[str, str]:
    """Return what of the environment is the plants' own."""
    return {name.removeprefix("REPLYDESK_").lower(): value for name, value in extra.items() if "PLANTED" in name}


def with_plants() -> str:
    # The interpreter runs a sitecustomize.py that it finds here, in every process it starts.
    return f"{Path(__file__).with_name('planted')}:{ROOT}"


def _settings(directory: Path, url: str, valkey: Valkey, mail: SmtpServer) -> dict[str, str]:
    sealed = sealed_settings(directory, mail.port, "http://127.0.0.1:{port}")  # a browser has to get there
    file = Path(sealed["notifications_file"])
    file.write_text(file.read_text() + _DIGEST)
    return sealed | {
        "database_url": url,
        "redis_url": valkey.url,
        "log_level": "debug",
        "trusted_proxies": "127.0.0.1",
        "webhook_private_addresses": "true",
        "sweep_seconds": "1",
        "web_workers": "1",
        "ops_port": str(free_port()),
    }


def _database(database: str, directory: Path, stack: contextlib.ExitStack) -> tuple[Postgres | None, str]:
    if database == "sqlite":
        return None, f"sqlite:///{directory / 'data' / 'replydesk.sqlite3'}"
    server = stack.enter_context(running_postgres())
    with contextlib.closing(server.connect("postgres")) as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("ALTER SYSTEM SET wal_recycle = off")  # a log that is done with is deleted, not used again
        connection.execute("SELECT pg_reload_conf()")
    return server, server.url(server.create_empty())


def _watch(valkey: Valkey, stack: contextlib.ExitStack) -> Watch:
    connection = stack.enter_context(socket.socket(socket.AF_UNIX))
    connection.connect(urlsplit(valkey.url).path)
    watch = Watch(connection)
    thread = threading.Thread(target=watch.listen, daemon=True)
    thread.start()
    stack.callback(thread.join)
    stack.callback(connection.shutdown, socket.SHUT_RDWR)
    return watch


def _prepare(world: World) -> None:
    """Open a session for each role, a site that others edit, a webhook, and the door to notices."""
    now = utc_now()
    demo = world.store.sites.find("demo")
    assert demo
    other = world.store.sites.add("other", "The other news", now=now)
    grants = {role.value: Grant(role, demo.id) for role in Role} | {"other site": Grant(Role.ADMIN, other.id)}
    for role, grant in grants.items():
        made = world.store.moderators.add(f"{STAFF}-{role.replace(' ', '-')}", "no hash", grants=[grant], now=now)
        world.moderators[role] = made.id
        world.sessions[role] = world.store.sessions.open(made.id, lasts=timedelta(hours=12), now=now)
    secret = seal_secret(world.key, demo.id, world.webhook.url, b"a secret of the webhook's own...")
    world.store.webhooks.add(demo.id, world.webhook.url, EVERYTHING, secret, now=now)
    assert world.command("site", "set", "demo", "--reply-notices", "--origin", "https://news.example").returncode == 0


def _plain(body: bytes, encoding: str) -> bytes:
    return zlib.decompress(body, 47) if encoding in {"gzip", "deflate"} else body
