"""The trail is read whole or filtered, within a scope, and page by page without a gap."""

import dataclasses
from datetime import date, datetime, timedelta

import pytest

from comments.audit_export import TrailLine
from comments.reasons import Reason
from comments.roles import EVERY_SITE, NO_SITE, Grant, Role, Scope
from comments.seal import seal_key
from comments.status import Status
from comments.store import Store
from comments.store.trail import Cursor
from comments.trail_query import Kind, TrailQuery, Who, read_trail_query
from tests import factories

EVERYTHING = TrailQuery()


@pytest.fixture
def told(store: Store, now: datetime) -> dict[str, int]:
    """Two sites: on "demo" a comment that Ada approved and undid a day later, on "other" one that Bola rejected."""
    ada, bola = factories.a_moderator(store, "ada"), factories.a_moderator(store, "bola")
    first = factories.a_held_comment(store)
    other = factories.a_held_comment(store, site="other")
    approved = store.desk.decide(
        first.id, Status.APPROVED, version=2, moderator_id=ada.id, scope=EVERY_SITE, now=now
    ).decision_id
    assert approved is not None
    store.desk.undo(approved, moderator_id=ada.id, scope=EVERY_SITE, now=now + timedelta(days=1))
    store.desk.decide(
        other.id,
        Status.REJECTED,
        version=2,
        moderator_id=bola.id,
        scope=EVERY_SITE,
        now=now + timedelta(days=1),
        reason=Reason.SPAM,
        note="an advertisement",
    )
    demo = factories.a_site(store)
    store.events.add(demo.id, ada.id, "site.changed", {"mode": "hold_all"}, now + timedelta(days=2))
    store.events.add(None, None, "moderator.added", {"login": "bola"}, now + timedelta(days=2))
    return {"first": first.id, "other": other.id, "demo": demo.id}


def lines(store: Store, query: TrailQuery = EVERYTHING, scope: Scope = EVERY_SITE) -> list[TrailLine]:
    return list(store.trail.stream(query, scope=scope))


def brief(found: list[TrailLine]) -> list[tuple[str, str, str]]:
    return [(line.site, line.moderator or line.made_by, line.new_status or line.kind) for line in found]


def test_machines_people_and_events_stand_in_one_trail(store: Store, told: dict[str, int]) -> None:
    assert brief(lines(store)) == [
        ("demo", "reader", "pending"),
        ("demo", "policy", "held"),
        ("other", "reader", "pending"),
        ("other", "policy", "held"),
        ("demo", "ada", "approved"),
        ("demo", "ada", "held"),
        ("other", "bola", "rejected"),
        ("demo", "ada", "site.changed"),
        ("", "system", "moderator.added"),
    ]


def test_a_line_tells_everything_about_a_decision(store: Store, told: dict[str, int], now: datetime) -> None:
    store.chain.seal_next(seal_key(factories.ROOT_KEY), now)

    line = lines(store)[6]

    assert line.comment_id == told["other"]
    assert (line.old_status, line.new_status, line.reason, line.note) == (
        "held",
        "rejected",
        "spam",
        "an advertisement",
    )
    assert line.place == 7
    assert len(line.seal) == 64


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (TrailQuery(site_key="other"), 3),
        (TrailQuery(site_key="nowhere"), 0),
        (TrailQuery(moderator="ada"), 3),
        (TrailQuery(moderator="nobody"), 0),
        (TrailQuery(who=Who.PEOPLE), 4),
        (TrailQuery(who=Who.MACHINE), 3),
        (TrailQuery(who=Who.READERS), 2),
        (TrailQuery(kind=Kind.DECISIONS), 7),
        (TrailQuery(kind=Kind.EVENTS), 2),
        (TrailQuery(kind=Kind.HELD), 3),
        (TrailQuery(kind=Kind.UNDONE), 1),
        (TrailQuery(kind=Kind.REJECTED, who=Who.PEOPLE), 1),
        (TrailQuery(since=date(2026, 5, 5)), 4),
        (TrailQuery(until=date(2026, 5, 4)), 5),
        (TrailQuery(since=date(2026, 5, 5), until=date(2026, 5, 5)), 2),
    ],
)
def test_a_filter_leaves_what_was_asked_for(store: Store, told: dict[str, int], query: TrailQuery, count: int) -> None:
    assert len(lines(store, query)) == count


def test_one_comments_trail_can_be_asked_for(store: Store, told: dict[str, int]) -> None:
    found = lines(store, TrailQuery(comment_id=told["first"]))

    assert brief(found) == [
        ("demo", "reader", "pending"),
        ("demo", "policy", "held"),
        ("demo", "ada", "approved"),
        ("demo", "ada", "held"),
    ]


def test_what_lies_outside_the_scope_is_not_told(store: Store, told: dict[str, int]) -> None:
    inside = lines(store, scope=Scope(frozenset({told["demo"]})))

    assert {line.site for line in inside} == {"demo"}
    assert len(inside) == 5
    assert lines(store, scope=NO_SITE) == []


@pytest.mark.parametrize("newest_first", [True, False])
def test_pages_join_without_a_gap(store: Store, told: dict[str, int], newest_first: bool) -> None:
    whole = store.trail.page(EVERYTHING, scope=EVERY_SITE, newest_first=newest_first).lines

    pages, cursor = [], Cursor()
    while cursor is not None:
        page = store.trail.page(EVERYTHING, scope=EVERY_SITE, after=cursor, newest_first=newest_first, limit=2)
        pages.append(page.lines)
        cursor = page.next_cursor  # type: ignore[assignment]  # None ends the loop

    assert [len(page) for page in pages] == [2, 2, 2, 2, 1]
    assert tuple(line for page in pages for line in page) == whole


def test_moderators_of_the_scope_may_be_asked_for(store: Store, told: dict[str, int]) -> None:
    factories.a_moderator(store, "chi", grants=[Grant(Role.MODERATOR, told["demo"])])
    other = factories.a_site(store, "other")
    factories.a_moderator(store, "dan", grants=[Grant(Role.MODERATOR, other.id)])

    assert store.trail.moderators(EVERY_SITE) == ("ada", "bola", "chi", "dan")
    assert store.trail.moderators(Scope(frozenset({told["demo"]}))) == ("ada", "bola", "chi")


def test_a_query_comes_back_from_its_fields() -> None:
    query = TrailQuery("demo", "ada", Who.PEOPLE, Kind.REJECTED, date(2026, 5, 1), date(2026, 5, 4), 17)

    assert read_trail_query(query.fields()) == query
    assert read_trail_query(TrailQuery().fields()) == TrailQuery()


@pytest.mark.parametrize(
    "given",
    [
        {"site": "../x", "who": "nobody", "kind": "x", "since": "yesterday", "until": "0001-01-01", "comment": "-1"},
        {"comment": "9" * 40, "moderator": "a\x00b", "since": "2026-13-01"},
    ],
)
def test_nonsense_asks_for_nothing_in_particular(given: dict[str, str]) -> None:
    assert read_trail_query(given) == TrailQuery()


def test_the_last_day_of_the_calendar_has_no_day_after() -> None:
    assert dataclasses.replace(EVERYTHING, until=date.max).before_at is None
