"""The JSON header beside the model file: what it is, which file it describes, and how to read its answers."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = 1
REQUIREMENT = "pip install 'replydesk[second-stage]'"


class SecondStageMissing(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """The model file or the library that runs it is not installed. The first stage decides alone."""


class SecondStageDamaged(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """The model file or its header is there but cannot be used."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a logit into a probability: sigmoid(slope · logit + offset)."""

    slope: float
    offset: float


@dataclass(frozen=True, slots=True)
class Bands:
    """From which abuse probability a comment is worth a person's look, and from which it may be refused unseen."""

    hold_at: float
    reject_at: float


@dataclass(frozen=True, slots=True)
class Header:
    """What the scorer needs to know about one model file."""

    version: str
    sha256: str
    max_pieces: int
    heads: tuple[str, ...]
    calibration: tuple[Calibration, ...]
    bands: Bands
    pieces: tuple[str, ...]


def read_header(path: Path) -> Header:
    """Return the header at `path`. Raises SecondStageMissing or SecondStageDamaged."""
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SecondStageMissing(f"{path.name} is not there; the second stage is off") from error
    except (OSError, ValueError) as error:
        raise SecondStageDamaged(f"{path.name} cannot be read: {error}") from error
    if not isinstance(described, dict) or described.get("format") != FORMAT:
        raise SecondStageDamaged(f"{path.name} is not a second-stage header of format {FORMAT}")
    try:
        return _header(described)
    except (KeyError, TypeError, ValueError) as error:
        raise SecondStageDamaged(f"{path.name} lacks or misstates something: {error!r}") from error


def read_model(path: Path, header: Header) -> bytes:
    """Return the model file that `header` describes. Raises SecondStageMissing or SecondStageDamaged."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise SecondStageMissing(f"{path.name} is not there; the second stage is off") from error
    except OSError as error:
        raise SecondStageDamaged(f"{path.name} cannot be read: {error}") from error
    if hashlib.sha256(content).hexdigest() != header.sha256:
        raise SecondStageDamaged(f"{path.name} is not the file its header describes: its SHA-256 differs")
    return content


def _header(described: dict[str, Any]) -> Header:
    heads = tuple(str(head) for head in described["heads"])
    fits = described["calibration"]
    return Header(
        version=str(described["version"]),
        sha256=str(described["sha256"]),
        max_pieces=int(described["max_pieces"]),
        heads=heads,
        calibration=tuple(Calibration(float(fits[head]["slope"]), float(fits[head]["offset"])) for head in heads),
        bands=Bands(float(described["bands"]["hold_at"]), float(described["bands"]["reject_at"])),
        pieces=tuple(str(piece) for piece in described["pieces"]),
    )
