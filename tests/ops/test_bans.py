"""`replydesk ban`: an address is banned without being kept, and nobody who writes can tell."""

import re

import pytest

from comments.identity import load_root_key
from comments.settings import load_settings
from comments.status import Status
from comments.store import open_store
from tests import factories
from tests.at_the_desk import status_of
from tests.ops.commands import Shell
from workers.drain import drain_pending
from workers.opinion import opinion

ADDRESS = "trouble.maker@gmail.com"
# Nothing is wrong with any of them, and none is like another.
TEXTS = iter(
    (
        "The bridge was closed again this morning and nobody told us.",
        "My grandmother remembers when that market was a field.",
        "Has anyone asked the teachers what they think of it?",
        "Good reporting; I would like to read more about the harbour.",
    )
)


@pytest.fixture
def shell_with_sites(installed: Shell) -> Shell:
    for key in ("demo", "other"):
        assert installed.run("site", "add", key, key.title()).code == 0
    return installed


def sent_by(address: str) -> Status:
    """Return what becomes of a comment of this address that nothing is wrong with."""
    store = open_store(load_settings().database)
    comment = factories.accept(store, key=load_root_key(load_settings().root_key_path), email=address, text=next(TEXTS))
    assert drain_pending(store, opinion, lease_seconds=60, now=lambda: factories.NOW)
    status = status_of(store, comment.id)
    store.close()
    return status


def test_who_is_banned_is_held_whatever_the_spelling_until_it_ends(shell_with_sites: Shell) -> None:
    assert sent_by(ADDRESS) is Status.APPROVED

    added = shell_with_sites.run("ban", "add", "--site", "demo", stdin=f"{ADDRESS}\n")
    assert (added.code, added.out) == (0, "Banned on 1 sites.\n")
    assert sent_by("TroubleMaker+2@googlemail.com") is Status.HELD
    assert sent_by("somebody.else@gmail.com") is Status.APPROVED

    removed = shell_with_sites.run("ban", "remove", stdin=ADDRESS)
    assert removed.out == "Ended 1 bans.\n"
    assert sent_by(ADDRESS) is Status.APPROVED


def test_the_list_and_the_trail_tell_nobody_s_address(shell_with_sites: Shell) -> None:
    shell_with_sites.run("ban", "add", "--days", "30", stdin=ADDRESS)

    listed, trail = shell_with_sites.run("ban", "list"), shell_with_sites.run("audit", "export")

    assert len(re.findall("demo|other", listed.out)) == 2
    assert trail.out.count("author banned") == 2
    for said in (listed.out, trail.out):
        assert "trouble" not in said.lower()
        assert not re.search("[0-9a-f]{32}", said.split("seal")[0])


@pytest.mark.parametrize("typed", ["", "no address", "x" * 70_000])
def test_what_is_no_address_is_refused_without_an_echo(shell_with_sites: Shell, typed: str) -> None:
    for command in ("add", "remove"):
        done = shell_with_sites.run("ban", command, stdin=typed)

        assert done.code == 1
        assert len(done.err) < 200
