"""What external checkers said is weighed with the rest, and kept."""

import pytest

from comments.roles import EVERY_SITE
from comments.signal import Category, Signal, Weight
from comments.status import Status
from comments.store import Store
from comments.store.records import Site
from tests import factories
from workers.external.answer import failure
from workers.judge import judge
from workers.opinion import opinion
from workers.siblings import Siblings

SPAM = factories.a_signal(check="external:acme", category=Category.SPAM, score=0.9, weight=Weight.SOFT)


@pytest.mark.parametrize(
    ("external", "status"),
    [((), Status.APPROVED), ((SPAM,), Status.HELD), ((failure("acme", "it answered 500"),), Status.HELD)],
    ids=["nobody asked", "spam", "no answer"],
)
def test_answer_counts_and_is_recorded(sqlite_store: Store, external: tuple[Signal, ...], status: Status) -> None:
    accepted = factories.accept(sqlite_store, text="A careful report on the harvest, thank you for the numbers")
    [claimed] = sqlite_store.pending.claim(factories.NOW, lease_seconds=60)
    past = sqlite_store.pending.history(claimed, factories.NOW)

    settlement = judge(sqlite_store, claimed, Siblings(), opinion, factories.NOW, history=past, external=external)
    sqlite_store.pending.settle([settlement], factories.NOW)

    card = sqlite_store.desk.card(accepted.id, now=factories.NOW, scope=EVERY_SITE)
    assert card.status is status
    assert {signal.check for signal in card.signals} >= {signal.check for signal in external}


def test_checker_in_shadow_does_not_hold(sqlite_store: Store, site: Site) -> None:
    factories.a_site(sqlite_store, shadow_checks=("external:acme",))
    factories.accept(sqlite_store, text="A careful report on the harvest, thank you for the numbers")
    [claimed] = sqlite_store.pending.claim(factories.NOW, lease_seconds=60)
    past = sqlite_store.pending.history(claimed, factories.NOW)

    settlement = judge(sqlite_store, claimed, Siblings(), opinion, factories.NOW, history=past, external=(SPAM,))

    assert settlement.verdict.status is Status.APPROVED
    assert [signal.shadow for signal in settlement.verdict.signals if signal.check == "external:acme"] == [True]
