"""What a device earns, and what ends it: on both kinds of database."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from comments import schema
from comments.device import DEVICE_LASTS
from comments.receipt import receipt_hash
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.devices import DeviceArrival
from comments.store.records import Accepted, DevicePast
from tests import factories

MINE, OTHER = b"m" * 16, b"o" * 16


def published(store: Store, device: bytes | None = MINE, **overrides: object) -> Accepted:
    return factories.an_approved_comment(store, device=device, **overrides)


def past(store: Store, device: bytes | None = MINE, **overrides: object) -> DevicePast | None:
    """Return what a new comment of a device brings with it."""
    claimed = factories.a_claimed(store, factories.accept(store, device=device, **overrides))
    return store.pending.history(claimed, factories.NOW).device


def reject(store: Store, comment_id: int) -> int:
    """Return the number of the decision."""
    version = store.desk.card(comment_id, now=factories.NOW, scope=EVERY_SITE).version
    moderator = factories.a_moderator(store)
    return store.desk.decide(
        comment_id,
        Status.REJECTED,
        version=version,
        moderator_id=moderator.id,
        now=factories.NOW,
        scope=EVERY_SITE,
    ).decision_id


def count(store: Store) -> int:
    with store.database.read() as connection:
        return connection.execute(select(func.count()).select_from(schema.devices)).scalar_one()


def test_published_comments_of_the_device_are_counted(store: Store) -> None:
    assert past(store) == DevicePast(0, 0)
    published(store)
    published(store, email="another@example.org", name="Another")
    factories.a_held_comment(store, device=MINE)

    found = past(store)

    assert found == DevicePast(2, 0)
    assert found.is_trusted


def test_nothing_is_earned_by_name_and_address_alone(store: Store) -> None:
    published(store)
    published(store)

    assert past(store, device=None) is None
    assert past(store, device=OTHER) == DevicePast(0, 0)


def test_device_is_unknown_on_another_site(store: Store) -> None:
    """Even if both sites had the same hash for it, which their keys prevent."""
    published(store)
    factories.a_site(store, "other")

    arrival = factories.an_arrival(site="other")
    accepted = store.inbox.accept(replace(arrival, device=DeviceArrival(shown=(MINE,))), factories.NOW)

    assert not accepted.has_device
    assert not store.devices.is_known("other", (MINE,), factories.NOW)


def test_unknown_token_is_never_taken_over(store: Store) -> None:
    factories.a_site(store)

    planted = store.inbox.accept(
        replace(factories.an_arrival(), device=DeviceArrival(shown=(OTHER,), new=MINE)), factories.NOW
    )
    forged = store.inbox.accept(replace(factories.an_arrival(), device=DeviceArrival(shown=(OTHER,))), factories.NOW)

    assert (planted.has_device, planted.device_is_new) == (True, True)
    assert not forged.has_device
    assert store.devices.is_known("demo", (MINE,), factories.NOW)
    assert not store.devices.is_known("demo", (OTHER,), factories.NOW)


def test_rejection_ends_the_trust_until_it_is_undone(store: Store) -> None:
    published(store)
    bad = published(store)

    decision_id = reject(store, bad.id)
    rejected = past(store)
    moderator = factories.a_moderator(store)
    store.desk.undo(decision_id, moderator_id=moderator.id, now=factories.NOW, scope=EVERY_SITE)
    undone = past(store)

    assert rejected == DevicePast(1, 1)
    assert not rejected.is_trusted
    assert undone is not None
    assert undone.is_trusted


def test_taking_a_rejected_comment_back_washes_nothing_clean(store: Store) -> None:
    published(store)
    rejected = factories.a_rejected_comment(store, device=MINE)
    waiting = factories.accept(store, device=MINE)

    store.revisions.withdraw(receipt_hash(factories.receipt_of(rejected)), now=factories.NOW)

    found = store.pending.history(factories.a_claimed(store, waiting), factories.NOW).device
    assert found == DevicePast(1, 0, is_revoked=True)
    assert not found.is_trusted
    assert not store.devices.is_known("demo", (MINE,), factories.NOW)


def test_taking_back_another_comment_only_unlinks_it(store: Store) -> None:
    first, second = published(store), published(store)

    store.revisions.withdraw(receipt_hash(factories.receipt_of(first)), now=factories.NOW)

    assert past(store) == DevicePast(1, 0)
    assert second.id != first.id


def test_device_that_rests_too_long_is_unknown(store: Store) -> None:
    published(store)

    def kept_after(passed: timedelta) -> Accepted:
        arrival = replace(factories.an_arrival(), device=DeviceArrival(shown=(MINE,)))
        return store.inbox.accept(arrival, factories.NOW + passed)

    assert not kept_after(DEVICE_LASTS + timedelta(days=1)).has_device
    assert kept_after(DEVICE_LASTS).has_device
    assert kept_after(2 * DEVICE_LASTS).has_device, "each use counts from its own day"


def test_only_the_day_of_the_last_use_is_kept(store: Store) -> None:
    published(store)

    with store.database.read() as connection:
        used: datetime = connection.execute(select(schema.devices.c.last_used_on)).scalar_one()

    assert used == factories.NOW.replace(hour=0, minute=0)


def test_forgotten_device_leaves_its_comments_without_one(store: Store) -> None:
    published(store)
    published(store, OTHER)

    assert store.devices.forget((MINE,))
    assert not store.devices.forget((MINE,))

    assert count(store) == 1
    with store.database.read() as connection:
        linked = connection.execute(select(func.count(schema.identities.c.device_id))).scalar_one()
    assert linked == 1
    assert past(store) == DevicePast(0, 0), "asked again it is a new one"


def test_card_says_how_the_device_fared(store: Store) -> None:
    published(store)
    known, stranger = factories.a_held_comment(store, device=MINE), factories.a_held_comment(store)

    cards = [store.desk.card(each.id, now=factories.NOW, scope=EVERY_SITE) for each in (known, stranger)]

    assert [card.author.device for card in cards] == [DevicePast(1, 0), None]
    assert cards[1].author.approved == 1, "the typed address has its history still"


@pytest.mark.parametrize("device", [MINE, None])
def test_a_retry_makes_no_second_device(store: Store, device: bytes | None) -> None:
    factories.a_site(store)
    arrival = factories.an_arrival(idempotency_key="a-1", device=device)

    first, second = (store.inbox.accept(arrival, factories.NOW) for _ in range(2))

    assert (first.id, second.is_new) == (second.id, False)
    assert count(store) == (0 if device is None else 1)


def test_a_device_that_nobody_used_for_so_long_is_forgotten(store: Store) -> None:
    comment = published(store)
    published(store, OTHER, now=factories.NOW + timedelta(days=1))

    early = store.devices.forget_unused(factories.NOW + DEVICE_LASTS)
    in_time = store.devices.forget_unused(factories.NOW + DEVICE_LASTS + timedelta(days=1))

    assert (early, in_time, count(store)) == (0, 1, 1)
    identity = select(schema.identities.c.device_id).where(schema.identities.c.comment_id == comment.id)
    with store.database.read() as connection:
        assert connection.execute(identity).scalar_one() is None
