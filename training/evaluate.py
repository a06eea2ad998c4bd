"""Measure a loaded model against the bars, through the product's own run-time code.

Rule: nothing here is fitted; every figure comes from rows the model was not trained on.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.datasets import Row, read
from training.examples import TWITTER_MARKS
from training.measures import auc, share_at_least
from training.obfuscate import ATTACKS, hide
from workers.model import FirstStage, Head, Language, Scores
from workers.normalise import normalise


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number beside its bar. `bar` is None for figures that are only told."""

    name: str
    value: float
    bar: float | None = None
    higher_is_better: bool = False

    @property
    def is_met(self) -> bool:
        """Say whether the bar is reached; a figure without one always is."""
        if self.bar is None:
            return True
        return self.value >= self.bar if self.higher_is_better else self.value <= self.bar


Texts = Iterable[str]
Measurement = Callable[[FirstStage, Path], list[Figure]]


def scored(stage: FirstStage, texts: Texts) -> list[Scores]:
    """Return the scores of the texts as typed."""
    return stage.score([normalise(text) for text in texts])


def abuse_of(scores: Sequence[Scores]) -> list[float]:
    """Return abuse probabilities, 0 where there is no opinion: such a text is never held for abuse."""
    return [score.abuse.probability if score.abuse else 0.0 for score in scores]


def measure_insults(stage: FirstStage, folder: Path) -> list[Figure]:
    """Return how well insults under news are told from other comments."""
    rows = read(folder / "dev", "kaggle_insults")
    scores = scored(stage, (row.text for row in rows))
    positives, negatives = _split(rows, abuse_of(scores))
    bands = stage.bands(Head.ABUSE)
    return [
        Figure("insults: AUC", auc(positives, negatives), 0.88, higher_is_better=True),
        Figure("insults: recall at hold", share_at_least(positives, bands.hold_at)),
        Figure("insults: false positives at hold", share_at_least(negatives, bands.hold_at)),
        Figure("insults: recall at reject", share_at_least(positives, bands.reject_at)),
        Figure("insults: false positives at reject", share_at_least(negatives, bands.reject_at)),
        Figure("insults: no opinion", sum(score.abuse is None for score in scores) / len(rows)),
    ]


def measure_other_domains(stage: FirstStage, folder: Path) -> list[Figure]:
    """Return the AUC on text of other kinds than comments under news."""
    figures = []
    for name in ("jigsaw_subset", "stormfront", "surge_toxicity", "olid", "identity_templates"):
        rows = read(folder / "dev", name)
        positives, negatives = _split(rows, abuse_of(scored(stage, (row.text for row in rows))))
        figures.append(Figure(f"{name}: AUC", auc(positives, negatives)))
        figures.append(Figure(f"{name}: recall at hold", share_at_least(positives, stage.bands(Head.ABUSE).hold_at)))
    return figures


def measure_news_comments(stage: FirstStage, folder: Path) -> list[Figure]:
    """Return the false positives among real, clean comments under news (SOCC)."""
    clean = [row.text for row in read(folder / "dev", "socc_news_comments") if not row.is_positive]
    scores = scored(stage, clean)
    bands, abuse = stage.bands(Head.ABUSE), abuse_of(scores)
    spam = [score.spam for score in scores]
    return [
        Figure("SOCC: false positives at hold", share_at_least(abuse, bands.hold_at), 0.08),
        Figure("SOCC: false positives at reject", share_at_least(abuse, bands.reject_at), 0.003),
        Figure("SOCC: spam false positives at .5", share_at_least(spam, 0.5), 0.01),
        Figure("SOCC: spam false positives at hold", share_at_least(spam, stage.bands(Head.SPAM).hold_at), 0.01),
        Figure("SOCC: spam false positives at reject", share_at_least(spam, stage.bands(Head.SPAM).reject_at), 0.003),
    ]


def measure_headlines(stage: FirstStage, folder: Path) -> list[Figure]:
    """Return languages recognised and false positives among MasakhaNEWS headlines."""
    rows = read(folder / "dev", "masakhanews")
    scores = scored(stage, (row.text for row in rows))
    abuse, hold_at = abuse_of(scores), stage.bands(Head.ABUSE).hold_at
    hard = [score for row, score in zip(rows, abuse, strict=True) if row.extra["category"] == "politics"]
    figures = [
        Figure("MasakhaNEWS: false positives at hold", share_at_least(abuse, hold_at), 0.005),
        Figure("MasakhaNEWS politics: false positives at hold", share_at_least(hard, hold_at), 0.005),
        Figure("MasakhaNEWS: spam at .5", share_at_least([score.spam for score in scores], 0.5)),
    ]
    for language in (Language.ENGLISH, Language.PIDGIN, Language.HAUSA, Language.YORUBA, Language.IGBO):
        found = [s.language == language for r, s in zip(rows, scores, strict=True) if r.extra["lang"] == language]
        bar = 0.98 if language in {Language.HAUSA, Language.YORUBA, Language.IGBO} else None
        figures.append(Figure(f"headlines in {language}", sum(found) / len(found), bar, higher_is_better=True))
    return figures


