"""Score normalised texts with the shipped transformer: onnxruntime on one core, short texts with short ones."""

import importlib
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.second_stage.header import (
    REQUIREMENT,
    Bands,
    Header,
    SecondStageDamaged,
    SecondStageMissing,
    read_header,
    read_model,
)
from workers.second_stage.wordpiece import WordPiece

SHIPPED_MODEL = Path(__file__).with_name("model.onnx")
# Larger batches gain nothing on one core and cost memory.
BATCH_TEXTS = 16
# A long text is read in stretches, and the one most likely abusive counts. Beyond so many, words between go unread.
MAX_STRETCHES = 12


class SecondStage:
    """The loaded model. Safe to share between threads, and to load before forking: it starts no threads."""

    __slots__ = ("_header", "_offsets", "_session", "_slopes", "_wordpiece")

    def __init__(self, header: Header, session: Any) -> None:
        self._header = header
        self._session = session
        self._wordpiece = WordPiece(header.pieces)
        self._slopes = np.array([fit.slope for fit in header.calibration], dtype=np.float32)
        self._offsets = np.array([fit.offset for fit in header.calibration], dtype=np.float32)

    @property
    def version(self) -> str:
        """Name these weights, for the record of a decision."""
        return self._header.version

    @property
    def heads(self) -> tuple[str, ...]:
        """Name the questions answered; the first, "abuse", decides, the others say what sort of abuse it would be."""
        return self._header.heads

    @property
    def bands(self) -> Bands:
        """Return the abuse probabilities from which to hold and to reject."""
        return self._header.bands

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Return for each normalised text, in order, the calibrated probability of each head.

        Give it `normalise(...).text`. A text without any letter it knows scores as an empty one does.
        """
        stretches = [(row, part) for row, text in enumerate(texts) for part in self._stretches(text)]
        logits = self._logits([part for _, part in stretches])
        best: dict[int, NDArray[np.float32]] = {}
        for (row, _), answer in zip(stretches, logits, strict=True):
            if row not in best or answer[0] > best[row][0]:
                best[row] = answer
        return [self._probabilities(best[row]) for row in range(len(texts))]

    def _stretches(self, text: str) -> list[list[int]]:
        start, *body, end = self._wordpiece.encode(text)
        size = self._header.max_pieces - 2
        count = min(max(1, math.ceil(len(body) / size)), MAX_STRETCHES)
        gap = (len(body) - size) / max(1, count - 1)
        places = [round(number * gap) for number in range(count)] if count > 1 else [0]
        return [[start, *body[place : place + size], end] for place in places]

    def _logits(self, rows: Sequence[list[int]]) -> list[NDArray[np.float32]]:
        order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
        logits: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(rows)
        for start in range(0, len(order), BATCH_TEXTS):
            batch = order[start : start + BATCH_TEXTS]
            for row, answer in zip(batch, self._run([rows[row] for row in batch]), strict=True):
                logits[row] = answer
        return logits

    def _run(self, rows: Sequence[list[int]]) -> Iterator[NDArray[np.float32]]:
        lengths = [len(row) for row in rows]
        ids = np.zeros((len(rows), max(lengths)), dtype=np.int32)
        present = np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            present[number, : len(row)] = 1
        (logits,) = self._session.run(["logits"], {"ids": ids, "present": present})
        yield from logits

    def _probabilities(self, logits: NDArray[np.float32]) -> dict[str, float]:
        calibrated = np.clip(self._slopes * logits + self._offsets, -30, 30)
        return dict(zip(self.heads, (1 / (1 + np.exp(-calibrated))).tolist(), strict=True))


def load_second_stage(path: Path | None = None) -> SecondStage:
    """Return the shipped model, or the one at `path` with its JSON header beside it.

    Raises SecondStageMissing when the file or onnxruntime is not installed, SecondStageDamaged when it cannot be used.
    """
    model_path = path or SHIPPED_MODEL
    header = read_header(model_path.with_suffix(".json"))
    content = read_model(model_path, header)
    try:
        runtime = importlib.import_module("onnxruntime")
    except ImportError as error:
        raise SecondStageMissing(f"onnxruntime is not installed ({REQUIREMENT}); the second stage is off") from error
    return SecondStage(header, _session(runtime, content))


def _session(runtime: Any, content: bytes) -> Any:
    options = runtime.SessionOptions()
    # Workers are processes; a thread pool in each would fight the others for the cores, and not survive a fork.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes of its extension module, with no common ancestor but this
        raise SecondStageDamaged(f"onnxruntime refuses the model: {error}") from error
