"""Notes of moderators, and their answers to authors' appeals."""

from collections.abc import Callable

import pytest
from flask import Flask

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from tests import factories
from tests.service.conftest import Clock
from tests.service.review.conftest import OURS, Browser
from tests.service.review.pages import Page


@pytest.fixture
def bisi(app: Flask, log_in: Callable[..., Browser]) -> Browser:
    """The browser of the moderator "bisi"."""
    return log_in(app, "bisi")


def status(store: Store, comment_id: int) -> Status:
    return store.desk.card(comment_id, scope=EVERY_SITE, now=factories.NOW).status


def test_note_is_kept_and_leads_back_to_the_card(ada: Browser, sqlite_store: Store) -> None:
    comment = factories.a_held_comment(sqlite_store)
    answer = ada.press(ada.open(), "/note", text="Asked for money\r\nbefore.")
    assert (answer.status_code, answer.location) == (303, f"/review/#comment-{comment.id}")
    [note] = sqlite_store.notes.of(comment.id, scope=EVERY_SITE)
    assert (note.login, note.text) == ("ada", "Asked for money\nbefore.")
    assert status(sqlite_store, comment.id) is Status.HELD


@pytest.mark.parametrize(
    ("text", "said"),
    [(" ", "Write something first."), ("x" * 2001, "at most 2000"), ("a\x00b", "control characters")],
)
def test_note_that_cannot_be_kept_says_why(ada: Browser, sqlite_store: Store, text: str, said: str) -> None:
    comment = factories.a_held_comment(sqlite_store)
    answer = ada.press(ada.open(), "/note", text=text)
    assert answer.status_code == 400
    assert said in answer.text
    assert sqlite_store.notes.of(comment.id, scope=EVERY_SITE) == ()


def test_note_on_nothing_is_404(ada: Browser) -> None:
    sent = {"csrf": ada.open().form("/logout").fields["csrf"], "text": "words"}
    assert ada.client.post("/review/comments/77/note", data=sent, headers=OURS).status_code == 404


# Appeals -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def appealed(ada: Browser, sqlite_store: Store, clock: Clock) -> int:
    """A comment that ada has rejected and whose author appeals."""
    comment = factories.a_held_comment(sqlite_store)
    ada.decide(comment.id, "reject", reason="insult")
    sqlite_store.appeals.open(comment.id, "I insulted nobody.", clock.now)
    return comment.id


def test_somebody_else_takes_the_rejection_back_and_the_appeal_is_answered(
    bisi: Browser, sqlite_store: Store, appealed: int
) -> None:
    answer = bisi.press(bisi.open("/review/appeals"), "/appeal", "approve")
    assert answer.status_code == 303
    assert status(sqlite_store, appealed) is Status.APPROVED
    answered = sqlite_store.appeals.of(appealed)
    assert answered is not None
    assert answered.answer is not None
    assert answered.answer.moderator == "bisi"


def test_rejection_that_stands_is_an_answer_too_and_can_be_undone(
    bisi: Browser, sqlite_store: Store, appealed: int
) -> None:
    # when
    answer = bisi.press(bisi.open("/review/appeals"), "/appeal", "uphold", note="It names a person.")

    # then
    page = bisi.open(answer.location.split("#")[0])
    assert "Appeal refused, stays rejected." in page.text
    assert status(sqlite_store, appealed) is Status.REJECTED
    latest = sqlite_store.desk.history(appealed, scope=EVERY_SITE)[-1]
    assert (latest.moderator, latest.note) == ("bisi", "It names a person.")

    # and it waits again when the answer is taken back
    bisi.press(page, "/undo")
    waiting = sqlite_store.appeals.of(appealed)
    assert waiting is not None
    assert waiting.answer is None


def test_who_rejected_does_not_answer(ada: Browser, bisi: Browser, sqlite_store: Store, appealed: int) -> None:
    form = bisi.open("/review/appeals").form("/appeal", "approve")
    sent = {**form.fields, "decision": "approve", "csrf": ada.open().form("/logout").fields["csrf"]}
    answer = ada.client.post(form.action, data=sent, headers=OURS)
    assert answer.status_code == 409
    assert "somebody else answers the author" in Page(answer.text).text
    assert status(sqlite_store, appealed) is Status.REJECTED


def test_appeal_that_was_answered_meanwhile_says_by_whom(
    bisi: Browser, app: Flask, log_in: Callable[..., Browser], appealed: int
) -> None:
    chidi = log_in(app, "chidi")
    seen = chidi.open("/review/appeals")
    bisi.press(bisi.open("/review/appeals"), "/appeal", "uphold")
    answer = chidi.press(seen, "/appeal", "approve")
    assert answer.status_code == 409
    assert "Appeal refused, stays rejected by bisi" in " ".join(Page(answer.text).text.split())


def test_answer_that_no_page_sends_changes_nothing(bisi: Browser, sqlite_store: Store, appealed: int) -> None:
    answer = bisi.press(bisi.open("/review/appeals"), "/appeal", "approve", version="x")
    assert answer.status_code == 400
    assert status(sqlite_store, appealed) is Status.REJECTED