def measure_tweets(stage: FirstStage, folder: Path) -> list[Figure]:
    """Return languages recognised among held-out tweets and English comments, and false positives on benign tweets."""
    rows = [row for row in read(folder / "train", "naijasenti") if row.is_held_out]
    scores = scored(stage, (row.text for row in rows))
    benign = [score for row, score in zip(rows, abuse_of(scores), strict=True) if row.label != "negative"]
    clean = scored(stage, (TWITTER_MARKS.sub(" ", row.text) for row in rows))
    english = scored(stage, (row.text for row in read(folder / "dev", "kaggle_insults")))
    truths = [Language(row.extra["lang"]) for row in rows] + [Language.ENGLISH] * len(english)
    pairs = list(zip(truths, [*clean, *english], strict=True))
    figures = [
        Figure("NaijaSenti: false positives at hold", share_at_least(benign, stage.bands(Head.ABUSE).hold_at), 0.005),
        Figure("tweets and English: language", _right(pairs), 0.98, higher_is_better=True),
    ]
    figures += [
        Figure(f"  of these {language}", _right([pair for pair in pairs if pair[0] == language]))
        for language in dict.fromkeys(truths)
    ]
    return figures


def measure_identity(stage: FirstStage, folder: Path) -> list[Figure]:
    """Return how far apart identity terms lie in false positives on benign template sentences."""
    hold_at, by_term = stage.bands(Head.ABUSE).hold_at, defaultdict(list)
    benign = [row for row in read(folder / "dev", "identity_templates") if not row.is_positive]
    for row, abuse in zip(benign, abuse_of(scored(stage, (row.text for row in benign))), strict=True):
        by_term[identity_term(row)].append(abuse >= hold_at)
    rates = {term: sum(held) / len(held) for term, held in by_term.items() if len(held) >= 10}
    worst = max(rates, key=lambda term: rates[term])
    return [
        Figure("identity templates: spread of false positives", max(rates.values()) - min(rates.values()), 0.25),
        Figure(f"identity templates: worst term ({worst})", rates[worst]),
        Figure("identity templates: false positives", sum(map(sum, by_term.values())) / len(benign)),
    ]


def identity_term(row: Row) -> str:
    """Return the group a template sentence names: "Lucas is a repulsive blind" → "blind"."""
    words = row.text.lower().split()
    if row.extra["template"] == "being_adj":
        return " ".join(words[1:-2])
    return " ".join(words[4:] if row.extra["template"] == "name_adj" else words[1:])


def measure_hiding(stage: FirstStage, folder: Path) -> list[Figure]:
    """Return, for each way of hiding an insult, the recall at hold as a share of the recall on the plain text."""
    texts, words = plainly_insulting(folder)
    hold_at, chance = stage.bands(Head.ABUSE).hold_at, random.Random(7)
    plain = share_at_least(abuse_of(scored(stage, texts)), hold_at)
    figures = [Figure("hiding: recall on plain insults", plain)]
    for name, attack in ATTACKS.items():
        hidden = scored(stage, (hide(text, words, attack, chance) for text in texts))
        kept = share_at_least(abuse_of(hidden), hold_at) / plain
        figures.append(Figure(f"hiding: recall kept, {name}", kept, 0.90, higher_is_better=True))
    return figures


def plainly_insulting(folder: Path) -> tuple[list[str], frozenset[str]]:
    """Return the insults under news that say it with a known word, and the known words: what people would hide."""
    profane = read(folder / "lists", "surge_profanity_words")
    words = frozenset(row.text.lower() for row in profane) | frozenset(PLAIN_INSULTS.split(","))
    texts = [row.text for row in read(folder / "dev", "kaggle_insults") if row.is_positive]
    return [text for text in texts if words & {part.strip(".,!?\"'").lower() for part in text.split()}], words


PLAIN_INSULTS = (
    "idiot,idiots,moron,morons,stupid,fool,fools,loser,losers,dumb,dumbass,pathetic,scum,liar,ignorant,clown"
)

MEASUREMENTS: tuple[Measurement, ...] = (
    measure_insults,
    measure_news_comments,
    measure_headlines,
    measure_tweets,
    measure_identity,
    measure_hiding,
    measure_other_domains,
)


def measure_all(stage: FirstStage, folder: Path) -> list[Figure]:
    """Return every figure, in the order of the bars."""
    return [figure for measure in MEASUREMENTS for figure in measure(stage, folder)]


def _split(rows: Sequence[Row], scores: Sequence[float]) -> tuple[list[float], list[float]]:
    pairs = list(zip(rows, scores, strict=True))
    return [s for row, s in pairs if row.is_positive], [s for row, s in pairs if not row.is_positive]


def _right(pairs: Sequence[tuple[Language, Scores]]) -> float:
    return sum(truth == scores.language for truth, scores in pairs) / len(pairs)
