"""What the service promised, written down outside it: a 202 is on our disk before it counts."""

import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from tests.faults.texts import Expected, Sample

ACCEPTED, SENT, SIGHTINGS, PROBLEMS, EDITS = "accepted", "sent", "sightings", "problems", "edits"


@dataclass(frozen=True, slots=True)
class Promise:
    """One 202: this text was accepted under this number."""

    key: str
    id: int
    text: str
    article: str
    expected: Expected
    milliseconds: float
    at: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """A comment on a public page, the first time it was there."""

    id: int
    text: str
    at: float


class Journal:
    """One writer's files in the run's directory. `accepted` counts only what has been synced."""

    def __init__(self, directory: Path, writer: str) -> None:
        self._files = {
            kind: (directory / f"{kind}-{writer}.jsonl").open("ab", buffering=0)
            for kind in (ACCEPTED, SENT, SIGHTINGS, PROBLEMS, EDITS)
        }
        self._queue: SimpleQueue[Promise] = SimpleQueue()
        self._stop = threading.Event()
        self.accepted = 0
        self._thread = threading.Thread(target=self._write_promises, daemon=True)
        self._thread.start()

    def sent(self, sample: Sample) -> None:
        """Note that a request is about to be sent: its comment may exist from now on."""
        self._append(SENT, {"key": sample.key, "text": sample.text})

    def promised(self, sample: Sample, comment_id: int, seconds: float) -> None:
        """Note a 202."""
        milliseconds = round(seconds * 1000, 1)
        self._queue.put(
            Promise(sample.key, comment_id, sample.text, sample.article, sample.expected, milliseconds, time.time())
        )

    def saw(self, comment_id: int, text: str, at: float) -> None:
        """Note what is public."""
        self._append(SIGHTINGS, asdict(Sighting(comment_id, text, at)))

    def edited(self, comment_id: int, text: str) -> None:
        """Note that an author is about to give a comment another text: it may have either from now on."""
        self._append(EDITS, {"id": comment_id, "text": text})

    def problem(self, what: str) -> None:
        """Note an answer that must not be."""
        self._append(PROBLEMS, {"what": what, "at": time.time()})

    def close(self) -> None:
        """Write what is left."""
        self._stop.set()
        self._thread.join()
        for file in self._files.values():
            file.close()

    def _append(self, kind: str, record: dict[str, object]) -> None:
        self._files[kind].write(json.dumps(record).encode() + b"\n")

    def _write_promises(self) -> None:
        file = self._files[ACCEPTED]
        while not (self._stop.is_set() and self._queue.empty()):
            batch = list(_waiting(self._queue))
            if batch:
                file.write(b"".join(json.dumps(asdict(promise)).encode() + b"\n" for promise in batch))
                os.fsync(file.fileno())
                self.accepted += len(batch)


def _waiting(queue: "SimpleQueue[Promise]") -> Iterator[Promise]:
    """Yield what is in the queue, after waiting a little for the first."""
    try:
        yield queue.get(timeout=0.1)
        while True:
            yield queue.get_nowait()
    except Empty:
        return


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that all writers of a run noted."""

    promises: tuple[Promise, ...]
    sent_texts: frozenset[str]
    sightings: tuple[Sighting, ...]
    problems: tuple[str, ...]
    edits: frozenset[tuple[int, str]] = frozenset()


def read_evidence(directory: Path) -> Evidence:
    """Read the journals of a run."""
    return Evidence(
        tuple(_promise(record) for record in _records(directory, ACCEPTED)),
        frozenset(str(record["text"]) for record in _records(directory, SENT)),
        tuple(Sighting(**record) for record in _records(directory, SIGHTINGS)),
        tuple(str(record["what"]) for record in _records(directory, PROBLEMS)),
        frozenset((int(record["id"]), str(record["text"])) for record in _records(directory, EDITS)),
    )


def _promise(record: dict[str, Any]) -> Promise:
    return Promise(**{**record, "expected": Expected(record["expected"])})


def count_promises(directory: Path) -> int:
    """Count the 202s on disk."""
    return sum(path.read_bytes().count(b"\n") for path in directory.glob(f"{ACCEPTED}-*.jsonl"))


def _records(directory: Path, kind: str) -> Iterator[dict[str, Any]]:
    for path in sorted(directory.glob(f"{kind}-*.jsonl")):
        for line in path.read_bytes().splitlines(keepends=True):
            if line.endswith(b"\n"):  # else it is being written
                yield json.loads(line)
