"""Bursts in the drain, on real databases: a flood is held with its reason, and the story is left alone afterwards."""

import itertools
import random
import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from comments import schema
from comments.policy import BurstMode
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.bursts import BURST_BEGAN
from comments.store.records import Accepted
from comments.thread_state import UNWATCHED_AT
from tests.factories import a_claimed, a_moderator, a_site, accept, settle
from workers.bursts import LASTS, Bursts
from workers.decide import FOR_A_BURST
from workers.drain import drain_pending
from workers.opinion import opinion
from workers.surge import FEWEST

MINUTE = timedelta(minutes=1)
WORDS = re.findall(
    r"\w+",
    "road bridge market school harvest river council budget teacher farmer clinic train station winter summer letter "
    "minister village coast engine window garden library museum ticket player referee captain season medal weather",
)
_chance = random.Random(7)
_numbers = itertools.count(1)


@pytest.fixture
def auto(store: Store) -> Store:
    """A store whose site watches its stories."""
    a_site(store, burst_mode=BurstMode.AUTO)
    return store


def arrive(store: Store, at: datetime, number: int, thread: str = "border-strikes") -> list[Accepted]:
    """Let so many different clean comments by different people come at once."""
    return [
        accept(store, now=at, thread=thread, text=a_text(), email=f"reader{next(_numbers)}@example.org")
        for _ in range(number)
    ]


def a_text() -> str:
    """Return a clean comment that is like no other one: what is said again and again is held for that."""
    return f"The {' '.join(_chance.sample(WORDS, 9))}."


def drain(store: Store, at: datetime, bursts: Bursts | None = None) -> None:
    assert drain_pending(store, opinion, lease_seconds=60, now=lambda: at, bursts=bursts)


def statuses(store: Store, comments: list[Accepted]) -> set[Status]:
    with store.database.read() as connection:
        found = select(schema.comments.c.status).where(schema.comments.c.id.in_([each.id for each in comments]))
        return {Status(status) for status in connection.execute(found).scalars()}


def burst_until(store: Store, comment: Accepted) -> datetime | None:
    return a_claimed(store, comment).burst_until


def events(store: Store) -> list[str]:
    with store.database.read() as connection:
        return list(connection.execute(select(schema.events.c.kind)).scalars())


def test_a_flood_is_held_with_its_reason_and_recorded(auto: Store, now: datetime) -> None:
    flood = arrive(auto, now, 40)

    drain(auto, now)

    assert statuses(auto, flood) == {Status.HELD}
    assert auto.desk.history(flood[-1].id, scope=EVERY_SITE)[-1].explanation == (FOR_A_BURST,)
    assert burst_until(auto, flood[0]) == now + LASTS
    assert events(auto) == [BURST_BEGAN]


def test_other_stories_go_on_as_before(auto: Store, now: datetime) -> None:
    flood, elsewhere = arrive(auto, now, 40), arrive(auto, now, 3, "harvest")

    drain(auto, now)

    assert statuses(auto, flood) == {Status.HELD}
    assert statuses(auto, elsewhere) == {Status.APPROVED}


def test_where_it_is_off_nothing_is_held(store: Store, now: datetime) -> None:
    flood = arrive(store, now, 40)

    drain(store, now)

    assert statuses(store, flood) == {Status.APPROVED}
    assert events(store) == []


def test_a_handful_of_comments_is_no_burst(auto: Store, now: datetime) -> None:
    few = arrive(auto, now, FEWEST - 1)

    drain(auto, now)

    assert statuses(auto, few) == {Status.APPROVED}


def test_a_burst_ends_by_itself(auto: Store, now: datetime) -> None:
    drain(auto, now)
    arrive(auto, now, 40)
    drain(auto, now)
    during, after = now + LASTS - MINUTE, now + LASTS

    [held] = arrive(auto, during, 1)
    drain(auto, during)
    [free] = arrive(auto, after, 1)
    drain(auto, after)

    assert statuses(auto, [held]) == {Status.HELD}
    assert statuses(auto, [free]) == {Status.APPROVED}


def test_a_burst_goes_on_while_the_flood_does_and_is_one_event(auto: Store, now: datetime) -> None:
    bursts, at = Bursts(), now
    for _ in range(6):
        flood = arrive(auto, at, 30)
        drain(auto, at, bursts)
        assert statuses(auto, flood) == {Status.HELD}
        at += 4 * MINUTE

    until = burst_until(auto, flood[0])
    assert until is not None
    assert until > now + LASTS
    assert events(auto) == [BURST_BEGAN]


