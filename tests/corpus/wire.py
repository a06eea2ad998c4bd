"""I-09: bytes that no client of ours sends: half requests, two requests in one, and heads that never fit."""
# ruff: noqa: E501 - lists for a machine, read by people once

from collections.abc import Iterator
from dataclasses import dataclass

HOST = b"Host: localhost\r\n"
REFUSED = frozenset({400, 404, 405, 408, 411, 413, 414, 415, 417, 422, 431, 501, 505})
# Nothing at all is an answer too: the connection is closed.
CLOSED = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """Raw bytes for one connection, and which statuses may come back. The first one counts."""

    id: str
    data: bytes
    statuses: frozenset[int]


METHODS = (
    b"",
    b" ",
    b"G E T",
    b"G\x00T",
    b"G\tT",
    b"GET\x0b",
    b"\xff",
    b"get",
    b"Get",
    b"G" * 100,
    b"G" * 70_000,
    b"(GET)",
    b"G@T",
    b"\x16\x03\x01\x02\x00\x01",
    b"PRI",
    b"CONNECT",
    b"TRACE",
    b"TRACK",
    b"DEBUG",
    b"PROPFIND",
)
TARGETS = (
    b"", b"*", b"x", b"http://evil.example/healthz", b"http://localhost/healthz", b"https://localhost/healthz", b"//evil.example/healthz", b"evil.example:80", b"/..", b"/../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd", b"/static/..%2f..%2fapp.py",
    b"/%00", b"/\x00", b"/\x01", b"/\x7f", b"/\xff", b"/%", b"/%zz", b"/%f", b"/ x", b"/\tx", b"/\xc0\xaf", b"/?", b"/??", b"/?a=\x00", b"/#x", b"/" + b"a" * 8_000, b"/" + b"a" * 100_000, b"/?" + b"a" * 70_000, b"/" + b"../" * 2_000, b"/" + b"%2e" * 5_000, b"\\healthz", b"/healthz\\..\\x", b"/healthz;x=y", b"/healthz/..;/x", b"javascript:alert(1)",
)  # fmt: skip
VERSIONS = (
    b"",
    b"HTTP",
    b"HTTP/",
    b"HTTP/0.9",
    b"HTTP/1",
    b"HTTP/1.2",
    b"HTTP/1.10",
    b"HTTP/2",
    b"HTTP/2.0",
    b"HTTP/3",
    b"HTTP/9.9",
    b"http/1.1",
    b"HTTP/1,1",
    b"HTTP/1.1 x",
    b"HTTP/\x00",
    b"HTP/1.1",
    b"HTTP/1.1\x00",
    b"ICY/1.0",
    b"HTTP/-1.1",
    b"HTTP/1.1\t",
)
HEADERS = (
    b"", b":", b": x", b"X", b"X\r\nY: z", b" X: y", b"\tX: y", b"X : y", b"X\t: y", b"X: y\r\n z", b"X: y\x00z", b"X\x00: y", b"X: \x01", b"X: \xff", b"\xff: x", b"X: y\rz", b"X: y\nz", b"X(: y", b"X:" + b" " * 60_000, b"X: " + b"y" * 70_000, b"X: " + b"y" * 1_000_000, b"X" * 70_000 + b": y", b"Host: evil.example",
    b"Host:", b"Host: a b", b"Host: \x00", b"Host: localhost, evil.example", b"Host: [::1", b"Host: localhost:99999999", b"Host: " + b"h" * 5_000, b"Host: evil.example\r\nHost: localhost", b"X-Forwarded-Host: evil.example", b"X-HTTP-Method-Override: DELETE", b"Expect: 100-continue", b"Expect: bogus",
    b"Connection: close, keep-alive", b"Connection: \x00", b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__", b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13", b"Range: bytes=0-0,1-1,2-2", b"Range: bytes=" + b"0-," * 3_000, b"TE: trailers", b"Trailer: Content-Length", b"Accept: " + b"a/b," * 3_000, b"Accept: ,;q=x", b"Accept: text/html;q=99999999999999999999", b"Accept-Language: " + b"en;q=0.1," * 2_000, b"Cookie: " + b"a=b; " * 5_000, b"Cookie: \xff=\x01", b"If-None-Match: \"", b"If-None-Match: " + b'"a",' * 2_000, b"If-Modified-Since: never", b"Authorization: Basic \xff", b"Referer: \x7f", b"Origin: null\r\nOrigin: x", b"Content-Length: x", b"Date: x",
)  # fmt: skip
# What a proxy and a server could read as two different bodies.
SMUGGLED = (
    b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nContent-Length: 5", b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: 5, 6", b"Content-Length: 5\r\nContent-Length: 5", b"Content-Length: +5", b"Content-Length: -5", b"Content-Length: 0x5", b"Content-Length: 5 5", b"Content-Length: \xb2", b"Content-Length: 5\x0b", b"Content-Length: 5;", b"Content-Length: 1e1",
    b"Content-Length: 99999999999999999999999", b"Content-Length:", b"Content-Length: \x00", b"Transfer-Encoding: chunked, identity", b"Transfer-Encoding: identity, chunked", b"Transfer-Encoding: xchunked", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x", b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked", b"Transfer-Encoding : chunked", b"Transfer-Encoding:\tchunked", b"Transfer-Encoding: \x0bchunked", b"Transfer-Encoding:\n chunked", b" Transfer-Encoding: chunked", b"X: y\nTransfer-Encoding: chunked", b"Transfer-Encoding: CHUNKED", b"Transfer-Encoding: chunked;x", b'Transfer-Encoding: "chunked"', b"Transfer-Encoding: gzip, chunked", b"Transfer_Encoding: chunked", b"Content_Length: 5",
)  # fmt: skip
CHUNKS = (
    b"", b"5", b"5\r\n", b"5\r\nabc", b"x\r\nabc\r\n0\r\n\r\n", b"-1\r\nabc\r\n0\r\n\r\n", b"+3\r\nabc\r\n0\r\n\r\n", b"0x3\r\nabc\r\n0\r\n\r\n", b" 3\r\nabc\r\n0\r\n\r\n", b"3 \r\nabc\r\n0\r\n\r\n", b"ffffffffffffffff\r\nabc", b"fffffffffffffffff\r\nabc", b"80000000\r\nabc", b"3\nabc\n0\n\n", b"3\rabc\r0\r\r", b"3\r\nabcd\r\n0\r\n\r\n", b"3\r\nabc0\r\n\r\n", b"3;" + b"x" * 70_000 + b"\r\nabc\r\n0\r\n\r\n", b"3;a=\x00\r\nabc\r\n0\r\n\r\n", b"0" * 5_000 + b"3\r\nabc\r\n0\r\n\r\n", b"1\r\na\r\n" * 5_000 + b"0\r\n\r\n", b"0\r\nHost: evil.example\r\n\r\n", b"0\r\n" + b"X: y\r\n" * 5_000 + b"\r\n", b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"\r\n\r\n", b"\x00",
)  # fmt: skip
WHOLE = (
    b"", b"\r\n", b"\n", b"\x00", b"\r\n" * 1_000, b"GET", b"GET /", b"GET /\r\n", b"GET /healthz\r\n\r\n", b"GET  /healthz  HTTP/1.1\r\n\r\n", b"GET /healthz HTTP/1.1", b"GET /healthz HTTP/1.1\r\n", b"GET /healthz HTTP/1.1\n\n", b"GET /healthz HTTP/1.1\r\r", b"\r\nGET /healthz HTTP/1.1\r\nHost: x", b"HTTP/1.1 200 OK\r\n\r\n", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"*1\r\n$4\r\nPING\r\n", b"EHLO x\r\n", b"SSH-2.0-x\r\n", b"\xff" * 1_000, b"A" * 200_000, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000, b"{}", b"<policy-file-request/>\x00",
)  # fmt: skip


