"""`replydesk notifier` as an operator sees it: keys, what is missing in one line, and a real process that writes."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from comments.contact import load_sealing_key
from comments.settings import load_settings
from comments.store import Store, open_store
from comments.store.leases import NOTIFIER
from ops.clock import utc_now
from ops.doctor import look_at_everything
from ops.examinations import State
from ops.exposition import write_exposition
from ops.status import look_once
from tests import notices
from tests.notices import ADA, Correspondence, recipient_of
from tests.ops.commands import Shell
from tests.servers.smtp import SmtpServer, running_smtp

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 30.0


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with running_smtp() as running:
        yield running


@pytest.fixture
def sealed(installed: Shell, data_dir: Path, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """An installation in sealed mode."""
    for name, value in notices.sealed_settings(data_dir, smtp.port).items():
        monkeypatch.setenv(f"REPLYDESK_{name.upper()}", value)
    return installed


def test_keygen_makes_a_pair_and_never_writes_over_one(installed: Shell, data_dir: Path) -> None:
    first, second = installed.run("notifier", "keygen"), installed.run("notifier", "keygen")

    assert load_sealing_key(data_dir / "notice-public.pem").kid in first.out
    assert (data_dir / "notice-private.pem").stat().st_mode & 0o777 == 0o600
    assert (second.code, "there already" in second.err) == (1, True)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("EMAIL_MODE", "hash", "set REPLYDESK_EMAIL_MODE=sealed first"),
        ("NOTICE_PRIVATE_KEY_FILE", "", "cannot read"),
        ("NOTICE_PRIVATE_KEY_FILE", None, "replydesk notifier keygen"),
        ("NOTICE_PUBLIC_KEY_FILE", None, "also needs REPLYDESK_NOTICE_PUBLIC_KEY_FILE"),
        ("PUBLIC_URL", None, "also needs"),
        ("NOTIFICATIONS_FILE", None, "name the mail server"),
        ("NOTIFICATIONS_FILE", "/nowhere.toml", "cannot be read"),
    ],
)
def test_what_is_missing_is_told_in_one_line(
    sealed: Shell, name: str, value: str | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is None:
        monkeypatch.delenv(f"REPLYDESK_{name}")
    else:
        monkeypatch.setenv(f"REPLYDESK_{name}", value)

    done = sealed.run("notifier")

    assert done.code == 1
    assert told in done.err
    assert done.err.count("\n") == 1


def test_keys_of_two_pairs_are_told(sealed: Shell, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sealed.run("notifier", "keygen", str(data_dir / "other")).code == 0
    monkeypatch.setenv("REPLYDESK_NOTICE_PRIVATE_KEY_FILE", str(data_dir / "other" / "notice-private.pem"))

    assert "not of one pair" in sealed.run("notifier").err
    assert look_at_everything(load_settings())["notices"].state is State.PROBLEM


def test_the_doctor_misses_the_notifier(sealed: Shell) -> None:
    found = look_at_everything(load_settings())["notices"]

    assert (found.state, found.said) == (State.PROBLEM, "no notifier has given a sign of life")


def test_status_and_metrics_miss_the_notifier(sealed: Shell, data_dir: Path) -> None:
    # given: an installation whose notifier has not started
    missing = health_of_notifier(data_dir)

    # when
    store = open_store(load_settings().database)
    store.leases.take(f"{NOTIFIER}1", "1", seconds=60, now=utc_now())
    store.close()

    # then
    assert missing == ("degraded", "1.0")
    assert health_of_notifier(data_dir) == ("ok", "2.0")


def health_of_notifier(data_dir: Path) -> tuple[str, str]:
    """Return what `replydesk status` and the metrics say of it."""
    standing = look_once(load_settings(), asks_web=False)
    [line] = [line for line in write_exposition(data_dir, standing).decode().splitlines() if 'part="notifier"' in line]
    return standing.checks["notifier"].status.value, line.rpartition(" ")[2]


def test_the_doctor_says_when_it_is_off(installed: Shell) -> None:
    assert look_at_everything(load_settings())["notices"].said == "off: no address is kept"


@pytest.mark.faults
def test_the_process_writes_shows_no_address_and_ends_when_told(
    sealed: Shell, smtp: SmtpServer, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a comment that was published ten minutes ago
    monkeypatch.setattr(notices, "keys", lambda: (load_sealing_key(data_dir / "notice-public.pem"), None))
    monkeypatch.setenv("REPLYDESK_LOG_LEVEL", "debug")
    store = open_store(load_settings().database)
    Correspondence(store, smtp, now=utc_now() - timedelta(minutes=10)).comment()

    # when the notifier runs, without the root key, and its mail server is away at first
    (data_dir / "root.key").unlink()
    smtp.refuse("CONNECT", "421 later")
    output = data_dir / "notifier.log"
    with output.open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "ops", "notifier"], cwd=ROOT, stdout=log, stderr=log)
    _until(lambda: b"letter put off" in output.read_bytes(), process)
    smtp.trouble.clear()
    _bring_forward(store)
    _until(lambda: bool(smtp.received), process)
    found = look_at_everything(load_settings())["notices"]
    process.send_signal(signal.SIGTERM)

    # then it has written, is seen, ends at once, and has told nobody to whom
    assert process.wait(PATIENCE_SECONDS) == 0
    assert [recipient_of(envelope) for envelope in smtp.received] == [ADA]
    assert found.state is State.OK
    assert b"mail.example" not in output.read_bytes()
    assert b"the server answered 421" in output.read_bytes()
    store.close()


def _bring_forward(store: Store) -> None:
    [letter] = store.outbox.take(utc_now() + timedelta(hours=1), limit=1)
    store.outbox.postpone(letter, utc_now())


def _until(is_so: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert process.poll() is None, "it ended"
        assert time.monotonic() < ends_at, "it never became so"
        time.sleep(0.05)
