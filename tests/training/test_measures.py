import pytest

from training.measures import auc, share_at_least, threshold_for


def test_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    assert auc([0.9, 0.6], [0.1, 0.7]) == 0.75
    assert auc([1.0], [0.0]) == 1.0


def test_ties_count_half_in_auc() -> None:
    assert auc([0.5, 0.5], [0.5]) == 0.5


def test_share_counts_the_threshold_itself() -> None:
    assert share_at_least([0.2, 0.5, 0.9], 0.5) == pytest.approx(2 / 3)
    assert share_at_least([], 0.5) == 0.0


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.5])
def test_at_most_the_wanted_share_reaches_the_threshold(share: float) -> None:
    negatives = [number / 100 for number in range(100)]

    threshold = threshold_for(negatives, share)

    assert share_at_least(negatives, threshold) == pytest.approx(share)


def test_equal_scores_never_push_more_than_the_share_over_the_threshold() -> None:
    assert share_at_least([0.5] * 10, threshold_for([0.5] * 10, 0.3)) == 0.0
