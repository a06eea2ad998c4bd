"""What a comment is suspected of: what was enough to hold it, and nothing else."""

from dataclasses import replace

import pytest

from comments.findings import found_words
from comments.policy import Policy
from comments.signal import Category, Signal, Weight
from tests import factories
from workers.decide import decide
from workers.findings import findings_of

SPAM = factories.a_signal(check="links", category=Category.SPAM, score=0.9, weight=Weight.SOFT)
INSULT = factories.a_signal(check="models", category=Category.INSULT, score=0.8, weight=Weight.SOFT)


@pytest.fixture
def policy(site: object) -> Policy:
    """The policy of a new site."""
    return site.policy  # type: ignore[attr-defined,no-any-return]  # a Site


def found(policy: Policy, *signals: Signal) -> tuple[str, float]:
    verdict = decide(signals, policy, is_first_time=False)
    findings = findings_of(verdict, policy, "")
    return findings.suspected, findings.risk


def test_the_surest_of_what_held_it_is_what_it_is_suspected_of(sqlite_store: object, policy: Policy) -> None:
    assert found(policy, SPAM, INSULT) == ("spam", 0.9)
    assert found(policy, SPAM, replace(INSULT, score=0.95)) == ("abuse", 0.95)
    assert found(policy, replace(INSULT, weight=Weight.REJECT), SPAM) == ("abuse", 0.9)


def test_what_does_not_count_is_no_suspicion(sqlite_store: object, policy: Policy) -> None:
    error = factories.a_signal(category=Category.ERROR, score=1.0)

    assert found(policy, replace(SPAM, shadow=True), replace(INSULT, weight=Weight.NOTE)) == ("", 0.0)
    assert found(policy, error) == ("", 0.0)
    assert found(policy, replace(SPAM, score=0.1)) == ("", 0.1), "too little to hold it"
    assert found(policy, error, replace(SPAM, score=0.1)) == ("", 0.1)


def test_signals_of_one_category_are_surer_together(sqlite_store: object, policy: Policy) -> None:
    suspected, risk = found(policy, SPAM, replace(SPAM, check="contact_details", score=0.5))

    assert (suspected, risk) == ("spam", 0.95)


def test_the_filters_know_what_counted() -> None:
    assert found_words([INSULT, SPAM, replace(SPAM, check="secret", shadow=True)]) == " #insult #spam links models "
    assert found_words([]) == ""
