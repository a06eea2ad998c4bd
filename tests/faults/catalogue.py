"""Every fault by its number in the matrix, with what it needs of the installation."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.checker import MANNERS
from tests.faults.injections import (
    backups,
    clients,
    clocks,
    crowds,
    deploys,
    disk,
    jobs,
    kills,
    locks,
    moderators,
    poison,
    processes,
    redis_trouble,
)
from tests.faults.installation import Shape
from tests.faults.obedient import POISONS
from tests.faults.previous import lacks_previous
from tests.faults.stage import Stage

ALL_OURS = Shape()
OBEDIENT = "tests.faults.obedient"


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the matrix. `lacks` says what this machine has not got that it needs, nothing when it can run."""

    number: str
    what: str
    strike: Callable[[Stage], None]
    shape: Shape = ALL_OURS
    databases: tuple[str, ...] = ("sqlite", "postgresql")
    least_cycles: int = 1
    clocks_agree: bool = True
    most_per_second: float = float("inf")  # no more is sent than can be judged while the fault lasts
    lacks: Callable[[], str] = lambda: ""


def lacks_root() -> str:
    """Say why no disk can be mounted, nothing for root."""
    return "" if os.geteuid() == 0 else "only root can mount a disk to fill"


FAULTS = {
    fault.number: fault
    for fault in (
        Fault("R-00", "nothing at all", disk.keep_going),
        Fault("R-01", "kill -9 web", kills.kill_web),
        Fault("R-02", "kill -9 worker", kills.kill_worker),
        Fault("R-03", "kill -9 Valkey", kills.kill_valkey),
        Fault("R-04", "kill -9 everything at once", kills.kill_all),
        Fault(
            "R-05",
            "Redis away, hung, emptied, read-only, full, locked",
            redis_trouble.trouble_redis,
            least_cycles=len(redis_trouble.TROUBLES),
        ),
        Fault("R-06", "no room for files", disk.fill_disk, least_cycles=3),
        Fault(
            "R-06b",
            "disk full to the last byte",
            disk.fill_small_disk,
            Shape(small_disk=True),
            databases=("sqlite",),
            lacks=lacks_root,
        ),
        Fault("R-06c", "log disk full", disk.keep_going, Shape(full_logs=True), databases=("sqlite",)),
        Fault("R-07", "database locked", locks.lock_database, least_cycles=len(locks.SECONDS)),
        Fault("R-08", "jobs doubled, unknown, forged", jobs.disturb_queue, least_cycles=3),
        Fault("R-09", "moderators against each other and the worker", moderators.race_moderators, least_cycles=5),
        Fault("R-09b", "decided in bulk and singly at once", moderators.race_bulk, least_cycles=2),
        Fault("R-09c", "edited and approved at once", moderators.race_author, least_cycles=2),
        Fault(
            "R-10",
            "poison comments, eleven kinds",
            poison.poison,
            Shape(worker=OBEDIENT),
            least_cycles=len(POISONS),
        ),
        Fault("R-11", "checks that hang", poison.slow_down, Shape(worker=OBEDIENT), least_cycles=2),
        Fault(
            "R-11b",
            "an external checker slow, broken, babbling",
            poison.trouble_checker,
            Shape(has_checker=True),
            least_cycles=len(MANNERS),
            most_per_second=20.0,  # a worker waits for a slow checker, so what is sent then piles up
        ),
        Fault("R-12", "clients that hang up", clients.abort_clients),
        Fault("R-13", "flood of spam", crowds.flood, Shape(environment=crowds.BEHIND_A_PROXY)),
        Fault(
            "R-14",
            "clocks that jump and disagree",
            clocks.shift_clocks,
            least_cycles=len(clocks.ERRORS),
            clocks_agree=False,
            # Workers whose clocks are minutes apart take each other's leases for ended and do some work twice.
            most_per_second=40.0,
        ),
        Fault("R-15", "SIGTERM under load", processes.stop_politely, least_cycles=4),
        Fault("R-15b", "web processes replaced, no request dropped", processes.replace_webs),
        Fault(
            "R-16",
            "deploy with migration, forward and back",
            deploys.deploy,
            Shape(is_previous=True),
            least_cycles=2,
            lacks=lacks_previous,
        ),
        Fault("R-17", "backup under load, restored elsewhere", backups.back_up_and_restore),
        Fault("R-18", "processes stopped, no descriptors", processes.starve, least_cycles=2),
        Fault("R-19", "a thousand slow clients", crowds.send_slowly),
        Fault("R-20", "kill -9 under `replydesk up`", kills.kill_under_up, Shape(is_up=True)),
    )
}
