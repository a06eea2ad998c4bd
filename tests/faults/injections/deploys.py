"""R-16: a deploy under load: migrate, then the new code beside the old, and all the way back."""

import contextlib
import os
import signal
import subprocess
import sys

from tests.faults.installation import ROOT
from tests.faults.keeper import Service, wait_for
from tests.faults.previous import SCHEMA, previous_code
from tests.faults.reader import Reader
from tests.faults.stage import Stage

MIGRATION_SECONDS = 60.0
STOP_SECONDS = 50.0


def deploy(stage: Stage) -> None:
    """R-16: forward in even cycles, back in odd ones."""
    (_back if stage.cycle % 2 else _forward)(stage)


def _forward(stage: Stage) -> None:
    """Migrate under the old code's feet, then replace it service by service, web or workers first."""
    stage.pause(0.5)
    _migrate(stage)
    stage.pause(1.0)
    running = stage.installation
    kinds = [running.webs, running.workers]
    stage.chance.shuffle(kinds)
    for services in kinds:
        for service in services:
            _run_with(service, str(ROOT))
            _stop(service)
        wait_for("pages come", lambda: _pages_come(stage), seconds=STOP_SECONDS)
        stage.pause(1.5)


def _back(stage: Stage) -> None:
    """Stop the new code, take the schema back, start the old code."""
    stage.pause(0.5)
    running = stage.installation
    services = [*running.webs, *running.workers]
    with running.keeper.hold(*services):
        for service in services:
            _run_with(service, str(previous_code()))
            _stop(service)
        _migrate(stage, "--back-to", SCHEMA)
    wait_for("pages come", lambda: _pages_come(stage), seconds=STOP_SECONDS)
    stage.pause(1.0)


def _pages_come(stage: Stage) -> bool:
    """Say whether every web server serves readers: the code before calls itself unready on a newer schema."""
    for url in stage.installation.urls:
        with contextlib.closing(Reader([url], stage.journal, stage.chance)) as reader:
            if reader.public(stage.article) is None:
                return False
    return True


def _run_with(service: Service, code: str) -> None:
    service.environment = {**service.environment, "PYTHONPATH": code}


def _stop(service: Service) -> None:
    lives = len(service.exits)
    family = service.family()
    if family:
        os.kill(family[0].pid, signal.SIGTERM)
        wait_for(f"{service.name} ends", lambda: len(service.exits) > lives, seconds=STOP_SECONDS)


def _migrate(stage: Stage, *arguments: str) -> None:
    """Migrate with the new code. In every other case the first try is killed on its way."""
    if stage.chance.random() < 0.5:
        first = _start_migration(stage, *arguments)
        try:
            first.wait(stage.chance.uniform(0.3, 1.5))
        except subprocess.TimeoutExpired:
            first.kill()
            first.wait()
            stage.kills += 1
    done = _start_migration(stage, *arguments)
    _, said = done.communicate(timeout=MIGRATION_SECONDS)
    if done.returncode:
        stage.journal.problem(f"the migration ended with {done.returncode}: {said.decode()[-300:]}")


def _start_migration(stage: Stage, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**stage.installation.environment, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "ops", "migrate", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
