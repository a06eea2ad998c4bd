"""`replydesk key`: a rotation loses nothing, and a key is retired when nothing needs it, or its rows are given up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from comments import schema
from comments.clock import utc_now
from comments.identity import RootKey, load_root_key
from comments.root_key_file import load_key_ring, rotate_key
from comments.settings import load_settings
from comments.status import Status
from comments.store import Store, open_store
from comments.webhook import unseal_secret
from ops.doctor import look_at_everything
from ops.examinations import State
from service.auth.codes import recovery_hash, recovery_hashes
from service.auth.codes import seal_secret as seal_factor
from service.auth.codes import unseal_secret as unseal_factor
from tests import factories
from tests.at_the_desk import status_of
from tests.ops.commands import Shell
from workers.drain import drain_pending
from workers.opinion import opinion
from workers.sealing import drop_anchor, load_notary, seal_new

ADDRESS = "ada.obi@example.org"


@pytest.fixture
def store(installed: Shell) -> Iterator[Store]:
    """The store of an installation with one site."""
    assert installed.run("site", "add", "demo", "The Demo").code == 0
    opened = open_store(load_settings().database)
    yield opened
    opened.close()


def key() -> RootKey:
    return load_root_key(load_settings().root_key_path)


def sent(store: Store, text: str) -> Status:
    kept = factories.accept(store, key=key(), email=ADDRESS, text=text, now=utc_now())
    assert drain_pending(store, opinion, lease_seconds=60, now=utc_now)
    return status_of(store, kept.id)


def rows_of(text: str) -> dict[str, list[str]]:
    return {line.split()[0]: line.split()[1:] for line in text.splitlines()[1:] if line.strip()}


def test_ban_outlives_the_key_it_was_made_with(installed: Shell, store: Store) -> None:
    first = key().kid
    installed.run("ban", "add", stdin=ADDRESS)

    done = installed.run("key", "rotate")

    second = key().kid
    assert (done.code, done.err) == (0, "")
    assert first in done.out
    assert second in done.out
    assert sent(store, "The bridge was closed again this morning and nobody told us.") is Status.HELD
    shown = rows_of(installed.run("key", "list").out)
    assert shown[second] == ["current", "1", "0"]
    assert shown[first][0] == "earlier"
    assert shown[first][2:] == ["0", "0"]

    retired = installed.run("key", "retire")
    assert (retired.code, retired.err) == (0, "")
    assert [each.kid for each in key().known] == [second]
    assert sent(store, "My grandmother remembers when that market was a field.") is Status.HELD
    assert installed.run("ban", "remove", stdin=ADDRESS).out == "Ended 1 bans.\n"
    assert "root key rotated" in installed.run("audit", "export").out
    assert ADDRESS not in installed.run("audit", "export").out


def test_key_that_is_needed_is_not_retired_unless_it_is_given_up(installed: Shell, store: Store) -> None:
    first = key().kid
    comment = factories.an_approved_comment(store, key=key(), email=ADDRESS)
    installed.run("ban", "add", stdin="eve@example.org")
    assert "no earlier root key" in installed.run("key", "retire").err
    installed.run("key", "rotate")

    refused = installed.run("key", "retire")

    assert refused.code == 1
    assert f"key {first} is still needed by 1 comments, 1 bans" in refused.err
    assert len(key().known) == 2
    given_up = installed.run("key", "retire", "--give-up")
    assert (given_up.code, given_up.err) == (0, "")
    assert len(key().known) == 1
    assert status_of(store, comment.id) is Status.APPROVED
    assert store.bans.all(utc_now()) == ()


def test_device_of_the_old_days_is_counted(installed: Shell, store: Store) -> None:
    with store.database.write() as connection:
        site_id = connection.execute(select(schema.sites.c.id)).scalar_one()
        device = {"site_id": site_id, "token_hash": b"x" * 16, "created_at": utc_now(), "last_used_on": utc_now()}
        connection.execute(insert(schema.devices).values(**device))
    installed.run("key", "rotate")

    assert "1 devices" in installed.run("key", "retire").err

    with store.database.write() as connection:
        connection.execute(update(schema.devices).values(last_used_on=utc_now() + timedelta(days=2)))
    assert installed.run("key", "retire").code == 0


def test_oldest_goes_first(installed: Shell, store: Store) -> None:
    first = key().kid
    installed.run("key", "rotate")
    second = key().kid
    installed.run("key", "rotate")

    assert first in installed.run("key", "retire", "--key", second).err
    assert installed.run("key", "retire", "--key", first).code == 0
    assert installed.run("key", "retire").code == 0
    assert [each.kid for each in load_key_ring(load_settings().root_key_path).retired] == [second, first]


def test_prepared_key_is_rotated_to(installed: Shell, store: Store) -> None:
    first = key().kid

    prepared = installed.run("key", "rotate", "--prepare")

    [_, coming] = key().known
    assert key().kid == first
    assert coming.kid in prepared.out
    assert rows_of(installed.run("key", "list").out)[coming.kid][0] == "next"
    assert installed.run("key", "rotate").code == 0
    assert key().kid == coming.kid


def test_secrets_are_read_all_along(installed: Shell, store: Store) -> None:
    """A webhook's, a second factor's, and the codes on paper for a lost phone, which nobody can make anew."""
    installed.run("webhook", "add", "--site", "demo", "https://hooks.invalid/replydesk")
    first = key()
    ada = factories.a_moderator(store)
    paper = recovery_hash(first, ada.id, "abcd-efgh-jkmn")
    store.second_factors.set(
        ada.id, seal_factor(first, ada.id, "JBSWY3DPEHPK3PXP"), step=1, recovery=[paper], token="", now=utc_now()
    )
    [before] = store.webhooks.all()
    secret = unseal_secret(first, before.site_id, before.url, before.secret)

    for command in ("rotate", "retire"):
        assert installed.run("key", command).code == 0
        [webhook], moderator = store.webhooks.all(), store.moderators.find("ada")
        assert moderator is not None
        assert moderator.totp_secret is not None
        assert unseal_secret(key(), webhook.site_id, webhook.url, webhook.secret) == secret
        assert unseal_factor(key(), ada.id, moderator.totp_secret) == "JBSWY3DPEHPK3PXP"
        assert paper in recovery_hashes(key(), ada.id, "abcd-efgh-jkmn")

    assert unseal_secret(first, webhook.site_id, webhook.url, webhook.secret) is None, "else it was not sealed anew"
    assert store.second_factors.use_recovery(ada.id, recovery_hashes(key(), ada.id, "abcd-efgh-jkmn"), now=utc_now())


def test_trail_stays_provable_and_an_old_key_seals_nothing_new(installed: Shell, store: Store) -> None:
    path = load_settings().root_key_path
    old = replace(load_notary(load_settings()), key_path=None)  # on a machine with the old file
    factories.a_held_comment(store, key=key(), now=utc_now() - timedelta(hours=1))
    seal_new(store.chain, old, utc_now())
    drop_anchor(store.chain, old, utc_now())
    rotate_key(path, utc_now())
    store.erasures.erase_again([1], lambda _: True, utc_now())

    new = load_notary(load_settings())
    seal_new(store.chain, new, utc_now())
    drop_anchor(store.chain, new, utc_now())
    assert store.trail_words.forget_of(new.key, [1], earlier=new.earlier) == 1, "a line of the old key"
    assert installed.run("audit", "verify").code == 0
    assert installed.run("key", "retire", "--give-up").code == 0
    later = utc_now() + timedelta(days=2)
    retired = load_notary(load_settings())
    seal_new(store.chain, retired, later)
    sound = installed.run("audit", "verify")
    assert sound.code == 0, sound.out

    store.events.add(None, None, "somebody with the old key", {}, utc_now())
    seal_new(store.chain, old, later)

    found = installed.run("audit", "verify")
    assert found.code == 1
    assert "is not what was sealed" in found.out


def test_backup_of_before_is_restored_and_the_erased_stays_erased(
    installed: Shell, store: Store, tmp_path: Path
) -> None:
    erased = factories.an_approved_comment(store, key=key(), email=ADDRESS)
    kept = factories.an_approved_comment(store, key=key(), email="eve@example.org")
    file = tmp_path / "backup.zip"
    assert installed.run("backup", str(file)).code == 0
    assert installed.run("privacy", "erase", stdin=ADDRESS).code == 0
    installed.run("key", "rotate")

    restored = installed.run("restore", str(file), "--force")

    assert (restored.code, restored.err) == (0, "")
    assert status_of(store, erased.id) is Status.ERASED
    assert status_of(store, kept.id) is Status.APPROVED
    assert '"comment": 2' in installed.run("privacy", "access", stdin="eve@example.org").out


def test_erasure_by_command_finds_what_was_written_before_and_after(installed: Shell, store: Store) -> None:
    old = key()
    first = factories.an_approved_comment(store, key=old, email=ADDRESS)
    installed.run("key", "rotate")
    second = factories.an_approved_comment(store, key=key(), email=ADDRESS)
    third = factories.an_approved_comment(store, key=old, email=ADDRESS)  # a machine that was not restarted

    done = installed.run("privacy", "erase", stdin=ADDRESS)

    assert done.out.startswith("Erased 3 comments. Not a byte of them is left")
    assert {status_of(store, each.id) for each in (first, second, third)} == {Status.ERASED}


def test_doctor_names_the_earlier_key_and_the_bans_of_a_lost_one(installed: Shell, store: Store) -> None:
    first = key().kid
    installed.run("ban", "add", stdin=ADDRESS)
    installed.run("key", "rotate")
    known = look_at_everything(load_settings())["root key"]
    assert known.state is State.OK
    assert first in known.said

    path = load_settings().root_key_path
    path.write_text("ab" * 31 + "cd\n")

    lost = look_at_everything(load_settings())["root key"]
    assert lost.state is State.PROBLEM
    assert "1 bans were made with a root key that is not here" in lost.said
    assert rows_of(installed.run("key", "list").out)[first][:2] == ["not", "here"]
    assert installed.run("key", "retire", "--key", first).code == 1
    assert installed.run("key", "retire", "--key", first, "--give-up").code == 0
    assert look_at_everything(load_settings())["root key"].state is State.OK


@pytest.mark.parametrize("command", ["rotate", "retire"])
def test_without_a_key_there_is_one_line(installed: Shell, store: Store, command: str) -> None:
    load_settings().root_key_path.unlink()

    done = installed.run("key", command)

    assert done.code == 1
    assert len(done.err.splitlines()) == 1
