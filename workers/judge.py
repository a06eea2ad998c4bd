"""Judge one claimed comment: look up what came before, ask the checks, form the verdict."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog
from rq.timeouts import JobTimeoutException

from comments import metrics
from comments.findings import NOTHING_FOUND, Findings
from comments.policy import Policy
from comments.signal import Category, Signal, Weight
from comments.status import Status
from comments.store import Store, StoreUnavailable
from comments.store.pending import CRASHED, Settlement
from comments.store.records import Claimed, History
from comments.thread_state import is_burst
from comments.verdict import Verdict
from workers.checks.subject import Subject
from workers.findings import findings_of
from workers.fingerprint import bands
from workers.normalise import normalise
from workers.siblings import Siblings
from workers.subjects import subject_of
from workers.time_limit import at_most

log = structlog.get_logger()

# All checks together take a few milliseconds. What takes this long will not end.
CHECK_SECONDS = 5.0

# What the checks make of a subject under a site's policy (workers/opinion.py).
Opinion = Callable[[Subject, Policy], Verdict]


def judge(
    store: Store,
    claimed: Claimed,
    siblings: Siblings,
    opinion: Opinion,
    now: datetime,
    *,
    history: History,
    external: tuple[Signal, ...] = (),
) -> Settlement:
    """Return the verdict on one comment. One that cannot be judged is held, and the others go on.

    `history` is how its author fared before, `external` what checkers outside have said of it.
    Raises StoreUnavailable and JobTimeoutException: those are not the comment's fault.
    """
    found: tuple[tuple[int, int], ...] = ()
    alike: tuple[int, ...] = ()
    try:
        with at_most(CHECK_SECONDS):
            text = normalise(claimed.text)
            found = bands(text)
        similar = siblings.meet(claimed, found) + store.pending.similar(claimed, found)
        alike = tuple(other.comment_id for other in similar)
        with at_most(CHECK_SECONDS):
            subject = subject_of(claimed, text, history, similar)
            subject = replace(subject, external=external, is_burst=is_burst(claimed.burst_until, now))
            verdict = opinion(subject, claimed.site.policy)
    except (StoreUnavailable, JobTimeoutException):
        raise
    except Exception as error:
        # The class alone: a message may repeat the text.
        metrics.count_crash()
        log.error("check crashed", comment_id=claimed.id, error=type(error).__name__)  # noqa: TRY400 - as above
        verdict = _cannot_tell(error)
    return Settlement(claimed, verdict, found, alike, findings=_findings(verdict, claimed))


def _findings(verdict: Verdict, claimed: Claimed) -> Findings:
    """Say what the comment is as a whole; a text that this cannot bear is held by its verdict, and goes without."""
    try:
        with at_most(CHECK_SECONDS):
            return findings_of(verdict, claimed.site.policy, claimed.text)
    except (StoreUnavailable, JobTimeoutException):
        raise
    except Exception as error:
        log.error("comment not described", comment_id=claimed.id, error=type(error).__name__)  # noqa: TRY400 - the class alone, as above
        return NOTHING_FOUND


def _cannot_tell(error: Exception) -> Verdict:
    """Hold, and say why in the class of the error alone: its message may repeat the text."""
    detail = f"the checks ended with {type(error).__name__}"
    crash = Signal("worker", "1", Category.ERROR, score=1.0, weight=Weight.HOLD, detail=detail)
    return Verdict(Status.HELD, (CRASHED,), (crash,))
