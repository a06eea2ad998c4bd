"""The commands for people: roles, keeping somebody out, and the lost phone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from comments.roles import Grant, Role
from comments.settings import load_settings
from comments.store import Store, open_store
from ops.clock import utc_now
from tests.ops.commands import Shell

PASSWORD = "four unrelated quiet words"
HOUR = timedelta(hours=1)


@pytest.fixture
def store(installed: Shell) -> Iterator[Store]:
    """The store of the installation, with a site and ada, the admin."""
    installed.run("site", "add", "news", "The News")
    assert installed.run("moderator", "add", "ada", "--role", "admin", stdin=f"{PASSWORD}\n").code == 0
    opened = open_store(load_settings().database)
    yield opened
    opened.close()


def grants(store: Store, login: str) -> set[Grant]:
    found = store.moderators.find(login)
    assert found
    return set(found.grants)


def test_moderator_is_added_with_a_role_on_a_site(installed: Shell, store: Store) -> None:
    added = ("moderator", "add", "bisi", "--role", "editor", "--site", "news")
    assert installed.run(*added, stdin=f"{PASSWORD}\n").code == 0
    site = store.sites.find("news")
    assert site
    assert grants(store, "bisi") == {Grant(Role.EDITOR, site.id)}
    assert "editor on news" in installed.run("moderator", "list").out


def test_role_is_changed_and_taken(installed: Shell, store: Store) -> None:
    installed.run("moderator", "add", "bisi", stdin=f"{PASSWORD}\n")
    assert grants(store, "bisi") == {Grant(Role.MODERATOR)}
    assert installed.run("moderator", "role", "bisi", "auditor").code == 0
    assert grants(store, "bisi") == {Grant(Role.AUDITOR)}
    assert installed.run("moderator", "role", "bisi", "--none").code == 0
    assert grants(store, "bisi") == set()


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (("moderator", "role", "ada", "viewer"), "last admin"),
        (("moderator", "role", "ada", "--none"), "last admin"),
        (("moderator", "disable", "ada"), "last admin"),
        (("moderator", "role", "nobody", "viewer"), "no moderator"),
        (("moderator", "role", "ada"), "--none"),
        (("moderator", "role", "ada", "viewer", "--none"), "--none"),
        (("moderator", "role", "ada", "viewer", "--site", "nowhere"), "no site"),
        (("moderator", "disable", "nobody"), "no moderator"),
        (("moderator", "reset", "nobody", "--second-factor"), "no moderator"),
    ],
)
def test_what_cannot_be_done_is_said(installed: Shell, store: Store, command: tuple[str, ...], word: str) -> None:
    done = installed.run(*command)
    assert done.code == 1
    assert word in done.err
    assert grants(store, "ada") == {Grant(Role.ADMIN)}


def test_moderator_is_kept_out_and_let_in(installed: Shell, store: Store) -> None:
    # given
    installed.run("moderator", "add", "bisi", stdin=f"{PASSWORD}\n")
    bisi = store.moderators.find("bisi")
    assert bisi
    token = store.sessions.open(bisi.id, lasts=HOUR, now=utc_now())

    # when
    assert installed.run("moderator", "disable", "bisi").code == 0

    # then
    assert store.sessions.find(token, idle=HOUR, now=utc_now()) is None
    assert installed.run("moderator", "disable", "bisi", "--undo").code == 0
    found = store.moderators.find("bisi")
    assert found
    assert not found.is_disabled


def test_lost_phone_is_answered_by_removing_the_second_factor(installed: Shell, store: Store) -> None:
    # given
    ada = store.moderators.find("ada")
    assert ada
    token = store.sessions.open(ada.id, lasts=HOUR, now=utc_now())
    assert store.second_factors.set(ada.id, b"sealed", step=1, recovery=["x"], token=token, now=utc_now())

    # when
    done = installed.run("moderator", "reset", "ada", "--second-factor")

    # then: the password stays
    found = store.moderators.find("ada")
    assert done.code == 0
    assert found
    assert not found.has_second_factor
    assert found.password_hash == ada.password_hash
    assert store.sessions.find(token, idle=HOUR, now=utc_now()) is None
