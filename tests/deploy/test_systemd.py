"""The systemd units: what systemd itself says of them, and what each may not do without."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from comments.settings import PREFIX, Settings
from ops.notifier import PRIVATE_KEY, PUBLIC_KEY
from tests.deploy.reading import DEPLOY, UNITS, unit
from workers.notifications_file import load_notifications

SERVICES = [path for path in UNITS if path.suffix == ".service"]
WRAPPER = DEPLOY / "systemd/replydesk-run"
INSTALL = (DEPLOY.parent / "docs/install.md").read_text().partition("## One machine: systemd")[2].partition("## Kub")[0]
MOST_EXPOSED = 2.0  # of 10; systemd calls up to 2 "OK" and a unit without any of this 9.6


@pytest.fixture
def analyze(tmp_path: Path) -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("no systemd-analyze here: the units are not held against systemd")
    return found


@pytest.fixture
def installed(tmp_path: Path) -> list[str]:
    """The units with programs that are there, as verify looks for them."""
    for path in UNITS:
        (tmp_path / path.name).write_text(path.read_text().replace("/opt/replydesk/bin/replydesk", "/bin/true"))
    return [str(tmp_path / path.name) for path in UNITS]


def test_systemd_reads_every_line(analyze: str, installed: list[str]) -> None:
    done = subprocess.run([analyze, "verify", "--man=no", *installed], capture_output=True, text=True, check=False)

    # What is said of other units of this machine is not ours to mend.
    assert [line for line in done.stderr.splitlines() if "replydesk" in line] == []


def test_systemd_finds_them_closed(analyze: str, installed: list[str]) -> None:
    services = [path for path in installed if path.endswith(".service")]

    done = subprocess.run(
        [analyze, "security", "--offline=true", *services], capture_output=True, text=True, check=False
    )

    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd cannot judge units that are not installed (before 250)")
    levels = dict(re.findall(r"exposure level for (\S+\.service): ([\d.]+)", done.stdout))
    assert sorted(levels) == [path.name for path in SERVICES]
    assert max(float(level) for level in levels.values()) <= MOST_EXPOSED, levels


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_unit_keeps_its_memory_and_its_rights_to_itself(path: Path) -> None:
    said = unit(path.name)

    assert said["LimitCORE"] == ["0"]
    assert said["NoNewPrivileges"] == ["yes"]
    assert said["ProtectSystem"] == ["strict"]
    assert said["CapabilityBoundingSet"] == [""]
    assert "SystemCallFilter" in said


def test_workers_call_nobody_outside() -> None:
    said = unit("replydesk-worker.service")

    assert said["IPAddressDeny"] == ["any"]
    assert said["IPAddressAllow"] == ["localhost"]


def test_the_notifier_is_another_user() -> None:
    users = {path.name: unit(path.name)["User"] for path in SERVICES}

    notifier = users.pop("replydesk-notifier.service")

    assert notifier not in users.values()


def test_a_stop_waits_as_long_as_a_process_needs() -> None:
    from ops.up import NOTIFIER_STOP_SECONDS, WEB_STOP_SECONDS, WORKER_STOP_SECONDS

    waits = {"web": WEB_STOP_SECONDS, "worker": WORKER_STOP_SECONDS, "notifier": NOTIFIER_STOP_SECONDS}

    for name, seconds in waits.items():
        [allowed] = unit(f"replydesk-{name}.service")["TimeoutStopSec"]
        assert float(allowed) > seconds


def typed_into(path: str) -> str:
    """Return what install.md has somebody write into a file."""
    written = re.findall(
        rf"^sudo (?:install|tee) .*{re.escape(path)}\b.*<<'END'\n((?:.*\n)*?)END$", INSTALL, re.MULTILINE
    )
    assert written, "else this proves nothing"
    return "".join(written)


def test_the_user_of_every_unit_is_made() -> None:
    made = set(re.findall(r"^sudo useradd .* (\S+)$", INSTALL, re.MULTILINE))

    assert made == {unit(path.name)["User"][0] for path in SERVICES}


def test_the_notifier_is_set_up_as_documented(tmp_path: Path) -> None:
    (tmp_path / "notifications.toml").write_text(typed_into("/etc/replydesk-notifier/notifications.toml"))
    written = dict(line.split("=", 1) for line in typed_into("/etc/replydesk/notifier.environment").splitlines())
    settings = Settings.model_validate({name.removeprefix(PREFIX).lower(): each for name, each in written.items()})
    theirs = re.findall(r"^REPLYDESK_NOTICE_\w+=.*$", typed_into("/etc/replydesk/environment"), re.MULTILINE)

    smtp = load_notifications(tmp_path / "notifications.toml").smtp

    assert smtp is not None
    assert f"/dev/stdin {smtp.password_file} " in INSTALL
    assert settings.notice_private_key_file == Path("/etc/replydesk-notifier", PRIVATE_KEY)
    assert settings.notice_public_key_file == Path("/etc/replydesk", PUBLIC_KEY)
    assert theirs == [f"REPLYDESK_NOTICE_PUBLIC_KEY_FILE={settings.notice_public_key_file}"]
    assert unit("replydesk-notifier.service")["EnvironmentFile"] == ["/etc/replydesk/notifier.environment"]


def test_a_command_runs_as_the_units_do_with_every_word_as_it_was_typed(tmp_path: Path) -> None:
    # given: what stands for systemd-run says what it was told
    (tmp_path / "systemd-run").write_text('#!/bin/bash\nprintf "%s\\n" "$@"\n')
    (tmp_path / "systemd-run").chmod(0o755)
    web = unit("replydesk-web.service")
    [data_dir] = re.findall(r"REPLYDESK_DATA_DIR=\S+", web["Environment"][0])

    done = subprocess.run(
        [WRAPPER, "site", "set", "a b", "--block", "$100"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    said = done.stdout.splitlines()
    program = web["ExecStart"][0].split()[0]
    assert said[said.index(program) :] == [program, "site", "set", "a b", "--block", "$$100"], "$$ is a $ for systemd"
    assert {f"--uid={web['User'][0]}", f"--gid={web['Group'][0]}", f"--setenv={data_dir}"} <= set(said)
    assert f"--property=EnvironmentFile={web['EnvironmentFile'][0]}" in said
    assert f"--property=WorkingDirectory=-{tmp_path}" in said
    assert {"--pty", "--pipe", "--wait"} <= set(said), "a password is asked for, and the exit code is the command's"


def test_systemd_run_knows_every_word_of_the_wrapper() -> None:
    if shutil.which("systemd-run") is None:
        pytest.skip("no systemd-run here")
    known = subprocess.run(["systemd-run", "--help"], capture_output=True, text=True, check=True).stdout

    assert all(word in known for word in re.findall(r"--[a-z]+", WRAPPER.read_text()))


def test_shellcheck_finds_nothing_in_the_wrapper() -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("no shellcheck here; Debian has it in the package of that name")

    subprocess.run(["shellcheck", str(WRAPPER)], check=True)


def test_documents_give_no_command_without_the_settings() -> None:
    programs = re.findall(r"^sudo (\S*replydesk) (?!notifier keygen)[a-z]", INSTALL, re.MULTILINE)

    assert "replydesk-run /usr/local/bin/replydesk" in INSTALL
    assert len(programs) > 1, "else this proves nothing"
    assert set(programs) == {"replydesk"}
