"""The states and the moves between them (DESIGN §4)."""

from itertools import product

import pytest

from comments.status import ALLOWED_MOVES, DECIDED, EDIT_MOVES, ForbiddenMove, Status, require_move

P, A, H, R, E = Status.PENDING, Status.APPROVED, Status.HELD, Status.REJECTED, Status.ERASED
# Written out, so that a change of the table is a change of this one too.
ALLOWED = {
    *((P, A), (P, H), (P, R), (P, E)),
    *((H, A), (H, R), (H, E)),
    *((A, H), (A, R), (A, E)),
    *((R, A), (R, H), (R, E)),
}
# With a new text.
EDITS = {(P, P), (H, P), (A, A), (A, H), (A, R)}


@pytest.mark.parametrize(("old", "new"), list(product(Status, Status)))
def test_a_move_is_allowed_or_refused_as_designed(old: Status, new: Status) -> None:
    if (old, new) in ALLOWED:
        require_move(old, new)
    else:
        with pytest.raises(ForbiddenMove, match=f"from {old} to {new}"):
            require_move(old, new)


@pytest.mark.parametrize(("old", "new"), list(product(Status, Status)))
def test_an_edit_is_allowed_or_refused_as_designed(old: Status, new: Status) -> None:
    if (old, new) in EDITS:
        require_move(old, new, is_edit=True)
    else:
        with pytest.raises(ForbiddenMove, match=f"from {old} to {new} with a new text"):
            require_move(old, new, is_edit=True)


def test_every_state_has_its_moves() -> None:
    assert set(ALLOWED_MOVES) == set(EDIT_MOVES) == set(Status)


def test_from_every_state_but_erased_a_comment_can_be_erased() -> None:
    assert {old for old in Status if E in ALLOWED_MOVES[old]} == set(Status) - {E}


def test_nothing_that_was_taken_back_by_its_author_goes_anywhere() -> None:
    assert ALLOWED_MOVES[E] == EDIT_MOVES[E] == frozenset()


def test_a_comment_without_a_decision_is_not_decided() -> None:
    assert {P, E} == set(Status) - DECIDED


def test_spam_and_abuse_are_not_states() -> None:
    assert {status.value for status in Status} == {"pending", "approved", "held", "rejected", "erased"}
