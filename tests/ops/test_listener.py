"""The operator's own port: metrics of all processes, detailed health, and nothing of either on the public port."""

import http.client
import json
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from ops.valkey import SOCKET
from tests.contracts.leaks import needles_of_address
from tests.servers.replydesk import Replydesk, running_replydesk, setup_link, wait_until
from workers.model import first_stage

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parents[2]
MOST_SERIES = 300
FULL_AT_BYTES = 64
SENT = "Zqx.Listener+tag@zqx-metrics.example"
JSON = {"Content-Type": "application/json"}
HOSTILE = {"X-Forwarded-For": "203.0.113.9"}


class Listening:
    """A running service with its operator's port."""

    def __init__(self, running: Replydesk, port: int) -> None:
        self.running = running
        self.port = port

    def ask(self, path: str, method: str = "GET") -> tuple[int, dict[str, str], str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read().decode()

    def samples(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        _, _, body = self.ask("/metrics")
        return {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(body)
            for sample in family.samples
        }

    def value(self, name: str, **labels: str) -> float:
        return self.samples()[f"replydesk_{name}", tuple(sorted(labels.items()))]

    def ready(self) -> tuple[int, Any]:
        status, _, body = self.ask("/readyz")
        return status, json.loads(body)

    def public(self) -> tuple[int, Any]:
        answer = self.running.ask("GET", "/readyz")
        return answer.status, answer.json


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def listening(directory: Path, **settings: str) -> Iterator[Listening]:
    port = free_port()
    with running_replydesk(directory, ops_port=str(port), **settings) as running:
        found = Listening(running, port)
        wait_until(lambda: found.ready()[1]["status"] == "ok")
        yield found


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    """One service for this file; each test leaves it well, the last one ends it."""
    with listening(
        tmp_path_factory.mktemp("listener"), pending_alert_seconds="1", trusted_proxies="127.0.0.1"
    ) as found:
        yield found


def send_hostile_traffic(running: Replydesk) -> None:
    running.post("A thought about this. It came by JSON.", email=SENT)
    form = "site=demo&thread_key=border-strikes&name=Ada&text=By+form&email=" + SENT.replace("+", "%2B")
    running.ask(
        "POST", "/api/v1/comments", body=form.encode(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    for number in range(30):
        path = f"/{number}/{SENT}?email={SENT}&way={number}"
        running.ask(
            "GET", path, headers={"User-Agent": SENT, "Referer": f"https://x.example/{SENT}", "X-Request-Id": SENT}
        )
        running.ask(f"WAY{number}", "/api/v1/comments", headers={"X-Forwarded-For": f"203.0.113.{number}"})
        running.ask("GET", f"/threads/{number}?thread={number}")
        running.ask("POST", "/api/v1/comments", body=b'{"site": "' + SENT.encode(), headers=JSON | HOSTILE)
    thread = {"key": "border-strikes", "url": "http://a.example/", "title": "Strikes"}
    for number in range(40):
        words = f"Words of my own, number {number}, and no two alike."
        sent = {"site": "demo", "thread": thread, "name": "Ada", "email": SENT, "text": words}
        running.ask("POST", "/api/v1/comments", body=json.dumps(sent).encode(), headers=JSON | HOSTILE)


def test_metrics_tell_what_was_done_in_few_series_without_anything_of_a_reader(service: Listening) -> None:
    assert service.value("comments_accepted_total", way="json") == 0
    before = set(service.samples())

    send_hostile_traffic(service.running)
    setup_link(service.running)
    wait_until(lambda: service.value("pending") == 0)

    status, headers, body = service.ask("/metrics")
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert "server" not in headers
    samples = service.samples()
    assert set(samples) == before, "what is sent must not make series"
    assert 100 < len(samples) < MOST_SERIES
    assert needles_of_address(SENT).find(body.encode()) == []
    assert not re.search(r"@|127\.0\.0\.1|203\.0\.113|demo|border", body)
    # and each kind was counted
    assert service.value("comments_accepted_total", way="json") >= 1
    assert service.value("comments_accepted_total", way="form") == 1
    assert service.value("limited_total", limit="author") >= 1
    assert service.value("answers_total", route="post", status="4xx") >= 30
    assert service.value("answers_total", route="other", status="4xx") >= 30
    assert service.value("answer_seconds_count", route="read") >= 30
    assert service.value("commit_seconds_count") > 2
    accepted = sum(service.value("comments_accepted_total", way=way) for way in ("json", "form", "wordpress", "isso"))
    decided = sum(
        service.value("decisions_total", status=each, by="policy") for each in ("approved", "held", "rejected")
    )
    assert decided == accepted
    assert service.value("held") == service.value("decisions_total", status="held", by="policy")
    assert service.value("alive", role="worker") == 1
    wait_until(lambda: service.value("alive", role="sweeper") == 1)
    assert service.value("health", part="database") == 2


def test_nothing_of_it_is_on_the_public_port(service: Listening) -> None:
    for path in ("/metrics", "/metrics/", "/replydesk/metrics"):
        assert service.running.ask("GET", path).status == 404
    assert "numbers" not in service.public()[1]
    assert "version" not in service.public()[1]


def test_the_port_is_on_loopback_alone(service: Listening) -> None:
    listening_on = {
        connection.laddr.ip
        for process in psutil.Process(service.running.process.pid).children(recursive=True)
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == service.port
    }

    assert listening_on == {"127.0.0.1"}


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /metrics\r\n\r\n",
        b"POST /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
        b"GET /../../etc/passwd HTTP/1.1\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 300 + b"\r\n",
        b"\x16\x03\x01\x00\xff\xfe\x00\n\n",
        b"zqx-marker@example.org\r\n\r\n",
    ],
)
def test_what_is_no_question_is_refused_in_fixed_words(service: Listening, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = bytearray()
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass  # it hung up on what it had not read

    assert b"zqx" not in answer
    assert b"Python" not in answer
    assert service.ask("/healthz")[0] == 200


def database_of(service: Listening) -> sqlite3.Connection:
    return sqlite3.connect(service.running.data / "replydesk.sqlite3", isolation_level=None, timeout=10)


@contextmanager
def database_held(service: Listening) -> Iterator[None]:
    """The database is there and lets nobody write."""
    with closing(database_of(service)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


@contextmanager
def revision(service: Listening, named: str) -> Iterator[None]:
    """The schema is another version's."""
    with closing(database_of(service)) as connection:
        [[before]] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        connection.execute("UPDATE alembic_version SET version_num = ?", [named])
        try:
            yield
        finally:
            connection.execute("UPDATE alembic_version SET version_num = ?", [before])


@contextmanager
def stopped(service: Listening, *words: str) -> Iterator[None]:
    """These processes stand still."""
    halted = service.running.children(*words)
    assert halted, "else this proves nothing"
    for process in halted:
        process.suspend()
    try:
        yield
    finally:
        for process in halted:
            process.resume()


@contextmanager
def workers_gone(service: Listening) -> Iterator[None]:
    with stopped(service, "ops worker"), closing(database_of(service)) as connection:
        connection.execute("UPDATE leases SET until_at = 0 WHERE name LIKE 'worker/%'")
        yield


@contextmanager
def waiting_too_long(service: Listening) -> Iterator[None]:
    with stopped(service, "ops worker"):
        assert wait_until(lambda: service.running.post("It waits.", email="other@example.org").status == 202)
        wait_until(lambda: service.value("pending_oldest_seconds") > 1)
        yield
    wait_until(lambda: service.value("pending") == 0)


@contextmanager
def disk_full(service: Listening) -> Iterator[None]:
    """Nothing can be written beyond the first bytes of a file, by whom this is asked."""
    asked = [each for role in ("ops web", "ops listener") for each in service.running.children(role)]
    everybody = {each.pid for process in asked for each in (process, *process.children(recursive=True))}
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in everybody}
    for pid, (_, hard) in limits.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (FULL_AT_BYTES, hard))
    try:
        yield
    finally:
        for pid, limit in limits.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


@contextmanager
def key_lost(service: Listening) -> Iterator[None]:
    key = service.running.data / "root.key"
    key.rename(key.with_suffix(".away"))
    try:
        yield
    finally:
        key.with_suffix(".away").rename(key)


# O-01: what is wrong → the answer of both ports, the part and the reason.
TABLE = {
    "database held": (database_held, 503, "database", "the database"),
    "disk full": (disk_full, 503, "database", "the database cannot be written"),
    "schema older": (lambda service: revision(service, "0001"), 503, "migrations", "the database has to be migrated"),
    "schema newer": (lambda service: revision(service, "9999_later"), 200, "migrations", "finish the deploy"),
    "key lost": (key_lost, 503, "key", "the root key cannot be read"),
    "Redis away": (lambda service: stopped(service, "valkey"), 200, "redis", "Redis does not answer"),
    "workers dead": (workers_gone, 200, "workers", "no worker is running"),
    "pending too long": (waiting_too_long, 200, "pending", "waited too long"),
}


@pytest.mark.parametrize("fault", TABLE)
def test_readiness_tells_what_is_wrong_and_is_well_again(service: Listening, fault: str) -> None:
    plant, expected, part, reason = TABLE[fault]
    wait_until(lambda: service.ready()[1]["status"] == service.public()[1]["status"] == "ok")
    word = "unavailable" if expected == 503 else "degraded"

    with plant(service):  # type: ignore[operator]  # each entry is a context manager of one argument
        for status, said in (service.public(), service.ready()):
            assert (status, said["status"]) == (expected, word)
            assert said["checks"][part]["status"] == word
            assert reason in said["checks"][part]["reason"]
        # liveness asks nobody: no replica is restarted for any of this
        assert service.running.ask("GET", "/healthz").status == service.ask("/healthz")[0] == 200

    wait_until(lambda: service.ready()[1]["status"] == service.public()[1]["status"] == "ok")


def test_a_worker_with_a_damaged_model_is_told(service: Listening, tmp_path: Path) -> None:
    # given one more worker, of an installation whose model has lost a bit
    header = Path(shutil.copy(first_stage.SHIPPED_HEADER, tmp_path))
    weights = bytearray(first_stage.SHIPPED_HEADER.with_suffix(".npz").read_bytes())
    weights[len(weights) // 2] ^= 1
    header.with_suffix(".npz").write_bytes(weights)
    code = (
        "import sys; from pathlib import Path; from workers.model import first_stage\n"
        f"first_stage.SHIPPED_HEADER = Path({str(header)!r})\n"
        "sys.argv = ['replydesk', 'worker']; from ops.cli import main; main()"
    )
    data = service.running.data.absolute()
    environment = os.environ | {"REPLYDESK_DATA_DIR": str(data), "REPLYDESK_REDIS_URL": f"unix://{data / SOCKET}"}
    with (tmp_path / "log").open("wb") as log:
        worker = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stderr=log)
    try:
        for ask in (service.public, service.ready):
            status, said = wait_until(lambda ask=ask: (found := ask())[1]["status"] == "degraded" and found)
            assert status == 200
            assert "cannot read its model" in said["checks"]["workers"]["reason"]
        assert service.value("alive", role="worker") == 2
    finally:
        worker.terminate()
        worker.wait(30)
    wait_until(lambda: service.ready()[1]["status"] == "ok")


def test_while_it_drains_it_is_not_ready_and_what_was_begun_is_answered(service: Listening) -> None:
    # given a request that has begun
    port = int(service.running.url.rpartition(":")[2])
    body = (
        b'{"site": "demo", "thread": {"key": "border-strikes", "url": "http://a.example/", "title": "T"}, "name": "Bo",'
    )
    rest = b' "email": "bo@example.org", "text": "Begun before the end."}'
    head = (
        "POST /api/v1/comments HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body + rest)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=20) as begun:
        begun.sendall(head.encode() + body)
        time.sleep(0.3)  # it has to be read by the server, which nobody can see from here

        service.running.process.send_signal(signal.SIGTERM)

        _, said = wait_until(lambda: (found := service.ready())[0] == 503 and found)
        assert said["checks"]["web"]["status"] == "unavailable"
        assert "is being stopped" in said["checks"]["web"]["reason"]
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=1)
        begun.sendall(rest)
        assert b" 202 " in begun.recv(4096).partition(b"\r\n")[0]
    assert service.running.process.wait(30) == 0
