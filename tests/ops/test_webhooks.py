"""The commands for webhooks."""

import json
from base64 import b64decode
from datetime import timedelta
from pathlib import Path

import pytest

from comments.identity import load_root_key
from comments.settings import load_settings
from comments.store import Store, open_store
from comments.webhook import EVERYTHING, Announcement, unseal_secret
from ops.clock import utc_now
from ops.examinations import State, look_at_webhooks
from tests.ops.commands import Shell
from tests.workers.external.servers import answering, running
from tests.workers.webhooks.receivers import events

URL = "https://hooks.invalid/replydesk?token=zqx"


@pytest.fixture
def store(installed: Shell) -> Store:
    """The store of an installation with one site."""
    assert installed.run("site", "add", "news", "The News").code == 0
    return open_store(load_settings().database)


def secret_in(out: str) -> bytes:
    [line] = [line for line in out.splitlines() if line.startswith("whsec_")]
    return b64decode(line.removeprefix("whsec_"))


def kept_secret(store: Store) -> bytes | None:
    [webhook] = store.webhooks.all()
    key = load_root_key(load_settings().root_key_path)
    return unseal_secret(key, webhook.site_id, webhook.url, webhook.secret)


def test_a_webhook_is_added_with_a_secret_that_is_shown_once(installed: Shell, store: Store, data_dir: Path) -> None:
    added = installed.run("webhook", "add", "--site", "news", URL, "--event", "comment.published")
    listed = installed.run("webhook", "list")

    secret = secret_in(added.out)
    [webhook] = store.webhooks.all()
    assert added.code == 0, added.err
    assert kept_secret(store) == secret
    assert (webhook.site_key, webhook.url, webhook.announcements) == ("news", URL, (Announcement.PUBLISHED,))
    assert all(word in listed.out for word in ("news", URL, "comment.published", "sound", "never"))
    assert "whsec_" not in listed.out
    kept = b"".join(path.read_bytes() for path in data_dir.glob("replydesk.sqlite3*"))
    assert secret not in kept
    assert b"zqx" not in json.dumps(events(store)).encode()


def test_without_a_choice_everything_is_told(installed: Shell, store: Store) -> None:
    installed.run("webhook", "add", "--site", "news", URL)

    assert store.webhooks.all()[0].announcements == EVERYTHING


def test_a_rotated_secret_serves_beside_the_old_one_for_a_day(installed: Shell, store: Store) -> None:
    old = secret_in(installed.run("webhook", "add", "--site", "news", URL).out)
    new = secret_in(installed.run("webhook", "rotate", "1").out)

    [webhook] = store.webhooks.all()
    assert new != old
    assert kept_secret(store) == new
    assert len(webhook.sealed_secrets(utc_now())) == 2
    assert len(webhook.sealed_secrets(utc_now() + timedelta(days=1))) == 1


def test_what_was_done_stands_in_the_trail(installed: Shell, store: Store) -> None:
    installed.run("webhook", "add", "--site", "news", URL)
    installed.run("webhook", "rotate", "1")
    store.webhook_letters.pause(1, "it is gone", utc_now())
    paused = installed.run("webhook", "list").out
    installed.run("webhook", "resume", "1")
    removed = installed.run("webhook", "remove", "1")

    assert "it is gone" in paused
    assert removed.code == 0
    assert store.webhooks.all() == ()
    assert [kind for kind, _ in events(store) if kind.startswith("webhook")] == [
        "webhook added",
        "webhook secret rotated",
        "webhook paused",
        "webhook resumed",
        "webhook removed",
    ]


def test_a_test_message_goes_at_once_and_says_how_it_went(
    installed: Shell, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLYDESK_WEBHOOK_PRIVATE_ADDRESSES", "on")
    with running(answering(204)) as server:
        installed.run("webhook", "add", "--site", "news", server.url)
        arrived = installed.run("webhook", "test", "1")
        monkeypatch.delenv("REPLYDESK_WEBHOOK_PRIVATE_ADDRESSES")
        refused = installed.run("webhook", "test", "1")

    [received] = server.received
    assert (arrived.code, json.loads(received.body)["type"]) == (0, "webhook.test")
    assert "answered 204" in arrived.out
    assert refused.code == 1
    assert "must not reach" in refused.err


def test_what_cannot_be_done_is_said(installed: Shell, store: Store) -> None:
    add = ("add", "--site", "news")
    wrong: dict[tuple[str, ...], str] = {
        (*add, "ftp://hooks.example/"): "https",
        (*add, "https://user:zqx@hooks.example/"): "user name",
        (*add, "https://hooks.example/#x"): "fragment",
        (*add, "https://hooks.example:0/"): "https",
        (*add, "https://[::1/"): "no web address",
        (*add, "https://hooks.example/" + "x" * 1000): "1000",
        (*add, "https://h\u00f6oks.example/"): "ASCII",
        (*add, "https://hooks.example/ x"): "spaces",
        (*add, "https://hooks.example/\r\nX: y"): "ASCII",
        (*add, "http://127.0.0.1:9/"): "PRIVATE_ADDRESSES",
        (*add, "http://169.254.169.254/"): "must not reach",
        (*add, URL, "--event", "comment.seen"): "comment.published",
        ("add", "--site", "nobody", URL): "no site",
        ("remove", "7"): "no webhook 7",
        ("rotate", "7"): "no webhook 7",
        ("resume", "7"): "no webhook 7",
        ("test", "7"): "no webhook 7",
    }

    done = {command: installed.run("webhook", *command) for command in wrong}

    assert {command for command, each in done.items() if each.code != 1} == set()
    assert {command for command, each in done.items() if wrong[command] not in each.err} == set()
    assert not any("zqx" in each.err.replace(URL, "") for each in done.values())
    assert store.webhooks.all() == ()


def test_an_address_is_a_sites_once(installed: Shell, store: Store) -> None:
    first = installed.run("webhook", "add", "--site", "news", URL)
    second = installed.run("webhook", "add", "--site", "news", URL)

    assert (first.code, second.code) == (0, 1)
    assert "already" in second.err
    assert len(store.webhooks.all()) == 1


def test_the_doctor_sees_what_fails_and_what_is_paused(installed: Shell, store: Store) -> None:
    def look() -> tuple[State, str]:
        finding = look_at_webhooks(load_settings(), store)
        return finding.state, finding.said

    none = look()
    installed.run("webhook", "add", "--site", "news", URL)
    sound = look()
    store.webhook_letters.failed(1, "it answered 500", utc_now())
    failing = look()
    store.webhook_letters.pause(1, "it answered 410", utc_now())

    assert (none, sound) == ((State.OK, "none is set up"), (State.OK, "1 sound"))
    assert failing == (State.NOTE, "1 failing: it answered 500")
    assert look() == (State.PROBLEM, "1 paused: it answered 410")
