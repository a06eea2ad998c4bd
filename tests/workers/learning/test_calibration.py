"""Platt's calibration."""

import numpy as np
import pytest

from workers.learning.calibration import Platt, fit_platt, log_loss


def test_known_calibration_is_found_again() -> None:
    chance = np.random.default_rng(1)
    scores = chance.normal(0, 3, 20_000)
    labels = (chance.random(20_000) < 1 / (1 + np.exp(-(0.7 * scores - 1.5)))).astype(float)

    found = fit_platt(scores, labels, np.ones(20_000))

    assert (found.slope, found.intercept) == (pytest.approx(0.7, abs=0.05), pytest.approx(-1.5, abs=0.08))


def test_weights_count_as_repeats() -> None:
    scores, labels = np.array([-1.0, 0.5, 1.0, 2.0]), np.array([0.0, 1.0, 0.0, 1.0])

    weighted = fit_platt(scores, labels, np.array([1.0, 3.0, 1.0, 2.0]))
    repeated = fit_platt(np.repeat(scores, [1, 3, 1, 2]), np.repeat(labels, [1, 3, 1, 2]), np.ones(7))

    assert weighted.slope == pytest.approx(repeated.slope)
    assert weighted.intercept == pytest.approx(repeated.intercept)


def test_classes_without_doubt_stay_finite() -> None:
    found = fit_platt(np.array([-2.0, -1.0, 1.0, 2.0] * 20), np.array([0.0, 0.0, 1.0, 1.0] * 20), np.ones(80))

    assert 0.9 < found.probability(2.0) < 1
    assert np.isfinite([found.slope, found.intercept]).all()


def test_equal_scores_give_the_share_of_the_class() -> None:
    found = fit_platt(np.ones(100), np.array([1.0] * 20 + [0.0] * 80), np.ones(100))

    assert found.probability(1.0) == pytest.approx(0.2, abs=0.02)


def test_score_is_never_turned_around() -> None:
    scores = np.array([-2.0, -1.0, 1.0, 2.0] * 20)
    found = fit_platt(scores, (scores < 0).astype(float), np.ones(80))

    assert found.slope == 0
    assert found.probability(5.0) == pytest.approx(0.5)


def test_log_loss_of_a_coin() -> None:
    scores = np.zeros(4)

    assert log_loss(Platt(), scores, np.array([0.0, 1.0, 0.0, 1.0]), np.ones(4)) == pytest.approx(np.log(2))
