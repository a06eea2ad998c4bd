"""The doctor: each planted fault is found, with a remedy; a sound installation has none."""

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis

from comments.settings import load_settings
from comments.store import Store, open_store
from comments.store.alarms import JOBS_REFUSED
from comments.store.leases import WORKER
from ops import examinations, standing
from ops.clock import utc_now
from ops.doctor import look_at_everything
from ops.examinations import Finding, State, is_open_to_the_network, look_at_data_dir
from ops.rights import Process
from tests.factories import a_site, accept
from tests.ops.commands import Shell
from workers.model import first_stage


@pytest.fixture
def sound(installed: Shell, valkey: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell in an installation where everything is as it should be."""
    monkeypatch.setenv("REPLYDESK_REDIS_URL", valkey)
    client = Redis.from_url(valkey)
    client.config_set("maxmemory-policy", "noeviction")
    client.close()
    with_store(lambda store: store.leases.take(f"{WORKER}1", "1", seconds=60, now=utc_now()))
    return installed


def with_store(do: Callable[[Store], object]) -> None:
    store = open_store(load_settings().database)
    do(store)
    store.close()


# What the plants below set; each is put back.
PLANTED = (
    "CHECKERS_FILE",
    "CONFIG",
    "LOG_LEVEL",
    "NOTIFICATIONS_FILE",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET_FILE",
    "OIDC_ISSUER",
    "PUBLIC_URL",
    "TRUSTED_HOSTS",
    "TRUSTED_PROXIES",
)


def find(**settings: object) -> dict[str, Finding]:
    return look_at_everything(load_settings(**settings))


def problems() -> dict[str, Finding]:
    return {name: finding for name, finding in find().items() if finding.state is State.PROBLEM}


def test_a_sound_installation_has_no_problem(sound: Shell) -> None:
    done = sound.run("doctor")

    assert problems() == {}
    assert done.code == 0
    assert "All is well" in done.out


def loosen_directory(data_dir: Path) -> None:
    data_dir.chmod(0o755)


def loosen_key(data_dir: Path) -> None:
    (data_dir / "root.key").chmod(0o640)


def lose_key(data_dir: Path) -> None:
    (data_dir / "root.key").unlink()


def spoil_key(data_dir: Path) -> None:
    (data_dir / "root.key").write_text("not hexadecimal")


def age_database(data_dir: Path) -> None:
    change(data_dir, "DELETE FROM alembic_version")


def rejuvenate_database(data_dir: Path) -> None:
    change(data_dir, "UPDATE alembic_version SET version_num = '9999_later'")


def stop_redis(data_dir: Path) -> None:
    os.environ["REPLYDESK_REDIS_URL"] = "unix:///nowhere/valkey.sock"


def forget_redis(data_dir: Path) -> None:
    del os.environ["REPLYDESK_REDIS_URL"]


def evict(data_dir: Path) -> None:
    client = Redis.from_url(os.environ["REPLYDESK_REDIS_URL"])
    client.config_set("maxmemory-policy", "allkeys-lru")
    client.close()


def kill_workers(data_dir: Path) -> None:
    change(data_dir, "UPDATE leases SET until_at = 0")


def forge_jobs(data_dir: Path) -> None:
    with_store(lambda store: store.alarms.sound(JOBS_REFUSED, 3, now=utc_now()))


def keep_waiting(data_dir: Path) -> None:
    with_store(lambda store: accept(store, now=utc_now() - timedelta(hours=1)))


def lift_limits(data_dir: Path) -> None:
    os.environ["REPLYDESK_RATE_LIMITS"] = "off"


def lose_provider(data_dir: Path) -> None:
    set_all(**PUBLIC)(data_dir)
    os.environ["REPLYDESK_OIDC_CLIENT_ID"] = "desk"
    os.environ["REPLYDESK_OIDC_ISSUER"] = "http://localhost:9"


def set_all(**settings: str) -> Callable[[Path], None]:
    """Return what plants these settings."""
    return lambda _: os.environ.update({f"REPLYDESK_{name.upper()}": value for name, value in settings.items()})


def take_key_of_an_example(data_dir: Path) -> None:
    (data_dir / "root.key").write_text("00112233445566778899aabbccddeeff" * 2)


def show_password_in_settings(data_dir: Path) -> None:
    file = data_dir / "replydesk.toml"
    file.write_text(f'redis_url = "{os.environ["REPLYDESK_REDIS_URL"]}"\noidc_client_secret = "hunter2"\n')
    file.chmod(0o644)
    os.environ["REPLYDESK_CONFIG"] = str(file)


def show_password_in_a_file(data_dir: Path) -> None:
    file = data_dir / "secret"
    file.write_text("hunter2")
    file.chmod(0o640)
    os.environ["REPLYDESK_OIDC_CLIENT_SECRET_FILE"] = str(file)


def show_notifications(data_dir: Path) -> None:
    file = data_dir / "notifications.toml"
    file.write_text('[[digest]]\nsite = "demo"\nevery = "1h"\nslack_url = "https://hooks.example/T/B/hunter2"\n')
    file.chmod(0o644)
    os.environ["REPLYDESK_NOTIFICATIONS_FILE"] = str(file)
    with_store(a_site)


def misspell_checkers(data_dir: Path) -> None:
    file = data_dir / "checkers.toml"
    file.write_text('[[cheker]]\nname = "acme"\n')
    os.environ["REPLYDESK_CHECKERS_FILE"] = str(file)


def ask_for_a_site_that_is_not_there(data_dir: Path) -> None:
    (data_dir / "secret").write_text("s" * 32)
    (data_dir / "secret").chmod(0o600)
    file = data_dir / "checkers.toml"
    file.write_text(
        f'[[checker]]\nname = "acme"\nsites = ["nowhere"]\nurl = "https://acme.example/"\n'
        f'secret_file = "{data_dir / "secret"}"\n'
    )
    os.environ["REPLYDESK_CHECKERS_FILE"] = str(file)


def fill_disk(data_dir: Path) -> None:
    standing.LEAST_FREE_BYTES, standing.LEAST_FREE_SHARE = shutil.disk_usage(data_dir).total, 1.0


def go_back_in_time(data_dir: Path) -> None:
    examinations.BUILT_AT = utc_now() + timedelta(days=1)  # the same as a clock that stands before it


def damage_model(data_dir: Path) -> None:
    header = Path(shutil.copy(first_stage.SHIPPED_HEADER, data_dir))
    weights = bytearray(first_stage.SHIPPED_HEADER.with_suffix(".npz").read_bytes())
    weights[len(weights) // 2] ^= 1
    header.with_suffix(".npz").write_bytes(weights)
    first_stage.SHIPPED_HEADER = header


PUBLIC = {"public_url": "https://comments.example", "trusted_hosts": "comments.example", "trusted_proxies": "192.0.2.7"}


def change(data_dir: Path, statement: str) -> None:
    database = sqlite3.connect(data_dir / "replydesk.sqlite3", isolation_level=None)
    database.execute(statement)
    database.close()


@pytest.mark.parametrize(
    ("plant", "where"),
    [
        (loosen_directory, "data directory"),
        (loosen_key, "root key"),
        (lose_key, "root key"),
        (spoil_key, "root key"),
        (age_database, "database"),
        (rejuvenate_database, "database"),
        (stop_redis, "Redis"),
        (forget_redis, "Redis"),
        (evict, "Redis"),
        (forge_jobs, "Redis guard"),
        (kill_workers, "workers"),
        (keep_waiting, "pending"),
        (lift_limits, "front door"),
        (lose_provider, "OpenID provider"),
        (take_key_of_an_example, "root key's chance"),
        (show_password_in_settings, "secret files"),
        (show_password_in_a_file, "secret files"),
        (show_notifications, "secret files"),
        (set_all(**PUBLIC | {"public_url": "http://comments.example"}), "public address"),
        (set_all(**PUBLIC | {"public_url": "comments.example"}), "public address"),
        (set_all(**PUBLIC | {"trusted_hosts": "www.comments.example"}), "public address"),
        (set_all(**PUBLIC | {"trusted_proxies": "192.0.2.7,0.0.0.0/0"}), "trusted proxies"),
        (set_all(**PUBLIC | {"trusted_proxies": "::/0"}), "trusted proxies"),
        (set_all(**PUBLIC | {"trusted_proxies": "the proxy"}), "trusted proxies"),
        (set_all(**PUBLIC | {"trusted_proxies": ""}), "trusted proxies"),
        (set_all(**PUBLIC | {"log_level": "debug"}), "log"),
        (misspell_checkers, "checkers"),
        (ask_for_a_site_that_is_not_there, "checkers"),
        (fill_disk, "disk"),
        (go_back_in_time, "clock"),
        (damage_model, "model"),
    ],
)
def test_a_planted_fault_is_found_with_a_remedy(
    sound: Shell, data_dir: Path, monkeypatch: pytest.MonkeyPatch, plant: Callable[[Path], None], where: str
) -> None:
    monkeypatch.setenv("REPLYDESK_RATE_LIMITS", "on")  # so that what is planted there is put back too
    for name in PLANTED:
        monkeypatch.setenv(f"REPLYDESK_{name}", "")
        monkeypatch.delenv(f"REPLYDESK_{name}")
    monkeypatch.setattr(standing, "LEAST_FREE_BYTES", 1)
    monkeypatch.setattr(standing, "LEAST_FREE_SHARE", standing.LEAST_FREE_SHARE)
    monkeypatch.setattr(first_stage, "SHIPPED_HEADER", first_stage.SHIPPED_HEADER)
    monkeypatch.setattr(examinations, "BUILT_AT", examinations.BUILT_AT)
    assert problems() == {}, "else this proves nothing"

    plant(data_dir)
    done = sound.run("doctor")

    assert set(problems()) == {where}
    assert all(finding.remedy for finding in problems().values())
    assert done.code == 1
    assert "1 problem." in done.out
    assert "hunter2" not in done.out + done.err


@pytest.mark.parametrize(
    ("url", "is_open"),
    [
        ("unix:///run/valkey.sock", False),
        ("redis://127.0.0.1:6379/0", False),
        ("redis://localhost", False),
        ("redis://192.0.2.7:6379", True),
        ("redis://:secret@192.0.2.7:6379", False),
        ("redis://no-such-host.invalid", True),
    ],
)
def test_a_redis_on_another_machine_needs_a_password(url: str, is_open: bool) -> None:
    assert is_open_to_the_network(url) is is_open


def test_a_sound_postgresql_has_no_problem_with_its_clock(sound: Shell, postgresql_url: str) -> None:
    findings = find(database_url=postgresql_url)

    assert findings["clock"].state is State.OK
    # The tests' server is started without fsync, to be fast: the doctor says so.
    assert findings["durability"].state is State.PROBLEM
    assert "fsync is off" in findings["durability"].said


def test_no_secret_is_shown(sound: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("REPLYDESK_REDIS_URL", f"redis://:hunter2@127.0.0.1:{taken.getsockname()[1]}/0")

        done = sound.run("doctor")

    assert "hunter2" not in done.out + done.err


def test_a_sound_public_installation_has_no_problem(sound: Shell) -> None:
    findings = find(**PUBLIC, log_level="info")

    assert [name for name, finding in findings.items() if finding.state is State.PROBLEM] == []


def test_a_volume_that_everybody_can_enter_is_told_as_one(installed: Shell) -> None:
    found: list[Finding] = []

    # every Linux has /proc: a mount that everybody can enter
    with_store(lambda store: found.append(look_at_data_dir(load_settings(data_dir="/proc"), store)))

    assert found[0].state is State.PROBLEM
    assert "a volume is mounted there" in found[0].said
    assert "a directory inside it" in found[0].remedy


def test_a_secret_that_was_handed_over_is_not_to_be_taken_from_the_service(
    sound: Shell, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the systemd units have it: root owns the file, and the service reads it by its group."""
    file = data_dir / "secret"
    file.write_text("hunter2")
    file.chmod(0o640)
    monkeypatch.setenv("REPLYDESK_OIDC_CLIENT_SECRET_FILE", str(file))
    found = file.stat()
    mine = find()["secret files"]

    monkeypatch.setattr(Process, "this", lambda: Process(found.st_uid + 1, frozenset({found.st_gid})))
    handed_over = find()["secret files"]
    file.chmod(0o644)
    open_to_all = find()["secret files"]

    assert (mine.state, mine.remedy) == (State.PROBLEM, f"chmod 600 {file}")
    assert handed_over.state is State.OK
    assert (open_to_all.state, open_to_all.remedy) == (State.PROBLEM, f"chmod 640 {file}")


def test_a_file_without_secrets_may_be_read_by_all(
    sound: Shell, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = data_dir / "replydesk.toml"
    file.write_text('port = 8010\npublic_url = "https://comments.example"\n')
    file.chmod(0o644)
    monkeypatch.setenv("REPLYDESK_CONFIG", str(file))

    assert find()["secret files"].state is State.OK
