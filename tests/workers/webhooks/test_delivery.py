"""One delivery: signed, followed nowhere, over in time, whatever the receiver does."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.workers.external.servers import Talk, answering, running
from tests.workers.external.test_post import _certificate as a_certificate
from workers.webhooks.delivery import Message, Undelivered, deliver

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
MESSAGE = Message("evt_1", json.dumps({"id": "evt_1"}).encode())
QUICK_SECONDS = 0.3
# Far above the time limit of the requests, far below the patience of whoever waits for the tests.
SOON_SECONDS = 3.0


def send(url: str, timeout_seconds: float = 5.0) -> int:
    return deliver(url, MESSAGE, [b"s" * 32], NOW, allows_private=True, timeout_seconds=timeout_seconds)


def why(url: str, timeout_seconds: float = 5.0) -> Undelivered:
    with pytest.raises(Undelivered) as raised:
        send(url, timeout_seconds)
    return raised.value


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_says_that_it_arrived(status: int) -> None:
    with running(answering(status)) as server:
        assert send(f"{server.url}/in?site=demo") == status

    [received] = server.received
    assert (received.path, received.body) == ("/in?site=demo", MESSAGE.body)
    assert received.headers["content-type"] == "application/json"
    assert received.headers["webhook-id"] == "evt_1"
    assert received.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert received.headers["webhook-signature"].startswith("v1,")


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 410, 418, 500, 503])
def test_any_other_answer_is_a_failure_and_no_redirect_is_followed(status: int) -> None:
    with running(answering(status, b"{}", Location="/elsewhere")) as server:
        problem = why(server.url)

    assert (str(problem), problem.status) == (f"it answered {status}", status)
    assert [received.path for received in server.received] == ["/"]


@pytest.mark.parametrize(
    ("status", "asked", "granted"),
    [(429, "7", 7), (503, "7", 7), (500, "7", 0), (429, "999999", 3600), (429, "-1", 0), (429, "9" * 5000, 0)],
)
def test_a_receiver_may_ask_to_be_left_alone(status: int, asked: str, granted: int) -> None:
    with running(answering(status, Retry_After=asked)) as server:
        assert why(server.url).rest == timedelta(seconds=granted)


def test_a_receiver_that_hangs_is_left_in_time() -> None:
    with running(lambda talk: talk.is_over.wait() and None) as server:
        started = time.monotonic()
        problem = why(server.url, QUICK_SECONDS)
        took = time.monotonic() - started

    assert problem.status is None
    assert "did not answer" in str(problem)
    assert took < SOON_SECONDS


def test_a_receiver_that_drips_is_left_in_time() -> None:
    def drip(talk: Talk) -> None:
        for letter in "HTTP/1.0 200 OK\r\n" + "X: " + "x" * 1000:
            talk.handler.wfile.write(letter.encode())
            if talk.is_over.wait(0.02):
                return

    with running(drip) as server:
        started = time.monotonic()
        assert why(server.url, QUICK_SECONDS).status is None
        took = time.monotonic() - started

    assert took < SOON_SECONDS


def test_a_huge_answer_is_not_read() -> None:
    written = 0

    def flood(talk: Talk) -> None:
        nonlocal written
        talk.handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while written < 500_000_000 and not talk.is_over.is_set():
            written += talk.handler.wfile.write(b" " * 65_536)

    with running(flood) as server:
        assert send(server.url) == 200

    assert written < 500_000_000


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 two hundred\r\n\r\n", b"\x00\xff" * 500, b""])
def test_what_is_no_http_is_a_failure_that_repeats_nothing(said: bytes) -> None:
    with running(lambda talk: talk.handler.wfile.write(said) and None) as server:
        assert str(why(server.url)) == "the connection broke"


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with running(answering(200), certificate=a_certificate(tmp_path)) as server:
        assert str(why(server.url)) == "its certificate is not valid"

    assert server.received == []


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(answering(200)) as proxy, running(answering(204)) as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert send(server.url) == 204

    assert proxy.received == []
