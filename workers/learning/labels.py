"""What a moderator's decision says for each head: 1, 0, or nothing where it speaks of something else."""

from collections.abc import Sequence

from comments.lessons import Lesson, Mark, standing
from comments.reasons import Reason
from comments.status import Status
from workers.model.heads import Head

HEADS = (Head.SPAM, Head.ABUSE)
"""What sites teach."""

TAUGHT_BY: dict[Head, frozenset[str]] = {
    Head.SPAM: frozenset({Reason.SPAM, Reason.ADVERTISING}),
    Head.ABUSE: frozenset({Reason.INSULT, Reason.HATE, Reason.THREAT}),
}

# A comment that was drawn one time in a hundred stands for a hundred. Where words are learned, one comment's words must
# not drown all others, so there its weight ends here; calibration and thresholds use all of it.
MAX_WORD_WEIGHT = 10.0


def label_of(marks: Sequence[Mark], head: Head) -> int | None:
    """Return 0 for approved, 1 for rejected because of this, None for everything else and for what was undone."""
    held = standing(marks)
    if held is None:
        return None
    if held.new_status is Status.APPROVED:
        return 0
    return 1 if held.new_status is Status.REJECTED and held.reason in TAUGHT_BY[head] else None


def weight_of(lesson: Lesson) -> float:
    """Return for how many comments this one stands: the inverse of the chance it was drawn with, else one."""
    return 1.0 if lesson.audit_rate is None else 1.0 / lesson.audit_rate
