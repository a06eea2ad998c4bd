"""Decisions on both databases: kept if the comment is what the moderator saw, undone in one step, never in secret."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.pending import Settlement
from comments.verdict import Verdict
from tests import factories
from tests.service.conftest import Clock
from tests.service.review.conftest import OURS, Browser
from tests.service.review.pages import Page

SWAP = {**OURS, "HX-Request": "true"}


@pytest.fixture
def app(make_app: Callable[..., Flask], store: Store) -> Flask:
    """The application on the test's own database."""
    factories.a_site(store)
    return make_app(store)


@pytest.fixture
def ada(app: Flask, log_in: Callable[..., Browser], store: Store) -> Browser:
    """The browser of the moderator "ada"."""
    return log_in(app, "ada", store)


@pytest.fixture
def bisi(app: Flask, log_in: Callable[..., Browser], store: Store) -> Browser:
    """The browser of the moderator "bisi"."""
    return log_in(app, "bisi", store)


def status(store: Store, comment_id: int) -> Status:
    return store.desk.card(comment_id, now=factories.NOW, scope=EVERY_SITE).status


def public_texts(store: Store) -> list[str]:
    page = store.threads.page("demo", "border-strikes", now=factories.NOW)
    return [conversation.root.text for conversation in page.conversations]


def follow(browser: Browser, answer: object) -> Page:
    location = getattr(answer, "location")  # noqa: B009 - only its address matters here
    return browser.open(location.split("#")[0])


def test_approved_comment_is_public_and_leaves_the_queue(ada: Browser, store: Store) -> None:
    comment = factories.a_held_comment(store, text="A held reply")
    assert public_texts(store) == []

    answer = ada.decide(comment.id, "approve")

    assert answer.status_code == 303
    assert public_texts(store) == ["A held reply"]
    page = follow(ada, answer)
    assert f"comment-{comment.id}" not in page.ids
    assert "Approved." in page.text


def test_rejection_with_its_reason_and_note_stands_in_the_decided_list(ada: Browser, store: Store) -> None:
    comment = factories.a_held_comment(store, text="You fool")
    ada.decide(comment.id, "reject", reason="insult", note="Say it\r\nwithout the names.")
    page = ada.open("/review/decided")
    assert "Rejected: insult by ada" in " ".join(page.text.split())
    assert "You fool" in page.text
    latest = store.desk.history(comment.id, scope=EVERY_SITE)[-1]
    assert (latest.reason, latest.note, latest.moderator) == ("insult", "Say it\nwithout the names.", "ada")
    assert public_texts(store) == []


def test_spam_is_rejected_in_one_step_and_undone_in_another(ada: Browser, store: Store) -> None:
    # given
    comment = factories.a_held_comment(store)

    # when
    page = follow(ada, ada.decide(comment.id, "spam"))

    # then: the page says so and offers to undo it
    assert status(store, comment.id) is Status.REJECTED
    assert "Rejected as spam." in page.text

    # and when it is undone
    back = ada.press(page, "/undo")

    # then: it waits again with its reasons, and both steps are on record
    assert status(store, comment.id) is Status.HELD
    restored = " ".join(follow(ada, back).text.split())
    assert "Undone: back in the queue." in restored
    assert "The checks said: It contains two links." in restored
    assert [decision.made_by for decision in store.desk.history(comment.id, scope=EVERY_SITE)][-2:] == [
        "moderator",
        "moderator",
    ]


def test_undone_approval_takes_the_comment_off_the_page_again(ada: Browser, store: Store) -> None:
    comment = factories.a_held_comment(store)
    page = follow(ada, ada.decide(comment.id, "approve"))
    assert public_texts(store)
    ada.press(page, "/undo")
    assert public_texts(store) == []


def test_decided_list_undoes_the_latest_decision_only(ada: Browser, store: Store) -> None:
    # given: approved, and then rejected after all
    comment = factories.a_held_comment(store)
    ada.decide(comment.id, "approve")
    ada.press(ada.open("/review/approved"), "/decide", "spam")

    # when
    page = ada.open("/review/decided")

    # then: only the rejection can be undone
    undo = [form.action for form in page.forms if form.action.endswith("/undo")]
    assert undo == [f"/review/decisions/{store.desk.history(comment.id, scope=EVERY_SITE)[-1].id}/undo"]
    ada.press(page, "/undo")
    assert status(store, comment.id) is Status.APPROVED


