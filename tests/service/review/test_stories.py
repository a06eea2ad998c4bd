"""One story at the desk: closed and opened, held and let go, approved by two, and always on record."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from comments import schema
from comments.policy import BurstMode
from comments.roles import EVERY_SITE, Grant, Role, Scope
from comments.store import Store
from comments.store.audit import NotThere
from comments.store.inbox import ClosedThread
from comments.store.thread_settings import Story
from comments.thread_state import KEPT_OPEN_AT, UNWATCHED_AT
from tests import factories
from tests.service.conftest import Clock
from tests.service.review.conftest import OURS, Browser
from tests.service.review.pages import Page


@pytest.fixture
def story(app: Flask, sqlite_store: Store) -> Story:
    factories.an_approved_comment(sqlite_store)
    site = factories.a_site(sqlite_store)
    return sqlite_store.thread_settings.latest(site.id)[0]


def press(browser: Browser, story: Story, wish: str, **typed: str) -> int:
    address = f"/review/threads/{story.id}"
    csrf = Page(browser.client.get(address).text).form(address).fields["csrf"]
    sent = {"csrf": csrf, "wish": wish, **typed}
    return browser.client.post(address, data=sent, headers=OURS).status_code


def now_is(store: Store, story: Story) -> Story:
    return store.thread_settings.find(story.id, EVERY_SITE)


def test_a_story_is_closed_and_opened_by_hand(ada: Browser, sqlite_store: Store, story: Story, clock: Clock) -> None:
    assert press(ada, story, "close") == 303
    with pytest.raises(ClosedThread):
        factories.accept(sqlite_store, now=clock.now)
    assert "Comments are closed for this article" in ada.client.get("/threads/demo?thread=border-strikes").text

    assert press(ada, story, "open") == 303
    assert factories.accept(sqlite_store, now=clock.now).is_new
    assert now_is(sqlite_store, story).closed_at is None


def test_a_story_that_closed_by_itself_stays_open_once_it_is_opened(
    ada: Browser, sqlite_store: Store, story: Story, clock: Clock
) -> None:
    factories.a_site(sqlite_store, close_after_days=2)
    clock.now += timedelta(hours=11)
    late = clock.now + timedelta(days=3)
    assert now_is(sqlite_store, story).is_closed(late)

    clock.now, opened = late, clock.now
    sqlite_store.thread_settings.set(
        story.id, {"closed_at": KEPT_OPEN_AT}, moderator_id=1, scope=EVERY_SITE, now=opened
    )

    assert not now_is(sqlite_store, story).is_closed(late + timedelta(days=999))
    assert factories.accept(sqlite_store, now=late).is_new


def test_everything_is_held_for_an_hour_by_hand_and_let_go(
    ada: Browser, sqlite_store: Store, story: Story, clock: Clock
) -> None:
    assert press(ada, story, "hold") == 303
    assert now_is(sqlite_store, story).burst_until == clock.now + timedelta(hours=1)
    assert "read before they are published just now" in ada.client.get("/threads/demo?thread=border-strikes").text
    assert "New comments are read first just now" in ada.open(f"/review/threads/{story.id}").text
    assert [each.id for each in sqlite_store.thread_settings.held_now(EVERY_SITE, clock.now)] == [story.id]

    factories.a_held_comment(sqlite_store)
    assert f"/review/threads/{story.id}" in ada.open().links, "the queue says why so much waits"

    assert press(ada, story, "end") == 303
    assert f"/review/threads/{story.id}" not in ada.open().links
    assert not now_is(sqlite_store, story).is_burst(clock.now)
    assert "read before they are published" not in ada.client.get("/threads/demo?thread=border-strikes").text


def test_a_story_can_be_left_alone_and_watched_again(ada: Browser, sqlite_store: Store, story: Story) -> None:
    factories.a_site(sqlite_store, burst_mode=BurstMode.AUTO)

    assert press(ada, story, "leave") == 303
    assert now_is(sqlite_store, story).burst_until == UNWATCHED_AT
    assert press(ada, story, "watch") == 303
    assert now_is(sqlite_store, story).is_watched


def test_two_must_approve_in_a_sensitive_story(ada: Browser, sqlite_store: Store, story: Story) -> None:
    assert press(ada, story, "sensitive") == 303
    assert now_is(sqlite_store, story).is_sensitive
    assert press(ada, story, "ordinary") == 303
    assert not now_is(sqlite_store, story).is_sensitive


def test_what_it_is_about_can_be_corrected(ada: Browser, sqlite_store: Store, story: Story) -> None:
    assert press(ada, story, "describe", section=" World ", lead="Boko\nHaram. ada@example.org" + "x" * 600) == 303

    found = now_is(sqlite_store, story)
    assert found.section == "World"
    assert found.lead.startswith("Boko Haram.")
    assert "@example.org" not in found.lead
    assert len(found.lead) <= 500


def test_every_change_is_on_record_and_none_twice(ada: Browser, sqlite_store: Store, story: Story) -> None:
    for wish in ("sensitive", "sensitive", "close"):
        press(ada, story, wish)

    with sqlite_store.database.read() as connection:
        details = connection.execute(select(schema.events.c.detail).order_by(schema.events.c.id)).scalars().all()
    changed = [json.loads(detail)["changed"] for detail in details]
    assert [list(each) for each in changed] == [["is_sensitive"], ["closed_at"]]
    assert changed[0]["is_sensitive"] == {"from": False, "to": True}


def test_a_button_that_is_not_there_changes_nothing(ada: Browser, sqlite_store: Store, story: Story) -> None:
    assert press(ada, story, "explode") == 400
    assert now_is(sqlite_store, story) == story


def test_another_site_s_story_is_not_there(
    app: Flask, sqlite_store: Store, story: Story, log_in: Callable[..., Browser]
) -> None:
    other = factories.a_site(sqlite_store, "other")
    factories.a_moderator(sqlite_store, "ed", grants=(Grant(Role.EDITOR, other.id),))
    editor = log_in(app, "ed")

    assert editor.client.get(f"/review/threads/{story.id}").status_code == 404
    assert editor.client.get("/review/threads/999").status_code == 404
    with pytest.raises(NotThere):
        sqlite_store.thread_settings.find(story.id, Scope(frozenset({other.id})))
