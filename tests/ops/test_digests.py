"""The commands for digests, and what is said of a file that cannot be used."""

from pathlib import Path

import pytest

from comments.settings import load_settings
from comments.store import Store, open_store
from ops.examinations import State, look_at_notifications
from tests import factories
from tests.ops.commands import Shell
from tests.workers.external.servers import Server, answering, running


@pytest.fixture
def store(installed: Shell) -> Store:
    """The store of an installation with one site."""
    assert installed.run("site", "add", "demo", "The News").code == 0
    return open_store(load_settings().database)


def list_digest(folder: Path, monkeypatch: pytest.MonkeyPatch, server: Server | None = None, **more: str) -> None:
    fields = {"site": "demo", "every": "1h", "slack_url": server.url if server else "https://hooks.example/x"} | more
    path = folder / "notifications.toml"
    path.write_text("[[digest]]\n" + "".join(f'{name} = "{value}"\n' for name, value in fields.items()))
    monkeypatch.setenv("REPLYDESK_NOTIFICATIONS_FILE", str(path))
    monkeypatch.setenv("REPLYDESK_WEBHOOK_PRIVATE_ADDRESSES", "on")


def test_a_digest_is_shown_and_sent_to_try_it(
    installed: Shell, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.a_held_comment(store)
    with running(answering(200)) as server:
        list_digest(tmp_path, monkeypatch, server)
        shown = installed.run("digest", "show", "--site", "demo")
        before = len(server.received)
        sent = installed.run("digest", "test", "--site", "demo")

    assert (shown.code, sent.code) == (0, 0)
    assert "1 comment waits for review" in shown.out
    assert (before, len(server.received)) == (0, 1)
    assert "✓ digest/slack" in sent.out


def test_a_digest_that_does_not_arrive_is_said(
    installed: Shell, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(answering(403, b"invalid_token")) as server:
        list_digest(tmp_path, monkeypatch, server)
        sent = installed.run("digest", "test", "--site", "demo")

    assert sent.code == 1
    assert "it answered 403" in sent.out
    assert "invalid_token" not in sent.out + sent.err
    assert store.sites.find("demo") is not None


@pytest.mark.parametrize(("more", "word"), [({"every": "5m"}, "1h"), ({"site": "nobody"}, "not there")])
def test_a_file_that_cannot_be_used_is_told_by_the_doctor(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, str], word: str
) -> None:
    list_digest(tmp_path, monkeypatch, **more)

    finding = look_at_notifications(load_settings(), store)

    assert finding.state is State.PROBLEM
    assert word in finding.said


def test_the_doctor_counts_what_goes_out(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    none = look_at_notifications(load_settings(), store)
    list_digest(tmp_path, monkeypatch)

    assert (none.state, none.said) == (State.OK, "none go out")
    assert look_at_notifications(load_settings(), store).said == "1 digests go out"


def test_workers_do_not_start_with_a_file_that_cannot_be_used(
    installed: Shell, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_digest(tmp_path, monkeypatch, every="never")
    monkeypatch.setenv("REPLYDESK_REDIS_URL", "unix:///nowhere/valkey.sock")

    done, shown = installed.run("worker"), installed.run("digest", "show", "--site", "demo")

    assert (done.code, shown.code) == (1, 1)
    assert "notifications.toml" in done.err
    assert "notifications.toml" in shown.err
    assert store.sites.find("demo") is not None
