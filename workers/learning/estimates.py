"""A site model's opinion in the shape the checks read; it replaces the shipped model's where there is one."""

from comments.signal import Span
from workers.checks.reading import Estimate
from workers.learning.bands import LOWEST_REJECT
from workers.learning.journal import Kind
from workers.learning.learner import SiteScore

HOW: dict[Kind, str] = {
    Kind.BAYES: "from the words alone",
    Kind.STACKED: "on top of the shipped model",
    Kind.SHIPPED: "the shipped model, calibrated here",
}


def estimate_of(score: SiteScore) -> Estimate:
    """Return the opinion with its bands, its evidence and who had it."""
    sure_at = LOWEST_REJECT if score.reject_at is None else score.reject_at
    spans = tuple(Span(word.start, word.end, shown=word.word) for word in score.words)
    return Estimate(
        probability=score.probability,
        hold_at=score.hold_at,
        sure_at=max(sure_at, score.hold_at),
        source=f"this site's model {score.version}, {score.labels:,} decisions, {HOW[score.kind]}",
        words=lambda: spans,
    )
