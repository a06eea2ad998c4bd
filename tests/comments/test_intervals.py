"""A share from a sample comes with how sure one may be of it."""

import pytest

from comments.intervals import estimate, wilson


def test_nothing_drawn_says_nothing() -> None:
    assert estimate([]) is None


def test_equal_chances_give_the_plain_share_and_wilsons_interval() -> None:
    found = estimate([(number < 4, 0.01) for number in range(200)])

    assert found is not None
    assert (found.looked_at, found.found) == (200, 4)
    assert found.share == pytest.approx(0.02)
    # R: binom::binom.wilson(4, 200)
    assert (found.low, found.high) == (pytest.approx(0.0078, abs=1e-4), pytest.approx(0.0503, abs=1e-4))


def test_none_found_still_leaves_room() -> None:
    found = estimate([(False, 0.01)] * 100)

    assert found is not None
    assert (found.share, found.low) == (0, 0)
    assert found.high == pytest.approx(0.037, abs=1e-3)


def test_what_was_drawn_out_of_more_counts_for_more() -> None:
    found = estimate([(True, 0.01), (False, 0.5), (False, 0.5)])

    assert found is not None
    assert found.share == pytest.approx(100 / 104)
    assert found.low < 0.5 < found.high, "one heavy draw is worth little more than one"


def test_interval_narrows_with_the_sample() -> None:
    widths = [high - low for low, high in (wilson(0.1, number) for number in (10, 100, 1_000))]

    assert widths == sorted(widths, reverse=True)
