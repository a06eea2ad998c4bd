"""What this process has done, in numbers, for the operator's own listener (ops/listener.py).

Rule: every label is a closed set, all series exist from the start, and nothing that a reader or moderator sent is among
them. Until `open_metrics` is called nothing is counted: commands and tests need no file for it.

Each process writes one small file, named for the place that it has taken and not for its process id. The next process
takes the place of one that has ended and counts on, so files and series never pile up.
"""

import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, values

from comments.status import Status

log = structlog.get_logger()

DIRECTORY = "metrics"
PREFIX = "replydesk_"
# More processes than settings allow on one machine, web and workers together, while all are being replaced.
MOST_PROCESSES = 300
# All series take some 40 KB. What is taken beforehand can be written later, even on a full disk; writing through a map
# into what is not there would end the process.
FILE_BYTES = 256 * 1024
_KINDS = ("counter", "histogram")
_ANSWER_SECONDS = (0.01, 0.05, 0.25, 1.0, 5.0)
_COMMIT_SECONDS = (0.005, 0.02, 0.1, 0.5, 2.0)


class Way(StrEnum):
    """By what a comment came in."""

    JSON = "json"
    FORM = "form"
    WORDPRESS = "wordpress"
    ISSO = "isso"


class Route(StrEnum):
    """What kind of request it was. `other`: no route of ours, or refused before it got a thread."""

    POST = "post"
    READ = "read"
    RECEIPT = "receipt"
    DESK = "desk"
    ASSET = "asset"
    HEALTH = "health"
    OTHER = "other"


class Limit(StrEnum):
    """Which of the limits at the door was met (service/rate_limits.py, service/slow_down.py).

    What met `crowd` was held, or met another one; all others turn away what repeats no kept comment. What met `repeat`
    had met another one before, and no twin of it was looked for.
    """

    NETWORK = "network"
    UNFIT = "unfit"
    AUTHOR = "author"
    CROWD = "crowd"
    CROWD_AUTHOR = "crowd/author"
    BURST_AUTHOR = "burst/author"
    REPEAT = "repeat"
    REQUEST = "request"


class Post(StrEnum):
    """What kind of letter was given up."""

    OUTBOX = "outbox"
    WEBHOOK = "webhook"


WHO = ("policy", "moderator", "system", "reader")
_DECIDED = tuple(status.value for status in Status if status is not Status.PENDING)
_CLASSES = ("2xx", "3xx", "4xx", "5xx")


@dataclass(frozen=True, slots=True)
class Metrics:
    """The counters of one process."""

    accepted: Counter
    answers: Counter
    answer_seconds: Histogram
    conflicts: Counter
    limited: Counter
    decisions: Counter
    crashes: Counter
    rescues: Counter
    given_up: Counter
    commit_seconds: Histogram


_current: Metrics | None = None
# Held open for as long as this process lives: it says that the place is taken.
_place: int | None = None


def open_metrics(data_dir: Path) -> bool:
    """Begin to count in this process, after it was forked. Returns False when its file cannot be kept: then nothing is.

    Counting is never a reason not to serve.
    """
    global _current  # noqa: PLW0603 - one per process, as the module says
    close_metrics()
    try:
        place = _take_place(data_dir / DIRECTORY)
    except OSError as error:
        log.warning("metrics not kept", error=type(error).__name__)
        return False
    # Set here and not by the environment: it would have to be there before the library's first import.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(data_dir / DIRECTORY)
    values.ValueClass = values.MultiProcessValue(lambda: place)  # type: ignore[no-untyped-call]  # the library's
    _current = make_metrics(CollectorRegistry())
    return True


def close_metrics() -> None:
    """Stop counting in this process."""
    global _current, _place  # noqa: PLW0603 - one per process, as the module says
    _current = None
    if _place is not None:
        os.close(_place)
        _place = None


