"""Replay: two policies against what moderators decided."""

from dataclasses import replace
from datetime import timedelta

import pytest

from comments.lessons import Lesson, Mark
from comments.policy import Mode, Policy
from comments.quality import Quality
from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.signal import Signal, Weight
from comments.status import Status
from comments.store import Store
from comments.store.records import Site
from comments.verdict import Verdict
from tests import factories
from workers.opinion import opinion
from workers.replay import Judge, replay
from workers.shadow import cast_shadows
from workers.trial import BadTrial, judge_as, site_on_trial

SITE = Site(1, "demo", "Demo", (), Policy(), ("sturgeon",), (), ("caps",))


def _lesson(number: int, decided: Status, *more: Mark, text: str = "text") -> Lesson:
    reason = Reason.SPAM.value if decided is Status.REJECTED else None
    return Lesson(number, "Ada", text, "title", (Mark(number, decided, reason, None), *more))


def _verdicts(*statuses: Status, signals: tuple[Signal, ...] = ()) -> Judge:
    by_id = dict(enumerate(statuses, start=1))

    def judge(lesson: Lesson) -> Verdict:
        status = by_id[lesson.comment_id]
        return Verdict(status, (f"{status}",), () if status is Status.APPROVED else signals)

    return judge


def test_quality_is_counted_against_the_moderators() -> None:
    lessons = [
        *(_lesson(number, Status.REJECTED) for number in (1, 2, 3)),
        *(_lesson(number, Status.APPROVED) for number in (4, 5)),
    ]
    old = _verdicts(Status.APPROVED, Status.HELD, Status.REJECTED, Status.HELD, Status.APPROVED)
    new = _verdicts(Status.HELD, Status.HELD, Status.REJECTED, Status.APPROVED, Status.APPROVED)

    report = replay(lessons, old, new)

    assert report.before == Quality(caught_rightly=2, caught_wrongly=1, missed=1, let_pass=1)
    assert (report.before.precision, report.before.recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert (report.after.precision, report.after.recall) == (1.0, 1.0)
    assert [(change.comment_id, change.is_better) for change in report.changes] == [(1, True), (4, True)]


def test_change_for_the_worse_is_told_apart() -> None:
    lessons = [_lesson(1, Status.APPROVED), _lesson(2, Status.REJECTED)]

    report = replay(lessons, _verdicts(Status.APPROVED, Status.HELD), _verdicts(Status.HELD, Status.REJECTED))

    [worse, same] = report.changes
    assert (worse.reasons_before, worse.reasons_after) == (("approved",), ("held",))
    assert (worse.is_better, same.is_better) == (False, False)


def test_comments_without_a_standing_decision_are_skipped() -> None:
    undone = _lesson(1, Status.APPROVED, Mark(9, Status.HELD, None, 1))
    held_again = _lesson(2, Status.APPROVED, Mark(10, Status.HELD, None, None))

    report = replay([undone, held_again, _lesson(3, Status.APPROVED)], *[_verdicts(*[Status.APPROVED] * 3)] * 2)

    assert (report.compared, report.skipped) == (1, 2)


def test_nothing_to_compare_has_no_shares() -> None:
    report = replay([], _verdicts(), _verdicts())

    assert (report.before.precision, report.before.recall) == (None, None)


def test_checks_are_counted_once_a_comment() -> None:
    lessons = [_lesson(1, Status.REJECTED), _lesson(2, Status.APPROVED)]
    links = factories.a_signal()
    note = factories.a_signal(check="language", weight=Weight.NOTE)
    old = _verdicts(Status.HELD, Status.APPROVED, signals=(links, links, note))
    new = _verdicts(Status.HELD, Status.HELD, signals=cast_shadows((links, note), ["links"]))

    [count] = replay(lessons, old, new).checks

    assert (count.check, count.before, count.before_rejected) == ("links", 1, 1)
    assert (count.after, count.after_rejected, count.is_shadow) == (2, 1, True)


def test_shadow_falls_on_the_named_checks_alone() -> None:
    one, other = cast_shadows((factories.a_signal(), factories.a_signal(check="caps")), ("caps",))

    assert (one.shadow, other.shadow) == (False, True)


def test_trial_changes_what_the_file_names() -> None:
    changed = site_on_trial(SITE, 'mode = "hold_all"\nhold_at = 0.7\nheld_words = ["tilapia"]\n')

    assert (changed.policy.mode, changed.policy.hold_at) == (Mode.HOLD_ALL, 0.7)
    assert (changed.blocked_words, changed.held_words, changed.shadow_checks) == (
        ("sturgeon",),
        ("tilapia",),
        ("caps",),
    )
    assert changed.policy.version != SITE.policy.version


def test_trial_takes_targets_and_allowed_words() -> None:
    changed = site_on_trial(SITE, 'abuse_false_positives = 0.01\nallowed_words = ["Gidan Banza"]\n')

    assert (changed.policy.abuse_false_positives, changed.policy.spam_false_positives) == (0.01, None)
    assert (changed.allowed_words, changed.blocked_words) == (("Gidan Banza",), ("sturgeon",))


def test_empty_trial_changes_nothing_but_its_name() -> None:
    assert judge_as(site_on_trial(SITE, ""), opinion)(_lesson(1, Status.APPROVED)) == judge_as(SITE, opinion)(
        _lesson(1, Status.APPROVED)
    )


def test_list_can_be_emptied() -> None:
    assert site_on_trial(SITE, "blocked_words = []").blocked_words == ()


@pytest.mark.parametrize(
    "toml",
    [
        "mode = ",
        'mode = "hold_some"',
        "hold_at = 0",
        "hold_at = 1.5",
        "surprise = 1",
        'blocked_words = ["f*ck"]',
        'held_words = "one"',
    ],
)
def test_wrong_trial_is_refused_in_one_line(toml: str) -> None:
    with pytest.raises(BadTrial) as raised:
        site_on_trial(SITE, toml)

    assert "\n" not in str(raised.value)


def test_replay_from_the_store_says_what_a_policy_would_change(store: Store, site: Site) -> None:
    moderator = factories.a_moderator(store)
    for number, (text, decided) in enumerate(
        [("Sell me your sturgeon today", Status.REJECTED), ("A fine report on the harvest", Status.APPROVED)]
    ):
        now = factories.NOW + timedelta(minutes=number)
        held = factories.a_held_comment(store, text=text, now=now)
        reason = Reason.OTHER if decided is Status.REJECTED else None
        store.desk.decide(
            held.id, decided, version=2, moderator_id=moderator.id, now=now, reason=reason, scope=EVERY_SITE
        )

    changed = site_on_trial(site, 'blocked_words = ["sturgeon"]')
    report = replay(store.learning.lessons(site.id, limit=10), judge_as(site, opinion), judge_as(changed, opinion))

    assert (report.before.recall, report.after.recall, report.after.precision) == (0.0, 1.0, 1.0)
    [change] = report.changes
    assert change.is_better


def test_check_in_shadow_is_recorded_and_does_not_hold() -> None:
    lesson = _lesson(1, Status.APPROVED, text="Sell me your sturgeon today")
    counted = judge_as(SITE, opinion)(lesson)
    assert counted.status is not Status.APPROVED, "else there is nothing to ignore"
    checks = {signal.check for signal in counted.signals}

    ignored = judge_as(replace(SITE, shadow_checks=tuple(checks)), opinion)(lesson)

    assert ignored.status is Status.APPROVED
    assert {signal.check for signal in ignored.signals if signal.shadow} == checks
