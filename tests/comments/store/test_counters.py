"""The numbers of the lists: exact whatever changes the comments, whoever does it, and whenever they are summed up."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from comments import schema
from comments.migrations import downgrade, upgrade
from comments.roles import EVERY_SITE
from comments.store import Store, open_store
from comments.store.cards_records import QueueCounts
from comments.store.soundness import why_miscounted
from tests import factories
from tests.together import together

_comments, _changes, _samples = schema.comments, schema.count_changes, schema.audit_samples


def counts(store: Store) -> QueueCounts:
    return store.desk_reads.counts(EVERY_SITE)


def change(store: Store, comment_id: int, **values: object) -> None:
    """Change a comment past the application, as other code might."""
    with store.database.write() as connection:
        connection.execute(update(_comments).where(_comments.c.id == comment_id).values(**values))


def rows(store: Store) -> int:
    with store.database.read() as connection:
        return connection.execute(select(func.count()).select_from(_changes)).scalar_one()


def test_keeping_a_comment_costs_what_it_did(store: Store) -> None:
    factories.accept(store)

    assert rows(store) == 0
    assert counts(store) == QueueCounts()


def test_every_change_is_counted_whoever_makes_it(store: Store) -> None:
    comment = factories.accept(store).id
    steps: list[tuple[dict[str, object], QueueCounts]] = [
        ({"status": "held", "suspected": "spam"}, QueueCounts(review=1, spam=1)),
        ({"suspected": "abuse"}, QueueCounts(review=1, abuse=1)),
        ({"status": "held"}, QueueCounts(review=1, abuse=1)),
        ({"status": "rejected"}, QueueCounts(rejected=1)),
        ({"status": "approved", "approval_id": 1}, QueueCounts(approved=1)),
        ({"status": "pending"}, QueueCounts()),
        ({"status": "held"}, QueueCounts(review=1, abuse=1)),
        ({"status": "erased"}, QueueCounts()),
    ]

    for values, expected in steps:
        change(store, comment, **values)
        assert counts(store) == expected, values
        assert why_miscounted(store.database) is None


def test_a_comment_that_is_removed_is_counted_no_more(store: Store) -> None:
    drawn = [factories.a_drawn_comment(store).id for _ in range(2)]
    factories.a_held_comment(store)
    assert counts(store) == QueueCounts(review=1, approved=2, audit=2)

    with store.database.write() as connection:
        connection.execute(delete(_comments).where(_comments.c.id == drawn[0]))

    assert counts(store) == QueueCounts(review=1, approved=1, audit=1)
    assert why_miscounted(store.database) is None


def test_the_audit_sample_is_counted_while_it_waits(store: Store, now: datetime) -> None:
    comment = factories.a_drawn_comment(store).id

    def judged(at: datetime | None) -> None:
        with store.database.write() as connection:
            connection.execute(update(_samples).values(decided_at=at))

    steps: list[tuple[Callable[[], None], int]] = [
        (lambda: change(store, comment, status="held"), 0),
        (lambda: change(store, comment, status="approved", approval_id=1), 1),
        (lambda: judged(now), 0),
        (lambda: judged(now + timedelta(hours=1)), 0),
        (lambda: change(store, comment, status="held"), 0),
        (lambda: judged(None), 0),
        (lambda: change(store, comment, status="approved", approval_id=1), 1),
    ]
    for step, waiting in steps:
        step()
        assert counts(store).audit == waiting
        assert why_miscounted(store.database) is None


def test_a_sample_that_is_removed_is_counted_no_more(store: Store) -> None:
    factories.a_drawn_comment(store)

    with store.database.write() as connection:
        connection.execute(delete(_samples))

    assert counts(store).audit == 0
    assert why_miscounted(store.database) is None


def test_summing_up_changes_no_number_and_may_be_done_twice(store: Store, now: datetime) -> None:
    for _ in range(5):
        change(store, factories.a_held_comment(store).id, status="rejected")
    factories.a_drawn_comment(store)
    before, many = counts(store), rows(store)

    saved = store.counters.compact(now)

    assert saved > 0
    assert rows(store) == many - saved == 3
    assert counts(store) == before
    assert store.counters.compact(now) == 0


def test_numbers_stay_right_while_many_write_and_sum_up(store: Store, now: datetime) -> None:
    held = [factories.a_held_comment(store).id for _ in range(24)]

    def decide(part: list[int]) -> None:
        chance = random.Random(part[0])
        for comment in part:
            status = chance.choice(["approved", "rejected"])
            change(store, comment, status=status, approval_id=1)
            store.counters.compact(now)

    together([lambda part=part: decide(part) for part in (held[:8], held[8:16], held[16:])])  # type: ignore[misc]  # bound now

    assert counts(store).approved + counts(store).rejected == 24
    assert counts(store).review == 0
    assert why_miscounted(store.database) is None


def test_a_page_and_its_numbers_are_of_one_moment(store: Store) -> None:
    factories.a_held_comment(store)

    with store.database.read() as connection:
        first = connection.execute(select(func.sum(_changes.c.delta))).scalar_one()
        factories.a_held_comment(store)
        second = connection.execute(select(func.sum(_changes.c.delta))).scalar_one()

    assert first == second == 1
    assert counts(store).review == 2


def test_what_is_wrong_is_found_out(store: Store) -> None:
    factories.a_held_comment(store)
    with store.database.write() as connection:
        row = {"site_id": 1, "list": "held", "suspected": "spam", "delta": 2}
        connection.execute(insert(_changes), row)

    assert why_miscounted(store.database) == "the lists' numbers are wrong by: held of site 1 (spam): +2"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_there_before_is_counted_and_findable(request: pytest.FixtureRequest, kind: str) -> None:
    # given: a database of the release before, with comments in every list
    if kind == "sqlite":
        store: Store = request.getfixturevalue("sqlite_store")
    else:
        postgres = request.getfixturevalue("postgres")
        store = open_store(postgres.url(postgres.create_empty()))
        upgrade(store.database)
    held = factories.a_held_comment(store, text="A loan").id
    for each in (factories.an_approved_comment, factories.a_rejected_comment, factories.a_drawn_comment):
        each(store)
    before = counts(store)
    assert downgrade(store.database, "0002")

    # when
    upgrade(store.database)

    # then
    assert counts(store) == before
    assert why_miscounted(store.database) is None
    assert store.search.index_waiting(factories.NOW) == 4
    with store.database.read() as connection:
        found = connection.execute(text("SELECT found FROM comments WHERE id = :id"), {"id": held}).scalar_one()
    assert sorted(found.split()) == ["#spam", "links"]
    store.close()
