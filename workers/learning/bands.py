"""From which probability to hold and to reject here: never from F1, always from the site's approved comments."""

from dataclasses import dataclass

import numpy as np

from workers.learning.journal import Numbers

# Of the comments that moderators approve, at most this share would be held or rejected by the site model.
HOLD_SHARE = 0.05
REJECT_SHARE = 0.003
# A nearly perfect model would otherwise hold one comment in twenty at 2 % just to use up its share.
LOWEST_HOLD, HIGHEST_HOLD = 0.3, 0.9
# Automatic rejection only at the far end; everything else that is doubtful is for a person.
LOWEST_REJECT = 0.9


@dataclass(frozen=True, slots=True)
class SiteBands:
    """Probabilities to hold and to reject from. `reject_at` is None while too few approvals are known for it."""

    hold_at: float = 0.5
    reject_at: float | None = None


def bands_of(approved: Numbers, weights: Numbers) -> SiteBands:
    """Return the bands for these probabilities of approved comments, each standing for `weights` comments."""
    if not approved.size:
        return SiteBands()
    hold_at = min(max(_threshold(approved, weights, HOLD_SHARE), LOWEST_HOLD), HIGHEST_HOLD)
    if approved.size * REJECT_SHARE < 1:
        return SiteBands(hold_at)
    reject_at = max(_threshold(approved, weights, REJECT_SHARE), LOWEST_REJECT)
    return SiteBands(hold_at, reject_at)


def _threshold(probabilities: Numbers, weights: Numbers, share: float) -> float:
    """Return the lowest threshold that at most `share` of the weight reaches."""
    order = np.argsort(-probabilities, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    allowed = int(np.searchsorted(reached, share, side="right"))
    return float(np.nextafter(probabilities[order][min(allowed, probabilities.size - 1)], 1.0))