def requests() -> Iterator[Sent]:
    """Yield every request."""
    anything = REFUSED | {CLOSED, 200, 202}
    for number, method in enumerate(METHODS):
        yield Sent(f"method {number}", method + b" /healthz HTTP/1.1\r\n" + HOST + b"\r\n", anything - {202})
    for number, target in enumerate(TARGETS):
        yield Sent(f"target {number}", b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n", anything - {202})
    for number, version in enumerate(VERSIONS):
        yield Sent(f"version {number}", b"GET /healthz " + version + b"\r\n" + HOST + b"\r\n", anything - {202})
    for number, header in enumerate(HEADERS):
        yield Sent(f"header {number}", b"GET /healthz HTTP/1.1\r\n" + HOST + header + b"\r\n\r\n", anything - {202})
    for count in (50, 99, 100, 101, 1_000, 10_000):
        yield Sent(
            f"{count} headers", b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: y\r\n" * count + b"\r\n", anything - {202}
        )
    for number, header in enumerate(SMUGGLED):
        yield Sent(
            f"smuggled {number}",
            _post(header) + b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
            REFUSED | {CLOSED},
        )
    for number, chunks in enumerate(CHUNKS):
        yield Sent(f"chunks {number}", _post(b"Transfer-Encoding: chunked") + chunks, REFUSED | {CLOSED})
    for number, data in enumerate(WHOLE):
        yield Sent(f"whole {number}", data, anything - {202})


def _post(header: bytes) -> bytes:
    return b"POST /api/v1/comments HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n" + header + b"\r\n\r\n"
