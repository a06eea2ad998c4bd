"""What runs every few seconds and for every comment looks at a handful of rows, however many there are.

SQLite says beforehand how it will go about it. It keeps no statistics with us, so that an empty database is asked like
a full one; PostgreSQL's plans depend on what is in it, and are measured by `make bench-growth`.
"""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from unittest import mock

from sqlalchemy import event

from comments.status import Status
from comments.store import Store
from tests import factories
from workers.chores import CHORES

# They have a row, or several, for every comment there ever was.
LONG = ("comments", "identities", "decisions", "fingerprints", "signals", "search_texts")
# They hold the rows that wait, and no others.
SHORT_INDEXES = ("ix_comments_pending", "ix_comments_held_created_at")


@contextlib.contextmanager
def plans(store: Store) -> Iterator[list[str]]:
    """Give the steps of every statement within the block, filled in at its end."""
    seen: list[tuple[str, Any]] = []
    steps: list[str] = []
    for_driver = store.database._for_driver

    def remember_glance(*asked: Any) -> tuple[str, Any]:
        words, values = for_driver(*asked)
        seen.append((words, tuple(values)))
        return words, values

    def remember(connection: object, cursor: object, statement: str, parameters: Any, *_: object) -> None:
        seen.append((statement, parameters[0] if parameters and isinstance(parameters[0], tuple) else parameters))

    engines = (store.database.engine, store.database._reader)
    for each in engines:
        event.listen(each, "before_cursor_execute", remember)
    with mock.patch.object(store.database, "_for_driver", remember_glance):
        yield steps
    for each in engines:
        event.remove(each, "before_cursor_execute", remember)
    with store.database.read() as connection:
        for statement, parameters in seen:
            if statement.lstrip().split()[0].upper() in {"SELECT", "UPDATE", "DELETE", "WITH"}:
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps += [row[-1] for row in rows]


def long_walks(steps: list[str]) -> list[str]:
    return [step for step in steps if step.startswith("SCAN ") and step.split()[1] in LONG and not _is_short(step)]


def _is_short(step: str) -> bool:
    return step.rsplit(maxsplit=1)[-1] in SHORT_INDEXES


def test_a_long_walk_would_be_seen(sqlite_store: Store) -> None:
    with plans(sqlite_store) as steps, sqlite_store.database.read() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM comments WHERE status = ?", ("pending",)).all()

    assert len(long_walks(steps)) == 1


def test_claiming_judging_and_settling_walk_no_long_table(sqlite_store: Store, now: datetime) -> None:
    factories.settle(sqlite_store, factories.accept(sqlite_store), Status.APPROVED, bands=((0, 7),))
    comment = factories.accept(sqlite_store)

    with plans(sqlite_store) as steps:
        [claimed] = sqlite_store.pending.claim(now, lease_seconds=60)
        sqlite_store.pending.claim_again(now, lease_seconds=60)
        sqlite_store.pending.hold_exhausted(now, lease_seconds=60)
        sqlite_store.pending.history(claimed, now)
        assert sqlite_store.pending.similar(claimed, [(band, 7) for band in range(5)])
        factories.settle(sqlite_store, comment)

    assert not long_walks(steps)
    sought = [step for step in steps if "fingerprints USING" in step and step.startswith("SEARCH")]
    assert sought
    assert all("value=?" in step for step in sought)


def test_accepting_and_the_numbers_of_the_operator_walk_no_long_table(sqlite_store: Store, now: datetime) -> None:
    with plans(sqlite_store) as steps:
        factories.accept(sqlite_store)
        sqlite_store.gauges.read()
        sqlite_store.pending.oldest_at()
        sqlite_store.pending.count_stranded(now, older_than_seconds=5, lease_seconds=60)

    assert not long_walks(steps)


def test_no_chore_walks_a_long_table_in_vain(sqlite_store: Store, now: datetime) -> None:
    factories.an_approved_comment(sqlite_store)
    factories.a_rejected_comment(sqlite_store)
    store, later = sqlite_store, now
    what_chores_ask = (
        lambda: store.leases.forget_ended(later),
        lambda: store.claims.forget_ended(later),
        lambda: store.counters.compact(later),
        lambda: store.search.index_waiting(later),
        lambda: store.search.forget_gone(later),
        lambda: store.erasures.journal(lambda _: None),
        lambda: store.retention.forget_rejected_words(later),
        lambda: store.retention.forget_authors(later),
        lambda: store.retention.forget_ended(later),
        store.erasures.with_words,
        lambda: store.trail_words.forget_old(bytes(32), later),
        lambda: store.devices.forget_unused(later),
        lambda: store.bans.forget_ended(later),
        lambda: store.inbox.forget_networks(later),
        lambda: store.contacts.forget(later),
        lambda: store.outbox.give_up_unclaimed(later),
        lambda: store.chain.seal_next(bytes(32), later),
    )
    assert len(CHORES) >= len(what_chores_ask), "or this asks what no chore asks"

    with plans(store) as steps:
        for ask in what_chores_ask:
            ask()

    assert not long_walks(steps)
