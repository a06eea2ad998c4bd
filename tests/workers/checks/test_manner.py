"""Shouting and disguise are matters of degree, and never of the script somebody writes in."""

from collections.abc import Callable

import pytest

from workers.checks import obfuscation, shouting
from workers.checks.subject import Subject

ASubject = Callable[..., Subject]


def test_capitals_are_noticed_and_alone_not_enough(a_subject: ASubject) -> None:
    (signal,) = shouting.check(a_subject("THIS GOVERNMENT NEVER LISTENS TO ANY OF US"))

    assert signal.score < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "INEC, EFCC and NNPC",
        "OK!!",
        "评论评论评论评论评论评论评论评论评论评论评论评论评论评论",
        "هذا تعليق طويل بما يكفي ليكون مثالا على نص بلا أحرف كبيرة",
        "Ó DÁA",
        "the the the the the",
        "hahahahahahahahahahahahaha",
    ],
)
def test_ordinary_manner_is_silent(a_subject: ASubject, text: str) -> None:
    assert shouting.check(a_subject(text)) == ()


def test_word_said_over_and_over_holds(a_subject: ASubject) -> None:
    (signal,) = shouting.check(a_subject("vote " * 20))

    assert signal.score >= 0.5


def test_row_of_names_is_an_answer_to_several(a_subject: ASubject) -> None:
    assert shouting.check(a_subject("@user " * 20 + "I agree with all of you on this one, thank you")) == ()


def test_runs_are_shown(a_subject: ASubject) -> None:
    subject = a_subject("No!!!!!!! " + "x" * 30)

    spans = [span for signal in shouting.check(subject) for span in signal.spans]

    assert [subject.text[span.start : span.end] for span in spans] == ["!!!!!!!", "x" * 30]


def test_disguise_of_a_telling_word_weighs_more(a_subject: ASubject) -> None:
    (plain,) = obfuscation.check(a_subject("the g.a.r.d.e.n is green"))
    (telling,) = obfuscation.check(a_subject("the c.a.s.i.n.o is open"))

    assert plain.score < 0.5 <= telling.score


def test_drawn_out_letters_are_no_disguise(a_subject: ASubject) -> None:
    assert obfuscation.check(a_subject("Sooooo gooood, nooooo")) == ()


def test_evidence_shows_the_word_behind_the_disguise(a_subject: ASubject) -> None:
    subject = a_subject("get fr€€ money")

    (signal,) = obfuscation.check(subject)

    (span,) = signal.spans
    assert (subject.text[span.start : span.end], span.shown) == ("fr€€", "free")
