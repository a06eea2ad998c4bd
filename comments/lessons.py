"""What moderators taught about one comment: its words and their decisions on them, undone ones included."""

from collections.abc import Sequence
from dataclasses import dataclass

from comments.signal import Signal
from comments.status import Status


@dataclass(frozen=True, slots=True)
class Mark:
    """One moderator's decision on the comment, or the undoing of one (`undoes_id`). Numbers grow with time."""

    id: int
    new_status: Status
    reason: str | None
    undoes_id: int | None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A comment that moderators decided in the revision it still has. `marks` are oldest first.

    `audit_rate` is the chance with which it was drawn for the audit sample, None when it was not.
    """

    comment_id: int
    name: str
    text: str
    thread_title: str
    marks: tuple[Mark, ...]
    audit_rate: float | None = None
    thread_lead: str = ""

    @property
    def last_id(self) -> int:
        """The number of the latest decision."""
        return self.marks[-1].id


@dataclass(frozen=True, slots=True)
class Past:
    """A comment that the site's policy has decided: its words, what the checks found then, and who wrote it.

    `lesson.marks` are the moderators' decisions on it, if any. Known was who had something published by then, on the
    device or under the same name and address.
    """

    lesson: Lesson
    signals: tuple[Signal, ...]
    known_device: bool
    known_typed: bool


def standing(marks: Sequence[Mark]) -> Mark | None:
    """Return the decision that holds after all undoing, None when none does. An undoing can itself be undone."""
    undone: set[int] = set()
    for mark in reversed(marks):
        if mark.id in undone:
            continue
        if mark.undoes_id is None:
            return mark
        undone.add(mark.undoes_id)
    return None
