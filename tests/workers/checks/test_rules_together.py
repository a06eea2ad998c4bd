"""All rules and the decision together, on comments as readers write them."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from comments.policy import Policy
from comments.signal import Field, Weight
from comments.status import Status
from comments.verdict import Verdict
from workers.checks import CHECKS, run_checks
from workers.checks.subject import Subject
from workers.decide import decide

HERE = Path(__file__).parent
ASubject = Callable[..., Subject]

RULES = tuple(check for check in CHECKS if check.name != "models")
HUGE = (
    "",
    " ",
    "\n" * 5000,
    "a" * 5000,
    "a " * 2500,
    "a." * 2500,
    "you idiot " * 500,
    "i will kill " * 400,
    "i will will go " * 330,
    "//a.example/?" * 384,
    "http://a.example " * 294,
    "a@b.example " * 416,
    "08031234567 " * 416,
    "call " * 1000,
    "0 " * 2500,
    "8" * 5000,
    "one two " * 625,
    "www dot " * 625,
    "f**k " * 1000,
    "\u0301\u0323" * 2500,
    "\u200b" * 5000,
    "аa" * 2500,
    "𝐟" * 5000,
    "ọ̀dẹ̀ " * 900,
    "評論" * 2500,
    "हिन्दी " * 800,
    "مرحبا " * 800,
    "😀" * 5000,
    "-" * 5000,
    "!" * 5000,
)


def comments(file: str) -> list[tuple[str, str]]:
    listed = tomllib.loads((HERE / file).read_text(encoding="utf-8"))
    return [(key, text) for key, texts in listed.items() for text in texts]


def verdict_on(subject: Subject) -> Verdict:
    return decide(run_checks(subject, RULES), Policy(), is_first_time=False)


@pytest.mark.parametrize(("language", "text"), comments("benign.toml"))
def test_what_readers_write_about_war_and_politics_is_approved(a_subject: ASubject, language: str, text: str) -> None:
    verdict = verdict_on(a_subject(text))

    assert verdict.status is Status.APPROVED, verdict.reasons


@pytest.mark.parametrize(("category", "text"), comments("bad.toml"))
def test_spam_and_abuse_are_held_for_what_they_are(a_subject: ASubject, category: str, text: str) -> None:
    verdict = verdict_on(a_subject(text))

    assert verdict.status in {Status.HELD, Status.REJECTED}
    assert category in {signal.category for signal in verdict.signals}
    assert verdict.reasons


@pytest.mark.parametrize("check", RULES, ids=lambda check: check.name)
@pytest.mark.parametrize("text", HUGE, ids=range(len(HUGE)))
def test_check_copes_with_anything(a_subject: ASubject, check: object, text: str) -> None:
    subject = a_subject(text, name=text[:60])

    for signal in run_checks(subject, (check,)):  # type: ignore[arg-type]  # one of CHECKS
        assert signal.category != "error", signal.detail
        assert 0.0 <= signal.score <= 1.0
        assert len(signal.spans) <= 20
        for span in signal.spans:
            assert 0 <= span.start < span.end <= len(subject.name if span.field is Field.NAME else subject.text)


@pytest.mark.parametrize("text", [text for _, text in comments("bad.toml")])
def test_detail_is_half_a_sentence_without_an_address(a_subject: ASubject, text: str) -> None:
    for signal in run_checks(a_subject(text), RULES):
        assert signal.detail
        assert "@" not in signal.detail
        assert not signal.detail.endswith(".")


def test_no_rule_rejects_on_its_own_account(a_subject: ASubject) -> None:
    signals = [signal for _, text in comments("bad.toml") for signal in run_checks(a_subject(text), RULES)]

    assert signals
    assert Weight.REJECT not in {signal.weight for signal in signals}
