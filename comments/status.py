"""The states of a comment and the moves between them (DESIGN §4)."""

from enum import StrEnum


class Status(StrEnum):
    """Where a comment stands. Spam and abuse are categories of a signal, never states."""

    PENDING = "pending"
    APPROVED = "approved"
    HELD = "held"
    REJECTED = "rejected"
    ERASED = "erased"


DECIDED = frozenset({Status.APPROVED, Status.HELD, Status.REJECTED})

# Pending is re-entered only by a new revision; the store writes that move itself, with its own audit row.
ALLOWED_MOVES: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.APPROVED, Status.HELD, Status.REJECTED, Status.ERASED}),
    Status.HELD: frozenset({Status.APPROVED, Status.REJECTED, Status.ERASED}),
    Status.APPROVED: frozenset({Status.HELD, Status.REJECTED, Status.ERASED}),
    Status.REJECTED: frozenset({Status.APPROVED, Status.HELD, Status.ERASED}),
    Status.ERASED: frozenset(),
}


class ForbiddenMove(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when a comment cannot go from one state to the other."""


def require_move(old: Status, new: Status) -> None:
    """Raise ForbiddenMove unless `new` may follow `old`."""
    if new not in ALLOWED_MOVES[old]:
        raise ForbiddenMove(f"a comment cannot go from {old} to {new}")
