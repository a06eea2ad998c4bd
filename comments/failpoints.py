"""Named instants at which the fault rig may kill this process or have it wait. Off unless REPLYDESK_FAILPOINTS is set.

The variable names a directory. A file in it with a point's name is an order for the first process that gets there:
`kill`, or `wait SECONDS`. Whoever removes the file has the order, so each is obeyed exactly once.

REPLYDESK_FAILPOINTS_CLOCK names a file with the seconds by which this process's clock is to be wrong.
"""

import os
import signal
import time
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

VARIABLE = "REPLYDESK_FAILPOINTS"
CLOCK_VARIABLE = "REPLYDESK_FAILPOINTS_CLOCK"


class Point(StrEnum):
    """An instant where it matters what had become durable before the process died."""

    COMMITTED = "committed"  # a submission is on disk, the bell has not been rung and the reader has no answer
    CLAIMED = "claimed"  # comments are under a lease, nothing has looked at them
    JUDGED = "judged"  # some comments of a batch have a verdict, others not; none is written
    BEFORE_DECISION = "before-decision"  # the verdicts are in the transaction, which is not committed
    AFTER_DECISION = "after-decision"  # the verdicts are committed, the job has not ended
    DELIVERED = "delivered"  # a webhook has its letter, which is not forgotten yet


_directory = os.environ.get(VARIABLE)
_clock = os.environ.get(CLOCK_VARIABLE)


def reach(point: Point) -> None:
    """Do what was ordered for this instant; nothing, at the cost of one comparison, where no rig is at work."""
    if _directory is not None:
        _obey(Path(_directory) / point)


def clock_error() -> timedelta:
    """Return by how much this process's clock is to be wrong; by nothing where no rig is at work."""
    if _clock is None:
        return timedelta()
    try:
        return timedelta(seconds=float(Path(_clock).read_text()))
    except OSError:  # nothing is ordered, or the rig has taken every file descriptor away
        return timedelta()


def _obey(order: Path) -> None:
    mine = order.with_name(f"{order.name}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        order.rename(mine)
    except FileNotFoundError:
        return
    what, _, seconds = mine.read_text().partition(" ")
    mine.unlink()
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(float(seconds))
