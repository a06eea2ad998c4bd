"""Write trained models as the files the product loads: an .npz of int8 steps and the JSON header that seals it."""

import hashlib
import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from training.bands import choose_bands
from training.first_stage import Trained
from workers.model import Bands, FirstStage, Head, load_model
from workers.model.features import BITS
from workers.model.heads import COLUMNS
from workers.model.weights import FEATURES, FORMAT, IDF_STEP, to_steps

UNDECIDED = {Head.SPAM: Bands(1.0, 1.0), Head.ABUSE: Bands(1.0, 1.0)}
_FINE = {Head.ABUSE: 4, Head.INSULT: 4, Head.IDENTITY_ATTACK: 4}
_LEAST_STEP = {column: _FINE.get(column, 8) for column in COLUMNS}
"""Smaller steps become 0, which is what keeps the file small: step 8 is .4 % of a column's largest weight."""


def ship(trained: Trained, facts: Mapping[str, Any], header_path: Path) -> FirstStage:
    """Write the models with the bands chosen for them, and return them as the product will load them."""
    content = _packed(trained)
    _write(content, UNDECIDED, facts, header_path)
    bands = choose_bands(load_model(header_path), trained.examples)
    _write(content, bands, facts, header_path)
    return load_model(header_path)


def _write(content: bytes, bands: Mapping[Head, Bands], facts: Mapping[str, Any], header_path: Path) -> None:
    digest = hashlib.sha256(content).hexdigest()
    header = {
        "format": FORMAT,
        "version": digest[:12],
        "sha256": digest,
        "features": FEATURES,
        "columns": list(COLUMNS),
        "bands": {head: {"hold_at": band.hold_at, "reject_at": band.reject_at} for head, band in bands.items()},
        **facts,
    }
    header_path.with_suffix(".npz").write_bytes(content)
    header_path.write_text(json.dumps(header, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _packed(trained: Trained) -> bytes:
    models = [*trained.languages, *(trained.heads[head] for head in Head)]
    idf_steps = trained.corpus.idf_steps
    # The idf is folded into the weights, so that the product looks up one row per feature.
    weights = np.stack([model.weights for model in models], axis=1) * (idf_steps * IDF_STEP)[:, None]
    steps, scales = to_steps(weights)
    steps[np.abs(steps) < [_LEAST_STEP[column] for column in COLUMNS]] = 0
    kept = np.zeros(1 << BITS, dtype=bool)
    kept[trained.corpus.columns] = True
    packed = BytesIO()
    np.savez_compressed(
        packed,
        kept=np.packbits(kept),
        idf_steps=idf_steps,
        steps=np.ascontiguousarray(steps.T),
        scales=scales,
        intercepts=np.array([model.intercept for model in models], dtype=np.float32),
    )
    return packed.getvalue()
