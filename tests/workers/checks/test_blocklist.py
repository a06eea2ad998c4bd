"""A site's words are whole words, in every orthography and through every disguise."""

from collections.abc import Callable

import pytest

from comments.signal import Field, Weight
from workers.checks.blocklist import check
from workers.checks.subject import SiteRules, Subject

ASubject = Callable[..., Subject]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("dress", "That Dress is new"),
        ("dress", "d.r.e.s.s"),
        ("dress", "dre\u200bss"),
        ("dress", "the dress's colour"),
        ("go away", "Go,   AWAY now"),
        ("ọ̀dẹ̀", "ọ̀dẹ̀ ni ẹ"),
        ("ƙarya", "Ƙarya ne"),
        ("b2b", "a B2B deal"),
        ("🖕", "take this 🖕 home"),
        ("spam.example", "see http://spam.example/x"),
    ],
)
def test_word_is_found_whole(a_subject: ASubject, word: str, text: str) -> None:
    (signal,) = check(a_subject(text, rules=SiteRules(blocked_words=(word,))))

    assert signal.weight is Weight.REJECT


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("dress", "Andressa and her address"),
        ("de", "ọ̀de"),
        ("de", "de\u0301"),
        ("ode", "ọdẹ"),
        ("go away", "go far away"),
        ("", "anything"),
        ("don", "don't"),
    ],
)
def test_part_of_a_word_is_not_the_word(a_subject: ASubject, word: str, text: str) -> None:
    assert check(a_subject(text, rules=SiteRules(blocked_words=(word,), held_words=(word,)))) == ()


def test_held_word_asks_a_person(a_subject: ASubject) -> None:
    (signal,) = check(a_subject("about the Queen", rules=SiteRules(held_words=("queen",))))

    assert signal.weight is Weight.HOLD
    assert signal.detail == "one word that this site wants to see first"


def test_word_in_the_name_counts(a_subject: ASubject) -> None:
    (signal,) = check(a_subject(name="Casino King", rules=SiteRules(blocked_words=("casino",))))

    assert [(span.field, span.start, span.end) for span in signal.spans] == [(Field.NAME, 0, 6)]


def test_evidence_shows_what_was_read(a_subject: ASubject) -> None:
    subject = a_subject("so v1agra it is", rules=SiteRules(blocked_words=("viagra",)))

    (signal,) = check(subject)

    (span,) = signal.spans
    assert (subject.text[span.start : span.end], span.shown) == ("v1agra", "viagra")


def test_site_without_words_blocks_nothing(a_subject: ASubject) -> None:
    assert check(a_subject("dress")) == ()


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("crypto*", "Cryptocoins for all"),
        ("crypto*", "crypto"),
        ("crypto*", "c.r.y.p.t.o.c.o.i.n"),
        ("free mon*", "free money"),
        ("ọ̀rọ̀*", "ọ̀rọ̀ni"),
    ],
)
def test_a_star_finds_what_begins_so(a_subject: ASubject, entry: str, text: str) -> None:
    (signal,) = check(a_subject(text, rules=SiteRules(blocked_words=(entry,))))

    assert signal.weight is Weight.REJECT


@pytest.mark.parametrize("text", ["decrypto", "cryp to", "free the money", "crypt"])
def test_a_star_finds_nothing_that_begins_otherwise(a_subject: ASubject, text: str) -> None:
    assert check(a_subject(text, rules=SiteRules(blocked_words=("crypto*", "free mon*")))) == ()


def test_evidence_of_a_beginning_is_the_whole_word(a_subject: ASubject) -> None:
    (signal,) = check(a_subject("buy cryptocoins now", rules=SiteRules(held_words=("crypto*",))))

    assert [(span.start, span.end) for span in signal.spans] == [(4, 15)]
