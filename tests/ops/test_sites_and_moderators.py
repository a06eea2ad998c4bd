"""The commands for sites and moderators."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from comments.settings import load_settings
from comments.store import Store, open_store
from comments.store.records import Site
from ops import sites
from ops.clock import utc_now
from ops.sites import find_site
from service.auth.passwords import is_password_of
from tests.ops.commands import Shell

PASSWORD = "four unrelated quiet words"


@pytest.fixture
def store(installed: Shell) -> Store:
    """The store of the installation."""
    return open_store(load_settings().database)


def test_migrate_makes_what_is_needed_for_this_user_alone_and_can_be_repeated(shell: Shell, data_dir: Path) -> None:
    first, second = shell.run("migrate"), shell.run("migrate")

    assert (first.code, second.code) == (0, 0)
    assert first.out != second.out
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((data_dir / "root.key").stat().st_mode) == 0o600


def test_two_who_change_a_site_at_once_are_told(
    installed: Shell, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: somebody who is faster, between this one's reading and saving
    installed.run("site", "add", "news", "The News")

    def find_and_be_overtaken(opened: Store, key: str) -> Site:
        found = find_site(opened, key)
        opened.sites.change(replace(found, name="The Other News"), moderator_id=None, now=utc_now())
        return found

    monkeypatch.setattr(sites, "find_site", find_and_be_overtaken)

    # when
    done = installed.run("site", "set", "news", "--name", "The New News")

    # then
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "somebody changed news just now" in done.err
    assert find_site(store, "news").name == "The Other News"


def test_a_site_is_added_listed_and_changed(installed: Shell, store: Store) -> None:
    assert installed.run("site", "add", "news", "The News", "--origin", "https://news.example").code == 0
    changed = installed.run("site", "set", "news", "--mode", "hold_all", "--hold-at", "0.3", "--block", "casino")
    listed = installed.run("site", "list")

    site = store.sites.find("news")
    assert site is not None
    assert (site.name, site.origins, site.blocked_words) == ("The News", ("https://news.example",), ("casino",))
    assert (site.policy.mode, site.policy.hold_at, site.policy.version) == ("hold_all", 0.3, "2")
    assert "version 2" in changed.out
    assert all(word in listed.out for word in ("news", "The News", "hold_all", "https://news.example"))


def test_holding_first_timers_says_what_it_rests_on(installed: Shell) -> None:
    installed.run("site", "add", "news", "The News")

    assert "nobody proves" in installed.run("site", "set", "news", "--mode", "hold_first").out
    assert "nobody proves" not in installed.run("site", "set", "news", "--mode", "hold_all").out


def test_everything_editors_set_can_be_set_and_what_is_not_given_stays(installed: Shell, store: Store) -> None:
    installed.run("site", "add", "news", "The News")
    done = installed.run(
        *("site", "set", "news", "--spam-target", "0.01", "--abuse-target", "0.005", "--allow", "Gidan Banza"),
        *("--block", "crypto*", "--close-after-days", "14", "--burst", "auto", "--rejected-text-days", "7"),
        *("--identity-days", "90", "--second-factor", "--language", "ha", "--proof-of-work", "always"),
        *("--contact-url", "https://news.example/contact"),
    )
    assert done.code == 0, done.err

    installed.run("site", "set", "news", "--close-after-days", "0", "--abuse-target", "shipped")

    site = store.sites.find("news")
    assert site is not None
    assert (site.policy.spam_false_positives, site.policy.abuse_false_positives) == (0.01, None)
    assert (site.blocked_words, site.allowed_words) == (("crypto*",), ("Gidan Banza",))
    assert (site.close_after_days, site.burst_mode, site.language) == (None, "auto", "ha")
    assert site.proof_of_work == "always"
    assert site.contact_url == "https://news.example/contact"
    assert (site.rejected_text_days, site.identity_days, site.requires_second_factor) == (7, 90, True)
    assert site.policy.version == "3"
    assert store.sites.last_change(site.id) is not None


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (("site", "set", "news", "--block", "f*ck"), "star inside"),
        (("site", "set", "news", "--spam-target", "0.9"), "0.01"),
        (("site", "set", "news", "--language", "tlh"), "yo"),
        (("site", "set", "news", "--contact-url", "desk@news.example"), "full web address"),
        (("site", "add", "news", "Again"), "already"),
        (("site", "add", "News!", "The News"), "small letters"),
        (("site", "set", "nowhere", "--name", "x"), "no site"),
        (("moderator", "reset", "nobody"), "no moderator"),
        (("moderator", "add", "a b"), "letters"),
    ],
)
def test_what_cannot_be_done_is_said(installed: Shell, command: tuple[str, ...], word: str) -> None:
    installed.run("site", "add", "news", "The News")

    done = installed.run(*command, stdin=f"{PASSWORD}\n")

    assert done.code == 1
    assert word in done.err


def test_a_moderator_s_password_comes_from_stdin(installed: Shell, store: Store) -> None:
    assert installed.run("moderator", "add", "Ada", stdin=f"{PASSWORD}\n").code == 0

    assert is_password_of(store.moderators.find("ada"), PASSWORD)
    assert "ada" in installed.run("moderator", "list").out


def test_a_weak_password_is_refused(installed: Shell, store: Store) -> None:
    done = installed.run("moderator", "add", "ada", stdin="12345678\n")

    assert done.code == 1
    assert store.moderators.find("ada") is None


def test_a_reset_changes_the_password_and_ends_the_sessions(installed: Shell, store: Store) -> None:
    from datetime import timedelta

    from ops.clock import utc_now

    installed.run("moderator", "add", "ada", stdin=f"{PASSWORD}\n")
    moderator = store.moderators.find("ada")
    assert moderator is not None
    token = store.sessions.open(moderator.id, lasts=timedelta(hours=1), now=utc_now())
    assert store.sessions.find(token, idle=timedelta(hours=1), now=utc_now()), "else this proves nothing"

    assert installed.run("moderator", "reset", "ada", stdin=f"other {PASSWORD}\n").code == 0

    assert is_password_of(store.moderators.find("ada"), f"other {PASSWORD}")
    assert store.sessions.find(token, idle=timedelta(hours=1), now=utc_now()) is None


def test_no_command_takes_a_password_as_an_argument(installed: Shell) -> None:
    assert installed.run("moderator", "add", "ada", PASSWORD).code == 2
    assert "password" not in installed.run("moderator", "add", "--help").out.lower().replace("passwords are", "")
