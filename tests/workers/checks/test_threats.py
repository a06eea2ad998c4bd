"""A threat is aimed at somebody; a report of violence is not a threat."""

from collections.abc import Callable

import pytest

from workers.checks.subject import Subject
from workers.checks.threats import check, rules

ASubject = Callable[..., Subject]
WHAT = {"threat": "a threat of violence", "wish": "a wish that somebody dies", "call": "a call for violence"}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("I will kill you", "threat"),
        ("i'll shoot you and your family", "threat"),
        ("We are going to break your legs", "threat"),
        ("You will be killed for this", "threat"),
        ("I know where your children go to school", "threat"),
        ("we dey come for una tonight", "threat"),
        ("You're a dead man", "threat"),
        ("I hope you die", "wish"),
        ("may your family perish", "wish"),
        ("kys", "wish"),
        ("una go die like rat", "wish"),
        ("They should be wiped out", "call"),
        ("these people deserve to be slaughtered", "call"),
        ("Kill all the Hausas.", "call"),
        ("Enough. Kill them all!", "call"),
        ("let's slaughter them", "call"),
        ("The only good Fulani is a dead Fulani", "call"),
        ("Death to all Christians", "call"),
        ("we must wipe the Igbos out", "call"),
        ("make una kill all the Fulani", "call"),
        ("zan kashe ka", "threat"),
        ("sai mun yanka ku", "threat"),
        ("a kashe su duka", "call"),
        ("màá pa ẹ", "threat"),
        ("maa pa e", "threat"),
        ("Ẹ pa gbogbo àwọn Hausa", "call"),
        ("aga m egbu gi", "threat"),
        ("m ga-egbu gị", "threat"),
        ("gbuonụ ndị Awụsa", "call"),
    ],
)
def test_threat_is_found(a_subject: ASubject, text: str, what: str) -> None:
    assert WHAT[what] in {signal.detail for signal in check(a_subject(text))}


@pytest.mark.parametrize(
    "text",
    [
        "The missile killed nine",
        "Terrorists were killed",
        "The army will fight and kill them",
        "They will kill you with taxes",
        "I will never kill you or anybody",
        "Gunmen kill all the Christians they meet on that road",
        "He wants to wipe out all Muslims, and nobody stops him",
        "Bandits who kidnap children should be punished",
        "I would kill for a plate of jollof",
        "This heat will kill us",
        "We will beat you on Saturday",
        "I know where you are coming from",
        "The killers must be found",
        "I will kill you with laughter",
        "sun kashe mutane tara",
        "wọ́n pa ènìyàn mẹ́sàn-án",
        "e gburu mmadụ itoolu",
        "may the dead rest, and may you have peace",
    ],
)
def test_report_of_violence_is_not_a_threat(a_subject: ASubject, text: str) -> None:
    assert check(a_subject(text)) == ()


def test_evidence_covers_the_words_of_the_threat(a_subject: ASubject) -> None:
    subject = a_subject("Listen: I w1ll k.i.l.l you, all right?")

    (signal,) = check(subject)

    (span,) = signal.spans
    assert subject.text[span.start : span.end] == "I w1ll k.i.l.l you"
    assert span.shown == "i will kill you"


def test_every_language_has_rules() -> None:
    assert {rule.language for rule in rules()} == {"en", "pcm", "ha", "yo", "ig"}
