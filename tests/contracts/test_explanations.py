"""What the checks say to an author can be said in every language: each sentence that they make is recognised."""

from typing import Any

import pytest
from flask import Flask

from comments.door_hold import DoorHold
from comments.looks import TAKEN_BACK, Look
from comments.policy import Mode, Policy
from comments.signal import Category, Signal, Weight
from comments.store.pending import CRASHED, PUT_ON_HOLD
from demo.replies import load_replies
from service.explanations import say_anew
from service.language import use_language
from workers.checks import run_checks
from workers.checks.contact_details import _PATTERNS
from workers.checks.lists import read_list
from workers.checks.models import _WORDS
from workers.checks.reading import Estimate, Reading
from workers.checks.subject import AuthorHistory, DoorNotes, Likeness, SiteRules, Subject
from workers.decide import decide
from workers.normalise import normalise
from workers.normalise.view import Kind
from workers.reader import TROUBLE

HOLD_ALL, HOLD_FIRST = Policy(mode=Mode.HOLD_ALL), Policy(mode=Mode.HOLD_FIRST)


def sentences(*details: str) -> set[str]:
    """Return what the author reads of these details."""
    signals = [Signal("a", "1", Category.SPAM, 1.0, Weight.HOLD, detail) for detail in details]
    return set(decide(signals, Policy(), is_first_time=False).reasons)


def said_of(text: str, *, name: str = "Ada Obi", **seen: object) -> set[str]:
    """Return every sentence that the checks have for a comment, whatever it weighs."""
    subject = Subject(name, text, normalise(text), normalise(name), **seen)  # type: ignore[arg-type]  # checked by Subject
    return sentences(*(signal.detail for signal in run_checks(subject)))


def unknown(said: set[str]) -> set[str]:
    """Return what stays as it is in French."""
    app = Flask(__name__)
    with app.test_request_context():
        use_language("fr")
        return {sentence for sentence in said if say_anew(sentence) == sentence}


def test_every_sentence_of_the_lists_is_known() -> None:
    templates = {f"the wording of {template}" for template in read_list("spam")["templates"]}
    kinds = {f"two disguised words ({kind.value})" for kind in Kind if kind is not Kind.REPEATED}
    threats = set(read_list("threats")["what"].values())
    contacts = {kind for kind, _, _ in _PATTERNS}
    words = {f"{words} (0.83)" for words in (*_WORDS.values(), "it reads like spam", "it reads like abuse")}
    assert all((templates, kinds, threats, contacts, words)), "else this proves nothing"

    assert unknown(sentences(*templates, *kinds, *threats, *contacts, *words, TROUBLE)) == set()


def test_every_sentence_about_the_demos_replies_is_known() -> None:
    said = {sentence for reply in load_replies() for sentence in said_of(reply.text, name=reply.name)}
    assert len(said) > 15, "else this proves nothing"

    assert unknown(said) == set()


def like(
    times: int = 1, *, exact: bool, thread: bool, author: bool = False, rejected: bool = False
) -> tuple[Likeness, ...]:
    return (Likeness(1, is_exact=exact, same_thread=thread, same_author=author, was_rejected=rejected),) * times


OPINION = Estimate(0.9, 0.5, 0.9, "first", tuple)
LONG = "These are the same words, and quite a number of them, once more."


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("See http://bit.ly/a and http://bit.ly/b and http://xn--pple-43d.com/ and http://203.0.113.9/", {}),
        ("See http://bit.ly/a", {}),
        ("Look at cheapcars dot com and buyit dot ng today", {}),
        ("The word muppet, and muppet again", {"rules": SiteRules(blocked_words=("muppet",), held_words=("muppet",))}),
        ("Write to ada@example.org", {"name": "www.cheap-cars.com"}),
        ("Good morning", {"name": "Loan Offers"}),
        ("Good morning", {"name": "Administrator"}),
        ("Good morning", {"name": "12345"}),
        ("Good morning", {"door": DoorNotes(honeypot_filled=True, seconds_to_submit=1, disposable_email=True)}),
        *(("Good morning", {"door": DoorNotes(hold=hold)}) for hold in DoorHold if hold),
        ("Good morning", {"history": AuthorHistory(rejected=1, last_ten_minutes=7)}),
        ("Good morning", {"history": AuthorHistory(rejected=12, last_ten_minutes=20)}),
        (LONG, {"likenesses": like(exact=True, thread=True, author=True)}),
        (LONG, {"likenesses": like(exact=True, thread=True, rejected=True)}),
        (LONG, {"likenesses": like(2, exact=False, thread=True, rejected=True)}),
        (LONG, {"likenesses": like(exact=True, thread=True)}),
        (LONG, {"likenesses": like(2, exact=False, thread=True)}),
        (LONG, {"likenesses": like(3, exact=True, thread=False)}),
        (LONG, {"likenesses": like(12, exact=False, thread=False)}),
        ("THIS IS ALL IN CAPITALS AND IT GOES ON FOR A WHILE!!!!!! aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", {}),
        ("go " * 30, {}),
        ("They are cockroaches, all of them, and vermin. You are an idiot, a stupid fool. Shit, fuck.", {}),
        (LONG, {"reading": Reading(spam=OPINION, abuse=OPINION, kinds={Category.THREAT: 0.8})}),
        (LONG, {"reading": Reading(trouble=TROUBLE)}),
    ],
)
def test_every_sentence_of_a_check_is_known(text: str, seen: dict[str, Any]) -> None:
    said = said_of(text, **seen)
    assert said, "else this proves nothing"

    assert unknown(said) == set()


def test_every_sentence_of_the_policy_and_the_desk_is_known() -> None:
    said = {
        *decide((), HOLD_ALL, is_first_time=False).reasons,
        *decide((), HOLD_FIRST, is_first_time=True).reasons,
        *decide((), Policy(), is_first_time=False, is_burst=True).reasons,
        Look.FIRST_APPROVAL.value,
        Look.UPHELD.value,
        TAKEN_BACK,
        CRASHED,
        PUT_ON_HOLD,
    }

    assert unknown(said) == set()


def test_a_sentence_of_a_checker_outside_stays_as_it_is() -> None:
    assert unknown({"It contains a wombat."}) == {"It contains a wombat."}
