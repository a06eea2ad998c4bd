"""I-01b: bodies that say they are something else, and compressed ones that would unpack to gigabytes."""
# ruff: noqa: E501 - lists for a machine, read by people once

import gzip
import json
import zlib
from collections.abc import Iterator

from tests.corpus.cases import ACCEPTED, COUNTS, JSON, POST, Case, fields

BODY = json.dumps(fields()).encode()
UNSUPPORTED = frozenset({415})

OTHER_TYPES = (
    "", "text/plain", "text/html", "text/json", "text/xml", "application/xml", "application/jsonp", "application/json5",
    "application/x-json", "application/vnd.api+json", "application/problem+json", "application/merge-patch+json",
    "application/octet-stream", "application/x-ndjson", "application/yaml", "application/cbor", "application/msgpack",
    "application/graphql", "application/javascript", "image/png", "multipart/mixed", "multipart/related; boundary=b",
    "json", "application", "application/", "/json", "*/*", "application/*", "application/json/x", "application/json,text/plain",
    "application/json\ttext", "a" * 3_000, "application/" + "x" * 3_000, "text/plain; charset=" + "x" * 3_000, ";", ";;;", "=;=",
    "application/soap+xml", "message/http", "application/pdf", "\u00e9/\u00fc",
)  # fmt: skip
# Named with JSON, or in another spelling of it: read, or refused, never guessed at.
CHARSETS = {
    "utf-8": True, "UTF-8": True, "utf8": True, "Utf_8": True, '"utf-8"': True, "utf-7": False, "utf-16": False, "utf-32": False,
    "utf-16le": False, "latin-1": False, "iso-8859-1": False, "windows-1252": False, "ascii": False, "us-ascii": False,
    "gb18030": False, "shift_jis": False, "ebcdic": False, "cp037": False, "idna": False, "rot13": False, "base64": False,
    "hex": False, "zlib": False, "unicode_escape": False, "raw_unicode_escape": False, "undefined": False, "x": False, "'utf-8'": False,
}  # fmt: skip
ENCODINGS = (
    "gzip",
    "GZIP",
    "x-gzip",
    "deflate",
    "br",
    "zstd",
    "compress",
    "gzip, gzip",
    "identity, gzip",
    "bogus",
    "utf-8",
    "chunked",
)


def cases() -> Iterator[Case]:
    """Yield every case."""
    for path in (POST, COUNTS):
        for kind in OTHER_TYPES:
            yield _sent(f"type {kind[:40]!r} {path}", UNSUPPORTED, BODY, path, ("Content-Type", kind))
        yield Case(f"no type {path}", UNSUPPORTED, BODY, path=path)
        for coding in ENCODINGS:
            for body in _packed():
                headers = (("Content-Type", JSON), ("Content-Encoding", coding))
                yield _sent(f"coding {coding} {len(body)} {path}", UNSUPPORTED, body, path, *headers)
    for charset, is_read in CHARSETS.items():
        kind = ("Content-Type", f"{JSON}; charset={charset}")
        yield _sent(f"charset {charset}", ACCEPTED if is_read else UNSUPPORTED, BODY, POST, kind)
    for coding in ("identity", "Identity", "IDENTITY"):
        headers = (("Content-Type", JSON), ("Content-Encoding", coding))
        yield _sent(f"coding {coding}", ACCEPTED, BODY, POST, *headers)
    for kind in (
        "Application/JSON",
        "application/json;",
        "application/json; x=y",
        " application/json ",
        "application/json;charset",
    ):
        yield _sent(f"type {kind!r}", ACCEPTED, BODY, POST, ("Content-Type", kind))
    for coding in ENCODINGS:
        form = (("Content-Type", "application/x-www-form-urlencoded"), ("Content-Encoding", coding))
        yield _sent(f"form coding {coding}", UNSUPPORTED, b"site=demo", POST, *form)


def _packed() -> Iterator[bytes]:
    yield gzip.compress(BODY, mtime=0)
    yield gzip.compress(bytes(10_000_000), mtime=0)  # ten megabytes in ten kilobytes
    yield zlib.compress(BODY)


def _sent(name: str, statuses: frozenset[int], body: bytes, path: str, *headers: tuple[str, str]) -> Case:
    return Case(name, statuses, body, headers, path=path)
