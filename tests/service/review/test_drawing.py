"""Drawings are to scale and stay in their box."""

import itertools

import pytest

from service.review.drawing import HEIGHT, WIDTH, line, share_width, stacked_bars


def test_the_highest_column_fills_the_box_and_the_others_are_to_scale() -> None:
    [(low, high), (half, _)] = stacked_bars([(30, 10), (20, 0)])

    assert (low.height, high.height, half.height) == (90, 30, 60)
    assert (high.y, low.y, half.y) == (0, 30, 60)
    assert low.y + low.height == HEIGHT


def test_columns_stand_side_by_side_within_the_box() -> None:
    bars = [lower for lower, _ in stacked_bars([(1, 1)] * 24)]

    assert all(one.x + one.width < other.x for one, other in itertools.pairwise(bars))
    assert bars[0].x >= 0
    assert bars[-1].x + bars[-1].width <= WIDTH


@pytest.mark.parametrize("columns", [[], [(0, 0)], [(0, 0), (0, 0)]])
def test_nothing_draws_nothing(columns: list[tuple[float, float]]) -> None:
    assert all(bar.height == 0 for pair in stacked_bars(columns) for bar in pair)


def test_a_line_goes_from_edge_to_edge() -> None:
    assert line([1.0, 0.5, 0.0], 1.0) == f"0.0,0.0 {WIDTH / 2:.1f},{HEIGHT / 2:.1f} {WIDTH:.1f},{HEIGHT:.1f}"


def test_a_single_value_is_a_level_line() -> None:
    assert line([0.5], 1.0) == f"0.0,{HEIGHT / 2:.1f} {WIDTH:.1f},{HEIGHT / 2:.1f}"


def test_a_share_of_nothing_is_nothing() -> None:
    assert (share_width(1, 4), share_width(0, 0)) == (25, 0)
