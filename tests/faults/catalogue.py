"""Every fault by its number in the matrix, with what it needs of the installation."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.injections import clients, disk, jobs, kills, locks, moderators, poison, processes, redis_trouble
from tests.faults.stage import Stage

OBEDIENT = "tests.faults.obedient"


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the matrix."""

    number: str
    what: str
    strike: Callable[[Stage], None]
    worker: str = "ops"
    small_disk: bool = False
    full_logs: bool = False
    databases: tuple[str, ...] = ("sqlite", "postgresql")


FAULTS = {
    fault.number: fault
    for fault in (
        Fault("R-01", "kill -9 web", kills.kill_web),
        Fault("R-02", "kill -9 worker", kills.kill_worker),
        Fault("R-03", "kill -9 Valkey", kills.kill_valkey),
        Fault("R-04", "kill -9 everything at once", kills.kill_all),
        Fault("R-05", "Redis away, hung, emptied, read-only, full, locked", redis_trouble.trouble_redis),
        Fault("R-06", "no room for files", disk.fill_disk),
        Fault("R-06b", "disk full to the last byte", disk.fill_small_disk, small_disk=True, databases=("sqlite",)),
        Fault("R-06c", "log disk full", disk.keep_going, full_logs=True, databases=("sqlite",)),
        Fault("R-07", "database locked", locks.lock_database),
        Fault("R-08", "jobs doubled, unknown, forged", jobs.disturb_queue),
        Fault("R-09", "moderators against each other and the worker", moderators.race_moderators),
        Fault("R-10", "poison comments, eleven kinds", poison.poison, worker=OBEDIENT),
        Fault("R-11", "checks that hang", poison.slow_down, worker=OBEDIENT),
        Fault("R-12", "clients that hang up", clients.abort_clients),
        Fault("R-15", "SIGTERM under load", processes.stop_politely),
        Fault("R-18", "processes stopped, no descriptors", processes.starve),
    )
}
