"""The drain against real databases and a real Valkey: everything that waits is settled, once, whatever else happens."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from comments.policy import Policy
from comments.roles import EVERY_SITE
from comments.signal import Category, Signal
from comments.status import Status
from comments.store import Store, open_store
from comments.store.pending import BATCH
from comments.store.records import Claimed, Site
from comments.verdict import Verdict
from comments.wakeup import QUEUE, WAKE_KEY, Wakeup
from tests.factories import a_signal, accept
from tests.workers import opinions
from workers import judge as judging
from workers import runtime
from workers.checks.subject import Subject
from workers.drain import drain, drain_pending
from workers.external.panel import Panel
from workers.external.question import Question
from workers.heartbeat import Heartbeat, Pulse
from workers.judge import Opinion
from workers.opinion import opinion
from workers.runtime import Runtime

LEASE_SECONDS = 60


@pytest.fixture
def here(store: Store, redis: Redis, now: datetime) -> Iterator[Runtime]:
    """This process as a worker whose checks obey the texts."""
    opened = Runtime(
        store, redis, opinions.obey, LEASE_SECONDS, Heartbeat(store, "w", Pulse(), lambda: now), lambda: now
    )
    runtime.use(opened)
    yield opened
    runtime.use(None)


def drain_with(store: Store, now: datetime, opinion: Opinion = opinions.obey) -> bool:
    # A busy machine may take longer than a job has.
    return drain_pending(store, opinion, lease_seconds=LEASE_SECONDS, now=lambda: now, budget_seconds=600)


def status_of(store: Store, comment_id: int, now: datetime) -> Status:
    return store.desk.card(comment_id, now=now, scope=EVERY_SITE).status


def queued_jobs(redis: Redis) -> int:
    return len(Queue(QUEUE, connection=redis, serializer=JSONSerializer))


def test_everything_that_waits_is_settled(store: Store, now: datetime) -> None:
    ids = [accept(store).id for _ in range(120)]

    is_empty = drain_with(store, now)

    assert is_empty
    assert {status_of(store, comment_id, now) for comment_id in ids} == {Status.APPROVED}
    assert store.pending.oldest_at() is None


def test_a_comment_is_settled_once_by_two_drains_at_the_same_time(
    database_url: str, store: Store, now: datetime
) -> None:
    ids = [accept(store).id for _ in range(60)]
    stores = [open_store(database_url) for _ in range(3)]

    drains = [threading.Thread(target=drain_with, args=(opened, now)) for opened in stores]
    for thread in drains:
        thread.start()
    for thread in drains:
        thread.join()
    for opened in stores:
        opened.close()

    made = [[record.new_status for record in store.desk.history(comment_id, scope=EVERY_SITE)] for comment_id in ids]
    assert made == [[Status.PENDING, Status.APPROVED]] * len(ids)


def test_a_crash_in_one_comment_s_check_holds_that_one_alone(store: Store, now: datetime) -> None:
    before, crashing, after = (accept(store, text=text).id for text in ("one", "please raise ValueError", "two"))

    drain_with(store, now)

    card = store.desk.card(crashing, now=now, scope=EVERY_SITE)
    assert card.status is Status.HELD
    assert [signal.category for signal in card.signals] == [Category.ERROR]
    assert "ValueError" in card.signals[0].detail
    assert "please raise" not in card.signals[0].detail, "an error's message may repeat the text"
    assert {status_of(store, other, now) for other in (before, after)} == {Status.APPROVED}


def test_a_check_that_never_ends_is_ended_and_its_comment_held(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "CHECK_SECONDS", 0.1)
    hanging, other = accept(store, text="please hang").id, accept(store).id

    drain_with(store, now)

    assert status_of(store, hanging, now) is Status.HELD
    assert status_of(store, other, now) is Status.APPROVED


def test_an_attempt_that_never_ended_is_made_once_more_and_alone(store: Store, now: datetime) -> None:
    # given five comments whose worker died
    ids = [accept(store).id for _ in range(5)]
    assert len(store.pending.claim(now, lease_seconds=LEASE_SECONDS)) == 5
    sizes: list[int] = []

    def count_batch(claimed: tuple[Claimed, ...]) -> None:
        sizes.append(len(claimed))

    # when the leases are still held, nothing is touched; when they have ended, each is tried again
    drain_with(store, now)
    assert {status_of(store, comment_id, now) for comment_id in ids} == {Status.PENDING}
    later = now + timedelta(seconds=LEASE_SECONDS)
    again = store.pending.claim_again
    store.pending.claim_again = lambda now, *, lease_seconds: (  # type: ignore[method-assign]
        taken := again(now, lease_seconds=lease_seconds),
        count_batch(taken),
    )[0]
    drain_with(store, later)

    assert {status_of(store, comment_id, now) for comment_id in ids} == {Status.APPROVED}
    assert sizes == [1] * 5 + [0]


def test_a_comment_whose_second_attempt_never_ended_is_held(store: Store, now: datetime) -> None:
    comment_id = accept(store).id
    store.pending.claim(now, lease_seconds=LEASE_SECONDS)
    later = now + timedelta(seconds=LEASE_SECONDS)
    store.pending.claim_again(later, lease_seconds=LEASE_SECONDS)

    drain_with(store, later + timedelta(seconds=LEASE_SECONDS))

    last = store.desk.history(comment_id, scope=EVERY_SITE)[-1]
    assert (last.new_status, last.made_by) == (Status.HELD, "system")


def test_a_flood_of_one_text_is_seen_within_its_batch(store: Store, now: datetime) -> None:
    likenesses: list[int] = []

    def count_likenesses(subject: Subject, policy: Policy) -> Verdict:
        likenesses.append(len(subject.likenesses))
        return opinions.APPROVED

    for number in range(4):
        accept(store, text="Best loans in town, write to me", email=f"reader{number}@example.org")
    drain_with(store, now, count_likenesses)
    accept(store, text="Best loans in town, write to me", email="another@example.org")
    drain_with(store, now, count_likenesses)

    assert likenesses == [0, 1, 2, 3, 4]


def test_the_job_settles_what_waits_and_lets_the_bell_ring_again(here: Runtime, redis: Redis, now: datetime) -> None:
    comment_id = accept(here.store).id
    Wakeup(redis).ring()
    assert redis.exists(WAKE_KEY)

    drain()

    assert status_of(here.store, comment_id, now) is Status.APPROVED
    assert not redis.exists(WAKE_KEY)
    assert queued_jobs(redis) == 1, "only the one that rang: nothing is left to do"


def test_the_wake_key_is_gone_before_the_first_claim(here: Runtime, redis: Redis, now: datetime) -> None:
    """Commit → SET here, DEL → claim there: whichever way they interleave, the comment is claimed or rings a bell."""
    Wakeup(redis).ring()
    rang: list[bool] = []
    claim = here.store.pending.claim

    def commit_during_claim(moment: datetime, *, lease_seconds: int) -> tuple[Claimed, ...]:
        if rang:
            return ()  # the job ends without having seen the comment
        taken = claim(moment, lease_seconds=lease_seconds)
        accept(here.store)  # committed just after the claim has looked …
        queued_before = queued_jobs(redis)
        Wakeup(redis).ring()
        rang.append(queued_jobs(redis) > queued_before)  # … so it must put a job of its own on the queue
        return taken

    here.store.pending.claim = commit_during_claim  # type: ignore[method-assign]
    drain()

    assert rang == [True]


def test_a_job_whose_time_is_up_puts_itself_on_the_queue_again(
    here: Runtime, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(BATCH + 1):
        accept(here.store)
    monkeypatch.setattr("workers.drain.BUDGET_SECONDS", 0)

    drain()

    assert here.store.pending.oldest_at() is not None, "else this proves nothing"
    assert queued_jobs(redis) == 1


def test_a_look_at_nothing_waits_for_no_writer(sqlite_store: Store, site: Site, now: datetime) -> None:
    with sqlite_store.database.write() as connection:
        connection.exec_driver_sql("SELECT 1")  # whoever wanted to write now would have to wait for this to end

        assert drain_with(sqlite_store, now)


@pytest.mark.parametrize(("waiting", "gathered"), [(0, 0), (1, 1), (BATCH, 0)])
def test_a_batch_that_was_not_full_gathers(sqlite_store: Store, now: datetime, waiting: int, gathered: int) -> None:
    for _ in range(waiting):
        accept(sqlite_store)
    times: list[None] = []

    assert drain_pending(
        sqlite_store,
        opinions.obey,
        lease_seconds=LEASE_SECONDS,
        now=lambda: now,
        gather=lambda: times.append(None),
    )
    assert len(times) == gathered


def test_a_drain_stops_at_its_budget(store: Store, now: datetime) -> None:
    ids = [accept(store).id for _ in range(60)]
    clock = iter(float(seconds) for seconds in range(1_000))

    is_empty = drain_pending(
        store,
        opinions.approve,
        lease_seconds=10_000,
        now=lambda: now,
        budget_seconds=10,
        monotonic=lambda: next(clock),
    )

    assert not is_empty
    assert sum(status_of(store, comment_id, now) is Status.PENDING for comment_id in ids) == 10


def test_a_slow_batch_is_settled_as_far_as_it_got(store: Store, now: datetime) -> None:
    ids = [accept(store).id for _ in range(50)]
    clock = iter(float(seconds) for seconds in range(1_000))

    drain_pending(
        store,
        opinions.approve,
        lease_seconds=40,
        now=lambda: now,
        budget_seconds=1,
        monotonic=lambda: next(clock),
    )

    settled = [comment_id for comment_id in ids if status_of(store, comment_id, now) is Status.APPROVED]
    assert settled == ids[:20]


@pytest.mark.parametrize("gone", ["unix:///nowhere/valkey.sock"])
def test_comments_are_settled_when_redis_dies_under_the_job(store: Store, now: datetime, gone: str) -> None:
    comment_id = accept(store).id
    beat = Heartbeat(store, "w", Pulse(), lambda: now)
    runtime.use(Runtime(store, Redis.from_url(gone), opinions.approve, LEASE_SECONDS, beat, lambda: now))

    drain()
    runtime.use(None)

    assert status_of(store, comment_id, now) is Status.APPROVED


def test_drawn_sample_of_approved_comments_waits_for_an_audit(
    sqlite_store: Store, site: Site, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a comment that is approved and one that is held, and a draw that always draws
    approved, held = accept(sqlite_store, text="Good point."), accept(sqlite_store, text="please raise")
    monkeypatch.setattr("workers.drain.is_audit_sample", lambda _comment_id, _seed: True)

    # when
    drain_pending(sqlite_store, opinions.obey, lease_seconds=60, now=lambda: now, audit_seed=b"secret")

    # then: what was published is looked at, what was held is looked at anyway
    assert [sample.comment_id for sample in sqlite_store.samples.waiting(site.id)] == [approved.id]
    assert status_of(sqlite_store, held.id, now) is Status.HELD


class Doubter:
    """A checker outside that would have a person look at everything."""

    name = "doubter"

    def ask(self, question: Question, now: datetime) -> Signal:
        return a_signal(check="external:doubter")


def test_answer_of_a_checker_outside_counts(sqlite_store: Store, site: Site, now: datetime) -> None:
    accepted = accept(sqlite_store, text="Good point.")
    panel = Panel({site.key: [Doubter()]})

    drain_pending(sqlite_store, opinion, lease_seconds=60, now=lambda: now, panel=panel)

    card = sqlite_store.desk.card(accepted.id, now=now, scope=EVERY_SITE)
    assert card.status is Status.HELD
    assert [signal.check for signal in card.signals] == ["external:doubter"]
