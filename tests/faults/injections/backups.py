"""R-17: a backup under load, sometimes killed on its way, and restored elsewhere: what was accepted before is in it."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.faults.journal import Evidence, read_evidence
from tests.faults.judge import judge
from tests.faults.ledger import read_ledger
from tests.faults.stage import Stage
from tests.servers.postgres import Postgres, find_binaries

COMMAND_SECONDS = 90.0


def back_up_and_restore(stage: Stage) -> None:
    """R-17: what is judged is the copy, by the same judge; the service itself goes on and is judged in the end."""
    stage.pause(1.5)
    running = stage.installation
    file = running.directory / f"backup-{stage.cycle}.zip"
    environment = {**running.environment, "PATH": f"{_programs(stage)}:{running.environment['PATH']}"}
    if stage.chance.random() < 0.4:
        _kill_on_its_way(stage, environment, file)
    before = read_evidence(running.evidence)
    _run(stage, environment, "backup", str(file))
    url, elsewhere = _somewhere_else(stage, environment)
    _run(stage, elsewhere, "restore", str(file))
    _compare(stage, before, url)
    _no_key_in(stage, file)
    file.unlink()


def _programs(stage: Stage) -> Path:
    return Path(sys.executable).parent if stage.is_sqlite else find_binaries()


def _kill_on_its_way(stage: Stage, environment: Mapping[str, str], file: Path) -> None:
    """A backup that was killed has left no file that could be taken for one."""
    process = _start(environment, "backup", str(file))
    try:
        process.wait(stage.chance.uniform(0.4, 1.2))
    except subprocess.TimeoutExpired:
        process.kill()
        stage.kills += 1
    process.communicate()
    if process.returncode and file.exists():
        stage.journal.problem("a backup that was killed has left a file")
    file.unlink(missing_ok=True)


def _somewhere_else(stage: Stage, environment: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """Return a new database's address and its installation's environment: another home, the same key."""
    home = stage.installation.directory / f"restored-{stage.cycle}"
    home.mkdir(mode=0o700)
    url = f"sqlite:///{home / 'replydesk.sqlite3'}"
    if stage.installation.postgres is not None:
        server = Postgres(stage.installation.postgres.log.parent)
        name = f"restored_{stage.cycle}"
        server.create(name)
        url = server.url(name)
    key = stage.installation.data / "root.key"
    return url, {
        **environment,
        "REPLYDESK_DATA_DIR": str(home),
        "REPLYDESK_DATABASE_URL": url,
        "REPLYDESK_ROOT_KEY_FILE": str(key),
    }


def _compare(stage: Stage, before: Evidence, url: str) -> None:
    """Have the judge look at the copy: nothing accepted before the backup began may be missing or broken in it."""
    ledger = read_ledger(url)
    later = read_evidence(stage.installation.evidence)
    findings = judge(replace(later, promises=before.promises, sightings=(), problems=()), ledger)
    if findings.lost or findings.duplicated or findings.early_public:
        stage.journal.problem(f"cycle {stage.cycle}, in the restored copy: {findings.problems[:5]}")
    if not before.promises or len(ledger.rows) < len({promise.key for promise in before.promises}):
        stage.journal.problem(f"{len(ledger.rows)} rows were restored of {len(before.promises)} promises")


def _no_key_in(stage: Stage, file: Path) -> None:
    key = (stage.installation.data / "root.key").read_text().strip()
    if key.encode() in file.read_bytes() or bytes.fromhex(key) in file.read_bytes():
        stage.journal.problem("the root key is in the backup")


def _run(stage: Stage, environment: Mapping[str, str], *arguments: str) -> None:
    process = _start(environment, *arguments)
    _, said = process.communicate(timeout=COMMAND_SECONDS)
    if process.returncode:
        stage.journal.problem(f"{arguments[0]} ended with {process.returncode}: {said.decode()[-300:]}")


def _start(environment: Mapping[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ops", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
