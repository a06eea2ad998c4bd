"""What an edit changed: nothing is lost, nothing is invented, and no address comes through."""

from hypothesis import given
from hypothesis import strategies as st

from comments.masking import mask_addresses
from service.review.changes import MAX_PARTS, Change, Kind, changes


def test_words_that_stayed_went_and_came_are_told_apart() -> None:
    assert changes("I like cats", "I like big cats now") == (
        Change(Kind.KEPT, "I like "),
        Change(Kind.NEW, "big "),
        Change(Kind.KEPT, "cats"),
        Change(Kind.NEW, " now"),
    )


def test_text_rewritten_at_length_is_shown_before_and_after() -> None:
    old, new = "a " * MAX_PARTS, "b " * MAX_PARTS
    assert changes(old, new) == (Change(Kind.GONE, old), Change(Kind.NEW, new))


def test_address_in_either_text_is_masked() -> None:
    shown = "".join(change.text for change in changes("Ask ada@old.example", "Ask ada@new.example or not"))
    assert "example" not in shown
    assert "[address removed]" in shown


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_stayed_and_went_is_the_old_text_and_what_stayed_and_came_the_new(old: str, new: str) -> None:
    found = changes(old, new)
    assert "".join(change.text for change in found if change.kind is not Kind.NEW) == mask_addresses(old)
    assert "".join(change.text for change in found if change.kind is not Kind.GONE) == mask_addresses(new)
