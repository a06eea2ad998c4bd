"""One request that ends in time, whatever the other side does."""

import datetime as dt
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.workers.external.servers import Talk, answering, running
from workers.external.post import MAX_ANSWER_BYTES, UnsafeUrl, post, require_safe_url
from workers.external.question import CheckerFailed

QUICK_SECONDS = 0.3
# Far above the time limit of the requests, far below the patience of whoever waits for the tests.
SOON_SECONDS = 3.0


def _send(url: str, timeout_seconds: float = 5.0) -> bytes:
    return post(url, b"{}", {"X-Test": "1"}, timeout_seconds=timeout_seconds).body


def _why(url: str, timeout_seconds: float = 5.0) -> str:
    with pytest.raises(CheckerFailed) as raised:
        _send(url, timeout_seconds)
    return str(raised.value)


def test_answer_comes_with_its_headers() -> None:
    with running(answering(200, b"hello", X_Tip="discard")) as server:
        answer = post(f"{server.url}/check?v=1", b"body", {"X-Test": "1"}, timeout_seconds=5)

    assert (answer.status, answer.body, answer.headers["x-tip"]) == (200, b"hello", "discard")
    [received] = server.received
    assert (received.path, received.body, received.headers["x-test"]) == ("/check?v=1", b"body", "1")


@pytest.mark.parametrize("status", [202, 301, 302, 307, 308, 400, 403, 500, 503])
def test_other_statuses_are_failures(status: int) -> None:
    with running(answering(status, b"{}", Location="/elsewhere")) as server:
        assert _why(server.url) == f"it answered {status}"

    assert [received.path for received in server.received] == ["/"], "a redirect is never followed"


@pytest.mark.parametrize(("asked", "granted"), [("7", 7), ("9999999", 300), ("Fri, 31 Dec", 0), ("-5", 0), ("٣", 0)])
def test_too_many_requests_says_how_long_to_wait(asked: str, granted: float) -> None:
    def respond(talk: Talk) -> None:
        talk.handler.wfile.write(b"HTTP/1.0 429 Slow\r\nRetry-After: " + asked.encode() + b"\r\n\r\n")

    with running(respond) as server, pytest.raises(CheckerFailed) as raised:
        _send(server.url)

    assert raised.value.pause_seconds == granted


def test_server_that_never_answers_is_left_in_time() -> None:
    with running(lambda talk: talk.is_over.wait()) as server:
        started = time.monotonic()
        why = _why(server.url, QUICK_SECONDS)
        took = time.monotonic() - started

    assert "did not answer" in why
    assert took < SOON_SECONDS


def test_server_that_drips_is_left_in_time() -> None:
    def drip(talk: Talk) -> None:
        talk.handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 10000\r\n\r\n")
        while not talk.is_over.wait(0.02):
            talk.handler.wfile.write(b" ")

    with running(drip) as server:
        started = time.monotonic()
        why = _why(server.url, QUICK_SECONDS)
        took = time.monotonic() - started

    assert "did not answer" in why
    assert took < SOON_SECONDS


def test_abandoned_exchange_ends_by_itself() -> None:
    with running(lambda talk: talk.is_over.wait()) as server:
        _why(server.url, QUICK_SECONDS)
        left = [thread for thread in threading.enumerate() if thread.name == "exchange"]
        for thread in left:
            thread.join(SOON_SECONDS)

    assert not any(thread.is_alive() for thread in left)


def test_answer_cut_short_is_a_failure() -> None:
    def cut(talk: Talk) -> None:
        talk.handler.wfile.write(b'HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\n{"score"')

    with running(cut) as server:
        assert _why(server.url) == "the connection broke"


def test_huge_answer_is_not_read_to_its_end() -> None:
    written = 0

    def flood(talk: Talk) -> None:
        nonlocal written
        talk.handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while written < 1000 * MAX_ANSWER_BYTES and not talk.is_over.is_set():
            written += talk.handler.wfile.write(b" " * MAX_ANSWER_BYTES)

    with running(flood) as server:
        assert _why(server.url) == "its answer is too long"

    assert written < 1000 * MAX_ANSWER_BYTES


def test_longest_answer_is_read() -> None:
    with running(answering(200, b" " * MAX_ANSWER_BYTES)) as server:
        assert len(_send(server.url)) == MAX_ANSWER_BYTES


def test_what_is_no_http_is_a_failure() -> None:
    with running(lambda talk: talk.handler.wfile.write(b"SSH-2.0-OpenSSH\r\n") and None) as server:
        assert _why(server.url) == "the connection broke"


def test_endless_headers_are_a_failure() -> None:
    def headers(talk: Talk) -> None:
        talk.handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
        for number in range(1000):
            talk.handler.wfile.write(b"X-%d: 1\r\n" % number)

    with running(headers) as server:
        assert _why(server.url) == "the connection broke"


def test_closed_port_is_a_failure() -> None:
    with _closed_port() as port:
        assert _why(f"http://127.0.0.1:{port}") == "the connection broke"


def test_self_made_certificate_is_refused(tmp_path: Path) -> None:
    with running(answering(200), certificate=_certificate(tmp_path)) as server:
        assert _why(server.url) == "its certificate is not valid"

    assert server.received == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/check",
        "http://10.0.0.1/",
        "http://127.0.0.1.example.org/",
        "ftp://127.0.0.1/",
        "https://user:secret@example.org/",
        "https:///check",
        "https://example.org/#part",
        "https://example.org:99999/",
        "http://[::1/",
        "",
    ],
)
def test_unsafe_address_is_refused(url: str) -> None:
    with pytest.raises(UnsafeUrl):
        require_safe_url(url)


@pytest.mark.parametrize(
    "url", ["https://example.org/check", "http://127.0.0.1:9/", "http://[::1]/", "http://localhost/"]
)
def test_https_and_this_machine_are_safe(url: str) -> None:
    assert require_safe_url(url).geturl() == url


@contextmanager
def _closed_port() -> Iterator[int]:
    with socket.socket() as bound:  # bound and not listening: nobody else can take it, nobody answers
        bound.bind(("127.0.0.1", 0))
        yield int(bound.getsockname()[1])


def _certificate(folder: Path) -> tuple[Path, Path]:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, private
