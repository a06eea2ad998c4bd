"""Whether a story gets more comments than its own and the site's past can explain. Pure.

Method: the Bayesian detector of Höhle (2007, "surveillance: An R package for the monitoring of infectious diseases",
Computational Statistics 22), as used for outbreaks: counts per window are Poisson with a Gamma-distributed rate, so
what to expect of the next window is negative binomial, and a count that is almost never expected is an alarm. Made for
small numbers: with little known the expectation is wide. Past outbreaks are cut to the 95th percentile (cf. Noufaily et
al. 2013, Statistics in Medicine 32), so that one does not hide the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

WINDOW_MINUTES = 5
# The thread's own past: the hour before the window.
OWN_WINDOWS = 12
# Fewer than this within five minutes a moderator reads in passing, however unusual they are.
FEWEST = 10
# One false alarm in ten thousand windows with comments in them.
RAREST = 1e-4
# Real conversations are never as even as dice: the rate is not believed more exactly than to a quarter of itself.
MOST_SHAPE = 16.0
LEAST_SHAPE = 0.5
# What a site without a past is taken for: a handful of busy windows with one comment each.
ASSUMED_WINDOWS, ASSUMED_COUNT = 5, 1.0
CUT_AT = 0.95


@dataclass(frozen=True, slots=True)
class Usual:
    """What a busy window of this site's stories holds: a Gamma-distributed rate of comments per window."""

    shape: float
    windows: float  # how many windows of a thread's own past it weighs as much as


NOTHING_KNOWN = Usual(ASSUMED_COUNT, 1.0)


def usual(counts: Sequence[int]) -> Usual:
    """Return what is usual, from the number of published comments in each window of a story that had any."""
    ordered = sorted(counts)
    most = ordered[int(CUT_AT * (len(ordered) - 1))] if ordered else 0
    cut = [float(min(count, most)) for count in ordered] + [ASSUMED_COUNT] * ASSUMED_WINDOWS
    mean = sum(cut) / len(cut)
    spread = sum((count - mean) ** 2 for count in cut) / (len(cut) - 1)
    # Negative binomial: variance = mean + mean² / shape. Never surer than one window of the thread itself.
    shape = mean * mean / (spread - mean) if spread > mean else mean
    shape = max(min(shape, mean), LEAST_SHAPE)
    return Usual(shape, shape / mean)


def is_surge(arrived: int, before: int, windows: float, site: Usual) -> bool:
    """Say whether `arrived` comments in the last window are too many.

    `before` were published in the `windows` before it, at most OWN_WINDOWS, fewer for a young thread. Of a young one's
    own past only what speaks for it counts.
    """
    if arrived < FEWEST:
        return False
    if windows < OWN_WINDOWS and chance_of_at_least(arrived, site.shape, site.windows) >= RAREST:
        return False  # a new story begins with nothing: it is no busier than this site's stories are
    shape, weight = site.shape + before, site.windows + windows
    if shape > MOST_SHAPE:
        shape, weight = MOST_SHAPE, weight * MOST_SHAPE / shape
    return chance_of_at_least(arrived, shape, weight) < RAREST


def chance_of_at_least(count: int, shape: float, windows: float) -> float:
    """Return the chance of `count` or more comments in a window, the rate being Gamma(shape, windows)."""
    log_stay, log_go = log(windows) - log1p(windows), -log1p(windows)
    below = sum(
        exp(lgamma(shape + n) - lgamma(shape) - lgamma(n + 1) + shape * log_stay + n * log_go) for n in range(count)
    )
    return max(1.0 - below, 0.0)
