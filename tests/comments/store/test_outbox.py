"""A letter waits out the undo window, goes to one sender at a time, and is given up after a day of trying."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from comments import schema
from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.corrections import CORRECTION
from comments.store.outbox import (
    GIVE_UP_AFTER,
    LEASE_SECONDS,
    UNCLAIMED_AFTER,
    UNDO_WINDOW,
    Letter,
    NewLetter,
    pause,
    put,
)
from tests import factories

LATER = UNDO_WINDOW + timedelta(seconds=1)


def put_one(store: Store, now: datetime) -> None:
    site = factories.a_site(store)
    with store.database.write() as connection:
        put(connection, [NewLetter(site.id, "test", {"number": 1})], now)


def decide(store: Store, comment_id: int, new: Status, now: datetime, reason: Reason | None = None) -> int:
    moderator = factories.a_moderator(store)
    version = store.desk.card(comment_id, scope=EVERY_SITE, now=now).version
    made = store.desk.decide(
        comment_id, new, version=version, moderator_id=moderator.id, scope=EVERY_SITE, now=now, reason=reason
    )
    assert made.decision_id is not None
    return made.decision_id


def waiting(store: Store) -> list[tuple[int, str, dict[str, object]]]:
    outbox = schema.outbox
    with store.database.read() as connection:
        rows = connection.execute(select(outbox.c.comment_id, outbox.c.kind, outbox.c.content).order_by(outbox.c.id))
        return [(row.comment_id, row.kind, json.loads(row.content)) for row in rows]


def test_a_letter_waits_until_the_undo_window_is_over(store: Store, now: datetime) -> None:
    put_one(store, now)

    early = store.outbox.take(now + UNDO_WINDOW - timedelta(seconds=1), limit=5)
    [letter] = store.outbox.take(now + UNDO_WINDOW, limit=5)

    assert early == ()
    assert (letter.kind, letter.content, letter.attempts) == ("test", {"number": 1}, 1)


def test_a_letter_goes_to_one_sender_until_its_lease_ends(store: Store, now: datetime) -> None:
    put_one(store, now)
    taken_at = now + LATER

    first, second = store.outbox.take(taken_at, limit=5), store.outbox.take(taken_at, limit=5)
    third = store.outbox.take(taken_at + timedelta(seconds=LEASE_SECONDS), limit=5)

    assert (len(first), len(second), len(third)) == (1, 0, 1)
    assert third[0].attempts == 2


def test_a_letter_that_was_sent_is_gone(store: Store, now: datetime) -> None:
    put_one(store, now)
    [letter] = store.outbox.take(now + LATER, limit=5)

    store.outbox.done(letter)

    assert store.outbox.count() == 0


def test_a_letter_that_failed_comes_again_after_a_pause(store: Store, now: datetime) -> None:
    put_one(store, now)
    [letter] = store.outbox.take(now + LATER, limit=5)

    is_waiting = store.outbox.put_off(letter, now + LATER)

    assert is_waiting
    assert store.outbox.take(now + LATER + timedelta(seconds=59), limit=5) == ()
    assert len(store.outbox.take(now + LATER + timedelta(seconds=60), limit=5)) == 1


def test_pauses_double_up_to_two_hours() -> None:
    minutes = [int(pause(attempts).total_seconds() / 60) for attempts in (1, 2, 3, 7, 8, 1_000)]

    assert minutes == [1, 2, 4, 64, 120, 120]


def test_a_letter_is_given_up_after_a_day_with_an_event(store: Store, now: datetime) -> None:
    put_one(store, now)
    tomorrow = now + GIVE_UP_AFTER
    [letter] = store.outbox.take(tomorrow, limit=5)

    is_waiting, again = store.outbox.put_off(letter, tomorrow), store.outbox.put_off(letter, tomorrow)

    assert not is_waiting
    assert not again
    assert store.outbox.count() == 0
    with store.database.read() as connection:
        [event] = connection.execute(select(schema.events)).all()
    assert (event.kind, event.site_id) == ("delivery given up", letter.site_id)
    assert json.loads(event.detail) == {"attempts": 1, "comment_id": None, "kind": "test"}


def test_the_longest_due_is_sent_first(store: Store, now: datetime) -> None:
    put_one(store, now + timedelta(seconds=5))
    put_one(store, now)

    letters: tuple[Letter, ...] = store.outbox.take(now + timedelta(hours=1), limit=5)

    assert [letter.created_at for letter in letters] == [now, now + timedelta(seconds=5)]


@pytest.mark.parametrize(
    ("new", "reason", "verdict"),
    [
        (Status.APPROVED, None, "ham"),
        (Status.REJECTED, Reason.SPAM, "spam"),
        (Status.REJECTED, Reason.ADVERTISING, "spam"),
    ],
)
def test_a_moderators_word_on_spam_becomes_a_correction(
    store: Store, now: datetime, new: Status, reason: Reason | None, verdict: str
) -> None:
    held = factories.a_held_comment(store)

    decide(store, held.id, new, now, reason)

    assert waiting(store) == [(held.id, CORRECTION, {"verdict": verdict, "revision": 1})]


def test_a_rejection_for_something_else_corrects_nobody(store: Store, now: datetime) -> None:
    held = factories.a_held_comment(store)

    decide(store, held.id, Status.REJECTED, now, Reason.INSULT)

    assert waiting(store) == []


def test_the_policy_corrects_nobody(store: Store) -> None:
    factories.an_approved_comment(store)
    factories.a_rejected_comment(store)

    assert waiting(store) == []


def test_an_undo_takes_back_what_was_not_sent(store: Store, now: datetime) -> None:
    held, other = factories.a_held_comment(store), factories.a_held_comment(store)
    made = decide(store, held.id, Status.APPROVED, now)
    decide(store, other.id, Status.APPROVED, now)

    store.desk.undo(made, moderator_id=factories.a_moderator(store).id, scope=EVERY_SITE, now=now)

    assert [comment_id for comment_id, _, _ in waiting(store)] == [other.id]


def test_a_second_word_takes_the_place_of_the_first(store: Store, now: datetime) -> None:
    held = factories.a_held_comment(store)
    decide(store, held.id, Status.APPROVED, now)

    decide(store, held.id, Status.REJECTED, now, Reason.SPAM)

    assert waiting(store) == [(held.id, CORRECTION, {"verdict": "spam", "revision": 1})]


def test_a_process_takes_the_kinds_it_knows(store: Store, now: datetime) -> None:
    put_one(store, now)

    stranger = store.outbox.take(now + LATER, limit=5, kinds=["another"])
    [letter] = store.outbox.take(now + LATER, limit=5, kinds=["another", "test"])

    assert stranger == ()
    assert letter.attempts == 1


def test_what_nobody_takes_is_given_up_after_a_week_with_an_event(store: Store, now: datetime) -> None:
    put_one(store, now)

    early = store.outbox.give_up_unclaimed(now + UNCLAIMED_AFTER)
    late = store.outbox.give_up_unclaimed(now + UNCLAIMED_AFTER + timedelta(seconds=1))

    assert (early, late, store.outbox.count()) == (0, 1, 0)
    with store.database.read() as connection:
        [event] = connection.execute(select(schema.events)).all()
    assert json.loads(event.detail) == {"attempts": 0, "comment_id": None, "kind": "test"}


def test_a_postponed_letter_has_its_day_of_trying_from_then_on(store: Store, now: datetime) -> None:
    put_one(store, now)
    [letter] = store.outbox.take(now + LATER, limit=5)
    until = now + 2 * GIVE_UP_AFTER

    store.outbox.postpone(letter, until)
    early = store.outbox.take(until - timedelta(seconds=1), limit=5)
    [again] = store.outbox.take(until, limit=5)

    assert early == ()
    assert again.attempts == 1
    assert store.outbox.put_off(again, until + timedelta(hours=1))
