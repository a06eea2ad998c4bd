"""Moderators: their sessions end when they must, and one setup link makes one moderator."""

import hashlib
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import insert, select, update

from comments import schema
from comments.store import Store
from comments.store.moderators import LoginTaken, token_hash
from tests import factories
from tests.together import together

IDLE, LASTS = timedelta(minutes=30), timedelta(hours=12)


def opened(store: Store, now: datetime) -> str:
    return store.sessions.open(factories.a_moderator(store).id, lasts=LASTS, now=now)


def is_open(store: Store, token: str, now: datetime) -> bool:
    return store.sessions.find(token, idle=IDLE, now=now) is not None


class TestModerators:
    def test_a_moderator_is_found_by_login(self, store: Store) -> None:
        made = factories.a_moderator(store, "ada")

        assert store.moderators.find("ada") == made
        assert store.moderators.find("eve") is None
        assert not made.is_disabled

    def test_a_login_is_given_once(self, store: Store, now: datetime) -> None:
        factories.a_moderator(store, "ada")

        with pytest.raises(LoginTaken):
            store.moderators.add("ada", "other", grants=[], now=now)
        found = store.moderators.find("ada")
        assert found is not None
        assert found.password_hash == factories.NO_PASSWORD

    def test_all_are_listed_by_login(self, store: Store) -> None:
        for login in ("obi", "ada", "eve"):
            factories.a_moderator(store, login)

        assert [each.login for each in store.moderators.all()] == ["ada", "eve", "obi"]


class TestSessions:
    def test_a_session_is_found_by_its_token(self, store: Store, now: datetime) -> None:
        token = opened(store, now)

        session = store.sessions.find(token, idle=IDLE, now=now)

        assert session is not None
        assert session.moderator.login == "ada"
        assert len(session.csrf_token) == 43
        assert not is_open(store, token[:-1] + "x", now)
        assert not is_open(store, "", now)

    def test_every_session_has_tokens_of_its_own(self, store: Store, now: datetime) -> None:
        tokens = [opened(store, now) for _ in range(5)]
        sessions = [store.sessions.find(token, idle=IDLE, now=now) for token in tokens]

        assert len(set(tokens) | {each.csrf_token for each in sessions if each}) == 10

    def test_only_the_tokens_hash_is_kept(self, store: Store, now: datetime) -> None:
        token = opened(store, now)

        with store.database.read() as connection:
            [row] = connection.execute(select(schema.sessions)).all()
        assert row.token_hash == hashlib.sha256(token.encode()).digest()
        assert token not in str(tuple(row))

    def test_it_ends_without_use(self, store: Store, now: datetime) -> None:
        token = opened(store, now)

        assert not is_open(store, token, now + IDLE)

    def test_use_keeps_it_open(self, store: Store, now: datetime) -> None:
        token = opened(store, now)
        for minutes in range(0, 120, 20):
            assert is_open(store, token, now + timedelta(minutes=minutes))

    def test_it_ends_in_any_case(self, store: Store, now: datetime) -> None:
        token = opened(store, now)
        for minutes in range(0, 12 * 60, 20):
            assert is_open(store, token, now + timedelta(minutes=minutes))

        assert not is_open(store, token, now + LASTS)

    def test_it_ends_on_logging_out(self, store: Store, now: datetime) -> None:
        token, other = opened(store, now), opened(store, now)

        store.sessions.close(token)

        assert not is_open(store, token, now)
        assert is_open(store, other, now)

    def test_a_new_password_ends_every_session(self, store: Store, now: datetime) -> None:
        tokens = [opened(store, now) for _ in range(2)]
        eve = factories.a_moderator(store, "eve")
        eves = store.sessions.open(eve.id, lasts=LASTS, now=now)

        store.moderators.set_password(factories.a_moderator(store).id, "new hash")

        assert not any(is_open(store, token, now) for token in tokens)
        assert is_open(store, eves, now)
        assert factories.a_moderator(store).password_hash == "new hash"

    def test_a_disabled_moderator_has_no_session(self, store: Store, now: datetime) -> None:
        token = opened(store, now)
        with store.database.write() as connection:
            connection.execute(update(schema.moderators).values(disabled_at=now))

        assert not is_open(store, token, now)
        assert factories.a_moderator(store).is_disabled


class TestSetupLink:
    def test_it_makes_the_first_moderator(self, store: Store, now: datetime) -> None:
        token = store.moderators.new_setup_link(lasts=LASTS, now=now)
        assert token is not None
        assert store.moderators.is_setup_link(token, now=now)

        made = store.moderators.use_setup_link(token, "ada", "hash", now=now)

        assert made == store.moderators.find("ada")
        assert not store.moderators.is_setup_link(token, now=now)
        assert store.moderators.use_setup_link(token, "eve", "hash", now=now) is None

    def test_two_uses_at_once_make_one_moderator(self, store: Store, now: datetime) -> None:
        token = store.moderators.new_setup_link(lasts=LASTS, now=now)
        assert token is not None

        made = together(
            [partial(store.moderators.use_setup_link, token, f"m{each}", "hash", now=now) for each in range(6)]
        )

        assert sum(each is not None for each in made) == 1
        assert len(store.moderators.all()) == 1

    def test_links_that_were_made_at_once_make_one_moderator(self, store: Store, now: datetime) -> None:
        tokens = [f"link-{n}" for n in range(6)]
        rows = [{"token_hash": token_hash(token), "created_at": now, "expires_at": now + LASTS} for token in tokens]
        with store.database.write() as connection:  # each was made before it could see the others
            connection.execute(insert(schema.setup_links), rows)

        made = together(
            [
                partial(store.moderators.use_setup_link, token, f"m{n}", "hash", now=now)
                for n, token in enumerate(tokens)
            ]
        )

        assert sum(each is not None for each in made) == 1
        assert len(store.moderators.all()) == 1

    def test_a_new_link_ends_the_one_before(self, store: Store, now: datetime) -> None:
        first = store.moderators.new_setup_link(lasts=LASTS, now=now)
        second = store.moderators.new_setup_link(lasts=LASTS, now=now)
        assert first is not None
        assert second is not None

        assert not store.moderators.is_setup_link(first, now=now)
        assert store.moderators.is_setup_link(second, now=now)

    def test_it_ends_by_itself(self, store: Store, now: datetime) -> None:
        token = store.moderators.new_setup_link(lasts=LASTS, now=now)
        assert token is not None

        assert not store.moderators.is_setup_link(token, now=now + LASTS)
        assert store.moderators.use_setup_link(token, "ada", "hash", now=now + LASTS) is None

    def test_with_a_moderator_there_is_none(self, store: Store, now: datetime) -> None:
        token = store.moderators.new_setup_link(lasts=LASTS, now=now)
        assert token is not None
        factories.a_moderator(store)

        assert store.moderators.new_setup_link(lasts=LASTS, now=now) is None
        assert store.moderators.use_setup_link(token, "eve", "hash", now=now) is None

    def test_a_guess_makes_nobody(self, store: Store, now: datetime) -> None:
        store.moderators.new_setup_link(lasts=LASTS, now=now)

        assert store.moderators.use_setup_link("guess", "eve", "hash", now=now) is None
        assert store.moderators.all() == ()
