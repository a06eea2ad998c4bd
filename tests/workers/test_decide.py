"""The decision is the heaviest honest reading of the signals, with its reasons in plain words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.policy import Mode, Policy
from comments.signal import Category, Signal, Weight
from comments.status import Status
from comments.verdict import Verdict
from workers.decide import combined, decide, weighed

SIGNAL = Signal("links", "1", Category.SPAM, 0.4, Weight.SOFT, "two links, one through a shortener")
FAILURE = Signal("links", "1", Category.ERROR, 1.0, Weight.HOLD, "the check “links” could not tell (ValueError)")


def verdict(*signals: Signal, mode: Mode = Mode.HOLD_DOUBTFUL, is_first_time: bool = False) -> Verdict:
    return decide(signals, Policy(mode=mode), is_first_time=is_first_time)


def test_clean_comment_is_approved_without_reasons() -> None:
    assert verdict() == Verdict(Status.APPROVED, (), ())


def test_hard_rule_rejects_and_gives_only_its_own_reason() -> None:
    blocked = replace(SIGNAL, weight=Weight.REJECT, detail="one word that this site blocks")

    found = verdict(SIGNAL, blocked, FAILURE)

    assert found.status is Status.REJECTED
    assert found.reasons == ("It contains one word that this site blocks.",)
    assert found.signals == (SIGNAL, blocked, FAILURE)


def test_heavy_signal_holds_whatever_its_score() -> None:
    found = verdict(replace(SIGNAL, weight=Weight.HOLD, score=0.0))

    assert found.status is Status.HELD
    assert found.reasons == ("It contains two links, one through a shortener.",)


@pytest.mark.parametrize("weight", [Weight.SOFT, Weight.HOLD])
def test_failed_check_never_leads_to_approval(weight: Weight) -> None:
    found = verdict(replace(FAILURE, weight=weight, score=0.0))

    assert found.status is Status.HELD
    assert found.reasons == ("The check “links” could not tell (ValueError).",)


def test_soft_signals_of_one_category_add_up() -> None:
    other = replace(SIGNAL, check="door", score=0.2, detail="it was sent in a hurry")

    assert verdict(SIGNAL).status is Status.APPROVED
    assert verdict(SIGNAL, other).status is Status.HELD
    assert verdict(SIGNAL, other).reasons == (
        "It contains two links, one through a shortener.",
        "It was sent in a hurry.",
    )


def test_soft_signals_of_different_categories_do_not_add_up() -> None:
    assert verdict(SIGNAL, replace(SIGNAL, category=Category.STYLE)).status is Status.APPROVED


def test_score_that_equals_the_threshold_holds() -> None:
    assert verdict(replace(SIGNAL, score=0.5)).status is Status.HELD


def test_threshold_is_the_sites_own() -> None:
    signal = replace(SIGNAL, score=0.6)

    assert decide([signal], Policy(hold_at=0.7), is_first_time=False).status is Status.APPROVED
    assert decide([signal], Policy(hold_at=0.6), is_first_time=False).status is Status.HELD


@pytest.mark.parametrize("weight", list(Weight))
def test_shadow_signal_never_counts(weight: Weight) -> None:
    found = verdict(replace(SIGNAL, weight=weight, score=1.0, shadow=True))

    assert found.status is Status.APPROVED
    assert len(found.signals) == 1


def test_note_never_counts() -> None:
    assert verdict(replace(SIGNAL, weight=Weight.NOTE, score=1.0)).status is Status.APPROVED


def test_site_may_hold_every_comment() -> None:
    found = verdict(mode=Mode.HOLD_ALL)

    assert found.status is Status.HELD
    assert found.reasons == ("This site has every comment read before it is published.",)


def test_site_may_hold_first_timers_only() -> None:
    assert verdict(mode=Mode.HOLD_FIRST, is_first_time=True).status is Status.HELD
    assert verdict(mode=Mode.HOLD_FIRST).status is Status.APPROVED
    assert verdict(is_first_time=True).status is Status.APPROVED


@pytest.mark.parametrize(
    ("detail", "sentence"),
    [
        ("two links", "It contains two links."),
        ("reads like spam", "It reads like spam."),
        ("the name is a web address", "The name is a web address."),
        ("it filled a field that people cannot see", "It filled a field that people cannot see."),
    ],
)
def test_reason_is_a_whole_sentence(detail: str, sentence: str) -> None:
    assert verdict(replace(SIGNAL, weight=Weight.HOLD, detail=detail)).reasons == (sentence,)


def test_equal_reasons_are_said_once_and_the_surest_first() -> None:
    sure = replace(SIGNAL, score=0.9, weight=Weight.HOLD, detail="one slur")

    assert verdict(SIGNAL, sure, SIGNAL).reasons == (
        "It contains one slur.",
        "It contains two links, one through a shortener.",
    )


signals = st.builds(
    Signal,
    check=st.just("any"),
    version=st.just("1"),
    category=st.sampled_from(Category),
    score=st.floats(0, 1),
    weight=st.sampled_from(Weight),
    detail=st.just("something"),
    shadow=st.booleans(),
)


@given(st.lists(signals), st.sampled_from(Mode), st.booleans())
def test_every_decision_but_an_approval_has_a_reason(found: list[Signal], mode: Mode, is_first_time: bool) -> None:
    verdict = decide(found, Policy(mode=mode), is_first_time=is_first_time)

    assert verdict.status in {Status.APPROVED, Status.HELD, Status.REJECTED}
    assert bool(verdict.reasons) == (verdict.status is not Status.APPROVED)


@given(st.lists(signals), signals)
def test_more_signals_never_make_it_milder(found: list[Signal], more: Signal) -> None:
    order = [Status.APPROVED, Status.HELD, Status.REJECTED]

    before = decide(found, Policy(), is_first_time=False).status
    after = decide([*found, more], Policy(), is_first_time=False).status

    assert order.index(after) >= order.index(before)


@given(st.lists(signals))
def test_being_known_takes_away_one_wait_and_nothing_a_check_found(found: list[Signal]) -> None:
    known = decide(found, Policy(mode=Mode.HOLD_FIRST), is_first_time=False)

    assert known == decide(found, Policy(mode=Mode.HOLD_DOUBTFUL), is_first_time=True)


@given(st.lists(signals))
def test_soft_signals_alone_never_reject(found: list[Signal]) -> None:
    soft = [replace(signal, weight=Weight.SOFT) for signal in found]

    assert decide(soft, Policy(), is_first_time=True).status is not Status.REJECTED


def test_combined_score_is_the_chance_that_one_is_right() -> None:
    assert combined([]) == 0.0
    assert combined([0.5, 0.5]) == pytest.approx(0.75)
    assert combined([2.0, -1.0]) == 1.0


def test_checks_that_read_the_same_words_are_one_witness() -> None:
    heard = [replace(SIGNAL, check=name, score=0.4) for name in ("models", "slurs", "templates", "threats")]
    assert weighed(heard) == pytest.approx(0.4)


def test_what_does_not_come_from_the_words_adds_to_them() -> None:
    heard = [replace(SIGNAL, check="models", score=0.4), replace(SIGNAL, check="links", score=0.4)]
    assert weighed(heard) == pytest.approx(0.64)
