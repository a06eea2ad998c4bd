"""Replay: what another policy would have made of comments that moderators have decided. Pure; nothing is changed.

A comment counts as caught when the policy would hold or reject it, and rightly so when a moderator rejected it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from comments.lessons import Lesson, standing
from comments.quality import Quality
from comments.signal import Weight
from comments.status import Status
from comments.verdict import Verdict

Judge = Callable[[Lesson], Verdict]
"""What a policy makes of a comment, from its words alone: what came before it is not known any more."""


@dataclass(frozen=True, slots=True)
class Change:
    """A comment that the policies treat differently, and what the moderators made of it."""

    comment_id: int
    moderators: Status
    before: Status
    after: Status
    reasons_before: tuple[str, ...]
    reasons_after: tuple[str, ...]

    @property
    def is_better(self) -> bool:
        """Say whether the new policy agrees with the moderators where the old one did not."""
        was_caught, is_caught = self.before is not Status.APPROVED, self.after is not Status.APPROVED
        return was_caught is not is_caught and is_caught is (self.moderators is Status.REJECTED)


@dataclass(frozen=True, slots=True)
class CheckCount:
    """In how many comments a check spoke (shadows included, notes not), and how many of those moderators rejected."""

    check: str
    before: int
    before_rejected: int
    after: int
    after_rejected: int
    is_shadow: bool


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What would change. `skipped` comments have no decision of a moderator that stands."""

    compared: int
    skipped: int
    before: Quality
    after: Quality
    changes: tuple[Change, ...]
    checks: tuple[CheckCount, ...]


@dataclass(frozen=True, slots=True)
class _Compared:
    lesson: Lesson
    moderators: Status
    before: Verdict
    after: Verdict


def replay(comments: Iterable[Lesson], judge_old: Judge, judge_new: Judge) -> ReplayReport:
    """Judge each comment under both policies and compare them with the moderators."""
    lessons = list(comments)
    compared = [
        _Compared(lesson, decided, judge_old(lesson), judge_new(lesson))
        for lesson in lessons
        if (decided := decided_by_moderators(lesson)) is not None
    ]
    return ReplayReport(
        compared=len(compared),
        skipped=len(lessons) - len(compared),
        before=quality_of([(each.moderators, each.before) for each in compared]),
        after=quality_of([(each.moderators, each.after) for each in compared]),
        changes=tuple(_change(each) for each in compared if each.before.status is not each.after.status),
        checks=_check_counts(compared),
    )


def decided_by_moderators(lesson: Lesson) -> Status | None:
    """Return what the moderators made of a comment, None while nothing of it stands."""
    held = standing(lesson.marks)
    return held.new_status if held is not None and held.new_status in {Status.APPROVED, Status.REJECTED} else None


def quality_of(verdicts: Iterable[tuple[Status, Verdict]]) -> Quality:
    """Count verdicts against what the moderators made of the same comments."""
    counts = Counter((moderators, verdict.status is not Status.APPROVED) for moderators, verdict in verdicts)
    return Quality(
        caught_rightly=counts[Status.REJECTED, True],
        caught_wrongly=counts[Status.APPROVED, True],
        missed=counts[Status.REJECTED, False],
        let_pass=counts[Status.APPROVED, False],
    )


def _change(each: _Compared) -> Change:
    return Change(
        each.lesson.comment_id,
        each.moderators,
        each.before.status,
        each.after.status,
        each.before.reasons,
        each.after.reasons,
    )


def _check_counts(compared: Sequence[_Compared]) -> tuple[CheckCount, ...]:
    """Count each check once a comment, busiest first."""
    before, after = Counter[tuple[str, bool]](), Counter[tuple[str, bool]]()
    shadows = {signal.check for each in compared for signal in each.after.signals if signal.shadow}
    for each in compared:
        is_rejected = each.moderators is Status.REJECTED
        before.update((check, is_rejected) for check in _speaking(each.before))
        after.update((check, is_rejected) for check in _speaking(each.after))
    names = {check for check, _ in (*before, *after)}
    counts = [
        CheckCount(
            name,
            before[name, True] + before[name, False],
            before[name, True],
            after[name, True] + after[name, False],
            after[name, True],
            name in shadows,
        )
        for name in names
    ]
    return tuple(sorted(counts, key=lambda count: (-count.after, -count.before, count.check)))


def _speaking(verdict: Verdict) -> set[str]:
    return {signal.check for signal in verdict.signals if signal.weight is not Weight.NOTE}