def test_the_page_below_the_article_changes_when_it_begins_and_not_with_each_comment(
    auto: Store, now: datetime
) -> None:
    arrive(auto, now, 40)
    before = auto.threads.version("demo", "border-strikes")
    bursts = Bursts()

    drain(auto, now, bursts)
    begun = auto.threads.version("demo", "border-strikes")
    arrive(auto, now + 2 * MINUTE, 40)
    drain(auto, now + 2 * MINUTE, bursts)

    assert before is not None
    assert begun == before + 1
    assert auto.threads.version("demo", "border-strikes") == begun


def test_a_story_that_somebody_does_not_want_watched_is_left_alone(auto: Store, now: datetime) -> None:
    arrive(auto, now, 1)
    with auto.database.write() as connection:
        connection.execute(update(schema.threads).values(burst_until=UNWATCHED_AT))
    flood = arrive(auto, now, 40)

    drain(auto, now)

    assert statuses(auto, flood) == {Status.APPROVED}
    assert not auto.bursts.begin(a_claimed(auto, flood[0]).thread_id, until=now + LASTS, arrived=99, now=now)


def test_what_moderators_publish_becomes_usual_and_what_they_do_not_never_does(auto: Store, now: datetime) -> None:
    # given: an hour of two clean comments a minute on two stories, one read and published, one not
    for thread in ("read", "unread"):
        arrive(auto, now - timedelta(hours=3), 1, thread)
    drain(auto, now - timedelta(hours=3))
    ada = a_moderator(auto)
    for minute in range(0, 60, 5):
        at = now - timedelta(minutes=65 - minute)
        kept, left = arrive(auto, at, 10, "read"), arrive(auto, at, 10, "unread")
        settle_as_held(auto, [*kept, *left], at)
        for comment in kept:
            auto.desk.decide(
                comment.id, Status.APPROVED, version=2, moderator_id=ada.id, scope=EVERY_SITE, now=at + MINUTE
            )

    # when: both get another dozen
    read, unread = arrive(auto, now, 13, "read"), arrive(auto, now, 13, "unread")
    drain(auto, now)

    # then
    assert statuses(auto, read) == {Status.APPROVED}
    assert statuses(auto, unread) == {Status.HELD}


def settle_as_held(store: Store, comments: list[Accepted], at: datetime) -> None:
    for comment in comments:
        assert settle(store, comment, Status.HELD, reasons=("wait",), now=at)


def test_a_process_looks_again_only_after_a_while_or_after_many_comments(auto: Store, now: datetime) -> None:
    moment = [0.0]
    bursts = Bursts(monotonic=lambda: moment[0])
    claimed = [a_claimed(auto, each) for each in arrive(auto, now, 1)]

    looks = [bursts._due({claimed[0].thread_id}, claimed) for _ in range(2 * FEWEST)]

    assert [bool(look) for look in looks].count(True) == 2
    moment[0] += 60
    assert bursts._due({claimed[0].thread_id}, claimed)


def test_busy_windows_are_the_published_ones_of_the_site(auto: Store, now: datetime) -> None:
    arrive(auto, now - timedelta(hours=2), 3)
    arrive(auto, now - timedelta(hours=1), 2)
    drain(auto, now - timedelta(hours=1))
    settle_as_held(auto, arrive(auto, now - 30 * MINUTE, 5), now)
    a_site(auto, "other")
    accept(auto, site="other", now=now - timedelta(hours=1))

    def windows(until: datetime) -> list[int]:
        site = auto.sites.find("demo")
        assert site is not None
        window, past = 5 * MINUTE, timedelta(days=7)
        return sorted(auto.bursts.busy_windows(site.id, until, window=window, past=past))

    assert windows(now) == [2, 3]
    assert windows(now - timedelta(minutes=90)) == [3]
    assert windows(now + timedelta(days=8)) == []


def test_a_burst_holds_by_itself_nothing_that_was_decided_before(auto: Store, now: datetime) -> None:
    early = arrive(auto, now - timedelta(hours=1), 2)
    drain(auto, now - timedelta(hours=1))
    assert statuses(auto, early) == {Status.APPROVED}, "else this proves nothing"

    arrive(auto, now, 40)
    drain(auto, now)

    assert statuses(auto, early) == {Status.APPROVED}
