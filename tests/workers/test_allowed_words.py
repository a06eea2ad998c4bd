"""What a site allows, and what the article itself is about, is no evidence for any check; everything else still is."""

from dataclasses import replace

import pytest

from comments.policy import Policy
from comments.settings import SecondStageUse
from comments.signal import ABUSE, Category
from comments.status import Status
from comments.store.records import Claimed, History, Site
from comments.verdict import Verdict
from workers.names import names_in
from workers.normalise import normalise
from workers.opinion import informed
from workers.reader import Reader, load_models
from workers.second_opinion import SecondOpinion
from workers.subjects import subject_of, without_allowed

SITE = Site(1, "demo", "Demo", (), Policy(), (), ())
COMMENT = Claimed(1, SITE, 1, "", None, 1, "Ada", "", False, None, False, 1, 1)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load_models(SecondOpinion(SecondStageUse.OFF)))


def judge(
    reader: Reader, text: str, *, allowed: tuple[str, ...] = (), lead: str = "", name: str = "Ada", **site: object
) -> Verdict:
    changed = replace(SITE, allowed_words=allowed, **site)  # type: ignore[arg-type]  # checked by Site
    claimed = replace(COMMENT, site=changed, text=text, thread_lead=lead, name=name)
    subject = subject_of(claimed, normalise(text), History(0, 0, 0, 0), ())
    return informed(reader)(subject, changed.policy)


def test_an_allowed_word_is_no_evidence_for_lists_and_models(reader: Reader) -> None:
    text = "We drove through Moron and back on Sunday."
    before = judge(reader, text)
    assert {signal.check for signal in before.signals} >= {"slurs"}, "else this proves nothing"

    after = judge(reader, text, allowed=("moron",))

    assert after.status is Status.APPROVED
    assert not [signal for signal in after.signals if signal.category in ABUSE]


def test_what_else_is_in_the_text_is_still_evidence(reader: Reader) -> None:
    after = judge(reader, "Moron is a town and you are a stupid idiot", allowed=("moron",))

    assert after.status is Status.HELD
    [found] = [signal for signal in after.signals if signal.check == "slurs"]
    assert [span.start for span in found.spans] == [30, 37]


def test_allowing_one_word_does_not_make_a_phrase_of_its_neighbours(reader: Reader) -> None:
    text, held = "the river Banza boat", ("river boat",)

    assert judge(reader, text, held_words=held).status is Status.APPROVED, "else this proves nothing"
    assert judge(reader, text, held_words=held, allowed=("banza",)).status is Status.APPROVED


def test_an_allowed_word_makes_an_exception_from_a_blocked_beginning(reader: Reader) -> None:
    rules = {"blocked_words": ("crypto*",)}

    assert judge(reader, "all about cryptography", **rules).status is Status.REJECTED
    assert judge(reader, "all about cryptography", allowed=("cryptography",), **rules).status is Status.APPROVED
    assert judge(reader, "cryptocoins", allowed=("cryptography",), **rules).status is Status.REJECTED


def test_an_allowed_word_counts_in_the_name_too(reader: Reader) -> None:
    rules = {"held_words": ("casino",)}

    assert judge(reader, "Thank you.", name="Casino Obi", **rules).status is Status.HELD
    assert judge(reader, "Thank you.", name="Casino Obi", allowed=("casino obi",), **rules).status is Status.APPROVED


def test_evidence_still_points_at_what_was_typed() -> None:
    text = normalise("G\u200bidan Banza is fr33")
    blanked = without_allowed(text, ("gidan banza",))

    [*_, last] = blanked.words()
    assert len(blanked.text) == len(text.text)
    assert blanked.raw[slice(*blanked.span(last.start, last.end))] == "fr33"
    assert not blanked.changes or all(change.start > 10 for change in blanked.changes)


def test_a_site_that_allows_nothing_costs_nothing() -> None:
    text = normalise("anything")

    assert without_allowed(text, ()) is text
    assert without_allowed(text, ("nothing of it",)) is text


def test_a_name_in_the_lead_is_what_the_article_is_about(reader: Reader) -> None:
    text = "The people of Moron deserve a road."
    assert judge(reader, text).signals, "else this proves nothing"

    assert not judge(reader, text, lead="The road to Moron was closed on Monday.").signals


def test_an_insult_quoted_in_the_lead_excuses_no_reader(reader: Reader) -> None:
    lead = "The minister called the mayor of Lagos a stupid idiot."
    found = judge(reader, "You are a stupid idiot", lead=lead)

    assert found.status is Status.HELD
    assert Category.INSULT in {signal.category for signal in found.signals}


@pytest.mark.parametrize(
    ("lead", "names"),
    [
        ("", ()),
        ("no names here", ()),
        ("Boko Haram attacked Maiduguri.", ("Boko Haram", "Maiduguri")),
        ("Ọ̀yọ́ and Ìbàdàn; Jean-Pierre O'Neil", ("Ọ̀yọ́", "Ìbàdàn", "Jean-Pierre O'Neil")),
        ("Abuja. Abuja", ("Abuja",)),
    ],
)
def test_names_are_the_runs_of_capitalised_words(lead: str, names: tuple[str, ...]) -> None:
    assert names_in(lead) == names
