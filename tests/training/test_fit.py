from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="training needs training/requirements.txt")

from training.corpus import build_corpus
from training.examples import Example
from training.first_stage import Trained
from training.fit import calibrate, fit_binary, fit_classes
from training.ship import ship
from workers.model import Head, Language
from workers.normalise import normalise

GOOD = [f"what a lovely day number {number} it is" for number in range(40)]
BAD = [f"what a horrible day number {number} it is" for number in range(40)]
HELD = [f"such a {kind} day" for kind in ("lovely", "horrible") for _ in range(5)]


def some_examples(source: str = "kaggle_insults") -> list[Example]:
    learnt = [Example(text, int(text in BAD), 1.0, source) for text in (*GOOD, *BAD)]
    return learnt + [Example(f"{text} {i}", int("horrible" in text), 1.0, source, True) for i, text in enumerate(HELD)]


def test_a_fitted_head_tells_its_classes_apart_and_calibration_keeps_the_order() -> None:
    examples = some_examples()
    corpus = build_corpus(example.text for example in examples)

    model = fit_binary(corpus, examples, 5.0)
    calibrated = calibrate(model, corpus, examples, frozenset({"kaggle_insults"}))

    plain, fitted = model.logits(corpus, examples), calibrated.logits(corpus, examples)
    assert plain[:40].max() < plain[40:80].min()
    assert np.array_equal(np.argsort(plain), np.argsort(fitted))


def test_what_is_shipped_scores_as_what_was_trained(tmp_path: Path) -> None:
    examples = some_examples()
    corpus = build_corpus(example.text for example in examples)
    model = fit_binary(corpus, examples, 5.0)
    classes = [Example(text, number % len(Language), 1.0, "own") for number, text in enumerate(GOOD)]
    languages = fit_classes(corpus, classes, 5.0)
    trained = Trained(corpus, dict.fromkeys(Head, examples), languages, dict.fromkeys(Head, model))

    stage = ship(trained, {"seed": 1}, tmp_path / "some.json")

    texts = [example.text for example in examples]
    shipped = [score.spam for score in stage.score([normalise(text) for text in texts])]
    wanted = 1 / (1 + np.exp(-model.logits(corpus, examples)))
    assert shipped == pytest.approx(wanted.tolist(), abs=0.05)


def test_training_twice_writes_the_same_bytes(tmp_path: Path) -> None:
    examples = some_examples()

    for name in ("one", "two"):
        corpus = build_corpus(example.text for example in examples)
        models = fit_classes(corpus, [Example(text, i % 6, 1.0, "own") for i, text in enumerate(GOOD)], 5.0)
        head = fit_binary(corpus, examples, 5.0)
        ship(
            Trained(corpus, dict.fromkeys(Head, examples), models, dict.fromkeys(Head, head)),
            {},
            tmp_path / f"{name}.json",
        )

    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    assert (tmp_path / "one.json").read_text() == (tmp_path / "two.json").read_text()
