"""Streams of labelled texts, in the order in which a site's moderators would meet them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.datasets import Row, read

MAX_LABELS = 2_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and whether a moderator would reject it."""

    text: str
    label: int


@dataclass(frozen=True, slots=True)
class Stream:
    """A source of labels. `about` says honestly what stands in for what; `bar` is what the AUC has to reach."""

    name: str
    about: str
    bar: str
    read: Callable[[Path], Sequence[Labelled]]


def shuffled(stream: Stream, folder: Path, seed: int) -> list[Labelled]:
    """Return the stream in an order of its own for each seed."""
    rows = list(stream.read(folder))
    random.Random(f"{stream.name} {seed}").shuffle(rows)
    return rows[:MAX_LABELS]


def _tweets(language: str) -> Callable[[Path], Sequence[Labelled]]:
    def rows(folder: Path) -> Sequence[Labelled]:
        return [
            Labelled(row.text, int(row.label == "negative"))
            for row in read(folder / "train", "naijasenti")
            if row.extra["lang"] == language and row.label in {"negative", "positive"}
        ]

    return rows


def _labelled(rows: Sequence[Row]) -> Sequence[Labelled]:
    return [Labelled(row.text, int(row.is_positive)) for row in rows]


def _insults(folder: Path) -> Sequence[Labelled]:
    # The held-out part: the shipped model has learned the train part by heart, so a stream of it would flatter both.
    return _labelled(read(folder / "dev", "kaggle_insults"))


def _sexism(folder: Path) -> Sequence[Labelled]:
    return _labelled(read(folder / "train", "edos_sexism"))


_SENTIMENT = "tweets, negative against positive: a stand-in, for we have no abuse labels in this language"

STREAMS = (
    Stream("yo", f"Yoruba {_SENTIMENT}", "blind", _tweets("yo")),
    Stream("ha", f"Hausa {_SENTIMENT}", "blind", _tweets("ha")),
    Stream("ig", f"Igbo {_SENTIMENT}", "blind", _tweets("ig")),
    Stream("insults", "comments under news, held-out part, on top of the shipped abuse model", "informed", _insults),
    Stream(
        "sexism",
        "sexist posts, on top of a shipped model that knows only part of what these moderators reject",
        "informed",
        _sexism,
    ),
)
