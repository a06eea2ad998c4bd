"""Conversations are put into reading order without leaning on Python's stack."""

from itertools import pairwise

from comments.store.records import Conversation, PublicComment
from service.conversations import MAX_SHOWN_DEPTH, read_in_order
from tests.factories import NOW


def a_comment(number: int, parent: int | None = None, *, is_gone: bool = False) -> PublicComment:
    return PublicComment(number, parent, "" if is_gone else f"Reader {number}", f"Text {number}", NOW, is_gone)


def test_every_reply_follows_what_it_answers() -> None:
    replies = (a_comment(2, 1), a_comment(3, 1), a_comment(4, 2), a_comment(5, 3), a_comment(6, 2))

    shown = read_in_order(Conversation(a_comment(1), replies))

    assert [(comment.id, comment.depth) for comment in shown] == [(1, 0), (2, 1), (4, 2), (6, 2), (3, 1), (5, 2)]
    assert [comment.answers for comment in shown] == ["", "", "Reader 2", "Reader 2", "", "Reader 3"]


def test_reply_whose_parent_is_not_public_any_more_answers_the_first_comment() -> None:
    shown = read_in_order(Conversation(a_comment(1), (a_comment(3, 2), a_comment(4, 3))))

    assert [(comment.id, comment.depth) for comment in shown] == [(1, 0), (3, 1), (4, 2)]


def test_chain_longer_than_the_stack_is_read() -> None:
    chain = tuple(a_comment(number, number - 1) for number in range(2, 3_000))

    shown = read_in_order(Conversation(a_comment(1), chain))

    assert all(before.id + 1 == after.id for before, after in pairwise(shown))
    assert max(comment.depth for comment in shown) == MAX_SHOWN_DEPTH
    assert len(shown) == 2_999
