"""Other filters on the same rows as ours: two packages where a Python that has them is named, and plain word lists."""

import json
import random
import re
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.accuracy.any_file import share
from benchmarks.accuracy.peer_scores import PEERS
from benchmarks.accuracy.product import Judged, Product
from training.datasets import read
from training.evaluate import plainly_insulting
from training.measures import auc
from training.obfuscate import ATTACKS, hide

SEED = 7
SECONDS_A_SET = 25.0
THRESHOLD = 0.5
MAX_TEXTS = 2_000
SCRIPT = Path(__file__).with_name("peer_scores.py")
BENIGN = ("SOCC news comments", "MasakhaNEWS", "identity templates")
INSULTS, HIDDEN = "insults", "hidden insults"


@dataclass(frozen=True, slots=True)
class Scored:
    """What a filter said of the first texts of each set, and how long it took in all."""

    version: str
    scores: dict[str, list[float]]
    cpu_seconds: float


def compare(product: Product, folder: Path, python: str | None) -> dict[str, Any]:
    """Return a row for each filter: its figures, and ours on the very same texts. Says which could not be asked."""
    sets, labels = _sets(folder)
    ours = {name: list(product.judge_all(texts)) for name, texts in sets.items()}
    listed, missing = _word_lists(folder, sets), {}
    for name in PEERS:
        try:
            listed[name] = _asked(python, name, sets)
        except (OSError, subprocess.CalledProcessError, ValueError):
            missing[name] = "not importable there" if python else "no --peers PATH_TO_PYTHON was given"
    return {"rows": {name: _row(each, ours, labels) for name, each in listed.items()}, "missing": missing}


def _sets(folder: Path) -> tuple[dict[str, list[str]], list[bool]]:
    """Return the texts in one random order, so that a slow filter's first texts are a fair sample."""
    chance = random.Random(SEED)
    insults = read(folder / "dev", "kaggle_insults")
    chance.shuffle(insults)
    plain, words = plainly_insulting(folder)
    hidden = [hide(text, words, attack, chance) for attack in ATTACKS.values() for text in plain]
    sets = {INSULTS: [row.text for row in insults], HIDDEN: hidden}
    sources = ("socc_news_comments", "masakhanews", "identity_templates")
    for name, source in zip(BENIGN, sources, strict=True):
        rows = read(folder / "dev", source)
        # Headlines have languages where the others have labels: all of them are benign.
        sets[name] = [row.text for row in rows if source == "masakhanews" or not row.is_positive]
    for name in (HIDDEN, *BENIGN):
        chance.shuffle(sets[name])
        del sets[name][MAX_TEXTS:]
    return sets, [row.is_positive for row in insults]


def _asked(python: str | None, name: str, sets: dict[str, list[str]]) -> Scored:
    if python is None:
        raise ValueError("there is nobody to ask")
    command = [python, "-W", "ignore", str(SCRIPT), name, str(SECONDS_A_SET)]
    done = subprocess.run(command, input=json.dumps(sets), capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    scores = {key: each["scores"] for key, each in found["sets"].items()}
    return Scored(found["version"], scores, sum(each["cpu_seconds"] for each in found["sets"].values()))


def _word_lists(folder: Path, sets: dict[str, list[str]]) -> dict[str, Scored]:
    words = sorted({row.text.lower() for row in read(folder / "lists", "surge_profanity_words")}, key=len, reverse=True)
    anywhere = re.compile("|".join(map(re.escape, words)))
    whole = re.compile(rf"(?<!\w)(?:{anywhere.pattern})(?!\w)")
    return {
        "word list, anywhere in the text": _matched(anywhere.search, sets),
        "word list, whole words": _matched(whole.search, sets),
    }


def _matched(search: Callable[[str], object], sets: dict[str, list[str]]) -> Scored:
    started = time.process_time()
    scores = {name: [float(search(text.lower()) is not None) for text in texts] for name, texts in sets.items()}
    return Scored("surge_profanity_words", scores, time.process_time() - started)


def _row(scored: Scored, ours: dict[str, list[Judged]], labels: Sequence[bool]) -> dict[str, Any]:
    n = len(scored.scores[INSULTS])
    told = labels[:n]
    peer = {"auc": _auc(scored.scores[INSULTS], told), **_shares(scored.scores, told)}
    same = {name: judged[: len(scored.scores[name])] for name, judged in ours.items()}
    # Held is 1 and not held is 0, which any threshold between them finds again.
    held = {name: [float(each.abuse.is_held) for each in judged] for name, judged in same.items()}
    product = {"auc": _auc([each.abuse.score for each in same[INSULTS]], told), **_shares(held, told)}
    total = sum(map(len, scored.scores.values()))
    return {
        "version": scored.version,
        "n": {name: len(scores) for name, scores in scored.scores.items()},
        "per_second": round(total / scored.cpu_seconds, 1),
        "peer": peer,
        "product": product,
    }


def _shares(scores: dict[str, list[float]], labels: Sequence[bool]) -> dict[str, float | None]:
    called = {name: [score >= THRESHOLD for score in each] for name, each in scores.items()}
    pairs = list(zip(called[INSULTS], labels, strict=True))
    return {
        "recall": share([is_called for is_called, label in pairs if label]),
        "recall of hidden insults": share(called[HIDDEN]),
        "false positives, insults set": share([is_called for is_called, label in pairs if not label]),
        **{f"false positives, {name}": share(called[name]) for name in BENIGN},
    }


def _auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    pairs = list(zip(scores, labels, strict=True))
    return round(auc([s for s, label in pairs if label], [s for s, label in pairs if not label]), 4)
