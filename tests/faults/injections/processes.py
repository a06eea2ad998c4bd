"""R-15 and R-18: processes that are asked to stop or to be replaced, stand still, or may open nothing more."""

import contextlib
import os
import resource
import signal
import time

import psutil

from tests.faults.callers import Callers
from tests.faults.keeper import Service, wait_for
from tests.faults.stage import Stage

# What a supervisor grants (ops/up.py) and half a minute, whichever is more.
STOP_SECONDS = 50.0
LEAST_ANSWERED = 50


def stop_politely(stage: Stage) -> None:
    """R-15: SIGTERM under load. What was begun is answered, the process ends by itself and says that all was well."""
    stage.pause(1.0)
    running = stage.installation
    services = [*running.webs, *running.workers]
    service = services[stage.cycle % len(services)]
    lives = len(service.exits)
    os.kill(stage.wait_for_victims(service.family)[0].pid, signal.SIGTERM)
    wait_for(f"{service.name} ends", lambda: len(service.exits) > lives, seconds=STOP_SECONDS)
    if service.exits[lives] != 0:
        stage.journal.problem(f"{service.name} ended with {service.exits[lives]} after SIGTERM")


def replace_webs(stage: Stage) -> None:
    """R-15b: every web server replaces its processes; not one request goes without an answer."""
    stage.pause(0.5)
    for number, service in enumerate(stage.installation.webs):
        callers = Callers(stage, stage.installation.urls[number])
        with callers.calling():
            before = {child.pid for child in service.children()}
            os.kill(stage.wait_for_victims(service.family)[0].pid, signal.SIGHUP)
            wait_for(
                f"{service.name} has new processes",
                lambda: not before & {child.pid for child in service.children()},  # noqa: B023 - called at once
                seconds=STOP_SECONDS,
            )
        if callers.answered < LEAST_ANSWERED:
            stage.journal.problem(f"{callers.answered} answers while {service.name} was replaced prove nothing")


def starve(stage: Stage) -> None:
    """R-18: for one to four seconds a process stands still, or has no file descriptors left."""
    stage.pause(0.5)
    running = stage.installation
    service = stage.chance.choice([*running.webs, *running.workers, running.valkey])
    (_freeze if stage.cycle % 2 else _take_descriptors)(stage, service)


def _freeze(stage: Stage, service: Service) -> None:
    family = stage.wait_for_victims(service.family)
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGSTOP)
    time.sleep(stage.chance.uniform(1.0, 4.0))
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGCONT)


def _take_descriptors(stage: Stage, service: Service) -> None:
    for process in stage.wait_for_victims(service.family):
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            _, hard = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (process.num_fds(), hard))
    time.sleep(stage.chance.uniform(1.0, 4.0))
    for process in service.family():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            _, hard = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (hard, hard))
