"""Claims: one holder each, for as long as they look, and never in anybody's way."""

from datetime import datetime, timedelta
from functools import partial

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.claims import LEASE_SECONDS, Present
from tests import factories
from tests.at_the_desk import count_of, decide, status_of
from tests.together import together

LEASE = timedelta(seconds=LEASE_SECONDS)
JUST_BEFORE = LEASE - timedelta(microseconds=1)


def take(store: Store, ids: list[int], by: str, now: datetime = factories.NOW) -> dict[int, str]:
    return store.claims.take(ids, factories.a_moderator(store, by).id, scope=EVERY_SITE, now=now)


def renew(store: Store, ids: list[int], by: str, now: datetime) -> dict[int, str]:
    return store.claims.renew(ids, factories.a_moderator(store, by).id, scope=EVERY_SITE, now=now)


def held(store: Store, count: int) -> list[int]:
    return [factories.a_held_comment(store).id for _ in range(count)]


def test_what_nobody_holds_is_claimed_and_what_somebody_holds_stays_theirs(store: Store) -> None:
    first, second = held(store, 2)
    take(store, [first], "ada")

    assert take(store, [first, second, 2**40], "eve") == {first: "ada", second: "eve"}
    assert take(store, [], "eve") == {}


def test_a_claim_left_behind_frees_itself(store: Store, now: datetime) -> None:
    [comment] = held(store, 1)
    take(store, [comment], "ada")

    assert take(store, [comment], "eve", now + JUST_BEFORE) == {comment: "ada"}
    assert store.claims.present(EVERY_SITE, now + LEASE) == ()
    assert take(store, [comment], "eve", now + LEASE) == {comment: "eve"}


def test_a_claim_ends_though_the_clock_was_put_back(store: Store, now: datetime) -> None:
    [comment] = held(store, 1)
    take(store, [comment], "ada", now + timedelta(hours=1))

    assert take(store, [comment], "eve", now) == {comment: "eve"}, "else it would be held for an hour"


def test_a_renewed_claim_lasts_and_renewing_claims_nothing_new(store: Store, now: datetime) -> None:
    open_one, other = held(store, 2)
    take(store, [open_one], "ada")

    assert renew(store, [open_one, other], "ada", now + JUST_BEFORE) == {open_one: "ada"}

    assert take(store, [open_one], "eve", now + LEASE) == {open_one: "ada"}
    assert count_of(store, "claims", other) == 0


def test_a_claim_that_somebody_took_over_is_not_renewed(store: Store, now: datetime) -> None:
    [comment] = held(store, 1)
    take(store, [comment], "ada")
    take(store, [comment], "eve", now + LEASE)

    assert renew(store, [comment], "ada", now + LEASE) == {comment: "eve"}


def test_a_claim_that_ended_and_that_nobody_took_is_good_again(store: Store, now: datetime) -> None:
    [comment] = held(store, 1)
    take(store, [comment], "ada")

    assert renew(store, [comment], "ada", now + 2 * LEASE) == {comment: "ada"}


def test_a_released_claim_is_free_and_nobody_releases_anothers(store: Store) -> None:
    first, second = held(store, 2)
    take(store, [first, second], "ada")
    eve = factories.a_moderator(store, "eve")

    store.claims.release([first, second], eve.id)
    still = take(store, [first, second], "eve")
    store.claims.release([first], factories.a_moderator(store).id)

    assert still == {first: "ada", second: "ada"}
    assert take(store, [first, second], "eve") == {first: "eve", second: "ada"}


def test_who_goes_holds_nothing(store: Store, now: datetime) -> None:
    ids = held(store, 3)
    take(store, ids[:2], "ada")
    take(store, ids[2:], "eve")

    store.claims.release_all(factories.a_moderator(store).id)

    assert store.claims.present(EVERY_SITE, now) == (Present("eve", 1),)


def test_who_is_here_is_told_by_login(store: Store, now: datetime) -> None:
    ids = held(store, 3)
    take(store, ids[:1], "eve")
    take(store, ids[1:], "ada")

    assert store.claims.present(EVERY_SITE, now) == (Present("ada", 2), Present("eve", 1))


def test_a_claim_forbids_nobody_to_decide(store: Store) -> None:
    [comment] = held(store, 1)
    take(store, [comment], "ada")

    decide(store, comment, Status.APPROVED, by="eve")

    assert status_of(store, comment) is Status.APPROVED


def test_of_many_who_claim_at_once_one_holds_each(store: Store) -> None:
    ids = held(store, 8)
    logins = ["ada", "eve", "obi", "uche"]
    for login in logins:
        factories.a_moderator(store, login)

    answers = together(
        [partial(take, store, ids if place % 2 else ids[::-1], login) for place, login in enumerate(logins)]
    )

    holders = take(store, ids, "ada")
    assert set(holders) == set(ids)
    for login, answer in zip(logins, answers, strict=True):
        own = {each for each, holder in holders.items() if holder == login}
        assert {each for each, holder in answer.items() if holder == login} == own


def test_long_ended_claims_are_forgotten(store: Store, now: datetime) -> None:
    old, new = held(store, 2)
    take(store, [old], "ada")
    take(store, [new], "ada", now + timedelta(hours=1))

    assert store.claims.forget_ended(now + timedelta(hours=1, minutes=3)) == 1
    assert (count_of(store, "claims", old), count_of(store, "claims", new)) == (0, 1)
