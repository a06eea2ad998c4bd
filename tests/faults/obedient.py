"""The product's worker with one more check, which does what a comment's text says: `python -m tests.faults.obedient`.

It stands for a check of ours that crashes, a model that hangs, a C extension that takes the process with it.
"""

import ctypes
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable

from comments.policy import Policy
from comments.settings import load_settings
from comments.store import Store
from comments.verdict import Verdict
from ops.logs import configure_logs
from workers import crew
from workers.checks.subject import Subject
from workers.judge import Opinion
from workers.opinion import opinion_of_process
from workers.reader import Models, load_models
from workers.second_opinion import SecondOpinion

# The product waits 90 s for a child that hears no signal; a rig has less time.
HUNG_SECONDS = 8.0


class NotEvenAnException(BaseException):
    """What `except Exception` does not catch."""


def _raise_any() -> None:
    raise ValueError("ordered")


def _raise_base() -> None:
    raise NotEvenAnException


def _never_end() -> None:
    while True:
        pass


def _freeze() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))  # as in a C extension that never looks up
    time.sleep(300)


def _take_memory() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, hard))
    try:
        bytearray(4 << 30)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _recurse() -> None:
    _recurse()


def _leave_zombie() -> None:
    if os.fork() == 0:
        os._exit(0)
    raise ValueError("ordered")


def _close_output() -> None:
    os.close(1)
    os.close(2)
    raise ValueError("ordered")


def _wait_for_nobody() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        nobody.listen()
        with socket.create_connection(nobody.getsockname()) as connection:
            connection.recv(1)


POISONS: dict[str, Callable[[], object]] = {
    "please raise": _raise_any,
    "please abort": os.abort,
    "please touch nothing": lambda: ctypes.string_at(0),
    "please never end": _never_end,
    "please take all memory": _take_memory,
    "please call yourself": _recurse,
    "please raise what nobody catches": _raise_base,
    "please exit": lambda: sys.exit(1),
    "please leave a zombie": _leave_zombie,
    "please close the output": _close_output,
    "please freeze": _freeze,
}
SLOW = ("please take half a minute", "please wait for nobody")
_SLOW: dict[str, Callable[[], object]] = {SLOW[0]: lambda: time.sleep(30), SLOW[1]: _wait_for_nobody}


def obedient(models: Models, store: Store) -> Opinion:
    """Return the product's opinion, after the orders."""
    opinion = opinion_of_process(models, store)

    def obey(subject: Subject, policy: Policy) -> Verdict:
        for order, do in (POISONS | _SLOW).items():
            if subject.text.startswith(f"{order} ("):
                do()
        return opinion(subject, policy)

    return obey


def main() -> None:
    """Be the worker until told to stop."""
    settings = load_settings()
    configure_logs(settings.log_level)
    crew.HUNG_SECONDS = HUNG_SECONDS
    models = load_models(SecondOpinion(settings.second_stage))
    crew.Crew(settings, lambda store: obedient(models, store)).run()


if __name__ == "__main__":
    main()
