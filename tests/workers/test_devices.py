"""Holding first-time authors: a device is known, a name and an address are not; and no check is overruled."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from comments.policy import Mode, Policy
from comments.status import Status
from comments.store import Store
from comments.verdict import Verdict
from tests import factories
from workers.normalise import normalise
from workers.opinion import opinion
from workers.subjects import subject_of

MINE, OTHER = b"m" * 16, b"o" * 16
CLEAN = "The envoys should have talked before the missiles flew."


def status(store: Store, mode: Mode = Mode.HOLD_FIRST_DEVICE, text: str = "", **overrides: object) -> Status:
    """Return what becomes of a new comment; a clean one unless its text is given."""
    return verdict(store, mode, text or f"{CLEAN} That was point {next(_points)}.", **overrides).status


def verdict(store: Store, mode: Mode, text: str, **overrides: object) -> Verdict:
    claimed = factories.a_claimed(store, factories.accept(store, text=text, **overrides))
    history = store.pending.history(claimed, factories.NOW)
    return opinion(subject_of(claimed, normalise(text), history, ()), Policy(mode=mode))


_points = itertools.count(1)


@pytest.fixture
def known(store: Store) -> Store:
    """A store in which a device has something published."""
    factories.an_approved_comment(store, device=MINE)
    return store


def test_known_device_need_not_wait(known: Store) -> None:
    assert status(known, device=MINE) is Status.APPROVED
    assert status(known, device=MINE, email="new@example.org", name="New") is Status.APPROVED


def test_borrowed_name_and_address_earn_nothing(known: Store) -> None:
    assert status(known) is Status.HELD
    assert status(known, device=OTHER) is Status.HELD


@pytest.mark.parametrize("mode", [Mode.HOLD_ALL, Mode.HOLD_DOUBTFUL, Mode.HOLD_FIRST_DEVICE])
@pytest.mark.parametrize(
    "text",
    [CLEAN, "You are an idiot, a stupid fool.", "Loan without collateral: bit.ly/loan, WhatsApp +234 803 000 0001"],
)
def test_who_borrows_a_published_authors_name_and_address_is_judged_like_a_stranger(
    store: Store, mode: Mode, text: str
) -> None:
    """S-11: knowing them is no reputation, whatever became of their owner's comments."""
    # given
    ada = {"name": "Ada Obi", "email": "ada.obi@example.org"}
    for _ in range(20):
        factories.an_approved_comment(store, now=factories.NOW - timedelta(days=1), **ada)

    # when
    borrowed = verdict(store, mode, text, **ada)
    stranger = verdict(store, mode, text, name="Uju Eze", email="uju.eze@example.org")

    # then
    assert (borrowed.status, borrowed.reasons) == (stranger.status, stranger.reasons)
    assert [replace(each, microseconds=0) for each in borrowed.signals] == [
        replace(each, microseconds=0) for each in stranger.signals
    ]
    assert text == CLEAN or borrowed.signals, "else this proves nothing"


def test_typed_name_and_address_count_only_where_the_site_says_so(known: Store) -> None:
    assert status(known, Mode.HOLD_FIRST) is Status.APPROVED
    assert status(known, Mode.HOLD_FIRST, email="new@example.org") is Status.HELD
    assert status(known, Mode.HOLD_FIRST, email="new@example.org", device=MINE) is Status.APPROVED


def test_rejected_device_waits_again(known: Store) -> None:
    factories.a_rejected_comment(known, device=MINE, email="other@example.org")

    assert status(known, device=MINE) is Status.HELD


def test_no_check_is_overruled(known: Store) -> None:
    spam = "Call me on WhatsApp +234 803 000 0001 for guaranteed loan without collateral, visit bit.ly/loan-now"

    assert status(known, device=MINE, text=spam) is not Status.APPROVED
    assert status(known, Mode.HOLD_ALL, device=MINE) is Status.HELD
    factories.a_site(known, blocked_words=("casino",))
    assert status(known, device=MINE, text="Come to the casino") is Status.REJECTED
