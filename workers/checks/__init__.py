"""CHECKS: the one list of everything that looks at a comment.

Rule: a check is a pure function of its Subject. It reads no database, no clock, no network.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from comments.signal import Category, Signal, Weight
from workers.checks import (
    blocklist,
    contact_details,
    disposable_email,
    door,
    duplicates,
    history,
    links,
    models,
    name,
    obfuscation,
    shouting,
    slurs,
    templates,
    threats,
)
from workers.checks.subject import Subject

__all__ = ["CHECKS", "Check", "run_checks"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look for. `version` goes into every signal, so that a decision names the rules it was made by."""

    name: str
    version: str
    run: Callable[[Subject], tuple[Signal, ...]]


_MODULES = (
    door,
    links,
    blocklist,
    duplicates,
    contact_details,
    name,
    disposable_email,
    history,
    shouting,
    obfuscation,
    templates,
    threats,
    slurs,
    models,
)
CHECKS: tuple[Check, ...] = tuple(Check(module.NAME, module.VERSION, module.check) for module in _MODULES)


def run_checks(subject: Subject, checks: tuple[Check, ...] = CHECKS) -> tuple[Signal, ...]:
    """Return what all the checks found, each signal with its check's time. A check that crashes holds the comment."""
    return tuple(signal for check in checks for signal in _run(check, subject))


def _run(check: Check, subject: Subject) -> Iterator[Signal]:
    started = time.perf_counter_ns()
    try:
        signals = check.run(subject)
    except Exception as crash:  # whatever went wrong in a check, a person decides
        signals = (_failure(check, crash),)
    microseconds = (time.perf_counter_ns() - started) // 1000
    for signal in signals:
        yield replace(signal, microseconds=microseconds)


def _failure(check: Check, crash: Exception) -> Signal:
    # The class alone: a message may quote the text.
    detail = f"the check “{check.name}” could not tell ({type(crash).__name__})"
    return Signal(check.name, check.version, Category.ERROR, 1.0, Weight.HOLD, detail)
