"""The bridge from granian to Flask: what the application sees of a request, and what costs no thread."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any
from wsgiref.validate import validator

import pytest
from flask import Flask, Response, request

from ops import bridge as bridging
from ops.bridge import MAX_BODY_BYTES, Bridge, Headers, environ_of


class SentHeaders:
    """Headers as granian gives them: lower-case, repeated ones repeated."""

    def __init__(self, *fields: tuple[str, str]) -> None:
        self._fields = fields

    def items(self) -> list[tuple[str, str]]:
        return list(self._fields)

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self._fields)

    def get(self, name: str, default: str) -> str:
        return next((value for key, value in self._fields if key == name), default)


@dataclass
class Request:
    """The head of a request."""

    method: str = "GET"
    path: str = "/"
    query_string: str = ""
    headers: SentHeaders = field(default_factory=lambda: SentHeaders(("host", "comments.example.org")))
    client: str = "203.0.113.7:4711"
    server: str = "127.0.0.1:8000"
    proto: str = "http"
    scheme: str = "http"
    http_version: str = "1.1"
    authority: str | None = None


class Exchange:
    """A body that comes in pieces, and the answer to it."""

    def __init__(self, *pieces: bytes, never_ends: bool = False) -> None:
        self._pieces = pieces
        self._never_ends = never_ends
        self.read = 0
        self.answer: tuple[int, Headers, bytes] | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            self.read += len(piece)
            yield piece
        if self._never_ends:
            await asyncio.Event().wait()

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        self.answer = status, headers, body


def an_app() -> Flask:
    app = Flask("echo")

    @app.route("/<path:rest>", methods=["GET", "POST"])
    def echo(rest: str) -> dict[str, Any]:
        return {
            "path": rest,
            "args": request.args,
            "body": request.get_data(as_text=True),
            "address": request.remote_addr,
            "cookies": request.cookies,
            "forwarded": request.headers.getlist("X-Forwarded-For"),
        }

    return app


def ask(app: Any, head: Request, exchange: Exchange | None = None, *, threads: int = 2) -> tuple[int, Headers, bytes]:
    exchange = exchange or Exchange()
    bridge = Bridge(app, threads=threads)

    async def answer() -> None:
        await bridge.__rsgi__(head, exchange)

    asyncio.run(answer())
    bridge._executor.shutdown()
    assert exchange.answer is not None
    return exchange.answer


def asked(head: Request, exchange: Exchange | None = None) -> dict[str, Any]:
    status, _, body = ask(an_app(), head, exchange)
    assert status == 200
    decoded = json.loads(body)
    assert isinstance(decoded, dict)
    return decoded


def test_what_the_application_sees_keeps_to_pep_3333() -> None:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        environ["wsgi.input"].read(3)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"fine"]

    head = Request("POST", "/a", headers=SentHeaders(("host", "x"), ("content-length", "3")))

    assert ask(validator(app), head, Exchange(b"abc"))[0] == 200


def test_path_and_query_are_decoded_once() -> None:
    seen = asked(Request(path="/%E1%BB%8Dna/100%2525", query_string="a=1%202&a=3&b=%C3%A9"))

    assert seen["path"] == "ọna/100%25"
    assert seen["args"]["b"] == "é"


def test_the_client_s_address_is_the_connection_s() -> None:
    assert asked(Request(path="/x"))["address"] == "203.0.113.7"
    assert asked(Request(path="/x", client="[2001:db8::1]:4711"))["address"] == "2001:db8::1"


def test_a_header_with_underscores_does_not_pass_for_one_with_dashes() -> None:
    headers = SentHeaders(("host", "x"), ("x_forwarded_for", "198.51.100.1"), ("x-forwarded-for", "203.0.113.9"))

    assert asked(Request(path="/x", headers=headers))["forwarded"] == ["203.0.113.9"]


def test_repeated_headers_are_one_list() -> None:
    headers = SentHeaders(("x-forwarded-for", "a"), ("x-forwarded-for", "b"), ("cookie", "c=1"), ("cookie", "d=2"))

    seen = asked(Request(path="/x", headers=headers))

    assert seen["forwarded"] == ["a,b"]
    assert seen["cookies"] == {"c": "1", "d": "2"}


def test_a_body_in_pieces_is_whole_when_the_application_runs() -> None:
    headers = SentHeaders(("transfer-encoding", "chunked"))

    assert asked(Request("POST", "/x", headers=headers), Exchange(b"one ", b"two"))["body"] == "one two"


def test_no_more_of_a_body_is_read_than_it_may_have() -> None:
    app = an_app()
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES // 2
    piece = b"x" * 10_000
    endless = Exchange(*[piece] * 1_000)
    declared = Exchange(*[piece] * 1_000)

    status, _, _ = ask(app, Request("POST", "/x", headers=SentHeaders(("transfer-encoding", "chunked"))), endless)
    announced, _, _ = ask(app, Request("POST", "/x", headers=SentHeaders(("content-length", "10000000"))), declared)

    assert (status, announced) == (413, 413)
    assert endless.read <= MAX_BODY_BYTES + len(piece)
    assert declared.read == 0


def test_a_body_that_breaks_off_is_not_taken_for_a_shorter_one() -> None:
    headers = SentHeaders(("content-length", "10"))

    status, _, body = ask(an_app(), Request("POST", "/x", headers=headers), Exchange(b"text=Half"))

    assert status == 400
    assert b"broke off" in body


def test_a_form_has_to_say_how_long_it_is() -> None:
    kind = ("content-type", "application/x-www-form-urlencoded")
    headers = SentHeaders(("transfer-encoding", "chunked"), kind)

    assert ask(an_app(), Request("POST", "/x", headers=headers), Exchange(b"text=Half"))[0] == 411
    assert asked(Request("POST", "/x", headers=SentHeaders(("content-length", "9"), kind)), Exchange(b"text=Half"))


def test_a_body_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridging, "BODY_SECONDS", 0.05)
    headers = SentHeaders(("content-length", "10"))

    status, fields, body = ask(an_app(), Request("POST", "/x", headers=headers), Exchange(b"abc", never_ends=True))

    assert status == 408
    assert ("content-type", "application/problem+json") in fields
    assert b"took too long" in body


def test_slow_bodies_take_no_thread_from_the_others() -> None:
    bridge = Bridge(an_app(), threads=1)
    headers = SentHeaders(("content-length", "10"))
    quick = Exchange()

    async def answer() -> None:
        slow = [
            asyncio.create_task(
                bridge.__rsgi__(Request("POST", "/x", headers=headers), Exchange(b"abc", never_ends=True))
            )
            for _ in range(200)
        ]
        await asyncio.sleep(0)
        await bridge.__rsgi__(Request(path="/quick"), quick)
        for task in slow:
            task.cancel()

    asyncio.run(answer())
    bridge._executor.shutdown()

    assert quick.answer is not None
    assert quick.answer[0] == 200


def test_what_cannot_wait_for_a_thread_any_more_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridging, "WAITING_PER_THREAD", 2)
    app, go = Flask("slow"), threading.Event()
    app.add_url_rule("/", "slow", lambda: Response("done") if go.wait(30) else Response(status=500))
    bridge = Bridge(app, threads=1)
    exchanges = [Exchange() for _ in range(3)]

    async def answer() -> None:
        tasks = [asyncio.create_task(bridge.__rsgi__(Request(), exchange)) for exchange in exchanges]
        await tasks[-1]
        go.set()
        await asyncio.gather(*tasks)

    asyncio.run(answer())
    bridge._executor.shutdown()

    answers = [exchange.answer for exchange in exchanges if exchange.answer]
    assert [status for status, _, _ in answers] == [200, 200, 503]
    assert ("retry-after", "2") in answers[2][1]


def test_an_answer_s_file_is_closed() -> None:
    closed: list[bool] = []

    class Answer:
        def __iter__(self) -> Any:
            return iter([b"a", b"b"])

        def close(self) -> None:
            closed.append(True)

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return Answer()

    assert ask(app, Request())[2] == b"ab"
    assert closed == [True]


def test_no_environment_variable_is_in_what_the_application_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLYDESK_DATABASE_URL", "postgresql://u:secret@somewhere/db")

    assert not [value for value in environ_of(Request(), b"").values() if "secret" in str(value)]
