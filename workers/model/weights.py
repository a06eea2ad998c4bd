"""The shipped weights: one matrix of int8 steps in an .npz file, described and sealed by a JSON header beside it."""

import hashlib
import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from workers.model.features import BITS, CHAR_LENGTHS
from workers.model.heads import COLUMNS, Head

FORMAT = 1
STEPS = 127  # int8 without its lowest value: the same reach on both sides of zero
IDF_STEP = 1 / 8  # idf lies between 1 and 13
FEATURES = {"bits": BITS, "words": [1, 2], "characters": list(CHAR_LENGTHS), "hash": "poly32-fmix32-2"}
"""What the weights assume about the hashing pass. Weights for another pass would score noise."""


class ModelDamaged(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """The shipped model is missing, altered, or made for another version of this program."""


@dataclass(frozen=True, slots=True)
class Bands:
    """From which probability a comment is worth a person's look, and from which it may be refused unseen."""

    hold_at: float
    reject_at: float


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model for every column of COLUMNS. `steps[i]` are feature i's weights, 0 for an unknown feature."""

    version: str
    idf_steps: NDArray[np.uint8]
    steps: NDArray[np.int8]
    scales: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    bands: dict[Head, Bands]


def step_values() -> NDArray[np.float32]:
    """Return what each int8 step stands for before its column's scale, indexed by the step read as uint8.

    Squared, so that small weights, which are most of them, keep their differences.
    """
    steps = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.float32) / np.float32(STEPS)
    return np.asarray(steps * np.abs(steps), dtype=np.float32)


def to_steps(weights: NDArray[np.float64]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return the nearest steps and the scale of each column."""
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-12)
    unit = weights / scales
    return np.round(np.sign(unit) * np.sqrt(np.abs(unit)) * STEPS).astype(np.int8), scales.astype(np.float32)


def load_weights(header_path: Path) -> Weights:
    """Return the weights described by the JSON header. Raises ModelDamaged."""
    header = _header(header_path)
    weights_path = header_path.with_suffix(".npz")
    try:
        content = weights_path.read_bytes()
    except OSError as error:
        raise ModelDamaged(f"{weights_path.name} is missing or unreadable; install the package again") from error
    if hashlib.sha256(content).hexdigest() != header.get("sha256"):
        raise ModelDamaged(f"{weights_path.name} is not the file {header_path.name} describes: its SHA-256 differs")
    try:
        return _unpacked(header, content)
    except (BadZipFile, KeyError, ValueError, TypeError, IndexError) as error:
        raise ModelDamaged(f"{weights_path.name} and {header_path.name} do not fit together: {error}") from error


def _header(path: Path) -> dict[str, Any]:
    try:
        header = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelDamaged(f"{path.name} is missing or unreadable; install the package again") from error
    except ValueError as error:
        raise ModelDamaged(f"{path.name} is not JSON: {error}") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise ModelDamaged(f"{path.name} is not a model header of format {FORMAT}")
    if header.get("features") != FEATURES or header.get("columns") != list(COLUMNS):
        raise ModelDamaged(f"{path.name} was made for another version of this program; train again or reinstall")
    return header


def _unpacked(header: dict[str, Any], content: bytes) -> Weights:
    with np.load(BytesIO(content), allow_pickle=False) as arrays:
        kept = np.unpackbits(arrays["kept"]).astype(bool)
        idf_steps = np.zeros(1 << BITS, dtype=np.uint8)
        steps = np.zeros((1 << BITS, len(COLUMNS)), dtype=np.int8)
        idf_steps[kept] = arrays["idf_steps"]
        steps[kept] = arrays["steps"].T
        return Weights(
            str(header["version"]),
            idf_steps,
            steps,
            arrays["scales"].reshape(len(COLUMNS)).astype(np.float32),
            arrays["intercepts"].reshape(len(COLUMNS)).astype(np.float32),
            {Head(head): Bands(**band) for head, band in header["bands"].items()},
        )
