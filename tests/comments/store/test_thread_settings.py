"""What moderators set on a story, on both databases."""

from datetime import datetime, timedelta

import pytest

from comments.roles import EVERY_SITE, Scope
from comments.status import Status
from comments.store import Store
from comments.store.audit import NotThere
from tests import factories


def test_a_change_is_kept_and_the_page_below_the_article_is_made_anew(store: Store, now: datetime) -> None:
    factories.a_held_comment(store)
    factories.an_approved_comment(store)
    [story] = store.thread_settings.latest(factories.a_site(store).id)
    ada, version = factories.a_moderator(store), store.threads.version("demo", "border-strikes")

    def change(**values: object) -> None:
        store.thread_settings.set(story.id, values, moderator_id=ada.id, scope=EVERY_SITE, now=now)

    change(is_sensitive=True, section="World")
    assert store.threads.version("demo", "border-strikes") == version
    change(burst_until=now + timedelta(hours=1))

    found = store.thread_settings.find(story.id, EVERY_SITE)
    assert (found.is_sensitive, found.section, found.is_burst(now)) == (True, "World", True)
    assert store.threads.version("demo", "border-strikes") == (version or 0) + 1
    assert store.thread_settings.counts(story.id) == {Status.HELD: 1, Status.APPROVED: 1}
    assert [each.id for each in store.thread_settings.held_now(EVERY_SITE, now)] == [story.id]
    assert store.thread_settings.held_now(Scope(frozenset({99})), now) == ()
    assert store.thread_settings.held_now(EVERY_SITE, now + timedelta(hours=1)) == ()


def test_nothing_is_changed_outside_the_scope(store: Store, now: datetime) -> None:
    factories.a_held_comment(store)
    [story] = store.thread_settings.latest(factories.a_site(store).id)
    ada = factories.a_moderator(store)

    with pytest.raises(NotThere):
        store.thread_settings.set(
            story.id, {"is_sensitive": True}, moderator_id=ada.id, scope=Scope(frozenset({99})), now=now
        )
    assert store.thread_settings.find(story.id, EVERY_SITE) == story
