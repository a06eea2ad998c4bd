"""Couriers bring every letter, at least once, and a receiver that fails costs nobody else anything."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.outbox import GIVE_UP_AFTER, LEASE_SECONDS, UNDO_WINDOW
from comments.store.webhook_letters import PAUSE_AFTER
from tests import factories
from tests.workers.external.servers import Respond, Talk, answering, running
from tests.workers.webhooks.receivers import PATIENCE_SECONDS, a_webhook, events, ids, put_letters, tell
from workers.webhooks.couriers import Couriers
from workers.webhooks.round import MOST_REFUSALS, serve

TAKEN = answering(204)
MINUTE = timedelta(minutes=1)
# Much longer than a round takes on a busy machine, so that a round that waited for it would be seen.
GIVEN_UP_SECONDS = 1.5
ONE_ROUND = Path(__file__).with_name("one_round.py")


def waiting(store: Store) -> int:
    return sum(store.webhooks.waiting().values())


def test_everything_that_is_due_arrives_once(store: Store, now: datetime) -> None:
    with running(TAKEN) as server:
        webhook_id = a_webhook(store, server.url)
        put_letters(store, webhook_id, 25)
        tell(store, now)
        tell(store, now)

    [webhook] = store.webhooks.all()
    assert sorted(ids(server)) == sorted(f"evt_{webhook_id}_{number}" for number in range(25))
    assert waiting(store) == 0
    assert webhook.delivered_at == now


def test_a_comment_is_told_from_its_verdict_to_its_end(store: Store, now: datetime) -> None:
    with running(TAKEN) as server:
        a_webhook(store, server.url)
        comment = factories.a_held_comment(store)
        tell(store, now)
        version = store.desk.card(comment.id, scope=EVERY_SITE, now=now).version
        moderator_id = factories.a_moderator(store).id
        store.desk.decide(
            comment.id, Status.APPROVED, version=version, moderator_id=moderator_id, scope=EVERY_SITE, now=now
        )
        tell(store, now + UNDO_WINDOW - timedelta(seconds=1))
        within_the_window = len(server.received)
        tell(store, now + UNDO_WINDOW)

    bodies = [received.body for received in server.received]
    assert within_the_window == 1
    assert [b'"comment.held"' in bodies[0], b'"comment.published"' in bodies[1]] == [True, True]


def test_a_receiver_that_hangs_holds_up_nobody(sqlite_store: Store, now: datetime) -> None:
    with running(lambda talk: talk.is_over.wait() and None) as hung, running(TAKEN) as sound:
        put_letters(sqlite_store, a_webhook(sqlite_store, hung.url), 50)
        put_letters(sqlite_store, a_webhook(sqlite_store, sound.url), 50)
        couriers = Couriers(
            sqlite_store, factories.ROOT_KEY, lambda: now, allows_private=True, timeout_seconds=GIVEN_UP_SECONDS
        )
        started = time.monotonic()
        couriers.send_out()
        took = time.monotonic() - started
        assert couriers.wait(PATIENCE_SECONDS)

    assert len(server_ids := ids(sound)) == len(set(server_ids)) == 50
    assert len(hung.received) == 1, "it is left alone after the first silence"
    assert took < GIVEN_UP_SECONDS, "the sweeper does not wait for anybody"


def test_nobody_is_sent_where_somebody_is_under_way(sqlite_store: Store, now: datetime) -> None:
    with running(lambda talk: talk.is_over.wait() and None) as hung:
        put_letters(sqlite_store, a_webhook(sqlite_store, hung.url), 50)
        couriers = Couriers(sqlite_store, factories.ROOT_KEY, lambda: now, allows_private=True, timeout_seconds=0.3)
        first, second = couriers.send_out(), couriers.send_out()
        assert couriers.wait(PATIENCE_SECONDS)

    assert (first, second) == (1, 0)


def test_one_letter_that_is_refused_does_not_stop_the_next(store: Store, now: datetime) -> None:
    def refuse_the_third(talk: Talk) -> None:
        talk.answer(400 if talk.handler.headers["webhook-id"].endswith("_2") else 200)

    with running(refuse_the_third) as server:
        webhook_id = a_webhook(store, server.url)
        put_letters(store, webhook_id, 6)
        tell(store, now)
        after_first = waiting(store)
        tell(store, now + timedelta(seconds=59))
        early = len(server.received)
        tell(store, now + MINUTE)

    assert after_first == 1
    assert early == 6
    assert ids(server)[6:] == [f"evt_{webhook_id}_2"], "the same id, again"


def test_a_receiver_that_fails_is_left_alone_and_hears_everything_later(store: Store, now: datetime) -> None:
    is_broken = True
    with running(lambda talk: talk.answer(500 if is_broken else 200)) as server:
        put_letters(store, a_webhook(store, server.url), 20)
        tell(store, now)
        refused = len(server.received)
        tell(store, now + timedelta(seconds=59))
        while_resting = len(server.received)
        [failing] = store.webhooks.all()
        is_broken = False
        tell(store, now + MINUTE)
        [mended] = store.webhooks.all()

    assert refused == while_resting == MOST_REFUSALS
    assert (failing.failures, failing.failing_since, failing.last_problem) == (1, now, "it answered 500")
    assert (mended.failures, mended.failing_since, mended.last_problem) == (0, None, "")
    assert waiting(store) == 0


def test_a_receiver_that_asks_for_it_is_left_alone_for_as_long(sqlite_store: Store, now: datetime) -> None:
    with running(answering(429, Retry_After="1800")) as server:
        put_letters(sqlite_store, a_webhook(sqlite_store, server.url), 5)
        tell(sqlite_store, now)
        tell(sqlite_store, now + timedelta(minutes=29))
        early = len(server.received)
        tell(sqlite_store, now + timedelta(minutes=30))

    assert (early, len(server.received)) == (1, 2)


def test_what_could_not_be_told_for_a_day_is_given_up_in_the_trail(store: Store, now: datetime) -> None:
    with running(answering(500)) as server:
        webhook_id = a_webhook(store, server.url)
        put_letters(store, webhook_id, 7)
        tell(store, now)
        tell(store, now + GIVE_UP_AFTER)

    given_up = [detail for kind, detail in events(store) if kind == "delivery given up"]
    assert waiting(store) == 0
    assert sum(detail["count"] for detail in given_up) == 7
    assert {detail["webhook_id"] for detail in given_up} == {webhook_id}
    assert {detail["host"] for detail in given_up} == {"127.0.0.1"}


def test_after_days_of_failures_it_is_paused_until_somebody_resumes_it(store: Store, now: datetime) -> None:
    with running(answering(500)) as server, structlog.testing.capture_logs() as logged:
        a_webhook(store, f"{server.url}/secret-path")
        for days in range(PAUSE_AFTER.days + 1):
            put_letters(store, store.webhooks.all()[0].id, 1, at=now)
            tell(store, now + timedelta(days=days))
        [paused] = store.webhooks.all()
        factories.an_approved_comment(store)
        kept = waiting(store)
        store.webhooks.resume(paused, now)
        factories.an_approved_comment(store)

    told = [(kind, detail) for kind, detail in events(store) if kind == "webhook paused"]
    assert paused.paused_at == now + PAUSE_AFTER
    assert [(kind, detail["why"]) for kind, detail in told] == [("webhook paused", "it answered 500")]
    assert [line["event"] for line in logged if line["log_level"] == "error"] == ["webhook paused"]
    assert (kept, waiting(store)) == (0, 1)
    assert "secret-path" not in str(events(store)) + str(logged)


def test_a_receiver_that_says_it_is_gone_is_paused_at_once(sqlite_store: Store, now: datetime) -> None:
    with running(answering(410)) as server:
        put_letters(sqlite_store, a_webhook(sqlite_store, server.url), 5)
        tell(sqlite_store, now)

    [webhook] = sqlite_store.webhooks.all()
    assert (webhook.paused_at, webhook.last_problem, len(server.received)) == (now, "it answered 410", 1)
    assert waiting(sqlite_store) == 0


def test_a_secret_of_another_root_key_signs_nothing(sqlite_store: Store, now: datetime) -> None:
    with running(TAKEN) as server:
        site = factories.a_site(sqlite_store)
        webhook_id = sqlite_store.webhooks.add(site.id, server.url, (), b"x" * 60, now=now)
        put_letters(sqlite_store, webhook_id, 1)
        tell(sqlite_store, now)

    [webhook] = sqlite_store.webhooks.all()
    assert server.received == []
    assert "another root key" in webhook.last_problem


def test_a_round_ends_when_its_time_is_up_and_lets_go_of_the_rest(store: Store, now: datetime) -> None:
    webhook_id = a_webhook(store, "https://hooks.example/")
    put_letters(store, webhook_id, 9)
    [webhook] = store.webhooks.all()
    clock = iter([0.0, 1.0, 2.0, 6.0])

    arrived = serve(store, webhook, lambda _: None, lambda: now, monotonic=lambda: next(clock))

    rest = store.webhook_letters.take(webhook_id, now, limit=50)
    assert arrived == 2
    assert [letter.attempts for letter in rest] == [1] * 7, "what was not sent was not tried"


def test_two_sweepers_share_the_work(store: Store, now: datetime) -> None:
    with running(TAKEN) as server:
        put_letters(store, a_webhook(store, server.url), 40)
        both = [Couriers(store, factories.ROOT_KEY, lambda: now, allows_private=True) for _ in range(2)]
        for couriers in both:
            couriers.send_out()
        assert all(couriers.wait(PATIENCE_SECONDS) for couriers in both)

    assert len(ids(server)) == len(set(ids(server))) == 40


def test_who_is_killed_between_sending_and_forgetting_sends_it_again_with_the_same_id(
    store: Store, database_url: str, now: datetime, tmp_path: Path
) -> None:
    (tmp_path / "delivered").write_text("kill")
    with running(TAKEN) as server:
        webhook_id = a_webhook(store, server.url)
        put_letters(store, webhook_id, 3)
        killed = subprocess.run(
            [sys.executable, str(ONE_ROUND), database_url],
            env={**os.environ, "REPLYDESK_FAILPOINTS": str(tmp_path)},
            cwd=Path(__file__).parents[3],
            timeout=60,
            check=False,
        )
        at_once = len(server.received)
        tell(store, now + timedelta(seconds=LEASE_SECONDS))

    assert killed.returncode == -signal.SIGKILL
    assert at_once == 1
    assert sorted(ids(server)) == sorted([f"evt_{webhook_id}_{number}" for number in (0, 0, 1, 2)])
    assert waiting(store) == 0


@pytest.mark.parametrize("answer", [answering(204), answering(500)])
def test_a_webhook_that_was_removed_meanwhile_is_no_problem(
    sqlite_store: Store, now: datetime, answer: Respond
) -> None:
    def remove_and_answer(talk: Talk) -> None:
        [webhook] = sqlite_store.webhooks.all()
        sqlite_store.webhooks.remove(webhook, now)
        answer(talk)

    with running(remove_and_answer) as server:
        put_letters(sqlite_store, a_webhook(sqlite_store, server.url), 1)
        tell(sqlite_store, now)

    assert sqlite_store.webhooks.all() == ()
    assert waiting(sqlite_store) == 0
