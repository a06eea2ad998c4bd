"""Score texts with somebody else's filter. Run by a Python that has it; uses nothing of ours.

`python peer_scores.py NAME SECONDS < texts.json` reads `{set: [text, …]}` and writes, for each set, scores and their
processor time. A set is scored from its first text until the seconds are over, so there may be fewer scores than texts.
"""

import importlib
import importlib.metadata
import json
import sys
import time
from collections.abc import Callable, Sequence

BATCH = 20
Score = Callable[[Sequence[str]], list[float]]


def alt_profanity_check() -> Score:
    """Return a linear model's probability that a text is offensive."""
    checker = importlib.import_module("profanity_check")
    return lambda texts: [float(score) for score in checker.predict_prob(list(texts))]


def better_profanity() -> Score:
    """Return 1 for a text that holds a word of a long list, in any of its spellings."""
    profanity = importlib.import_module("better_profanity").profanity
    profanity.load_censor_words()
    return lambda texts: [float(profanity.contains_profanity(text)) for text in texts]


PEERS = {"alt-profanity-check": alt_profanity_check, "better-profanity": better_profanity}


def within(score: Score, texts: Sequence[str], seconds: float) -> dict[str, object]:
    """Return the scores of as many texts as there was time for."""
    scores: list[float] = []
    started, cpu_started = time.perf_counter(), time.process_time()
    while len(scores) < len(texts) and time.perf_counter() - started < seconds:
        scores += score(texts[len(scores) : len(scores) + BATCH])
    return {"scores": scores, "cpu_seconds": time.process_time() - cpu_started}


def main() -> None:
    """Read the texts, score them, write the scores."""
    name, seconds = sys.argv[1], float(sys.argv[2])
    score = PEERS[name]()
    sets = {key: within(score, texts, seconds) for key, texts in json.load(sys.stdin).items()}
    json.dump({"version": importlib.metadata.version(name), "sets": sets}, sys.stdout)


if __name__ == "__main__":
    main()
