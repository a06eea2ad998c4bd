"""Second factors: a code serves once, a recovery code once, and every other session ends when one is set up."""

from datetime import datetime, timedelta

import pytest

from comments.roles import Grant, Role
from comments.store import Store
from comments.store.records import Moderator, Session
from comments.store.sessions import CODE_WITHIN
from tests import factories
from tests.together import together

HOUR = timedelta(hours=1)


@pytest.fixture
def ada(store: Store) -> Moderator:
    """A moderator."""
    return factories.a_moderator(store, "ada")


def session(store: Store, token: str, now: datetime) -> Session | None:
    return store.sessions.find(token, idle=HOUR, now=now)


def set_up(store: Store, ada: Moderator, now: datetime, *, step: int = 100) -> str:
    """Give ada a second factor; return the token of the session she did it in."""
    token = store.sessions.open(ada.id, lasts=HOUR, now=now)
    assert store.second_factors.set(ada.id, b"sealed", step=step, recovery=["one", "two"], token=token, now=now)
    return token


def test_setting_up_keeps_this_session_and_ends_the_others(store: Store, ada: Moderator, now: datetime) -> None:
    other = store.sessions.open(ada.id, lasts=HOUR, now=now)
    token = set_up(store, ada, now)
    found = session(store, token, now)
    assert found
    assert not found.awaits_code
    assert (found.moderator.totp_secret, found.moderator.recovery_left) == (b"sealed", 2)
    assert session(store, other, now) is None


def test_second_factor_is_not_replaced_by_setting_up_another(store: Store, ada: Moderator, now: datetime) -> None:
    token = set_up(store, ada, now)
    assert not store.second_factors.set(ada.id, b"thief", step=1, recovery=[], token=token, now=now)
    found = store.moderators.find("ada")
    assert found
    assert found.totp_secret == b"sealed"


def test_session_that_awaits_a_code_ends_soon(store: Store, ada: Moderator, now: datetime) -> None:
    set_up(store, ada, now)
    token = store.sessions.open(ada.id, lasts=HOUR, now=now)
    found = session(store, token, now)
    assert found
    assert found.awaits_code
    assert session(store, token, now + CODE_WITHIN) is None


def test_code_serves_once_and_none_before_it(store: Store, ada: Moderator, now: datetime) -> None:
    set_up(store, ada, now, step=100)
    used = [store.second_factors.use_step(ada.id, step) for step in (100, 101, 101, 99, 102)]
    assert used == [False, True, False, False, True]


def test_of_two_who_send_the_same_code_at_once_one_comes_in(store: Store, ada: Moderator, now: datetime) -> None:
    set_up(store, ada, now)
    steps = together([lambda: store.second_factors.use_step(ada.id, 101)] * 2)
    codes = together([lambda: store.second_factors.use_recovery(ada.id, ("one",), now=now)] * 2)
    assert sorted(steps) == sorted(codes) == [False, True]


def test_recovery_code_serves_once(store: Store, ada: Moderator, now: datetime) -> None:
    set_up(store, ada, now)
    used = [store.second_factors.use_recovery(ada.id, (code,), now=now) for code in ("two", "two", "never", "one")]
    assert used == [True, False, False, True]


def test_new_recovery_codes_replace_the_old(store: Store, ada: Moderator, now: datetime) -> None:
    set_up(store, ada, now)
    store.second_factors.renew_recovery(ada.id, ["three"], now=now)
    assert not store.second_factors.use_recovery(ada.id, ("one",), now=now)
    assert store.second_factors.use_recovery(ada.id, ("three",), now=now)


def test_operator_s_removal_ends_every_session(store: Store, ada: Moderator, now: datetime) -> None:
    token = set_up(store, ada, now)
    store.second_factors.remove(ada.id, made_by_id=None, now=now)
    found = store.moderators.find("ada")
    assert found
    assert (found.has_second_factor, found.recovery_left) == (False, 0)
    assert session(store, token, now) is None


@pytest.mark.parametrize(
    ("grants", "must"),
    [
        ([("strict", Role.VIEWER)], True),
        ([("easy", Role.ADMIN)], False),
        ([("easy", Role.ADMIN), ("strict", Role.VIEWER)], True),
        ([(None, Role.AUDITOR)], True),
        ([], False),
    ],
)
def test_whoever_has_a_role_on_a_strict_site_must_enrol(
    store: Store, now: datetime, grants: list[tuple[str | None, Role]], must: bool
) -> None:
    # given
    sites = {key: factories.a_site(store, key).id for key in ("strict", "easy")}
    given = [Grant(role, key and sites[key]) for key, role in grants]
    bisi = factories.a_moderator(store, "bisi", grants=given)
    token = store.sessions.open(bisi.id, lasts=HOUR, now=now)

    # when: with the session open
    store.second_factors.require(sites["strict"], required=True, made_by_id=None, now=now)

    # then: in force at once, and taken back at once
    found = session(store, token, now)
    assert found
    assert found.must_enrol is must
    assert store.second_factors.required_by() == {sites["strict"]}
    store.second_factors.require(sites["strict"], required=False, made_by_id=None, now=now)
    found = session(store, token, now)
    assert found
    assert not found.must_enrol


def test_own_sessions_are_listed_and_ended_by_name(store: Store, ada: Moderator, now: datetime) -> None:
    # given: two of ada's and one of bisi's
    bisi = factories.a_moderator(store, "bisi")
    own = store.sessions.open(ada.id, lasts=HOUR, now=now, browser="Firefox on Android")
    phone = store.sessions.open(ada.id, lasts=HOUR, now=now, browser="Safari on iPhone")
    theirs = store.sessions.open(bisi.id, lasts=HOUR, now=now)
    listed = {each.browser: each for each in store.sessions.of(ada.id, token=own, idle=HOUR, now=now)}
    assert {browser: each.is_this_one for browser, each in listed.items()} == {
        "Firefox on Android": True,
        "Safari on iPhone": False,
    }

    # when
    assert store.sessions.end(ada.id, listed["Safari on iPhone"].name)

    # then: nobody ends somebody else's
    [other] = store.sessions.of(bisi.id, token=theirs, idle=HOUR, now=now)
    assert not store.sessions.end(ada.id, other.name)
    assert session(store, phone, now) is None
    assert session(store, own, now)
    assert session(store, theirs, now)


def test_all_other_sessions_are_ended_at_once(store: Store, ada: Moderator, now: datetime) -> None:
    tokens = [store.sessions.open(ada.id, lasts=HOUR, now=now) for _ in range(3)]
    assert store.sessions.end_others(ada.id, keep_token=tokens[0]) == 2
    assert [session(store, token, now) is not None for token in tokens] == [True, False, False]
