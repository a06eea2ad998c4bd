"""The figures of a file are those of the product's own decisions."""

import csv
import json
from pathlib import Path

import pytest

from benchmarks.accuracy.any_file import measure_file, rates
from benchmarks.accuracy.product import Product, acceptable, family_score
from comments.signal import Category, Signal, Weight
from workers.checks.reading import Estimate

INSULT, THREAT = "You stupid idiot, shut your mouth", "I will kill you and burn your house"
FAIR = "The ministers should explain why nobody was told before the strikes."
HAUSA = "Ina ganin ya kamata a mayar da jakadun bisa aiki yau"


@pytest.fixture(scope="module")
def product() -> Product:
    return Product()


def written(folder: Path, rows: list[tuple[str, int]]) -> Path:
    path = folder / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return path


def test_figures_count_what_the_product_holds(product: Product, tmp_path: Path) -> None:
    path = written(tmp_path, [(INSULT, 1), (THREAT, 1), (HAUSA, 1), (FAIR, 0), (HAUSA, 0), (f"{INSULT}!", 0)])

    found = measure_file(product, "abuse", path)

    assert (found["n"], found["positives"], found["skipped"], found["no_opinion"]) == (6, 3, 0, 2)
    assert found["at_hold"] == {"precision": 0.66667, "recall": 0.66667, "fpr": 0.33333}
    assert found["at_reject"] == {"precision": None, "recall": 0.0, "fpr": 0.0}
    assert json.dumps(found)


def test_rules_rank_high_where_the_models_have_no_opinion(product: Product) -> None:
    [hidden, fair, foreign] = product.judge_batch([f"{HAUSA}. {THREAT}. {HAUSA}. {HAUSA}. {HAUSA}", FAIR, HAUSA])
    assert hidden.abuse.probability is None, "else this proves nothing"
    assert foreign.abuse.probability is None
    assert hidden.abuse.score > 0.5 > fair.abuse.score
    assert foreign.abuse.score <= fair.abuse.score, "no opinion never ranks above a clear no"


def test_benign_file_counts_false_alarms_of_both_kinds(product: Product, tmp_path: Path) -> None:
    spam = "Apply for an affordable loan today, no collateral, guaranteed approval within 24 hours"
    found = measure_file(product, "benign", written(tmp_path, [(INSULT, 0), (spam, 0), (FAIR, 0), (HAUSA, 0)]))
    assert found["at_hold"] == {"fpr": 0.5}
    assert "auc" not in found


def test_file_of_one_class_has_no_auc(product: Product, tmp_path: Path) -> None:
    found = measure_file(product, "abuse", written(tmp_path, [(FAIR, 0)]))
    assert (found["auc"], found["at_hold"]["recall"], found["at_hold"]["fpr"]) == (None, None, 0.0)


def test_file_without_a_row_gives_no_figures(product: Product, tmp_path: Path) -> None:
    found = measure_file(product, "abuse", written(tmp_path, []))
    assert (found["n"], found["auc"], found["comments_per_second"]) == (0, None, None)


def test_batches_do_not_change_what_a_text_gets(product: Product) -> None:
    texts = [f"{INSULT} {number}" if number % 3 else f"{FAIR} {number}" for number in range(300)]
    assert list(product.judge_all(iter(texts))) == [product.judge_batch([text])[0] for text in texts]


def test_notes_and_shadows_do_not_count_in_a_score() -> None:
    signals = [
        Signal("a", "1", Category.INSULT, 0.9, Weight.NOTE, "x"),
        Signal("a", "1", Category.INSULT, 0.9, Weight.SOFT, "x", shadow=True),
        Signal("a", "1", Category.INSULT, 0.2, Weight.SOFT, "x"),
        Signal("a", "1", Category.INSULT, 0.5, Weight.SOFT, "x"),
        Signal("a", "1", Category.THREAT, 0.55, Weight.HOLD, "x"),
    ]
    assert family_score(signals, None) == pytest.approx(0.6)
    assert family_score(signals, Estimate(0.95, 0.5, 0.9, "model", tuple)) > 0.9
    assert family_score([], None) == 0.0


def test_rates_of_nothing_are_none() -> None:
    assert rates([], []) == {"precision": None, "recall": None, "fpr": None}


def test_texts_are_judged_as_the_service_takes_them() -> None:
    assert acceptable(" a\r\nb\x00c\ud800d ") == "a\nb c d"
    assert len(acceptable("x" * 9_999)) == 5_000
