"""Our protocol: what is sent, what is believed, what holds."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from comments.signal import Category, Field, Signal, Span, Weight
from tests import factories
from tests.workers.external.questions import QUESTION
from tests.workers.external.servers import answering, running
from workers.external.checker import BREAK_SECONDS, FAILURES_IN_A_ROW, Guarded, HttpChecker
from workers.external.panel import Panel
from workers.external.question import CheckerFailed, Question
from workers.external.signature import HEADER, TOLERANCE_SECONDS, is_genuine, sign

SECRET = b"a secret of thirty-two bytes or so"
GOOD = {"category": "spam", "score": 0.8, "detail": "a known template", "spans": [{"start": 12, "end": 19}]}
DOCUMENT = Path(__file__).parents[3] / "docs" / "checkers.md"


def _checker(url: str, **changes: object) -> HttpChecker:
    return replace(HttpChecker("acme", url, SECRET), **changes)  # type: ignore[arg-type]  # checked by HttpChecker


def _signals(status: int, body: bytes, **changes: object) -> tuple[Signal, ...]:
    with running(answering(status, body)) as server:
        return Guarded(_checker(server.url, **changes)).signals(QUESTION, factories.NOW)


def _answer(**changes: object) -> bytes:
    return json.dumps(GOOD | changes).encode()


def test_only_the_agreed_fields_are_sent() -> None:
    with running(answering(204)) as server:
        Guarded(_checker(f"{server.url}/check")).signals(QUESTION, factories.NOW)

    [received] = server.received
    assert json.loads(received.body) == {
        "site": "demo",
        "comment_id": 7,
        "revision": 2,
        "text": QUESTION.text,
        "thread": {"title": "Strikes", "url": "https://news.example/strikes"},
    }
    assert received.headers["content-type"] == "application/json"


def test_name_is_sent_where_an_operator_says_so() -> None:
    with running(answering(204)) as server:
        Guarded(_checker(server.url, sends_name=True)).signals(QUESTION, factories.NOW)

    assert json.loads(server.received[0].body)["name"] == "Ada Obi"


def test_question_has_no_place_for_an_address_or_a_network() -> None:
    assert set(Question.__slots__) == {  # type: ignore[attr-defined]  # made by dataclass
        *("site", "comment_id", "revision", "name", "text", "thread_title", "thread_url")
    }


def test_request_is_signed() -> None:
    with running(answering(204)) as server:
        Guarded(_checker(server.url)).signals(QUESTION, factories.NOW)

    [received] = server.received
    header = received.headers[HEADER.lower()]
    assert is_genuine(SECRET, header, received.body, factories.NOW)
    assert not is_genuine(b"another secret", header, received.body, factories.NOW)
    assert not is_genuine(SECRET, header, received.body + b" ", factories.NOW)


@pytest.mark.parametrize(("seconds", "is_recent"), [(-TOLERANCE_SECONDS, True), (TOLERANCE_SECONDS + 1, False)])
def test_old_signature_is_not_genuine(seconds: int, is_recent: bool) -> None:
    later = factories.NOW + timedelta(seconds=seconds)

    assert is_genuine(SECRET, sign(SECRET, b"body", factories.NOW), b"body", later) is is_recent


@pytest.mark.parametrize("header", ["", "t=1", "t=1,v1=xyz", "v1=00,t=1", "t=٣,v1=" + "0" * 64])
def test_malformed_signature_is_not_genuine(header: str) -> None:
    assert not is_genuine(SECRET, header, b"body", factories.NOW)


def test_documented_signature_is_the_one_we_make() -> None:
    example = re.search(r"secret `(.+?)`, body `(.+?)`, time `(\d+)`.*?`(t=.+?)`", DOCUMENT.read_text(), re.DOTALL)

    assert example is not None
    secret, body, moment, header = example.groups()
    now = factories.NOW.fromtimestamp(int(moment), factories.NOW.tzinfo)
    assert sign(secret.encode(), body.encode(), now) == header


def test_answer_becomes_a_signal() -> None:
    [signal] = _signals(200, _answer())

    assert (signal.check, signal.category, signal.score, signal.weight) == (
        "external:acme",
        Category.SPAM,
        0.8,
        Weight.SOFT,
    )
    assert signal.detail == "the check “acme” calls it spam: a known template"
    assert signal.spans == (Span(12, 19, Field.TEXT),)


def test_weight_is_the_operators_choice() -> None:
    [signal] = _signals(200, _answer(), weight=Weight.NOTE)

    assert signal.weight is Weight.NOTE


def test_no_opinion_is_no_signal() -> None:
    assert _signals(204, b"") == ()


def test_address_in_an_answer_is_masked() -> None:
    [signal] = _signals(200, _answer(detail="sent before by ada@example.org\n\x1b[31m"))

    assert signal.detail == "the check “acme” calls it spam: sent before by [address] [31m"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"not JSON",
        b"\xff\xfe",
        b"[" * 60_000,
        _answer(category="boring"),
        _answer(category="error"),
        _answer(category=["spam"]),
        _answer(score="0.8"),
        _answer(score=True),
        _answer(score=1.01),
        _answer(score=-0.1),
        _answer(score=None),
        b'{"category": "spam", "score": NaN}',
        b'{"category": "spam", "score": 1e999}',
        b'{"score": 0.5}',
        b'{"category": "spam"}',
        _answer(detail=7),
        _answer(spans={}),
        _answer(spans=[{"start": 0}]),
        _answer(spans=[{"start": 5, "end": 5}]),
        _answer(spans=[{"start": 0, "end": 10_000}]),
        _answer(spans=[{"start": 0.5, "end": 2}]),
        _answer(spans=[{"start": 0, "end": 2, "field": "email"}]),
        _answer(spans=[{"start": 0, "end": 2}] * 21),
        _answer(spans=[3]),
    ],
)
def test_garbage_holds(body: bytes) -> None:
    [signal] = _signals(200, body)

    assert (signal.category, signal.weight) == (Category.ERROR, Weight.HOLD)
    assert signal.detail == "the check “acme” could not tell (its answer is not what was agreed)"


@pytest.mark.parametrize("status", [302, 429, 500])
def test_failing_checker_holds(status: int) -> None:
    [signal] = _signals(status, _answer())

    assert (signal.category, signal.weight) == (Category.ERROR, Weight.HOLD)


def test_slow_checker_holds() -> None:
    with running(lambda talk: talk.is_over.wait() and None) as server:
        [signal] = Guarded(_checker(server.url, timeout_seconds=0.2)).signals(QUESTION, factories.NOW)

    assert (signal.category, signal.weight) == (Category.ERROR, Weight.HOLD)
    assert "within 0.2 seconds" in signal.detail


@dataclass
class _Scripted:
    """A checker in this process that does what it is told, in turn."""

    answers: list[Signal | Exception | None]
    name: str = "scripted"
    asked: list[int] = field(default_factory=list)

    def ask(self, question: Question, now: datetime) -> Signal | None:
        self.asked.append(question.comment_id)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_dead_checker_is_left_alone_for_a_while() -> None:
    checker, clock = _Scripted([CheckerFailed("dead")] * FAILURES_IN_A_ROW + [None]), [100.0]
    guarded = Guarded(checker, lambda: clock[0])
    for _ in range(FAILURES_IN_A_ROW):
        guarded.signals(QUESTION, factories.NOW)

    [signal] = guarded.signals(QUESTION, factories.NOW)
    clock[0] += BREAK_SECONDS
    after = guarded.signals(QUESTION, factories.NOW)

    assert signal.weight is Weight.HOLD
    assert "a moment ago" in signal.detail
    assert after == ()
    assert len(checker.asked) == FAILURES_IN_A_ROW + 1


def test_single_failures_do_not_add_up() -> None:
    answers: list[Signal | Exception | None] = [CheckerFailed("once"), None] * FAILURES_IN_A_ROW
    guarded = Guarded(_Scripted(answers), lambda: 100.0)

    found = [bool(guarded.signals(QUESTION, factories.NOW)) for _ in range(2 * FAILURES_IN_A_ROW)]

    assert found == [True, False] * FAILURES_IN_A_ROW


def test_checker_that_asks_for_a_pause_gets_it() -> None:
    clock = [100.0]
    checker = _Scripted([CheckerFailed("busy", pause_seconds=9), None])
    guarded = Guarded(checker, lambda: clock[0])
    guarded.signals(QUESTION, factories.NOW)

    clock[0] += 8
    assert guarded.signals(QUESTION, factories.NOW)
    clock[0] += 1
    assert guarded.signals(QUESTION, factories.NOW) == ()
    assert len(checker.asked) == 2


def test_adapter_that_crashes_holds() -> None:
    [signal] = Guarded(_Scripted([ZeroDivisionError()])).signals(QUESTION, factories.NOW)

    assert (signal.category, signal.weight) == (Category.ERROR, Weight.HOLD)
    assert "ZeroDivisionError" in signal.detail


def _questions(*numbers: int, site: str = "demo") -> Sequence[Question]:
    return [replace(QUESTION, comment_id=number, site=site) for number in numbers]


def test_panel_asks_every_checker_of_the_site_and_no_other() -> None:
    spam = factories.a_signal()
    one, two, other = _Scripted([spam, None]), _Scripted([None, spam]), _Scripted([])
    panel = Panel({"demo": [one, two], "other": [other]})

    found = panel.ask([*_questions(1, 2), *_questions(3, site="third")], factories.NOW)

    assert {number: len(signals) for number, signals in found.items()} in ({1: 1, 2: 1}, {1: 2, 2: 0}, {1: 0, 2: 2})
    assert (sorted(one.asked), sorted(two.asked), other.asked) == ([1, 2], [1, 2], [])
    assert (panel.asks_for("demo"), panel.asks_for("third")) == (True, False)


def test_empty_panel_asks_nobody() -> None:
    assert Panel({}).ask(_questions(1), factories.NOW) == {}


def test_batch_waits_for_a_dead_checker_at_once_not_in_turn() -> None:
    with running(lambda talk: talk.is_over.wait() and None) as server:
        panel = Panel({"demo": [_checker(server.url, timeout_seconds=0.2)]})

        found = panel.ask(_questions(*range(50)), factories.NOW)

    assert all(signals[0].weight is Weight.HOLD for signals in found.values())
    assert len(found) == 50
    assert len(server.received) < 50, "the breaker opened"
