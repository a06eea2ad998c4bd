"""The drain: the one job. It takes what waits out of the database, judges it and writes the verdicts down."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog
from redis import Redis
from redis.exceptions import RedisError

from comments import metrics
from comments.failpoints import Point, reach
from comments.store import Store
from comments.store.pending import BATCH, Settlement
from comments.store.records import Claimed
from comments.wakeup import WAKE_KEY, enqueue_drain
from workers import runtime
from workers.bursts import Bursts
from workers.external.panel import NOBODY, Panel
from workers.external.question import question_of
from workers.judge import Opinion, judge
from workers.learning.audit import AUDIT_RATE, is_audit_sample
from workers.siblings import Siblings

log = structlog.get_logger()

# After so long the job ends and puts itself at the end of the queue, so that RQ sees a job that ends.
BUDGET_SECONDS = 5.0
# A batch costs two commits, which readers' own commits wait for: worth a moment until there is more in it. What comes
# within that moment needs no job of its own, too.
GATHER_SECONDS = 0.02
# A batch that takes more of its lease than this is settled as far as it got; what is left is tried again alone.
LEASE_SHARE = 0.5


def drain() -> None:
    """Judge everything that waits.

    Safe to run twice, or in two places at once: a row is claimed under a lease before it is judged, and the verdict is
    written only while the comment is still pending in the same revision.
    """
    here = runtime.current()
    _forget_wake(here.redis)
    is_empty = drain_pending(
        here.store,
        here.opinion,
        lease_seconds=here.lease_seconds,
        now=here.now,
        beat=here.beat,
        budget_seconds=BUDGET_SECONDS,
        panel=here.panel,
        audit_seed=here.audit_seed,
        bursts=here.bursts,
        gather=partial(time.sleep, GATHER_SECONDS),
    )
    if not is_empty:
        _enqueue_again(here.redis)


def drain_pending(
    store: Store,
    opinion: Opinion,
    *,
    lease_seconds: int,
    now: Callable[[], datetime],
    beat: Callable[[], None] = lambda: None,
    budget_seconds: float = BUDGET_SECONDS,
    monotonic: Callable[[], float] = time.monotonic,
    panel: Panel = NOBODY,
    audit_seed: bytes = b"",
    bursts: Bursts | None = None,
    gather: Callable[[], None] = lambda: None,
) -> bool:
    """Judge batch after batch until nothing waits (True) or the time is up (False). Raises StoreUnavailable.

    `beat` is called after every comment: whoever calls this is alive. `panel` are the checkers outside. With a secret
    `audit_seed`, some of what is approved goes to the desk as a sample. `bursts` remembers what came before this call.
    After a batch that was not full, `gather` waits for more to come.
    """
    ends_at = monotonic() + budget_seconds
    watched = bursts or Bursts()

    def settle(claims: Sequence[Claimed]) -> None:
        reach(Point.CLAIMED)
        settle_by = monotonic() + lease_seconds * LEASE_SHARE
        batch = watched.watch(store, claims, now())
        siblings, settlements = Siblings(), list[Settlement]()
        answers = panel.ask([question_of(claimed) for claimed in batch], now())
        histories = store.pending.histories(batch, now())
        beat()
        for claimed in batch:
            past, said = histories[claimed.id], answers.get(claimed.id, ())
            judged = judge(store, claimed, siblings, opinion, now(), history=past, external=said)
            is_sample = bool(audit_seed) and is_audit_sample(claimed.id, audit_seed)
            settlements.append(replace(judged, audit_rate=AUDIT_RATE if is_sample else None))
            reach(Point.JUDGED)
            beat()
            if monotonic() >= settle_by:
                break
        stood = store.pending.settle(settlements, now())
        reach(Point.AFTER_DECISION)
        log.info("comments settled", count=stood, comment_ids=[claimed.id for claimed in batch])

    while True:
        batch = store.pending.claim(now(), lease_seconds=lease_seconds)
        if batch:
            settle(batch)
        # Alone, because whatever ended the first attempt may end the process again.
        again = store.pending.claim_again(now(), lease_seconds=lease_seconds)
        if again:
            settle(again)
        exhausted = store.pending.hold_exhausted(now(), lease_seconds=lease_seconds)
        if exhausted:
            metrics.count_crash(exhausted)
            log.error("comments held unchecked", count=exhausted)
        edited = _settle_edits(store, settle, now, lease_seconds)
        if not (batch or again or exhausted or edited):
            return True
        if monotonic() >= ends_at:
            return False
        if len(batch) < BATCH:
            gather()


def _settle_edits(
    store: Store, settle: Callable[[Sequence[Claimed]], None], now: Callable[[], datetime], lease_seconds: int
) -> bool:
    """Judge new texts of public comments as comments are judged. Returns whether there were any."""
    batch = store.pending.claim_edits(now(), lease_seconds=lease_seconds)
    if batch:
        settle(batch)
    again = store.pending.claim_edit_again(now(), lease_seconds=lease_seconds)
    if again:
        settle(again)
    exhausted = store.pending.hold_exhausted_edits(now(), lease_seconds=lease_seconds)
    if exhausted:
        metrics.count_crash(exhausted)
        log.error("edited comments held unchecked", count=exhausted)
    return bool(batch or again or exhausted)


def _forget_wake(redis: Redis) -> None:
    """Let the bell ring again, before the first claim.

    In this order a comment committed after the claim finds no key, and rings a bell of its own.
    """
    try:
        redis.delete(WAKE_KEY)
    except (RedisError, OSError) as error:
        # The key ends by itself within a second; the sweeper finds what came in between.
        log.warning("wake key not deleted", error=type(error).__name__)


def _enqueue_again(redis: Redis) -> None:
    try:
        enqueue_drain(redis)
    except (RedisError, OSError) as error:
        log.warning("drain not enqueued again", error=type(error).__name__)  # the sweeper will
