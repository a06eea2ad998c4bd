"""A change of settings is tried on what was decided, from what is on record, and shows whom it would serve."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from comments.policy import Mode
from comments.preview import Preview
from comments.roles import EVERY_SITE
from comments.settings import SecondStageUse
from comments.signal import Category, Weight
from comments.status import Status
from comments.store import Store
from comments.store.records import Accepted, Site
from tests.factories import a_moderator, a_signal, a_site, accept, settle
from workers.checks.reading import Reading
from workers.normalise import Normalised
from workers.preview import preview
from workers.reader import Reader, load_models
from workers.second_opinion import SecondOpinion

SPAM = a_signal(check="models", category=Category.SPAM, score=0.6, weight=Weight.SOFT)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load_models(SecondOpinion(SecondStageUse.OFF)))


def unread(site_id: int, text: Normalised, title: str) -> Reading:
    raise AssertionError("nothing had to be read again")


def decided(
    store: Store, text: str, status: Status = Status.APPROVED, *, signals: tuple = (), **more: object
) -> Accepted:
    comment = accept(store, text=text, **more)
    assert settle(store, comment, status, signals=signals) == 1
    return comment


def moderate(store: Store, comment: Accepted, status: Status, now: datetime) -> None:
    ada = a_moderator(store)
    store.desk.decide(comment.id, status, version=2, moderator_id=ada.id, scope=EVERY_SITE, now=now)


def try_out(store: Store, change: Callable[[Site], Site], read: Callable = unread, *, last: int = 500) -> Preview:
    site = a_site(store)
    return preview(store.replays.last(site.id, last), site, change(site), read, lambda: False)


def with_policy(**changes: object) -> Callable[[Site], Site]:
    return lambda site: replace(site, policy=replace(site.policy, **changes))


def test_a_stricter_target_is_tried_on_what_the_checks_found_then(store: Store, now: datetime) -> None:
    kept = decided(store, "Cheap flights for everybody", Status.HELD, signals=(SPAM,))
    spam = decided(store, "Cheap loans for everybody", Status.HELD, signals=(SPAM,))
    decided(store, "A fair word")
    moderate(store, kept, Status.APPROVED, now)
    moderate(store, spam, Status.REJECTED, now)

    found = try_out(store, with_policy(spam_false_positives=0.005))

    assert (found.compared, found.left_out) == (3, 0)
    by_id = {each.comment_id: each for each in found.changed}
    assert by_id.keys() == {kept.id, spam.id}
    assert (by_id[kept.id].before, by_id[kept.id].after) == (Status.HELD, Status.APPROVED)
    assert (by_id[kept.id].is_better, by_id[spam.id].is_worse) == (True, True)
    assert (found.before.agreement, found.after.agreement) == (0.5, 0.5)
    assert (found.before.caught_wrongly, found.after.caught_wrongly) == (1, 0)


def test_a_change_that_touches_no_verdict_changes_none(store: Store) -> None:
    decided(store, "A fair word")

    found = try_out(store, lambda site: replace(site, name="Another", close_after_days=3))

    assert (found.compared, found.changed) == (1, ())


def test_holding_first_timers_knows_who_was_one_then(store: Store, now: datetime) -> None:
    first = decided(store, "My first comment here", email="new@example.org")
    second = decided(store, "And a second one", email="new@example.org", now=now + timedelta(minutes=1))

    found = try_out(store, with_policy(mode=Mode.HOLD_FIRST))

    assert [each.comment_id for each in found.changed] == [first.id]
    assert found.changed[0].reasons == ("This site has the first comment of every author read before it is published.",)
    assert second.id != first.id


def test_holding_first_timers_knows_the_devices_that_were_known_then(store: Store, now: datetime) -> None:
    known = [
        decided(store, f"From here {part}", now=now + timedelta(minutes=part), device=b"d" * 16) for part in (1, 2)
    ]
    other = decided(store, "From elsewhere, the same address", now=now + timedelta(minutes=3))

    found = try_out(store, with_policy(mode=Mode.HOLD_FIRST_DEVICE))

    assert {each.comment_id for each in found.changed} == {known[0].id, other.id}


def test_a_new_word_is_looked_for_in_the_words(store: Store) -> None:
    decided(store, "The harvest was good")
    hit = decided(store, "Buy c.r.y.p.t.o.c.o.i.n.s")

    found = try_out(store, lambda site: replace(site, blocked_words=("crypto*",)))

    assert [(each.comment_id, each.after) for each in found.changed] == [(hit.id, Status.REJECTED)]


def test_a_word_taken_off_the_list_holds_no_more_what_it_held(store: Store) -> None:
    a_site(store, held_words=("harvest",))
    listed = a_signal(check="blocklist", weight=Weight.HOLD, detail="one word that this site wants to see first")
    held = decided(store, "The harvest was good", Status.HELD, signals=(listed,))

    found = try_out(store, lambda site: replace(site, held_words=()))

    assert [(each.comment_id, each.before, each.after) for each in found.changed] == [
        (held.id, Status.HELD, Status.APPROVED)
    ]


def test_an_allowed_word_has_its_texts_read_again_and_no_others(store: Store, reader: Reader) -> None:
    insult = a_signal(check="slurs", category=Category.INSULT, score=0.6, weight=Weight.SOFT)
    town = decided(store, "I was born in Stupid Idiot, a lovely town", Status.HELD, signals=(insult,))
    decided(store, "You are a worthless moron", Status.HELD, signals=(insult,))
    asked: list[str] = []

    def read(site_id: int, text: Normalised, title: str) -> Reading:
        asked.append(text.raw)
        return reader.read(site_id, text, title)

    found = try_out(store, lambda site: replace(site, allowed_words=("stupid idiot",)), read)

    assert [(each.comment_id, each.before, each.after) for each in found.changed] == [
        (town.id, Status.HELD, Status.APPROVED)
    ]
    assert set(asked) == {"I was born in Stupid Idiot, a lovely town"}


def test_what_the_words_do_not_say_still_counts(store: Store, reader: Reader) -> None:
    repeated = a_signal(check="duplicates", score=1.0, weight=Weight.HOLD)
    decided(store, "We drove through Moron on Sunday", Status.HELD, signals=(repeated,))

    found = try_out(store, lambda site: replace(site, allowed_words=("moron",)), reader.read)

    assert found.changed == ()


def test_when_the_time_is_up_the_rest_is_left_out(store: Store) -> None:
    for number in range(3):
        decided(store, f"Comment number {number}")
    site, looks = a_site(store), iter([False, True])

    found = preview(store.replays.last(site.id, 500), site, site, unread, lambda: next(looks))

    assert (found.compared, found.left_out) == (1, 2)


def test_the_last_decisions_of_the_site_alone_are_tried_newest_first(store: Store, now: datetime) -> None:
    ids = [decided(store, f"Comment number {number}").id for number in range(4)]
    decided(store, "Elsewhere", site="other")
    store.desk.decide(ids[0], Status.HELD, version=2, moderator_id=a_moderator(store).id, scope=EVERY_SITE, now=now)

    pasts = store.replays.last(a_site(store).id, 3)

    assert [past.lesson.comment_id for past in pasts] == ids[:0:-1]
