"""The overview's numbers are those of the decisions, on both databases and within a scope."""

from datetime import datetime, timedelta

import pytest

from comments.reasons import Reason
from comments.roles import EVERY_SITE, NO_SITE, Scope
from comments.status import Status
from comments.store import Store
from comments.store.learning import SiteModel
from comments.store.overview_records import Overview, Period
from tests import factories


def look(
    store: Store, now: datetime, period: Period = Period.DAY, scope: Scope = EVERY_SITE, site_id: int | None = None
) -> Overview:
    return store.overviews.look(scope=scope, site_id=site_id, period=period, now=now)


def held(store: Store, now: datetime, *checks: str, site: str = "demo") -> int:
    accepted = factories.accept(store, now=now, site=site)
    signals = tuple(factories.a_signal(check=check) for check in checks or ("links",))
    assert factories.settle(store, accepted, Status.HELD, signals=signals, now=now) == 1
    return accepted.id


def decide(store: Store, comment_id: int, new: Status, now: datetime) -> int:
    moderator = factories.a_moderator(store)
    version = store.desk.card(comment_id, scope=EVERY_SITE, now=now).version
    reason = Reason.SPAM if new is Status.REJECTED else None
    made = store.desk.decide(
        comment_id, new, version=version, moderator_id=moderator.id, scope=EVERY_SITE, now=now, reason=reason
    )
    assert made.decision_id is not None
    return made.decision_id


def test_an_empty_desk_has_empty_numbers(store: Store, now: datetime) -> None:
    factories.a_site(store)

    empty = look(store, now)

    assert (empty.held, empty.oldest_held_at, empty.waits, empty.audit) == (0, None, None, None)
    assert (empty.checks, empty.taught) == ((), ())
    assert len(empty.paces) == 24
    assert not any(pace.people or pace.machine for pace in empty.paces)


def test_what_waits_and_since_when(store: Store, now: datetime) -> None:
    held(store, now - timedelta(hours=3))
    held(store, now - timedelta(hours=1))
    factories.an_approved_comment(store)

    found = look(store, now)

    assert (found.held, found.oldest_held_at) == (2, now - timedelta(hours=3))


def test_paces_tell_people_from_the_machine_and_leave_readers_out(store: Store, now: datetime) -> None:
    first = held(store, now - timedelta(hours=2, minutes=1))
    held(store, now - timedelta(hours=2))
    decide(store, first, Status.APPROVED, now - timedelta(minutes=1))

    paces = look(store, now + timedelta(minutes=30)).paces

    told = {pace.begins_at: (pace.people, pace.machine) for pace in paces if pace.people or pace.machine}
    assert told == {
        now - timedelta(hours=3): (0, 1),
        now - timedelta(hours=2): (0, 1),
        now - timedelta(hours=1): (1, 0),
    }
    assert paces[-1].begins_at == now


@pytest.mark.parametrize(
    ("period", "steps", "days"), [(Period.DAY, 24, 1), (Period.WEEK, 28, 7), (Period.MONTH, 30, 30)]
)
def test_a_period_ends_with_the_step_of_now(store: Store, now: datetime, period: Period, steps: int, days: int) -> None:
    held(store, now)

    paces = look(store, now, period).paces

    assert len(paces) == steps
    assert paces[-1].machine == 1
    assert paces[-1].begins_at <= now < paces[-1].begins_at + period.step
    assert period.step * steps == timedelta(days=days)


def test_what_lies_before_the_period_does_not_count(store: Store, now: datetime) -> None:
    old = held(store, now - timedelta(days=3))
    decide(store, old, Status.REJECTED, now - timedelta(days=2))

    day, week = look(store, now), look(store, now, Period.WEEK)

    assert (day.holds, day.waits) == (0, None)
    assert (week.holds, week.waits is not None) == (1, True)


def test_waits_are_from_being_held_to_the_last_word(store: Store, now: datetime) -> None:
    for minutes in range(1, 11):
        decide(store, held(store, now - timedelta(minutes=minutes)), Status.REJECTED, now)

    waits = look(store, now).waits

    assert waits is not None
    assert (waits.number, waits.median, waits.ninth_tenth) == (10, timedelta(minutes=6), timedelta(minutes=10))


def test_an_undone_decision_is_no_wait_and_overturns_nothing(store: Store, now: datetime) -> None:
    made = decide(store, held(store, now - timedelta(minutes=5)), Status.APPROVED, now)
    store.desk.undo(made, moderator_id=factories.a_moderator(store).id, scope=EVERY_SITE, now=now)

    found = look(store, now)

    assert found.waits is None
    assert [(fate.held, fate.decided, fate.overturned) for fate in found.checks] == [(1, 0, 0)]


def test_a_check_is_told_by_what_became_of_its_holds(store: Store, now: datetime) -> None:
    decide(store, held(store, now, "links"), Status.APPROVED, now)
    decide(store, held(store, now, "links", "slurs"), Status.REJECTED, now)
    held(store, now, "links")

    found = look(store, now)

    assert found.holds == 3
    assert [(fate.check, fate.held, fate.decided, fate.overturned) for fate in found.checks] == [
        ("links", 3, 2, 1),
        ("slurs", 1, 1, 0),
    ]


def test_the_audit_sample_estimates_what_is_missed(store: Store, now: datetime) -> None:
    for number in range(10):
        drawn = factories.a_drawn_comment(store)
        if number == 0:
            decide(store, drawn.id, Status.REJECTED, now)
        else:
            moderator = factories.a_moderator(store)
            store.samples.confirm(drawn.id, version=2, moderator_id=moderator.id, scope=EVERY_SITE, now=now)

    audit = look(store, now).audit

    assert audit is not None
    assert (audit.looked_at, audit.found) == (10, 1)
    assert audit.share == pytest.approx(0.1)
    assert audit.low < 0.1 < audit.high


def test_lessons_make_a_curve(store: Store, now: datetime) -> None:
    site = factories.a_site(store)
    for number, loss in enumerate((0.5, 0.3)):
        metrics = {"approved": 10 * (number + 1), "rejected": 5, "choice": "stacked"}
        model = SiteModel(
            site_id=site.id,
            head="spam",
            version=f"v{number}",
            shipped_version="s1",
            state=b"",
            metrics={**metrics, "log_loss": {"shipped": 0.6, "stacked": loss}},
            is_active=True,
            trained_to_decision_id=number + 1,
            created_at=now + timedelta(minutes=number),
        )
        assert store.learning.save(model, seen_before=number)

    taught = look(store, now).taught

    assert [(one.head, one.comments, one.loss, one.shipped_loss) for one in taught] == [
        ("spam", 15, 0.5, 0.6),
        ("spam", 25, 0.3, 0.6),
    ]


def test_numbers_stay_within_the_scope(store: Store, now: datetime) -> None:
    held(store, now, site="demo")
    held(store, now, site="other")
    held(store, now, site="other")
    demo, other = factories.a_site(store), factories.a_site(store, "other")
    only_demo = Scope(frozenset({demo.id}))

    assert look(store, now).held == 3
    assert look(store, now, site_id=other.id).held == 2
    assert look(store, now, scope=only_demo).held == 1
    assert look(store, now, scope=only_demo, site_id=other.id).held == 0
    assert look(store, now, scope=NO_SITE).holds == 0
