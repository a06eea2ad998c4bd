"""`replydesk replay` on decided comments: what another policy would have made of them."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from comments.roles import EVERY_SITE
from comments.settings import Settings, load_settings
from comments.status import Status
from comments.store import Store
from comments.store.records import Site
from ops.problems import Problem
from ops.replay import run
from tests.factories import a_held_comment, a_moderator


@pytest.fixture
def settings(sqlite_url: str) -> Settings:
    return load_settings(database_url=sqlite_url, second_stage="off")


@pytest.fixture
def decided(sqlite_store: Store, site: Site, now: datetime) -> Store:
    """Two comments that moderators decided: one about mangoes, approved, and one about loans, rejected."""
    moderator = a_moderator(sqlite_store)
    for text, decision in (("The mango season was good.", Status.APPROVED), ("Loans for all.", Status.REJECTED)):
        held = a_held_comment(sqlite_store, text=text)
        version = sqlite_store.desk.card(held.id, now=now, scope=EVERY_SITE).version
        sqlite_store.desk.decide(
            held.id,
            decision,
            version=version,
            moderator_id=moderator.id,
            now=now - timedelta(hours=1),
            scope=EVERY_SITE,
        )
    return sqlite_store


def test_new_word_is_tried_on_decided_comments_and_nothing_is_changed(
    decided: Store, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "trial.toml"
    policy.write_text('held_words = ["mango", "loans"]')

    run(settings, "demo", 100, policy)

    shown = capsys.readouterr().out
    assert "2 comments compared" in shown
    assert "+ #2: approved → held, moderators: rejected" in shown
    assert "- #1: approved → held, moderators: approved" in shown
    site = decided.sites.find("demo")
    assert site is not None
    assert site.held_words == ()


def test_the_policy_as_it_is_changes_nothing(
    decided: Store, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    run(settings, "demo", 100, None)
    assert "Nothing would change." in capsys.readouterr().out


@pytest.mark.parametrize("content", ["nonsense", "hold_at = 7", 'colour = "red"'])
def test_file_that_is_no_policy_ends_in_one_line(
    decided: Store, settings: Settings, tmp_path: Path, content: str
) -> None:
    policy = tmp_path / "trial.toml"
    policy.write_text(content)
    with pytest.raises(Problem, match=r"trial\.toml"):
        run(settings, "demo", 100, policy)


def test_unknown_site_ends_in_one_line(decided: Store, settings: Settings) -> None:
    with pytest.raises(Problem, match="there is no site nowhere"):
        run(settings, "nowhere", 100, None)
