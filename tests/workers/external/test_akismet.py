"""Akismet: what it is sent, and what its answers mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from comments.signal import Category, Weight
from tests import factories
from tests.workers.external.questions import QUESTION
from tests.workers.external.servers import Respond, Server, answering, running
from workers.external.akismet import Akismet
from workers.external.question import CheckerFailed


@contextmanager
def _akismet(respond: Respond, **changes: object) -> Iterator[tuple[Akismet, Server]]:
    with running(respond) as server:
        adapter = Akismet("key-1", "https://news.example", url=server.url)
        yield replace(adapter, **changes), server  # type: ignore[arg-type]  # checked by Akismet


def test_neither_address_nor_network_is_sent() -> None:
    with _akismet(answering(200, b"false")) as (akismet, server):
        akismet.ask(QUESTION, factories.NOW)

    [received] = server.received
    assert received.path == "/1.1/comment-check"
    assert parse_qs(received.body.decode(), strict_parsing=True) == {
        "api_key": ["key-1"],
        "blog": ["https://news.example"],
        "user_ip": ["127.0.0.1"],
        "permalink": [QUESTION.thread_url],
        "comment_type": ["comment"],
        "comment_content": [QUESTION.text],
        "blog_charset": ["UTF-8"],
    }


def test_name_is_sent_where_an_operator_says_so() -> None:
    with _akismet(answering(200, b"false"), sends_name=True) as (akismet, server):
        akismet.ask(QUESTION, factories.NOW)

    assert parse_qs(server.received[0].body.decode())["comment_author"] == ["Ada Obi"]


def test_no_spam_is_no_signal() -> None:
    with _akismet(answering(200, b"false")) as (akismet, _):
        assert akismet.ask(QUESTION, factories.NOW) is None


@pytest.mark.parametrize(("tip", "score"), [("", 0.9), ("discard", 0.99)])
def test_spam_is_a_signal(tip: str, score: float) -> None:
    with _akismet(answering(200, b"true", X_akismet_pro_tip=tip)) as (akismet, _):
        signal = akismet.ask(QUESTION, factories.NOW)

    assert signal is not None
    assert (signal.category, signal.score, signal.weight) == (Category.SPAM, score, Weight.SOFT)


@pytest.mark.parametrize("body", [b"", b"invalid", b"Missing required field: user_ip.", b"TRUE"])
def test_any_other_answer_is_none(body: bytes) -> None:
    with _akismet(answering(200, body)) as (akismet, _), pytest.raises(CheckerFailed):
        akismet.ask(QUESTION, factories.NOW)


@pytest.mark.parametrize(("call", "path"), [("submit_spam", "/1.1/submit-spam"), ("submit_ham", "/1.1/submit-ham")])
def test_correction_sends_what_was_checked(call: str, path: str) -> None:
    with _akismet(answering(200, b"Thanks for making the web a better place.")) as (akismet, server):
        akismet_took_note = getattr(akismet, call)(QUESTION)

    [received] = server.received
    assert akismet_took_note is True
    assert received.path == path
    assert {name: [value] for name, value in akismet.fields(QUESTION).items()} == parse_qs(received.body.decode())


@pytest.mark.parametrize("respond", [answering(500), answering(200, b"invalid")])
def test_correction_that_fails_says_so(respond: Respond) -> None:
    with _akismet(respond) as (akismet, _):
        assert akismet.submit_spam(QUESTION) is False
