"""The sweeper: what nobody was woken for is found, whatever became of Redis."""

import struct
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.learning import SETTLING_SECONDS
from comments.wakeup import DRAIN, LEARN, QUEUE, WAKE_KEY, Wakeup, connect_quickly
from tests.factories import a_held_comment, a_moderator, accept
from tests.workers import opinions
from workers.crew import HUNG_SECONDS
from workers.heartbeat import LEASE_SECONDS as SIGN_SECONDS
from workers.heartbeat import Heartbeat, Pulse
from workers.runtime import Runtime
from workers.sweep import Sweeper, sweep_until

SWEEP_SECONDS = 5.0
LONGEST_SWEEP_SECONDS = 300.0
LEASE_SECONDS = 60


class Clock:
    """A time that goes on when it is told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def forward(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


def runtime_with(store: Store, url: str, clock: Clock, pulse: Pulse | None = None) -> Runtime:
    beat = Heartbeat(store, "sweeper/test", pulse or Pulse(), lambda: clock.now)
    return Runtime(store, connect_quickly(url), opinions.approve, LEASE_SECONDS, beat, lambda: clock.now)


@pytest.fixture
def sweeper(store: Store, valkey: str, clock: Clock) -> Iterator[Sweeper]:
    here = runtime_with(store, valkey, clock)
    yield Sweeper(here, "this", sweep_seconds=SWEEP_SECONDS)
    here.redis.close()


@pytest.fixture
def orphan(store: Store, clock: Clock) -> Sweeper:
    """A sweeper whose Redis is not there."""
    return Sweeper(runtime_with(store, "unix:///nowhere/valkey.sock", clock), "orphan", sweep_seconds=SWEEP_SECONDS)


def queued_drains(redis: Redis) -> int:
    jobs = Queue(QUEUE, connection=redis, serializer=JSONSerializer).jobs
    return sum(job.func_name == DRAIN for job in jobs)


def status_of(store: Store, comment_id: int, now: datetime) -> Status:
    return store.desk.card(comment_id, now=now, scope=EVERY_SITE).status


def test_a_comment_whose_bell_was_lost_is_rung_for(sweeper: Sweeper, store: Store, redis: Redis, clock: Clock) -> None:
    accept(store)
    Wakeup(redis).ring()
    redis.flushall()

    found = sweeper.sweep(clock.forward(SWEEP_SECONDS))

    assert found == 1
    assert queued_drains(redis) == 1


def test_a_fresh_comment_is_left_to_its_own_bell(sweeper: Sweeper, store: Store, redis: Redis, clock: Clock) -> None:
    accept(store)

    assert sweeper.sweep(clock.forward(1)) == 0
    assert queued_drains(redis) == 0


def test_a_comment_that_somebody_holds_is_left_to_them_until_the_lease_ends(
    sweeper: Sweeper, store: Store, clock: Clock
) -> None:
    accept(store)
    store.pending.claim(clock.now, lease_seconds=LEASE_SECONDS)

    assert sweeper.sweep(clock.forward(LEASE_SECONDS - 1)) == 0
    assert sweeper.sweep(clock.forward(1)) == 1


def test_without_redis_the_sweeper_does_the_work(orphan: Sweeper, store: Store, clock: Clock) -> None:
    comment_id = accept(store).id

    orphan.sweep(clock.forward(SWEEP_SECONDS))

    assert status_of(store, comment_id, clock.now) is Status.APPROVED


def test_when_ringing_does_not_help_the_sweeper_does_the_work(
    sweeper: Sweeper, store: Store, redis: Redis, clock: Clock
) -> None:
    """The queue is there, and nobody takes from it: within lease and ten seconds it is settled all the same."""
    comment_id = accept(store).id
    store.pending.claim(clock.now, lease_seconds=LEASE_SECONDS)
    began_at = clock.now

    while status_of(store, comment_id, clock.now) is Status.PENDING:
        sweeper.sweep(clock.forward(SWEEP_SECONDS))

    assert clock.now - began_at <= timedelta(seconds=LEASE_SECONDS + 10)
    assert queued_drains(redis), "it rang first"


def test_the_wake_key_of_somebody_else_s_redis_does_not_keep_comments_waiting(
    sweeper: Sweeper, store: Store, redis: Redis, clock: Clock
) -> None:
    comment_id = accept(store).id
    redis.set(WAKE_KEY, "stuck")  # without an end

    for _ in range(2):
        sweeper.sweep(clock.forward(SWEEP_SECONDS))

    assert status_of(store, comment_id, clock.now) is Status.APPROVED


def test_one_sweeps_at_a_time_and_another_when_it_is_gone(
    sweeper: Sweeper, orphan: Sweeper, store: Store, clock: Clock
) -> None:
    accept(store)
    accept(store)

    assert sweeper.sweep(clock.forward(SWEEP_SECONDS)) == 2
    assert orphan.sweep(clock.now) == 0
    assert orphan.sweep(clock.forward(60)) == 2


def test_a_sweeper_that_stops_makes_room_at_once(sweeper: Sweeper, orphan: Sweeper, store: Store, clock: Clock) -> None:
    accept(store)
    sweeper.sweep(clock.forward(SWEEP_SECONDS))

    sweeper.stop()

    assert orphan.sweep(clock.now) == 1


def test_networks_are_forgotten_after_seven_days(sweeper: Sweeper, store: Store, now: datetime, clock: Clock) -> None:
    accept(store, client_ip="203.0.113.7")
    assert store.inbox.forget_networks(now + timedelta(days=7)) == 0, "not before their time"

    sweeper.sweep(clock.forward(timedelta(days=7, seconds=1).total_seconds()))

    assert store.inbox.forget_networks(now + timedelta(days=30)) == 0, "there are none left"


def test_sweeping_goes_on_after_the_database_was_away(sweeper: Sweeper, store: Store, clock: Clock) -> None:
    from comments.store import StoreUnavailable

    looks: list[int] = []
    count_stranded = store.pending.count_stranded

    def count(now: datetime, *, older_than_seconds: float, lease_seconds: int) -> int:
        looks.append(1)
        if len(looks) == 1:
            raise StoreUnavailable("OperationalError")
        return count_stranded(now, older_than_seconds=older_than_seconds, lease_seconds=lease_seconds)

    store.pending.count_stranded = count  # type: ignore[method-assign]
    turns = iter([False, False, True])

    sweep_until(lambda _: next(turns), sweeper, sweeper._here, sweep_seconds=SWEEP_SECONDS)

    assert len(looks) == 2


def test_a_sweeper_gives_signs_of_life_however_long_it_waits_for_its_next_sweep(
    store: Store, valkey: str, clock: Clock
) -> None:
    # given: the longest interval that the settings allow, and a pulse that stands still unless it is beaten
    pulse = Pulse()
    here = runtime_with(store, valkey, clock, pulse)
    waits: list[float] = []
    silences: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        silences.append(pulse.seconds_ago())
        struct.pack_into("d", pulse._shared, 0, time.monotonic() - HUNG_SECONDS - 1)
        return sum(waits) > LONGEST_SWEEP_SECONDS

    # when
    sweep_until(
        wait, Sweeper(here, "this", sweep_seconds=LONGEST_SWEEP_SECONDS), here, sweep_seconds=LONGEST_SWEEP_SECONDS
    )
    here.redis.close()

    # then
    assert sum(waits) > LONGEST_SWEEP_SECONDS, "else this proves nothing"
    assert max(waits) <= SIGN_SECONDS / 2
    assert max(silences) < HUNG_SECONDS


def test_decisions_of_moderators_are_rung_for(sweeper: Sweeper, store: Store, redis: Redis, clock: Clock) -> None:
    # given: a moderator's decision that has settled
    held = a_held_comment(store)
    version = store.desk.card(held.id, now=clock.now, scope=EVERY_SITE).version
    store.desk.decide(
        held.id, Status.APPROVED, version=version, moderator_id=a_moderator(store).id, now=clock.now, scope=EVERY_SITE
    )

    # when
    sweeper.sweep(clock.forward(SETTLING_SECONDS + 1))

    # then
    assert [job.func_name for job in Queue(QUEUE, connection=redis, serializer=JSONSerializer).jobs] == [LEARN]