def _take_place(directory: Path) -> int:
    """Take the first free place. Raises OSError when there is none, or no room on the disk."""
    global _place  # noqa: PLW0603 - one per process, as the module says
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(MOST_PROCESSES):
        lock = os.open(directory / f"{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                for kind in _KINDS:
                    _reserve(directory / f"{kind}_{number}.db")
            except OSError:
                os.close(lock)
                raise
            _place = lock
            return number
        os.close(lock)
    raise OSError("no free place")


def _reserve(path: Path) -> None:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        missing = FILE_BYTES - os.fstat(file).st_size
        if missing > 0:
            os.lseek(file, 0, os.SEEK_END)
            if os.write(file, bytes(missing)) != missing:
                raise OSError("no room")
    finally:
        os.close(file)


def make_metrics(registry: CollectorRegistry) -> Metrics:
    """Return all counters, each with all its series."""

    def counter(name: str, said: str, **labels: Iterable[str]) -> Counter:
        made = Counter(PREFIX + name, said, tuple(labels), registry=registry)
        for combination in product(*labels.values()) if labels else ():
            made.labels(*combination)
        return made

    def histogram(name: str, said: str, buckets: tuple[float, ...], **labels: Iterable[str]) -> Histogram:
        made = Histogram(PREFIX + name, said, tuple(labels), registry=registry, buckets=buckets)
        for combination in product(*labels.values()) if labels else ():
            made.labels(*combination)
        return made

    return Metrics(
        accepted=counter("comments_accepted", "Comments kept, by the way they came in.", way=Way),
        answers=counter("answers", "Answers, by kind of request and class of status.", route=Route, status=_CLASSES),
        answer_seconds=histogram(
            "answer_seconds", "Time to answer a request, in seconds.", _ANSWER_SECONDS, route=Route
        ),
        conflicts=counter("conflicts", "Answers 409: somebody else was quicker, or it is too late."),
        limited=counter(
            "limited",
            "Posts that met a limit at the door: `crowd` is held, the others are turned away if they repeat nothing.",
            limit=Limit,
        ),
        decisions=counter("decisions", "Changes of a comment's status, by who made them.", status=_DECIDED, by=WHO),
        crashes=counter("check_crashes", "Comments held because a check crashed or did not end."),
        rescues=counter("sweeper_rescues", "Comments found waiting that no worker was woken for."),
        given_up=counter("letters_given_up", "Letters that could not be delivered and were given up.", kind=Post),
        commit_seconds=histogram("commit_seconds", "Time to commit to the database, in seconds.", _COMMIT_SECONDS),
    )


def count_accepted(way: Way) -> None:
    """Count a comment that was kept."""
    if _current is not None:
        _current.accepted.labels(way).inc()


def count_answer(route: Route, status: int, seconds: float | None = None) -> None:
    """Count an answer and, if it is known, the time it took."""
    if _current is None:
        return
    if 200 <= status < 600:
        _current.answers.labels(route, f"{status // 100}xx").inc()
    if status == 409:
        _current.conflicts.inc()
    if seconds is not None:
        _current.answer_seconds.labels(route).observe(seconds)


def count_limited(limit: Limit) -> None:
    """Count a post that was turned away."""
    if _current is not None:
        _current.limited.labels(limit).inc()


def count_decision(status: Status, made_by: str) -> None:
    """Count a change of status; an import is none."""
    if _current is not None and made_by in WHO and status is not Status.PENDING:
        _current.decisions.labels(status.value, made_by).inc()


def count_crash(number: int = 1) -> None:
    """Count comments that the checks could not judge."""
    if _current is not None:
        _current.crashes.inc(number)


def count_rescues(number: int) -> None:
    """Count comments that the sweeper found."""
    if _current is not None:
        _current.rescues.inc(number)


def count_given_up(kind: Post, number: int = 1) -> None:
    """Count letters that will not arrive."""
    if _current is not None:
        _current.given_up.labels(kind).inc(number)


def count_commit(seconds: float) -> None:
    """Count a commit and the time it took."""
    if _current is not None:
        _current.commit_seconds.observe(seconds)
