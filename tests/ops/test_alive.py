"""`python -m ops.alive`: the health check of every role."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from comments.store import open_store
from comments.store.leases import BLIND_WORKER, NOTIFIER, WORKER
from ops.alive import main, role_of
from tests.ops.commands import Shell
from workers.process_name import HERE, new_process_name


@pytest.fixture
def installed(shell: Shell, data_dir: Path) -> str:
    assert shell.run("migrate").code == 0
    return f"sqlite:///{data_dir / 'replydesk.sqlite3'}"


@pytest.mark.parametrize(
    ("words", "role"),
    [
        (["/app/venv/bin/python", "/app/venv/bin/replydesk", "worker"], "worker"),
        (["/sbin/docker-init", "--", "replydesk", "web", "--port", "9000"], "web"),
        (["replydesk", "up", "--host", "::"], "up"),
        (["replydesk", "migrate"], None),
        ([], None),
    ],
)
def test_the_role_is_that_of_the_first_process(tmp_path: Path, words: list[str], role: str | None) -> None:
    (tmp_path / "cmdline").write_text("".join(f"{word}\0" for word in words))

    assert role_of(tmp_path / "cmdline") == role


@pytest.mark.parametrize(("role", "prefix"), [("worker", WORKER), ("worker", BLIND_WORKER), ("notifier", NOTIFIER)])
def test_signs_of_life_of_this_host_count_and_no_others(installed: str, role: str, prefix: str) -> None:
    """A worker that cannot read its model is alive too: it holds every comment, and a restart would not mend it."""
    store = open_store(installed)
    now = datetime.now(UTC)

    store.leases.take(f"{prefix}elsewhere_7_abcdef12", "elsewhere", seconds=30, now=now)
    assert main([role]) == 1

    name = f"{prefix}{new_process_name()}"
    store.leases.take(name, name, seconds=30, now=now)
    assert main([role]) == 0
    store.close()


def test_a_database_that_is_away_is_no_reason_to_restart_a_worker(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLYDESK_DATABASE_URL", "postgresql://replydesk@127.0.0.1:9/replydesk")

    assert main(["worker"]) == 0


def test_a_web_server_that_does_not_answer_is_dead(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLYDESK_PORT", "9")

    assert main(["web"]) == 1
    assert main(["up"]) == 1
    assert main(["listener"]) == 1


def test_what_ends_by_itself_is_never_dead(data_dir: Path) -> None:
    assert main(["migrate"]) == 0


def test_a_name_fits_the_lease_and_is_unlike_any_other() -> None:
    assert new_process_name() != new_process_name()
    assert len(f"notifier/{new_process_name()}") <= 80
    assert "_" not in HERE
