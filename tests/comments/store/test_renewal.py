"""After a rotation of the root key: bans, histories, twins and erasure go on, and nothing tells who is known."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from comments import schema
from comments.identity import AuthorKeys, RootKey, author_keys
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.inbox import IdempotencyConflict
from comments.store.records import Accepted
from comments.store.root_keys import KeyUse
from tests import factories
from tests.at_the_desk import status_of
from tests.together import together
from workers.drain import drain_pending
from workers.opinion import opinion

NOW = factories.NOW
ADDRESS, OTHER = "ada.obi@gmail.com", "eve@example.org"
FIRST = factories.ROOT_KEY
SECOND_ROOT, THIRD_ROOT = b"the second key of them, 32 bytes", b"the third key of these, 32 bytes"
# As they are in the file after one rotation and after two, and while the next one is only prepared.
SECOND = RootKey(SECOND_ROOT, others=(RootKey(b"0123456789abcdef" * 2, until=NOW),))
THIRD = RootKey(THIRD_ROOT, others=(RootKey(SECOND_ROOT, until=NOW), RootKey(b"0123456789abcdef" * 2, until=NOW)))
PREPARED = RootKey(b"0123456789abcdef" * 2, others=(RootKey(SECOND_ROOT),))

# Nothing is wrong with any of them, and none is like another.
TEXTS = (
    "The bridge was closed again this morning and nobody told us.",
    "My grandmother remembers when that market was a field.",
    "Has anyone asked the teachers what they think of it?",
    "Good reporting; I would like to read more about the harbour.",
    "The ferry timetable changed in March, which explains the queue.",
    "Our choir sang there once, and the roof was leaking even then.",
)


@pytest.fixture
def sent(store: Store) -> Callable[..., Status]:
    """Send a comment that nothing is wrong with, under a root key; says what becomes of it."""
    texts = iter(TEXTS)

    def send(key: RootKey, address: str = ADDRESS, **overrides: object) -> Status:
        kept = factories.accept(store, key=key, email=address, text=next(texts), **overrides)  # type: ignore[arg-type]
        assert drain_pending(store, opinion, lease_seconds=60, now=lambda: NOW)
        return status_of(store, kept.id)

    return send


def keys_of(address: str, key: RootKey) -> tuple[AuthorKeys, ...]:
    found = author_keys(address, "demo", key)
    assert found is not None
    return found


def ban(store: Store, key: RootKey, address: str = ADDRESS, days: int | None = None) -> None:
    until = None if days is None else NOW + timedelta(days=days)
    store.bans.add(factories.a_site(store).id, keys_of(address, key), until=until, now=NOW)


def kids_of(store: Store) -> list[str]:
    with store.database.read() as connection:
        identities = schema.identities
        return list(connection.execute(select(identities.c.kid).order_by(identities.c.comment_id)).scalars())


class TestBans:
    @pytest.mark.parametrize("typed", [ADDRESS, "AdaObi+2@googlemail.com"])
    def test_ban_of_the_first_key_holds_under_the_second_and_the_third(
        self, store: Store, sent: Callable[..., Status], typed: str
    ) -> None:
        ban(store, FIRST)

        assert sent(SECOND, typed) is Status.HELD
        assert sent(THIRD, typed) is Status.HELD
        assert sent(THIRD, OTHER) is Status.APPROVED, "whoever is new is not touched"

    def test_machine_that_was_not_restarted_holds_them_too(self, store: Store, sent: Callable[..., Status]) -> None:
        ban(store, FIRST)

        assert [sent(key) for key in (SECOND, FIRST, SECOND, FIRST)] == [Status.HELD] * 4

    def test_ban_made_after_the_rotation_holds_on_a_machine_that_was_not_restarted(
        self, store: Store, sent: Callable[..., Status]
    ) -> None:
        ban(store, SECOND)

        assert [sent(FIRST), sent(SECOND)] == [Status.HELD] * 2

    def test_ban_is_one_wherever_it_stands_and_ends_everywhere(self, store: Store, sent: Callable[..., Status]) -> None:
        ban(store, FIRST, days=10)
        sent(SECOND)
        sent(THIRD)

        [shown] = store.bans.all(NOW)
        assert shown.kids == (FIRST.kid, SECOND.kid, THIRD.kid)
        ban(store, THIRD, days=20)
        assert [each.until_at for each in store.bans.all(NOW)] == [NOW + timedelta(days=20)]
        assert store.bans.all(NOW)[0].id == shown.id

        # Even where the old key alone is known.
        assert store.bans.end(factories.a_site(store).id, keys_of(ADDRESS, FIRST), NOW)
        assert store.bans.all(NOW) == ()
        assert sent(THIRD) is Status.APPROVED

    def test_ban_that_ended_is_not_copied(self, store: Store, sent: Callable[..., Status]) -> None:
        ban(store, FIRST, days=-1)

        assert sent(SECOND) is Status.APPROVED
        assert store.bans.forget_ended(NOW) == 1

    def test_ban_on_another_site_stays_there(self, store: Store, sent: Callable[..., Status]) -> None:
        other = factories.a_site(store, "other")
        keys = author_keys(ADDRESS, "other", FIRST)
        assert keys is not None
        store.bans.add(other.id, keys, until=None, now=NOW)

        assert sent(SECOND) is Status.APPROVED


class TestAuthors:
    def test_rows_move_to_the_current_key_when_the_author_writes_again(self, store: Store) -> None:
        for address in (ADDRESS, OTHER):
            factories.accept(store, email=address)

        factories.accept(store, key=SECOND, email=ADDRESS)

        assert kids_of(store) == [SECOND.kid, FIRST.kid, SECOND.kid]
        assert store.root_keys.uses() == {FIRST.kid: KeyUse(1, 0), SECOND.kid: KeyUse(2, 0)}

    def test_other_spelling_is_the_same_author_for_the_desk_and_not_for_erasure(self, store: Store) -> None:
        tagged = factories.an_approved_comment(store, email="ada.obi+news@gmail.com")

        new = factories.a_held_comment(store, key=SECOND, email=ADDRESS)

        assert kids_of(store) == [FIRST.kid, SECOND.kid]
        assert history_of(store, new) == 1
        erased = store.rights.erase(factories.a_site(store).id, keys_of(ADDRESS, SECOND), NOW)
        assert erased.comment_ids == (new.id,)
        assert status_of(store, tagged.id) is Status.APPROVED

    def test_history_goes_on(self, store: Store) -> None:
        factories.an_approved_comment(store, email=ADDRESS)
        factories.an_approved_comment(store, key=SECOND, email=ADDRESS)

        last = factories.a_held_comment(store, key=THIRD, email=ADDRESS)

        assert history_of(store, last) == 2

    def test_access_and_erasure_find_what_was_written_under_every_key(self, store: Store) -> None:
        site = factories.a_site(store)
        mine = [factories.accept(store, key=key, email=ADDRESS).id for key in (FIRST, THIRD)]
        # From a machine that knows the first key alone, so nothing has moved it.
        mine.append(factories.accept(store, key=FIRST, email=ADDRESS).id)
        theirs = factories.an_approved_comment(store, email=OTHER).id
        assert set(kids_of(store)) == {FIRST.kid, THIRD.kid}, "else this proves nothing"

        told = store.rights.access(site.id, keys_of(ADDRESS, THIRD), NOW)
        gone = store.rights.erase(site.id, keys_of(ADDRESS, THIRD), NOW)

        assert [each["comment"] for each in told] == mine
        assert list(gone.comment_ids) == mine
        assert {each.strict for each in keys_of(ADDRESS, THIRD)} <= set(gone.values), "all are looked for in the file"
        assert status_of(store, theirs) is Status.APPROVED

    def test_two_arrivals_at_once_on_two_machines_lose_nothing(self, store: Store) -> None:
        for _ in range(20):
            factories.accept(store, email=ADDRESS)
        arrivals = [factories.an_arrival(key, email=ADDRESS) for key in (SECOND, PREPARED) * 4]

        done = together([lambda each=each: store.inbox.accept(each, NOW) for each in arrivals])  # type: ignore[misc]

        assert len({each.id for each in done}) == 8
        gone = store.rights.erase(factories.a_site(store).id, keys_of(ADDRESS, SECOND), NOW)
        assert len(gone.comment_ids) == 28


class TestTwins:
    def test_retry_after_the_rotation_finds_its_comment_and_its_receipt(self, store: Store) -> None:
        body = factories.a_body(email=ADDRESS)
        first = factories.accept(store, **body)

        again = factories.accept(store, key=SECOND, **body)

        assert (again.id, again.is_new) == (first.id, False)
        assert again.receipt_hash == first.receipt_hash
        assert store.receipts.find(factories.receipt_of(first)) is not None

    def test_same_key_of_the_client_with_other_words_is_still_a_conflict(self, store: Store) -> None:
        factories.accept(store, email=ADDRESS, idempotency_key="one")

        with pytest.raises(IdempotencyConflict):
            factories.accept(store, key=SECOND, email=ADDRESS, idempotency_key="one", text="Something else.")


class TestEnumeration:
    def test_statements_are_as_many_and_the_same_whoever_writes(self, store: Store) -> None:
        factories.a_site(store)
        for _ in range(3):
            factories.accept(store, email=ADDRESS)
        ban(store, FIRST, "banned@example.org")
        seen = {}

        for who in (ADDRESS, "banned@example.org", "new@example.org"):
            arrival = factories.an_arrival(SECOND, email=who)
            with statements_of(store) as said:
                store.inbox.accept(arrival, NOW)
            seen[who] = said

        assert seen[ADDRESS] == seen["banned@example.org"] == seen["new@example.org"]
        assert sum("identities SET" in each for each in seen[ADDRESS]) == 2, "else nothing is renewed"

    def test_nothing_more_is_asked_while_there_is_one_key(self, store: Store) -> None:
        factories.a_site(store)
        arrival = factories.an_arrival(email=ADDRESS)
        with statements_of(store) as said:
            store.inbox.accept(arrival, NOW)

        assert not [each for each in said if "bans" in each or "UPDATE identities" in each]


class TestDevices:
    def test_device_is_known_under_the_new_key_and_moves_to_it(self, store: Store) -> None:
        old, new = b"under the first!", b"under the second"
        factories.accept(store, device=old)
        arrival = factories.an_arrival(SECOND)
        assert arrival.device is not None

        kept = store.inbox.accept(replace(arrival, device=replace(arrival.device, shown=(new, old))), NOW)

        assert (kept.has_device, kept.device_is_new) == (True, False)
        assert store.devices.is_known("demo", (new,), NOW)
        assert not store.devices.is_known("demo", (old,), NOW)


class TestRetirement:
    def test_key_is_needed_by_authors_and_by_bans_that_stand_nowhere_else(self, store: Store) -> None:
        ban(store, FIRST)
        ban(store, FIRST, OTHER)
        factories.accept(store, key=SECOND, email=ADDRESS)

        assert store.root_keys.uses() == {FIRST.kid: KeyUse(0, 1), SECOND.kid: KeyUse(1, 0)}

    def test_what_is_let_go_goes_and_the_rest_stays(self, store: Store, sent: Callable[..., Status]) -> None:
        ban(store, FIRST)
        ban(store, FIRST, OTHER)
        old = factories.an_approved_comment(store, email=OTHER)
        assert sent(SECOND) is Status.HELD

        assert store.root_keys.let_go(FIRST.kid) == KeyUse(1, 1)
        assert store.root_keys.let_go(FIRST.kid) == KeyUse()

        assert [each.kids for each in store.bans.all(NOW)] == [(SECOND.kid,)]
        assert sent(RootKey(SECOND_ROOT)) is Status.HELD
        assert status_of(store, old.id) is Status.APPROVED
        with store.database.read() as connection:
            assert connection.execute(select(func.count()).select_from(schema.identities)).scalar_one() == 2


@contextmanager
def statements_of(store: Store) -> Iterator[list[str]]:
    said: list[str] = []

    def note(*arguments: object) -> None:
        said.append(str(arguments[2]))

    event.listen(store.database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(store.database.engine, "before_cursor_execute", note)


def history_of(store: Store, comment: Accepted) -> int:
    """Return how many approved comments the desk counts to the author."""
    return store.desk.card(comment.id, now=NOW, scope=EVERY_SITE).author.approved
