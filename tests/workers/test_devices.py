"""Holding first-time authors: a device is known, a name and an address are not; and no check is overruled."""

import itertools

import pytest

from comments.policy import Mode, Policy
from comments.status import Status
from comments.store import Store
from tests import factories
from workers.normalise import normalise
from workers.opinion import opinion
from workers.subjects import subject_of

MINE, OTHER = b"m" * 16, b"o" * 16
CLEAN = "The envoys should have talked before the missiles flew."


def status(store: Store, mode: Mode = Mode.HOLD_FIRST_DEVICE, text: str = "", **overrides: object) -> Status:
    """Return what becomes of a new comment; a clean one unless its text is given."""
    text = text or f"{CLEAN} That was point {next(_points)}."
    claimed = factories.a_claimed(store, factories.accept(store, text=text, **overrides))
    history = store.pending.history(claimed, factories.NOW)
    return opinion(subject_of(claimed, normalise(text), history, ()), Policy(mode=mode)).status


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
