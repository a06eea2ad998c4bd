"""Notes: for moderators, beside the comment, and gone with it."""

from datetime import datetime

import pytest

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.audit import NotThere
from tests import factories
from tests.at_the_desk import decide


def add(store: Store, comment_id: int, text: str, by: str = "ada") -> int:
    moderator = factories.a_moderator(store, by)
    return store.notes.add(comment_id, text, moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW)


def test_notes_come_oldest_first_with_who_wrote_them(store: Store, now: datetime) -> None:
    comment, other = factories.a_held_comment(store), factories.a_held_comment(store)
    add(store, comment.id, "Is this “ọ̀rọ̀ ìbínú”?")
    add(store, comment.id, "No, a proverb.", by="eve")
    add(store, other.id, "Elsewhere.")

    notes = store.notes.of(comment.id, scope=EVERY_SITE)

    assert [(note.login, note.text, note.made_at) for note in notes] == [
        ("ada", "Is this “ọ̀rọ̀ ìbínú”?", now),
        ("eve", "No, a proverb.", now),
    ]


def test_a_note_is_removed_by_who_wrote_it_alone(store: Store) -> None:
    comment = factories.a_held_comment(store)
    note = add(store, comment.id, "Not for long.")
    eve = factories.a_moderator(store, "eve")

    with pytest.raises(NotThere):
        store.notes.remove(note, moderator_id=eve.id, scope=EVERY_SITE)
    store.notes.remove(note, moderator_id=factories.a_moderator(store).id, scope=EVERY_SITE)

    assert store.notes.of(comment.id, scope=EVERY_SITE) == ()


def test_nothing_is_noted_on_what_was_erased(store: Store) -> None:
    comment = factories.a_held_comment(store)
    decide(store, comment.id, Status.ERASED)

    with pytest.raises(NotThere):
        add(store, comment.id, "Who was this?")