def test_published_comment_can_go_back_to_the_queue(ada: Browser, store: Store) -> None:
    comment = factories.an_approved_comment(store)
    ada.press(ada.open("/review/approved"), "/decide", "hold")
    assert status(store, comment.id) is Status.HELD


def test_second_moderator_is_told_who_decided_what_and_when(
    ada: Browser, bisi: Browser, store: Store, clock: Clock
) -> None:
    # given: both have the same queue open
    comment = factories.a_held_comment(store)
    seen = bisi.open()
    ada.decide(comment.id, "reject", reason="threat")
    clock.now += timedelta(minutes=3)
    before = store.desk.history(comment.id, scope=EVERY_SITE)

    # when
    answer = bisi.press(seen, "/decide", "approve")

    # then
    words = " ".join(Page(answer.text).text.split())
    assert answer.status_code == 409
    assert "Rejected: threat or call for violence by ada, 3 min ago (2026-05-04 12:00 UTC)" in words
    assert "Your decision was not applied." in words
    assert "/review/" in Page(answer.text).links
    assert store.desk.history(comment.id, scope=EVERY_SITE) == before


def test_the_same_decision_twice_is_one_decision(ada: Browser, store: Store) -> None:
    # given: a double click, or the back button
    comment = factories.a_held_comment(store)
    seen = ada.open()
    ada.press(seen, "/decide", "approve")
    before = store.desk.history(comment.id, scope=EVERY_SITE)
    assert ada.press(seen, "/decide", "approve").status_code == 409
    assert store.desk.history(comment.id, scope=EVERY_SITE) == before


def test_comment_that_came_back_to_the_queue_is_not_decided_unseen(ada: Browser, bisi: Browser, store: Store) -> None:
    # given: bisi's page is from before ada decided and undid it
    comment = factories.a_held_comment(store)
    seen = bisi.open()
    ada.press(follow(ada, ada.decide(comment.id, "spam")), "/undo")

    # then
    assert bisi.press(seen, "/decide", "approve").status_code == 409
    assert status(store, comment.id) is Status.HELD


def test_undo_after_somebody_else_decided_changes_nothing(ada: Browser, bisi: Browser, store: Store) -> None:
    comment = factories.a_held_comment(store)
    page = follow(ada, ada.decide(comment.id, "spam"))
    bisi.press(bisi.open("/review/rejected"), "/decide", "approve")
    answer = ada.press(page, "/undo")
    assert answer.status_code == 409
    assert "Approved by bisi" in " ".join(Page(answer.text).text.split())
    assert status(store, comment.id) is Status.APPROVED


def test_policys_own_decision_cannot_be_undone_as_a_moderators(ada: Browser, store: Store) -> None:
    comment = factories.a_rejected_comment(store)
    csrf = ada.open().form("/logout").fields["csrf"]
    decision = store.desk.history(comment.id, scope=EVERY_SITE)[-1]
    answer = ada.client.post(f"/review/decisions/{decision.id}/undo", data={"csrf": csrf}, headers=OURS)
    assert answer.status_code == 404
    assert status(store, comment.id) is Status.REJECTED


def test_comment_that_is_still_being_checked_goes_the_same_one_way(ada: Browser, store: Store) -> None:
    # given: a moderator who guesses the number of a pending comment
    comment = factories.accept(store)
    csrf = ada.open().form("/logout").fields["csrf"]
    sent = {"csrf": csrf, "version": "1", "decision": "approve"}
    ada.client.post(f"/review/comments/{comment.id}/decide", data=sent, headers=OURS)

    # when: the worker settles it
    claimed = factories.a_claimed(store, comment)
    stood = store.pending.settle([Settlement(claimed, Verdict(Status.HELD, (), ()))], factories.NOW)

    # then: exactly one of them decided
    assert (status(store, comment.id), stood) == (Status.APPROVED, 0)


@pytest.mark.parametrize(
    ("button", "typed", "said"),
    [
        ("reject", {"reason": ""}, "Choose a reason"),
        ("reject", {"reason": "because"}, "Choose a reason"),
        ("reject", {"reason": "spam", "note": "x" * 501}, "at most 500 characters"),
        ("reject", {"reason": "spam", "note": "a\x00b"}, "control characters"),
        ("erase", {}, "one of the buttons"),
        ("approve", {"version": "x"}, "one of the buttons"),
        ("approve", {"version": "9" * 30}, "one of the buttons"),
    ],
)
def test_form_that_is_not_whole_changes_nothing_and_says_what_is_missing(
    ada: Browser, store: Store, button: str, typed: dict[str, str], said: str
) -> None:
    comment = factories.a_held_comment(store)
    fields = ada.open().form("/decide").fields
    sent = {**fields, "decision": button, **typed}
    answer = ada.client.post(f"/review/comments/{comment.id}/decide", data=sent, headers=OURS)
    assert answer.status_code == 400
    assert said in answer.text
    assert status(store, comment.id) is Status.HELD


