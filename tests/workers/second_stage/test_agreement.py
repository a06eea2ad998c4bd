"""The joined opinion lies between the two stages', nearer to the second."""

import pytest

from workers.second_stage import joined


@pytest.mark.parametrize(("first", "second"), [(0.2, 0.8), (0.9, 0.1), (0.0, 0.7), (1.0, 0.4)])
def test_it_lies_between_and_nearer_to_the_second(first: float, second: float) -> None:
    together = joined(first, second)
    assert min(first, second) < together < max(first, second)
    if 0 < first < 1:
        assert abs(together - second) < abs(together - first)


@pytest.mark.parametrize("chance", [0.01, 0.5, 0.99])
def test_stages_that_agree_are_believed(chance: float) -> None:
    assert joined(chance, chance) == pytest.approx(chance)


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_full_certainty_is_no_error(chance: float) -> None:
    assert 0 < joined(chance, chance) < 1
