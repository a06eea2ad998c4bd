"""`replydesk status`: the parts, the numbers and an exit code, for people and for programs."""

import json
from datetime import timedelta

import pytest
from redis import Redis

from comments.settings import load_settings
from comments.store import open_store
from comments.store.floods import TurnedAway, hour_of
from comments.store.leases import WORKER
from ops.clock import utc_now
from tests.factories import accept
from tests.ops.commands import Shell


@pytest.fixture
def sound(installed: Shell, valkey: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell in an installation where every part is well; its web server is on another machine."""
    monkeypatch.setenv("REPLYDESK_REDIS_URL", valkey)
    client = Redis.from_url(valkey)
    client.ping()
    client.close()
    store = open_store(load_settings().database)
    store.leases.take(f"{WORKER}1", "1", seconds=60, now=utc_now())
    store.close()
    return installed


def test_all_well_is_one_screen_and_exit_code_0(sound: Shell) -> None:
    done = sound.run("status", "--no-web")

    assert (done.code, done.err) == (0, "")
    assert "All is well." in done.out
    assert "1 worker, 0 sweeper" in done.out
    assert len(done.out.splitlines()) <= 24


def test_programs_get_the_same(sound: Shell) -> None:
    done = sound.run("status", "--json", "--no-web")

    said = json.loads(done.out)
    assert (done.code, said["status"]) == (0, "ok")
    assert {check["status"] for check in said["checks"].values()} == {"ok"}
    assert said["numbers"]["pending"] == 0


def test_what_is_late_is_told_with_its_age_and_exit_code_1(sound: Shell) -> None:
    store = open_store(load_settings().database)
    accept(store, now=utc_now() - timedelta(hours=3))
    store.close()

    done = sound.run("status", "--no-web")

    assert done.code == 1
    assert "a comment has waited too long" in done.out
    assert "1, the oldest for 3 hours" in done.out


def test_a_flood_is_one_line_with_its_number(sound: Shell) -> None:
    assert "turned away" not in sound.run("status", "--no-web").out
    now = utc_now()
    store = open_store(load_settings().database)
    store.sites.add("news", "The News", now=now)
    store.floods.add([TurnedAway("news", hour_of(now), bytes([number]), 6_172, now) for number in (1, 2)])
    store.close()

    done, said = sound.run("status", "--no-web"), json.loads(sound.run("status", "--no-web", "--json").out)

    [line] = [line for line in done.out.splitlines() if "turned away" in line]
    assert "12,344 posts in 2 floods this hour and the last" in line
    assert said["numbers"]["turned_away"] == {"posts": 12_344, "floods": 2}


def test_a_web_server_that_does_not_answer_is_told(sound: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLYDESK_PORT", "1")

    done = sound.run("status", "--json")

    assert done.code == 1
    assert json.loads(done.out)["checks"]["web"]["status"] == "unavailable"


def test_without_a_database_it_says_so_in_one_line(shell: Shell) -> None:
    done = shell.run("status")

    assert done.code == 1
    assert len(done.err.splitlines()) == 1
