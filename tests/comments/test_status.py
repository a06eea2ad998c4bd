"""The states and the moves between them (DESIGN §4)."""

from itertools import product

import pytest

from comments.status import ALLOWED_MOVES, DECIDED, ForbiddenMove, Status, require_move

P, A, H, R, E = Status.PENDING, Status.APPROVED, Status.HELD, Status.REJECTED, Status.ERASED
# Written out, so that a change of the table is a change of this one too.
ALLOWED = {
    *((P, A), (P, H), (P, R), (P, E)),
    *((H, A), (H, R), (H, E)),
    *((A, H), (A, R), (A, E)),
    *((R, A), (R, H), (R, E)),
}


@pytest.mark.parametrize(("old", "new"), list(product(Status, Status)))
def test_a_move_is_allowed_or_refused_as_designed(old: Status, new: Status) -> None:
    if (old, new) in ALLOWED:
        require_move(old, new)
    else:
        with pytest.raises(ForbiddenMove, match=f"from {old} to {new}"):
            require_move(old, new)


def test_every_state_has_its_moves() -> None:
    assert set(ALLOWED_MOVES) == set(Status)


def test_a_comment_without_a_decision_is_not_decided() -> None:
    assert {P, E} == set(Status) - DECIDED


def test_spam_and_abuse_are_not_states() -> None:
    assert {status.value for status in Status} == {"pending", "approved", "held", "rejected", "erased"}
