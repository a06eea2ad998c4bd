"""The crew: one parent that forks the workers and the sweeper, feels their pulse and replaces the dead.

The parent loads models and checks before it forks, so that the children share their memory, and then touches neither
database nor Redis and starts no thread: forking stays safe for as long as it lives.
"""

import gc
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import structlog

from comments.settings import Settings
from comments.store.leases import BLIND_WORKER, WORKER
from comments.wakeup import JOB_TIMEOUT_SECONDS
from workers.external.settings import BadCheckers
from workers.heartbeat import Pulse
from workers.notifications_file import BadNotifications
from workers.parent_death import die_with_parent
from workers.process_name import new_process_name
from workers.runtime import OpinionMaker, open_runtime
from workers.stop_flag import StopFlag
from workers.sweep import Sweeper, sweep_until
from workers.worker import work

log = structlog.get_logger()

LOOK_SECONDS = 0.2
FIRST_BACKOFF_SECONDS = 0.2
MAX_BACKOFF_SECONDS = 5.0
# Who lived this long did not die of its start.
SOUND_SECONDS = 10.0
# RQ ends a job after its timeout by a signal. Who has not moved for longer hangs where no signal is heard.
HUNG_SECONDS = JOB_TIMEOUT_SECONDS + 30.0
# A worker that was asked to stop finishes its job: five seconds and a batch.
STOP_SECONDS = 40.0

# What a child does: (settings, checks, pulse, its name) → exit code.
Duty = Callable[[Settings, OpinionMaker, Pulse, str], int]


@dataclass
class Member:
    """One child and what its parent remembers of it."""

    duty: Duty
    name: str
    pid: int | None = None
    pulse: Pulse = field(default_factory=Pulse)
    born_at: float = 0.0
    deaths: int = 0
    start_at: float = 0.0


class Crew:
    """Forks, watches and buries. `run` returns when the crew was told to stop and everybody has gone."""

    def __init__(self, settings: Settings, make_opinion: OpinionMaker, *, is_blind: bool = False) -> None:
        self._settings = settings
        self._make_opinion = make_opinion
        duty = partial(work_duty, is_blind=is_blind)
        self._members = [Member(duty, f"worker-{number}") for number in range(1, settings.workers + 1)]
        self._members.append(Member(sweep_duty, "sweeper"))

    def run(self) -> None:
        """Keep everybody at work until SIGTERM or SIGINT."""
        stop = StopFlag()
        gc.freeze()  # what was loaded so far is not moved by the children's garbage collection, so it stays shared
        while not stop.wait(LOOK_SECONDS):
            for member in self._members:
                self._attend(member)
        self._dismiss()

    def _attend(self, member: Member) -> None:
        if member.pid is None:
            if time.monotonic() >= member.start_at:
                self._fork(member)
            return
        if has_ended(member):
            return
        if member.pulse.seconds_ago() > HUNG_SECONDS:
            log.error("child hangs", child=member.name, pid=member.pid)
            os.kill(member.pid, signal.SIGKILL)

    def _fork(self, member: Member) -> None:
        member.pulse.beat()
        member.born_at = time.monotonic()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _live(member, self._settings, self._make_opinion, parent)
        member.pid = pid
        log.info("child started", child=member.name, pid=pid)

    def _dismiss(self) -> None:
        """Ask everybody to stop; after a while, end whoever has not."""
        ends_at = time.monotonic() + STOP_SECONDS
        self._signal_all(signal.SIGTERM)
        while self._living() and time.monotonic() < ends_at:
            time.sleep(LOOK_SECONDS / 4)
        self._signal_all(signal.SIGKILL)
        while self._living():
            time.sleep(LOOK_SECONDS / 4)

    def _signal_all(self, number: signal.Signals) -> None:
        for member in self._living():
            if member.pid is not None:
                os.kill(member.pid, number)

    def _living(self) -> list[Member]:
        return [member for member in self._members if member.pid is not None and not has_ended(member)]


def has_ended(member: Member) -> bool:
    """Bury the child if it is dead, and say when the next one may be born."""
    pid, status = os.waitpid(member.pid or 0, os.WNOHANG)
    if pid == 0:
        return False
    code = os.waitstatus_to_exitcode(status)
    lived_seconds = time.monotonic() - member.born_at
    member.pid = None
    member.deaths = 0 if code == 0 or lived_seconds >= SOUND_SECONDS else member.deaths + 1
    backoff_seconds = (
        min(FIRST_BACKOFF_SECONDS * 2 ** (member.deaths - 1), MAX_BACKOFF_SECONDS) if member.deaths else 0.0
    )
    member.start_at = time.monotonic() + backoff_seconds
    tell = log.info if code == 0 else log.warning
    tell("child ended", child=member.name, pid=pid, code=code, lived_seconds=round(lived_seconds, 1))
    return True


def _live(member: Member, settings: Settings, make_opinion: OpinionMaker, parent: int) -> None:
    """Be the child. Never returns: what the parent has on its stack is not this process's business."""
    code = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        die_with_parent(parent)
        code = member.duty(settings, make_opinion, member.pulse, new_process_name())
    except (BadCheckers, BadNotifications) as problem:
        # Their lines are for the operator, who wrote the file, and show no secret.
        log.error("child cannot start", child=member.name, why=str(problem))  # noqa: TRY400 - no fault of the code
    except BaseException as error:
        # The class alone: a message may repeat a text.
        log.error("child crashed", child=member.name, error=type(error).__name__)  # noqa: TRY400 - as above
    finally:
        os._exit(code)


def work_duty(
    settings: Settings, make_opinion: OpinionMaker, pulse: Pulse, name: str, *, is_blind: bool = False
) -> int:
    """Be a worker. One without its model says so with every sign of life."""
    here = open_runtime(settings, make_opinion, pulse, lease=(BLIND_WORKER if is_blind else WORKER) + name)
    has_stayed = work(settings.redis or "", name, here.beat)
    here.close()
    return 0 if has_stayed else 1


def sweep_duty(settings: Settings, make_opinion: OpinionMaker, pulse: Pulse, name: str) -> int:
    """Be the sweeper."""
    stop = StopFlag()
    here = open_runtime(settings, make_opinion, pulse, lease=f"sweeper/{name}")
    sweeper = Sweeper(here, name, sweep_seconds=settings.sweep_seconds)
    sweep_until(stop.wait, sweeper, here, sweep_seconds=settings.sweep_seconds)
    here.close()
    return 0