def test_decision_on_nothing_is_404(ada: Browser) -> None:
    csrf = ada.open().form("/logout").fields["csrf"]
    sent = {"csrf": csrf, "version": "1", "decision": "approve"}
    assert ada.client.post("/review/comments/77/decide", data=sent, headers=OURS).status_code == 404
    assert ada.client.post("/review/decisions/77/undo", data=sent, headers=OURS).status_code == 404


def test_without_script_the_whole_queue_is_worked_off_where_one_was(ada: Browser, store: Store) -> None:
    # given: three comments wait
    ids = [factories.a_held_comment(store).id for _ in range(3)]

    # when: the middle one is decided
    answer = ada.decide(ids[1], "approve")

    # then: the page comes back at the one after it, and so on to the end
    assert answer.location == f"/review/?done={store.desk.history(ids[1], scope=EVERY_SITE)[-1].id}#comment-{ids[2]}"
    ada.press(follow(ada, answer), f"/{ids[2]}/decide", "spam")
    last = follow(ada, ada.decide(ids[0], "reject", reason="off_topic"))
    assert "Nothing waits." in last.text
    assert "Rejected: off topic." in last.text


def test_decision_leads_back_to_the_list_it_was_made_in(ada: Browser, store: Store) -> None:
    comment = factories.a_held_comment(store)
    answer = ada.press(ada.open("/review/?site=demo"), f"/{comment.id}/decide", "approve")
    assert answer.location.startswith("/review/?site=demo&done=")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "/review/\r\nX: y"])
def test_decision_leads_nowhere_but_to_the_desk(ada: Browser, store: Store, back: str) -> None:
    comment = factories.a_held_comment(store)
    answer = ada.decide(comment.id, "approve", back=back)
    assert answer.location.startswith("/review/?done=")
    assert "X" not in answer.headers


def test_news_of_a_decision_cannot_be_invented(ada: Browser, bisi: Browser, store: Store) -> None:
    # given: a decision of ada's
    comment = factories.a_held_comment(store)
    answer = ada.decide(comment.id, "spam")
    assert "Rejected as spam." in follow(ada, answer).text

    # then: its address says nothing to bisi, and words in the address say nothing to anybody
    assert "Rejected as spam." not in follow(bisi, answer).text
    assert "Rejected" not in ada.open("/review/?done=99&news=Rejected").html.split("</nav>")[1]


def test_script_gets_one_card_and_the_count_instead_of_the_page(ada: Browser, store: Store) -> None:
    # given: two wait
    ids = [factories.a_held_comment(store).id for _ in range(2)]
    form = ada.open().form(f"/{ids[0]}/decide")

    # when
    answer = ada.client.post(form.action, data={**form.fields, "decision": "spam"}, headers=SWAP)

    # then: the news with its undo, what still waits, and no card
    page = Page(answer.text)
    assert answer.status_code == 200
    assert "Rejected as spam." in page.text
    assert json.loads(answer.headers["HX-Trigger"])["desk:counts"]["review"] == 1
    assert not [name for name in page.ids if name.startswith("comment-")]

    # and when it is undone, the card comes back with its new version
    undo = page.form("/undo")
    answer = ada.client.post(undo.action, data=undo.fields, headers=SWAP)
    again = Page(answer.text)
    assert f"comment-{ids[0]}" in again.ids
    assert json.loads(answer.headers["HX-Trigger"])["desk:counts"]["review"] == 2
    fresh = again.form("/decide", "approve")
    answer = ada.client.post(fresh.action, data={**fresh.fields, "decision": "approve"}, headers=SWAP)
    assert answer.status_code == 200
    assert status(store, ids[0]) is Status.APPROVED


def test_stale_decision_by_script_brings_the_card_as_it_is_now(ada: Browser, bisi: Browser, store: Store) -> None:
    comment = factories.a_held_comment(store)
    form = bisi.open().form("/decide")
    ada.decide(comment.id, "approve")
    answer = bisi.client.post(form.action, data={**form.fields, "decision": "spam"}, headers=SWAP)
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "data-notice" in answer.text
    assert f"comment-{comment.id}" in page.ids
    assert "Approved by ada" in " ".join(page.text.split())
