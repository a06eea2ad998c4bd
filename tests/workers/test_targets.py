"""A target false-positive rate is a score that was measured of the shipped models, for one family alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from comments.calibration import Family, calibration, hold_at_of, shares
from comments.policy import Policy
from comments.signal import Category, Signal, Weight
from comments.status import Status
from workers.checks.models import FAINTEST_SCORE
from workers.decide import FOR_A_BURST, decide
from workers.model import load_model
from workers.second_stage import scorer
from workers.second_stage.header import read_header

SPAM = Signal("models", "1", Category.SPAM, 0.6, Weight.SOFT, "it reads like spam (0.60)")
INSULT = replace(SPAM, category=Category.INSULT, detail="it reads like an insult (0.60)")
STYLE = replace(SPAM, check="shouting", category=Category.STYLE, detail="capitals")


def status(signal: Signal, policy: Policy) -> Status:
    return decide([signal], policy, is_first_time=False).status


def test_the_table_is_of_the_models_that_are_shipped() -> None:
    table = calibration()

    assert table.first_stage == load_model().version
    assert table.second_stage == read_header(Path(scorer.__file__).with_name("model.json")).version


@pytest.mark.parametrize("family", Family)
def test_a_looser_target_holds_from_a_lower_score(family: Family) -> None:
    rows = calibration().targets[family]

    assert len(rows) >= 3, "else there is nothing to choose"
    assert [row.share for row in rows] == sorted({row.share for row in rows})
    assert [row.hold_at for row in rows] == sorted({row.hold_at for row in rows}, reverse=True)
    assert all(FAINTEST_SCORE <= row.hold_at < 1 for row in rows)


@pytest.mark.parametrize("family", Family)
def test_each_target_was_met_where_it_was_measured_and_its_uncertainty_is_said(family: Family) -> None:
    for row in calibration().targets[family]:
        assert row.measured <= row.share
        assert row.low <= row.measured <= row.high
        assert row.low < row.high


def test_a_target_counts_for_its_family_alone() -> None:
    strict = Policy(abuse_false_positives=0.005)

    assert strict.hold_at_for(Category.INSULT) > 0.6, "else this proves nothing"
    assert status(INSULT, strict) is Status.APPROVED
    assert [status(signal, strict) for signal in (SPAM, STYLE)] == [Status.HELD, Status.HELD]
    assert status(SPAM, Policy(spam_false_positives=0.005)) is Status.APPROVED


def test_a_loose_target_holds_what_the_shipped_threshold_lets_pass() -> None:
    faint = replace(INSULT, score=0.45)

    assert status(faint, Policy()) is Status.APPROVED
    assert status(faint, Policy(abuse_false_positives=0.05)) is Status.HELD


def test_between_two_targets_the_stricter_one_counts() -> None:
    strict, looser = shares(Family.ABUSE)[:2]

    assert hold_at_of(Family.ABUSE, (strict + looser) / 2) == hold_at_of(Family.ABUSE, strict)
    assert hold_at_of(Family.ABUSE, strict / 10) == hold_at_of(Family.ABUSE, strict)
    assert hold_at_of(Family.ABUSE, 1.0) == calibration().targets[Family.ABUSE][-1].hold_at


def test_a_heavy_signal_holds_under_any_target() -> None:
    slur = replace(INSULT, weight=Weight.HOLD)

    assert status(slur, Policy(abuse_false_positives=0.005)) is Status.HELD


def test_a_burst_holds_what_is_clean_and_says_so() -> None:
    found = decide([], Policy(), is_first_time=False, is_burst=True)

    assert (found.status, found.reasons) == (Status.HELD, (FOR_A_BURST,))


def test_a_burst_takes_nothing_back_from_other_reasons() -> None:
    blocked = replace(SPAM, weight=Weight.REJECT)

    assert decide([blocked], Policy(), is_first_time=False, is_burst=True).status is Status.REJECTED
    held = decide([replace(SPAM, weight=Weight.HOLD)], Policy(), is_first_time=False, is_burst=True)
    assert FOR_A_BURST not in held.reasons
