"""How long the slowest check takes on the texts made to be slow, in processor time, and how that grows with length."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from benchmarks.accuracy.pathological import pathological_texts
from workers.checks import CHECKS
from workers.checks.subject import Subject
from workers.fingerprint import bands
from workers.normalise import Normalised, normalise
from workers.reader import Models, Reader

REPEATS = 3
GROWTH = 4
_NAME = "Ada Obi"


@dataclass(frozen=True, slots=True)
class Slow:
    """The most processor time one step needed for one text. `beginning` shows which: these texts are nobody's."""

    step: str
    milliseconds: float
    times_slower_when_four_times_longer: float
    beginning: str


def slowest_steps(models: Models, texts: Sequence[str] | None = None) -> list[Slow]:
    """Return each step's slowest text, slowest step first."""
    texts = texts or pathological_texts()
    return sorted((_slowest(*step, texts) for step in _steps(models)), key=lambda slow: -slow.milliseconds)


def _steps(models: Models) -> list[tuple[str, Callable[[str], Callable[[], object]]]]:
    """Return, for each step, what prepares it for a text: the work before it is not its own."""
    reader = Reader(models)

    def subject(text: str) -> Subject:
        normalised = normalise(text)
        made = Subject(_NAME, text, normalised, normalise(_NAME), reading=reader.read(0, normalised, ""))
        # What several checks share is worked out by the first that asks; here, by none of them.
        _ = (normalised.words(), normalised.line, normalised.bare_line, normalised.changes)
        return made

    def shared(normalised: Normalised) -> Callable[[], object]:
        fresh = replace(normalised)
        return lambda: (fresh.words(), fresh.line, fresh.bare_line, fresh.changes)

    def of_check(run: Callable[[Subject], object]) -> Callable[[str], Callable[[], object]]:
        def prepared(text: str) -> Callable[[], object]:
            made = subject(text)
            return lambda: run(made)

        return prepared

    def reading(text: str) -> Callable[[], object]:
        normalised = normalise(text)
        return lambda: reader.read(0, normalised, "")

    def fingerprint(text: str) -> Callable[[], object]:
        normalised = normalise(text)
        return lambda: bands(normalised)

    return [
        ("normalise", lambda text: lambda: normalise(text)),
        ("words", lambda text: shared(normalise(text))),
        ("fingerprint", fingerprint),
        ("models", reading),
        *((f"check {check.name}", of_check(check.run)) for check in CHECKS),
    ]


def _slowest(name: str, prepare: Callable[[str], Callable[[], object]], texts: Sequence[str]) -> Slow:
    _milliseconds(prepare, texts[0], 1)  # whatever is built with the first use is not the text's fault
    milliseconds, text = max((_milliseconds(prepare, text, 1), text) for text in texts)
    milliseconds = min(milliseconds, _milliseconds(prepare, text, REPEATS))
    quarter = _milliseconds(prepare, text[: len(text) // GROWTH], REPEATS)
    return Slow(name, round(milliseconds, 2), round(milliseconds / max(quarter, 1e-3), 1), text[:40])


def _milliseconds(prepare: Callable[[str], Callable[[], object]], text: str, repeats: int) -> float:
    return min(_once(prepare(text)) for _ in range(repeats))


def _once(work: Callable[[], object]) -> float:
    started = time.process_time_ns()
    work()
    return (time.process_time_ns() - started) / 1e6
