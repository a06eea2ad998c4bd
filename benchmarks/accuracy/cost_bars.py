"""The bars on what checking costs: comments a second on one core, the slowest text, the size of the models."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.accuracy.measured import Measured
from benchmarks.accuracy.product import Product
from benchmarks.accuracy.slowest import slowest_steps
from comments.settings import SecondStageUse
from training.datasets import read
from workers.model.first_stage import SHIPPED_HEADER
from workers.reader import load_models
from workers.second_opinion import SecondOpinion
from workers.second_stage.scorer import SHIPPED_MODEL

COMMENT_CHARS = 322
TEXTS = 600
REPEATS = 3
MIN_PER_SECOND = 500.0
MAX_FIRST_STAGE_MB = 5.0
MAX_CHECK_MILLISECONDS = 50.0


def measure_speed(product: Product, folder: Path) -> Iterator[Measured]:
    """Yield comments a processor second through everything, on real comments cut to the length the bar names."""
    rows = (row.text for row in read(folder / "dev", "socc_news_comments"))
    texts = [text[:COMMENT_CHARS] for text in rows if len(text) >= COMMENT_CHARS][:TEXTS]
    together = _per_second(texts, lambda: product.judge_batch(texts))
    alone = _per_second(texts, lambda: [product.judge_batch([text]) for text in texts])
    name = f"comments of {COMMENT_CHARS} characters a second on one core"
    yield Measured(f"{name}, in batches", together, len(texts), MIN_PER_SECOND, higher_is_better=True)
    yield Measured(f"{name}, one at a time as a worker does", alone, len(texts), MIN_PER_SECOND, higher_is_better=True)


def measure_sizes() -> Iterator[Measured]:
    """Yield the sizes of the shipped models in MB."""
    first = _megabytes(SHIPPED_HEADER, SHIPPED_HEADER.with_suffix(".npz"))
    yield Measured("first-stage model files, MB", first, 2, MAX_FIRST_STAGE_MB)
    if SHIPPED_MODEL.exists():
        yield Measured("second-stage model file, MB", _megabytes(SHIPPED_MODEL), 1)


def measure_slowest() -> tuple[Measured, list[dict[str, Any]]]:
    """Return the most milliseconds of one step on a text made to be slow, and every step's."""
    slow = slowest_steps(load_models(SecondOpinion(SecondStageUse.OFF)))
    worst = slow[0]
    name = "slowest step on 200 texts made to be slow, CPU ms"
    figure = Measured(name, worst.milliseconds, 200, MAX_CHECK_MILLISECONDS, note=f"slowest: {worst.step}")
    return figure, [asdict(each) for each in slow]


def _per_second(texts: Sequence[str], work: Callable[[], object]) -> float:
    """Return the best of a few runs: the machine has other things to do, and they only ever slow it down."""
    seconds = []
    for _ in range(REPEATS):
        started = time.process_time()
        work()
        seconds.append(time.process_time() - started)
    return len(texts) / min(seconds)


def _megabytes(*paths: Path) -> float:
    return sum(path.stat().st_size for path in paths if path.exists()) / 1e6
