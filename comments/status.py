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

# With the text as it is.
ALLOWED_MOVES: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.APPROVED, Status.HELD, Status.REJECTED, Status.ERASED}),
    Status.HELD: frozenset({Status.APPROVED, Status.REJECTED, Status.ERASED}),
    Status.APPROVED: frozenset({Status.HELD, Status.REJECTED, Status.ERASED}),
    Status.REJECTED: frozenset({Status.APPROVED, Status.HELD, Status.ERASED}),
    Status.ERASED: frozenset(),
}
# With a new text, which is a new revision. What is held waits for its checks again; what is public stays so until the
# checks have spoken, and then takes the new text with their verdict in one step. A rejection is appealed, not edited.
EDIT_MOVES: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.PENDING}),
    Status.APPROVED: frozenset({Status.APPROVED, Status.HELD, Status.REJECTED}),
    Status.HELD: frozenset({Status.PENDING}),
    Status.REJECTED: frozenset(),
    Status.ERASED: frozenset(),
}


class ForbiddenMove(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when a comment cannot go from one state to the other."""


def require_move(old: Status, new: Status, *, is_edit: bool = False) -> None:
    """Raise ForbiddenMove unless `new` may follow `old`, with a new text (`is_edit`) or with the same one."""
    if new not in (EDIT_MOVES if is_edit else ALLOWED_MOVES)[old]:
        raise ForbiddenMove(f"a comment cannot go from {old} to {new}{' with a new text' if is_edit else ''}")
