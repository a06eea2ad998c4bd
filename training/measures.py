"""The measures the bars are set in. Plain arrays in, one number out."""

from collections.abc import Sequence

import numpy as np


def auc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Return the chance that a positive scores above a negative, ties counting half."""
    scores = np.concatenate([positives, negatives])
    _, ranks, counts = np.unique(scores, return_inverse=True, return_counts=True)
    middles = np.cumsum(counts) - (counts - 1) / 2
    above = middles[ranks[: len(positives)]].sum() - len(positives) * (len(positives) + 1) / 2
    return float(above / (len(positives) * len(negatives)))


def share_at_least(scores: Sequence[float], threshold: float) -> float:
    """Return the share of scores at or above the threshold; 0 when there are none."""
    return float(np.mean(np.asarray(scores) >= threshold)) if len(scores) else 0.0


def threshold_for(negatives: Sequence[float], share: float) -> float:
    """Return the lowest threshold that at most `share` of the negatives reach."""
    ordered = np.sort(np.asarray(negatives))[::-1]
    return float(np.nextafter(ordered[int(len(ordered) * share)], np.inf))
