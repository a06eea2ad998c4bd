"""What became of a moderator's wish, comment by comment."""

from dataclasses import dataclass
from enum import StrEnum

from comments.status import ForbiddenMove, Status
from comments.store.audit import NotThere
from comments.store.records import DecisionRecord


class StaleDecision(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the comment is no longer what the moderator saw. `latest` says who decided what, and when."""

    def __init__(self, status: Status, latest: DecisionRecord) -> None:
        super().__init__(f"the comment is {status} by now")
        self.status = status
        self.latest = latest


class OwnDecision(ForbiddenMove):
    """Raised when an author's appeal would be answered by who rejected the comment."""


class Problem(StrEnum):
    """Why a comment was left as it is."""

    NOT_THERE = "not there"  # also: on a site the moderator may not decide on
    STALE = "stale"  # decided or edited since the moderator saw it
    FORBIDDEN = "forbidden"  # no decision leads from where it is to where it should go
    OWN_DECISION = "own decision"  # an appeal waits, and who rejected does not answer it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one decision.

    With `waits_for_second` the comment is where it was until a second moderator approves it too; without a
    `decision_id` then, the same moderator had approved it before and nothing was changed.
    """

    decision_id: int | None
    waits_for_second: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """What became of one comment of many. `latest` is the last decision on one that was left as it is."""

    comment_id: int
    decision_id: int | None = None
    problem: Problem | None = None
    latest: DecisionRecord | None = None
    waits_for_second: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of many comments in one step. `batch_id` undoes it; None when nothing was decided."""

    batch_id: int | None
    items: tuple[Item, ...]

    @property
    def decided(self) -> tuple[Item, ...]:
        """The comments on which something was recorded."""
        return tuple(item for item in self.items if item.decision_id is not None)

    @property
    def problems(self) -> tuple[Item, ...]:
        """The comments that were left as they are."""
        return tuple(item for item in self.items if item.problem is not None)


def raise_problem(item: Item) -> None:
    """Raise what a comment was left alone for: NotThere, StaleDecision, ForbiddenMove or OwnDecision."""
    if item.problem is None:
        return
    if item.latest is None:
        raise NotThere(item.comment_id)
    if item.problem is Problem.STALE:
        raise StaleDecision(item.latest.new_status, item.latest)
    refusal = OwnDecision if item.problem is Problem.OWN_DECISION else ForbiddenMove
    raise refusal(f"the comment is {item.latest.new_status} and cannot be moved so")
