"""Pack a site model into bytes for the store, and back. An .npz of plain arrays: nothing in it can be executed.

Features that were never met are left out. Weights are kept with half precision, counts exactly.
"""

import hashlib
import json
from dataclasses import asdict
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from workers.learning.bands import SiteBands
from workers.learning.calibration import Platt
from workers.learning.features import BITS, SIZE
from workers.learning.journal import Journal, Kind
from workers.learning.naive_bayes import NaiveBayes
from workers.learning.site_model import LANGUAGES, HeadModel
from workers.learning.stacked import Frame, Stacked

FORMAT = 1
# A site's model takes about 1 MB; what is far larger once unpacked was not written by us.
MAX_ARRAY_BYTES = 64 * SIZE


class SiteModelUnreadable(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised for bytes that are no site model of this version of the program. Learn it again."""


def pack(model: HeadModel) -> bytes:
    """Return the model as bytes; the same model gives the same bytes."""
    bayes, stacked, journal = model.bayes, model.stacked, model.journal
    met = np.flatnonzero(bayes.counts.any(axis=0) | (stacked.squares > 0)).astype(np.uint32)
    packed = BytesIO()
    np.savez_compressed(
        packed,
        header=np.frombuffer(json.dumps(_header(model), sort_keys=True).encode(), dtype=np.uint8),
        gaps=np.diff(met, prepend=np.uint32(0)),
        counts=bayes.counts[:, met],
        texts=bayes.texts,
        weights=stacked.weights[met].astype(np.float16),
        squares=stacked.squares[met].astype(np.float32),
        tally=model.tally,
        scores=journal.scores.astype(np.float32),
        labels=journal.labels.astype(np.uint8),
        label_weights=journal.weights.astype(np.float32),
    )
    return packed.getvalue()


def version_of(packed: bytes) -> str:
    """Name these bytes, for the record of a decision."""
    return hashlib.sha256(packed).hexdigest()[:12]


def unpack(packed: bytes) -> HeadModel:
    """Return the model. Raises SiteModelUnreadable."""
    try:
        with np.load(BytesIO(packed), allow_pickle=False) as arrays:
            return _model({name: _checked(arrays[name]) for name in arrays.files})
    except (BadZipFile, OSError, EOFError, KeyError, ValueError, TypeError, IndexError, OverflowError) as error:
        raise SiteModelUnreadable(f"not a site model of this version: {type(error).__name__}") from error


def _checked(array: NDArray[Any]) -> NDArray[Any]:
    if array.nbytes > MAX_ARRAY_BYTES:
        raise ValueError("too large")
    return array


def _header(model: HeadModel) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "bits": BITS,
        "languages": list(LANGUAGES),
        "shipped_version": model.shipped_version,
        "frame": asdict(model.stacked.frame),
        "platts": {kind.name: asdict(platt) for kind, platt in sorted(model.platts.items())},
        "choice": model.choice.name,
        "bands": asdict(model.bands),
        "labels_since_fit": model.labels_since_fit,
    }


def _model(arrays: dict[str, NDArray[Any]]) -> HeadModel:
    header = json.loads(arrays["header"].tobytes())
    if (header["format"], header["bits"], header["languages"]) != (FORMAT, BITS, list(LANGUAGES)):
        raise ValueError("made for another version")
    met = np.cumsum(arrays["gaps"], dtype=np.int64)
    return HeadModel(
        shipped_version=str(header["shipped_version"]),
        bayes=NaiveBayes(_spread(arrays["counts"], met), arrays["texts"].astype(np.float64).reshape(2)),
        stacked=Stacked(Frame(**header["frame"]), _spread(arrays["weights"], met), _spread(arrays["squares"], met)),
        journal=_journal(arrays),
        tally=arrays["tally"].astype(np.int64).reshape(2, len(LANGUAGES), 2),
        platts={Kind[name]: Platt(**values) for name, values in header["platts"].items()},
        choice=Kind[header["choice"]],
        bands=SiteBands(**header["bands"]),
        labels_since_fit=int(header["labels_since_fit"]),
    )


def _spread(values: NDArray[Any], met: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the values at their features' places, zero elsewhere."""
    whole = np.zeros((*values.shape[:-1], SIZE), dtype=np.float32)
    whole[..., met] = values
    return whole


def _journal(arrays: dict[str, NDArray[Any]]) -> Journal:
    labels = arrays["labels"].astype(np.float64)
    scores = arrays["scores"].astype(np.float64).reshape(labels.size, len(Kind))
    return Journal(scores, labels, arrays["label_weights"].astype(np.float64).reshape(labels.size))
