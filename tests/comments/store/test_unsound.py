"""The rules that hold of every comment: each is named when it is broken, by hand, behind the store's back."""

import pytest
from sqlalchemy import text

from comments.status import Status
from comments.store import Store
from comments.store.unsound import what_is_unsound
from tests import factories
from tests.at_the_desk import decide, edit

_UNDO = (
    "INSERT INTO decisions"
    " (comment_id, site_id, revision, old_status, new_status, made_by, explanation, made_at, undoes_id)"
    " SELECT comment_id, site_id, revision, 'held', 'held', 'moderator', '[]', 0, id FROM decisions"
    " WHERE comment_id = :comment AND old_status = 'pending'"
)
# (what is broken, how)
BREAKS = {
    "public without an approving decision": (
        "UPDATE comments SET status = 'approved', approval_id = 1 WHERE id = :comment"
    ),
    "approved and not public": "UPDATE comments SET approval_id = 1 WHERE id = :comment",
    "not what the last decision says": "UPDATE comments SET status = 'rejected' WHERE id = :comment",
    "decided from a state": (
        "INSERT INTO decisions (comment_id, site_id, revision, old_status, new_status, made_by, explanation, made_at)"
        " SELECT id, site_id, revision, 'rejected', 'held', 'system', '[]', 0 FROM comments WHERE id = :comment"
    ),
    "decided more than once": "UPDATE comments SET version = version - 1 WHERE id = :comment",
    "one decision undone twice": f"{_UNDO};{_UNDO}",
    "erased in part": "UPDATE comments SET status = 'erased' WHERE id = :comment",
    "a new text waits": (
        "INSERT INTO edits (comment_id, text, made_at, attempts) VALUES (:pending, 'New words.', 0, 0)"
    ),
    "an old text is missing": "UPDATE comments SET revision = 2 WHERE id = :comment",
    "an appeal waits": (
        "INSERT INTO appeals (comment_id, decision_id, text, made_at)"
        " SELECT comment_id, min(id), 'Why?', 0 FROM decisions WHERE comment_id = :comment GROUP BY comment_id"
    ),
    "approved by a first moderator": (
        "INSERT INTO first_approvals (comment_id, version, moderator_id, made_at)"
        " SELECT :comment, 99, min(id), 0 FROM moderators"
    ),
}


def test_what_the_store_does_is_sound(store: Store) -> None:
    decide(store, factories.a_held_comment(store).id, Status.APPROVED)
    edit(store, factories.accept(store), "Other words.")
    factories.a_drawn_comment(store)

    assert what_is_unsound(store.database) == ()


@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_rule_is_named_with_the_comment(store: Store, rule: str) -> None:
    # given
    factories.a_moderator(store)
    fine, broken, pending = factories.a_held_comment(store), factories.a_held_comment(store), factories.accept(store)
    assert what_is_unsound(store.database) == ()
    named = pending.id if ":pending" in BREAKS[rule] else broken.id

    # when
    with store.database.write() as connection:
        values = {"comment": broken.id, "pending": pending.id}
        for statement in BREAKS[rule].split(";"):
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(text(statement), used)

    # then
    found = what_is_unsound(store.database)
    [sentence] = [each for each in found if rule in each]
    assert sentence.endswith(f": {named}")
    assert not any(each.endswith(f": {fine.id}") for each in found)
