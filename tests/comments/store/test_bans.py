"""A ban holds what its author writes, on its site, for its time, and says so to moderators alone."""

from datetime import timedelta

import pytest

from comments.identity import author_keys
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.records import Accepted
from tests import factories
from tests.at_the_desk import decide, status_of, trail_of
from workers.drain import drain_pending
from workers.opinion import opinion

NOW = factories.NOW
ADDRESS = "ada.obi@example.org"


@pytest.fixture
def banned(store: Store) -> None:
    """Ada is banned for ten days on the site "demo"."""
    keys = author_keys(ADDRESS, "demo", factories.ROOT_KEY)
    assert keys is not None
    site = factories.a_site(store)
    store.bans.add(site.id, keys, until=NOW + timedelta(days=10), now=NOW)


def sent(store: Store, **overrides: object) -> Accepted:
    comment = factories.accept(store, **({"email": ADDRESS} | overrides))  # type: ignore[arg-type]  # the body's fields
    now = overrides.get("now", NOW)
    assert drain_pending(store, opinion, lease_seconds=60, now=lambda: now)  # type: ignore[arg-type, return-value]  # a time
    return comment


@pytest.mark.usefixtures("banned")
def test_what_a_banned_author_writes_is_held_without_a_word_to_them(store: Store) -> None:
    comment = sent(store)

    assert status_of(store, comment.id) is Status.HELD
    assert trail_of(store, comment.id)[-1].explanation == ()
    receipt = store.receipts.find(factories.receipt_of(comment))
    assert receipt is not None
    assert receipt.explanation == ()
    card = store.desk.card(comment.id, now=NOW, scope=EVERY_SITE)
    assert "its author is banned from this site" in [signal.detail for signal in card.signals]


@pytest.mark.usefixtures("banned")
def test_others_other_sites_and_later_days_are_free(store: Store) -> None:
    free = [
        sent(store, email="eve@example.org", text="The bridge was closed again this morning."),
        sent(store, site="other", text="My grandmother remembers when that market was a field."),
        sent(store, now=NOW + timedelta(days=11), text="Has anyone asked the teachers what they think?"),
    ]

    assert [status_of(store, comment.id) for comment in free] == [Status.APPROVED] * 3


@pytest.mark.usefixtures("banned")
def test_a_moderator_may_publish_it_all_the_same(store: Store) -> None:
    comment = sent(store)

    decide(store, comment.id, Status.APPROVED)

    assert status_of(store, comment.id) is Status.APPROVED


@pytest.mark.usefixtures("banned")
def test_the_same_author_is_banned_once_and_until_the_later_day(store: Store) -> None:
    [before] = store.bans.all(NOW)
    keys = author_keys("Ada.Obi+x@example.org", "demo", factories.ROOT_KEY)
    assert keys is not None

    store.bans.add(factories.a_site(store).id, keys, until=None, now=NOW)

    [after] = store.bans.all(NOW + timedelta(days=4000))
    assert (after.id, after.until_at) == (before.id, None)


@pytest.mark.usefixtures("banned")
def test_it_is_forgotten_on_its_day(store: Store) -> None:
    assert store.bans.forget_ended(NOW + timedelta(days=9)) == 0
    assert store.bans.forget_ended(NOW + timedelta(days=10)) == 1
    assert store.bans.all(NOW) == ()
