"""The opinion on a comment: what all the checks found, and what it adds up to under the site's policy."""

from comments.policy import Policy
from comments.verdict import Verdict
from workers.checks import run_checks
from workers.checks.subject import Subject
from workers.decide import decide


def opinion(subject: Subject, policy: Policy) -> Verdict:
    """Return the verdict. Pure: the same subject under the same policy gets the same verdict."""
    return decide(run_checks(subject), policy, is_first_time=not subject.history.approved)
