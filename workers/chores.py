"""What the sweeper does now and then beside rescuing comments. One process at a time, so each may take its turn alone.

A chore is safe to do twice and to be killed in; it does a little and comes back rather than much at once.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from workers.digests.digester import LOOK_EVERY_SECONDS as DIGESTS_EVERY_SECONDS
from workers.erasures import CLEAN_EVERY_SECONDS, JOURNAL_EVERY_SECONDS, clean_up, forget_trail_words, write_journal
from workers.outbox import SEND_EVERY_SECONDS, Post, send_due
from workers.runtime import Runtime
from workers.sealing import ANCHOR_EVERY_SECONDS, SEAL_EVERY_SECONDS, drop_anchor, seal_new
from workers.webhooks.couriers import SEND_EVERY_SECONDS as WEBHOOKS_EVERY_SECONDS

log = structlog.get_logger()

HOUR_SECONDS = 3600.0
# What goes round a long table looks at some hundred or thousand of its rows each time.
ROUND_SECONDS = 12.0
# Every page of the desk sums up what was written since: at a thousand decisions a second that is ten thousand rows.
COUNT_EVERY_SECONDS = 10.0
# With every sweep: a million imported comments are findable within an hour, and nobody waits for it.
INDEX_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Chore:
    """One piece of work; `do` returns how many things it did. What happens all the time is not logged."""

    name: str
    every_seconds: float
    do: Callable[[Runtime, datetime], int]
    is_logged: bool = True


class Chores:
    """The chores of one sweeper, each done when its time has come."""

    def __init__(self, chores: tuple[Chore, ...]) -> None:
        self._chores = chores
        self._due = {chore.name: 0.0 for chore in chores}

    def do_due(self, here: Runtime, now: datetime) -> None:
        """Do what is due. Raises StoreUnavailable; what was not done then is due at the next sweep."""
        for chore in self._chores:
            if time.monotonic() < self._due[chore.name]:
                continue
            done = chore.do(here, now)
            self._due[chore.name] = time.monotonic() + chore.every_seconds
            if done and chore.is_logged:
                log.info("chore done", chore=chore.name, count=done)


CHORES = (
    Chore("forget ended leases", HOUR_SECONDS, lambda here, now: here.store.leases.forget_ended(now)),
    Chore("forget ended claims", HOUR_SECONDS, lambda here, now: here.store.claims.forget_ended(now)),
    Chore("empty the database's log", HOUR_SECONDS, lambda here, _: here.store.database.empty_log(), is_logged=False),
    Chore(
        "sum up the lists' counts",
        COUNT_EVERY_SECONDS,
        lambda here, now: here.store.counters.compact(now),
        is_logged=False,
    ),
    Chore("make comments findable", INDEX_EVERY_SECONDS, lambda here, now: here.store.search.index_waiting(now)),
    Chore("forget erased words", HOUR_SECONDS, lambda here, now: here.store.search.forget_gone(now)),
    Chore(
        "write the erasure journal",
        JOURNAL_EVERY_SECONDS,
        lambda here, now: write_journal(here.store, here.journal, now),
    ),
    Chore(
        "clean up after privacy requests",
        CLEAN_EVERY_SECONDS,
        lambda here, now: clean_up(here.store, here.journal, here.notary, now),
    ),
    Chore("forget rejected words", HOUR_SECONDS, lambda here, now: here.store.retention.forget_rejected_words(now)),
    Chore(
        "forget the trail's words", ROUND_SECONDS, lambda here, now: forget_trail_words(here.store, here.notary, now)
    ),
    Chore("forget authors", ROUND_SECONDS, lambda here, now: here.store.retention.forget_authors(now)),
    Chore("forget unused devices", HOUR_SECONDS, lambda here, now: here.store.devices.forget_unused(now)),
    Chore("forget ended bans", HOUR_SECONDS, lambda here, now: here.store.bans.forget_ended(now)),
    Chore("forget ended sessions and links", HOUR_SECONDS, lambda here, now: here.store.retention.forget_ended(now)),
    Chore("forget spent proofs", HOUR_SECONDS, lambda here, now: here.store.spent_proofs.forget_ended(now)),
    Chore("forget floods", HOUR_SECONDS, lambda here, now: here.store.floods.forget_old(now)),
    Chore("forget networks", HOUR_SECONDS, lambda here, now: here.store.inbox.forget_networks(now)),
    Chore(
        "seal the trail",
        SEAL_EVERY_SECONDS,
        lambda here, now: seal_new(here.store.chain, here.notary, now),
        is_logged=False,
    ),
    Chore(
        "seal what was left out",
        HOUR_SECONDS,
        lambda here, now: seal_new(here.store.chain, here.notary, now, everything=True),
    ),
    Chore(
        "send what waits",
        SEND_EVERY_SECONDS,
        lambda here, now: send_due(Post(here.store, here.panel), here.now),  # noqa: ARG005 - sending takes its time
    ),
    Chore("forget contacts", HOUR_SECONDS, lambda here, now: here.store.contacts.forget(now)),
    Chore("give up unclaimed letters", HOUR_SECONDS, lambda here, now: here.store.outbox.give_up_unclaimed(now)),
    Chore(
        "tell webhooks",
        WEBHOOKS_EVERY_SECONDS,
        lambda here, _: 0 if here.couriers is None else here.couriers.send_out(),
        is_logged=False,
    ),
    Chore(
        "send digests",
        DIGESTS_EVERY_SECONDS,
        lambda here, _: 0 if here.digester is None else here.digester.start(),
        is_logged=False,
    ),
    Chore(
        "anchor the trail",
        ANCHOR_EVERY_SECONDS,
        lambda here, now: drop_anchor(here.store.chain, here.notary, now),
        is_logged=False,
    ),
)
