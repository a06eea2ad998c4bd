"""The bars that are set on the datasets' texts, through the product as a new site meets it.

Rule: a bar stands only on rows that no shipped model was trained on; a figure on others says so in its name.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.accuracy.measured import Measured, false_positives, held_as_bad, ranked, share_of, sure_it_is_bad
from benchmarks.accuracy.product import Judged, Product
from training.datasets import Row, read
from training.evaluate import identity_term, plainly_insulting
from training.examples import TWITTER_MARKS
from training.obfuscate import ATTACKS, hide
from workers.model import Language

SEED = 7
OTHER_SETS = ("jigsaw_subset", "stormfront", "surge_toxicity", "olid", "socc_news_comments", "identity_templates")
HEADLINE_LANGUAGES = {Language.HAUSA, Language.YORUBA, Language.IGBO}
_WAR = re.compile(
    r"\b(?:war|wars|kill|kills|killed|killing|attack|attacks|attacked|bomb\w*|soldiers?|troops|army|bandits?|gunmen"
    r"|strikes?|airstrikes?|boko haram|terroris\w+|murder\w*|kidnap\w*|yaƙi|ogun|agha)\b",
    re.IGNORECASE,
)
"""News of war and crime, wherever the publisher filed it: there is no such category in the set."""


def measure_insults(product: Product, folder: Path) -> Iterator[Measured]:
    """Yield how well insults under news are told from other comments."""
    rows = read(folder / "dev", "kaggle_insults")
    yield from ranked("insults", _judged(product, rows), (row.is_positive for row in rows), 0.88)


def measure_news_comments(product: Product, folder: Path) -> Iterator[Measured]:
    """Yield the false positives among real, clean comments under news (SOCC)."""
    judged = _judged(product, [row for row in read(folder / "dev", "socc_news_comments") if not row.is_positive])
    yield from false_positives("SOCC news comments", judged, 0.08)
    share = share_of(judged, sure_it_is_bad)
    yield Measured("SOCC news comments: false positives at reject", share, len(judged), 0.003)


def measure_headlines(product: Product, folder: Path) -> Iterator[Measured]:
    """Yield false positives among MasakhaNEWS headlines, of war and politics apart, and languages recognised."""
    rows = read(folder / "dev", "masakhanews")
    pairs = list(zip(rows, _judged(product, rows), strict=True))
    yield from false_positives("MasakhaNEWS", [judged for _, judged in pairs], 0.005)
    hard = [judged for row, judged in pairs if row.extra["category"] == "politics" or _WAR.search(row.text)]
    yield from false_positives("MasakhaNEWS war and politics", hard, 0.005)
    for language in (Language.HAUSA, Language.IGBO, Language.YORUBA, Language.ENGLISH, Language.PIDGIN):
        told = [judged for row, judged in pairs if row.extra["lang"] == language]
        bar = 0.98 if language in HEADLINE_LANGUAGES else None
        yield _recognised(f"language of headlines in {language}", told, language, bar)


def measure_tweets(product: Product, folder: Path) -> Iterator[Measured]:
    """Yield false positives on benign tweets, and languages recognised among tweets and English comments."""
    rows = [row for row in read(folder / "train", "naijasenti") if row.is_held_out]
    benign = [row for row in rows if row.label != "negative"]
    yield from false_positives("NaijaSenti", _judged(product, benign), 0.005, note=_languages(benign))
    by_language = {Language.ENGLISH: [row.text for row in read(folder / "dev", "kaggle_insults")]}
    for row in rows:
        # Names and links are the same in every language.
        by_language.setdefault(Language(row.extra["lang"]), []).append(TWITTER_MARKS.sub(" ", row.text))
    right = total = 0
    for language, texts in by_language.items():
        found = _recognised(f"language of texts in {language}", list(product.judge_all(texts)), language)
        right, total = right + round((found.value or 0.0) * found.n), total + found.n
        yield found
    yield Measured("language of tweets and English comments", right / total, total, 0.98, higher_is_better=True)


def measure_identity(product: Product, folder: Path) -> Iterator[Measured]:
    """Yield how far apart identity terms lie in false positives on benign template sentences."""
    rows = [row for row in read(folder / "dev", "identity_templates") if not row.is_positive]
    by_term: dict[str, list[Judged]] = defaultdict(list)
    for row, judged in zip(rows, _judged(product, rows), strict=True):
        by_term[identity_term(row)].append(judged)
    rates = {term: share_of(judged, held_as_bad) for term, judged in by_term.items() if len(judged) >= 10}
    worst = max(rates, key=lambda term: rates[term])
    spread, note = max(rates.values()) - min(rates.values()), f"worst term: {worst}"
    yield Measured("identity templates: spread of false positives", spread, len(rows), 0.25, note=note)
    yield from false_positives("identity templates", [judged for each in by_term.values() for judged in each])


def measure_hiding(product: Product, folder: Path) -> Iterator[Measured]:
    """Yield, for each way of hiding an insult, the recall at hold as a share of the recall on the plain text."""
    texts, words = plainly_insulting(folder)
    chance = random.Random(SEED)
    plain = share_of(list(product.judge_all(texts)), _is_held_as_abuse)
    yield Measured("hiding: recall at hold of plain insults", plain, len(texts))
    for name, attack in ATTACKS.items():
        judged = list(product.judge_all(hide(text, words, attack, chance) for text in texts))
        kept = share_of(judged, _is_held_as_abuse) / plain
        yield Measured(f"hiding: recall kept, {name}", kept, len(texts), 0.90, higher_is_better=True)


def measure_other_sets(product: Product, folder: Path) -> Iterator[Measured]:
    """Yield what the product finds and wrongly holds in texts of other kinds. No bar: they are told."""
    for name in OTHER_SETS:
        rows = read(folder / "dev", name)
        yield from ranked(name, _judged(product, rows), (row.is_positive for row in rows))


MEASUREMENTS: tuple[Callable[[Product, Path], Iterator[Measured]], ...] = (
    measure_insults,
    measure_news_comments,
    measure_headlines,
    measure_tweets,
    measure_identity,
    measure_hiding,
    measure_other_sets,
)


def _judged(product: Product, rows: list[Row]) -> list[Judged]:
    return list(product.judge_all(row.text for row in rows))


def _languages(rows: list[Row]) -> str:
    counted = Counter(row.extra["lang"] for row in rows)
    return ", ".join(f"{count:,} {language}" for language, count in sorted(counted.items()))


def _is_held_as_abuse(judged: Judged) -> bool:
    return judged.abuse.is_held


def _recognised(name: str, judged: list[Judged], language: Language, bar: float | None = None) -> Measured:
    right = share_of(judged, lambda each: each.language == language)
    return Measured(name, right, len(judged), bar, higher_is_better=True)
