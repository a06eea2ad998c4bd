"""Many comments at once, on both databases: each stands or falls alone, all are undone in one step."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from tests import factories
from tests.at_the_desk import a_campaign
from tests.service.conftest import Clock
from tests.service.review.conftest import OURS, Browser
from tests.service.review.pages import Form, Page

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
    return store.desk.card(comment_id, scope=EVERY_SITE, now=factories.NOW).status


def send(
    browser: Browser, page: Page, ids: list[int], button: str, *, swap: bool = False, **typed: str
) -> TestResponse:
    """Tick the comments on the page and press a button of the bar."""
    ticked = [value for form, _, value in page.boxes if form == "bulk" and int(value.split(":")[0]) in ids]
    assert len(ticked) == len(ids), "else this proves nothing"
    form = page.form("/bulk")
    sent = MultiDict([*{**form.fields, **typed}.items(), ("decision", button), *(("item", each) for each in ticked)])
    return browser.client.post(form.action, data=sent, headers=SWAP if swap else OURS)


def press(browser: Browser, form: Form, *, swap: bool = False, **typed: str) -> TestResponse:
    return browser.client.post(form.action, data={**form.fields, **typed}, headers=SWAP if swap else OURS)


def words_of(answer: TestResponse) -> str:
    return " ".join(Page(answer.text).text.split())


def test_selected_comments_are_decided_and_undone_in_one_step_without_a_script(ada: Browser, store: Store) -> None:
    # given
    ids = [factories.a_held_comment(store).id for _ in range(4)]

    # when
    answer = send(ada, ada.open(), ids[:3], "reject", reason="off_topic", note="Not about the strikes.")

    # then
    assert answer.status_code == 200
    assert "Rejected: off topic: 3 comments." in words_of(answer)
    assert [status(store, each) for each in ids] == [Status.REJECTED] * 3 + [Status.HELD]
    assert {store.desk.history(each, scope=EVERY_SITE)[-1].note for each in ids[:3]} == {"Not about the strikes."}

    # and back
    undone = press(ada, Page(answer.text).form("/undo"))
    assert "Undone: back in the queue: 3 comments." in words_of(undone)
    assert {status(store, each) for each in ids} == {Status.HELD}


def test_script_gets_the_news_and_a_place_for_each_card_that_went(ada: Browser, store: Store) -> None:
    ids = [factories.a_held_comment(store).id for _ in range(3)]
    answer = send(ada, ada.open(), ids[:2], "approve", swap=True)
    page = Page(answer.text)
    assert [name for name in page.ids if name.startswith("gone-")] == [f"gone-{each}" for each in ids[:2]]
    assert "Approved: 2 comments." in words_of(answer)
    assert json.loads(answer.headers["HX-Trigger"])["desk:counts"]["review"] == 1
    assert press(ada, page.form("/undo"), swap=True).status_code == 200
    assert {status(store, each) for each in ids} == {Status.HELD}


def test_comment_that_somebody_decided_meanwhile_is_left_and_named(ada: Browser, bisi: Browser, store: Store) -> None:
    # given
    ids = [factories.a_held_comment(store).id for _ in range(3)]
    seen = ada.open()
    bisi.decide(ids[1], "approve")

    # when
    answer = send(ada, seen, ids, "spam", swap=True)

    # then: the others are decided, and the card of the one comes back with who, what and when
    said = words_of(answer)
    assert answer.status_code == 200
    assert "Rejected as spam: 2 comments." in said
    assert "1 comment was left as it is: #2 Approved by bisi, just now" in said
    assert f"comment-{ids[1]}" in Page(answer.text).ids
    assert "Your decision was not applied." in said
    assert [status(store, each) for each in ids] == [Status.REJECTED, Status.APPROVED, Status.REJECTED]


def test_bulk_that_changes_nothing_is_a_conflict(ada: Browser, bisi: Browser, store: Store) -> None:
    comment = factories.a_held_comment(store)
    seen = ada.open()
    bisi.decide(comment.id, "approve")
    answer = send(ada, seen, [comment.id], "spam")
    assert answer.status_code == 409
    assert "Nothing was changed." in words_of(answer)
    assert not [form for form in Page(answer.text).forms if form.action.endswith("/undo")]


def test_what_somebody_else_has_open_is_left_to_them(ada: Browser, store: Store, clock: Clock) -> None:
    ids = [factories.a_held_comment(store).id for _ in range(2)]
    bisi = factories.a_moderator(store, "bisi")
    store.claims.take([ids[0]], bisi.id, scope=EVERY_SITE, now=clock.now)
    answer = send(ada, ada.open(), ids, "spam")
    assert "#1 bisi has this open" in words_of(answer)
    assert [status(store, each) for each in ids] == [Status.HELD, Status.REJECTED]


def test_undo_of_a_batch_leaves_what_was_decided_since(ada: Browser, bisi: Browser, store: Store) -> None:
    ids = [factories.a_held_comment(store).id for _ in range(2)]
    made = send(ada, ada.open(), ids, "spam")
    bisi.press(bisi.open("/review/rejected"), f"/{ids[0]}/decide", "approve")
    undone = press(ada, Page(made.text).form("/undo"))
    assert "Undone: back in the queue: 1 comment." in words_of(undone)
    assert "#1 Approved by bisi" in words_of(undone)
    assert [status(store, each) for each in ids] == [Status.APPROVED, Status.HELD]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"decision": "spam"}, "Select at least one comment."),
        ({"decision": "reject", "item": "1:2"}, "Choose a reason"),
        ({"decision": "erase", "item": "1:2"}, "one of the buttons"),
        ({"decision": "spam", "item": "1"}, "one of the buttons"),
        ({"decision": "spam", "item": "1:x"}, "one of the buttons"),
        ({"decision": "spam", "item": [f"{each}:1" for each in range(201)]}, "at most 200"),
    ],
)
def test_bulk_that_is_not_whole_changes_nothing(
    ada: Browser, store: Store, fields: dict[str, object], said: str
) -> None:
    comment = factories.a_held_comment(store)
    sent = {"csrf": ada.open().form("/logout").fields["csrf"], **fields}
    answer = ada.client.post("/review/bulk", data=sent, headers=OURS)
    assert answer.status_code == 400
    assert said in answer.text
    assert status(store, comment.id) is Status.HELD


def test_batch_that_is_not_there_is_404(ada: Browser) -> None:
    sent = {"csrf": ada.open().form("/logout").fields["csrf"], "decision": "spam", "seen": "9"}
    for address in ("/review/batches/77/undo", "/review/campaigns/77/decide"):
        assert ada.client.post(address, data=sent, headers=OURS).status_code == 404


# Campaigns -----------------------------------------------------------------------------------------------------------


def test_campaign_is_one_card_and_one_decision_undone_in_one_step(ada: Browser, store: Store) -> None:
    # given
    *ids, late = a_campaign(store, 13)
    page = ada.open()
    assert [name for name in page.ids if name.startswith("comment-")] == [f"comment-{ids[0]}"]

    # when: the page was made before the last of them came
    form = page.form("/decide", "spam")
    assert form.fields["seen"] == str(late)
    answer = press(ada, form, decision="spam", seen=str(ids[-1]))

    # then: all that were shown, and not the one that nobody has seen
    assert "/campaigns/" in form.action
    assert "Rejected as spam: 12 comments." in words_of(answer)
    assert {status(store, each) for each in ids} == {Status.REJECTED}
    assert status(store, late) is Status.HELD
    press(ada, Page(answer.text).form("/undo"))
    assert {status(store, each) for each in ids} == {Status.HELD}
