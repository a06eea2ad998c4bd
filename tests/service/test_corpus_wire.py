"""The bundled server against bytes that are no HTTP, or two kinds of it: refused or closed, and never a fault."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.corpus import wire
from tests.corpus.wire import CLOSED, Sent
from tests.servers.web import Web, running_web

ANSWER = re.compile(rb"^HTTP/1\.[01] (\d{3}) ", re.MULTILINE)
AT_ONCE = 16
# The server waits for the rest of half a request; we do not.
SILENCE_SECONDS = 0.5


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """One server for all of it."""
    with running_web(tmp_path_factory.mktemp("wire"), web_workers="1") as running:
        yield running


def test_no_bytes_make_the_server_fail(web: Web) -> None:
    requests = list(wire.requests())
    before_bytes = web.rss_bytes()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda sent: web.send(sent.data, silence_seconds=SILENCE_SECONDS), requests))

    wrong = [found for sent, answer in zip(requests, answers, strict=True) if (found := judge(sent, answer))]
    assert not wrong, "\n".join(wrong)
    assert len(requests) >= 200
    assert b" 200 " in web.get("/healthz")[:20]
    assert web.process.poll() is None
    assert "Traceback" not in web.log.read_text()
    assert "panick" not in web.log.read_text()
    assert web.rss_bytes() - before_bytes < 50 * 2**20


def judge(sent: Sent, answer: bytes) -> str:
    """Return what is wrong with an answer."""
    statuses = [int(status) for status in ANSWER.findall(answer)] or [CLOSED]
    if statuses[0] not in sent.statuses:
        return f"[{sent.id}] {statuses} {answer[:200]!r}"
    if sent.id.startswith(("smuggled", "chunks")) and 200 in statuses:
        return f"[{sent.id}] a second request came through: {statuses}"
    if b"Traceback" in answer or b"evil" in answer:
        return f"[{sent.id}] shows {answer[:300]!r}"
    return ""
