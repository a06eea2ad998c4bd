"""The script as a file: small, made from its source, under a name for its bytes, readable by every page."""

import base64
import gzip
import hashlib
import re
from pathlib import Path

from flask.testing import FlaskClient

from service.embed.build import BUILT, SOURCES, build
from service.embed.script import script

MAX_PACKED_BYTES = 3_072
GZIP = {"Accept-Encoding": "gzip, br"}


def test_it_is_at_most_three_kilobytes() -> None:
    assert 1_000 < len(gzip.compress(BUILT.read_bytes(), 9)) <= MAX_PACKED_BYTES


def test_it_is_what_its_source_makes() -> None:
    folder = Path("service/embed/source")

    assert BUILT.read_text() == build(), "run: make embed"
    assert {f"{name}.js" for name in SOURCES} == {file.name for file in folder.iterdir()}


def test_source_keeps_to_what_the_build_can_pack() -> None:
    for file in Path("service/embed/source").iterdir():
        for line in file.read_text().splitlines():
            if not line.strip().startswith("//"):
                outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
                assert not re.search(r"""['"`]|//|/\*|\+ \+|- -""", outside), (file.name, line)


def test_it_stores_nothing_and_runs_no_strings() -> None:
    text = BUILT.read_text()

    for word in ("localStorage", "sessionStorage", "indexedDB", "caches", "cookie", "innerHTML", "eval", "Function("):
        assert word not in text
    assert "://" not in text, "it knows no address but its own"


def test_short_name_is_asked_for_anew_and_the_long_one_is_kept(client: FlaskClient) -> None:
    newest, named = client.get("/embed.js"), client.get(script().path)
    other = client.get("/embed-0123456789ab.js")

    assert newest.data == named.data == other.data == BUILT.read_bytes()
    assert newest.headers["Cache-Control"].startswith("public, max-age=300,")
    assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert other.headers["Cache-Control"] == newest.headers["Cache-Control"]
    assert hashlib.sha256(named.data).hexdigest().startswith(script().version)


def test_any_page_may_run_it_and_hold_it_to_its_hash(client: FlaskClient) -> None:
    answer = client.get(script().path, headers={"Origin": "https://anywhere.example"})

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert script().integrity == "sha384-" + base64.b64encode(hashlib.sha384(answer.data).digest()).decode()


def test_it_travels_packed_to_whoever_can_unpack_it(client: FlaskClient) -> None:
    packed, plain = client.get("/embed.js", headers=GZIP), client.get("/embed.js")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) <= MAX_PACKED_BYTES
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    again = client.get("/embed.js", headers={**GZIP, "If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
