"""One site's model: when it speaks, how well it ranks, whom it trusts."""

import random

import numpy as np
import pytest

from tests.workers.learning.samples import a_text, an_example, stream, taught
from training.measures import auc
from workers.learning.bands import HOLD_SHARE, LOWEST_REJECT, bands_of
from workers.learning.journal import LENGTH, Kind
from workers.learning.site_model import MIN_LABELS, HeadModel
from workers.model import Language


def _prequential(model: HeadModel, count: int, seed: int = 3) -> tuple[list[float], list[float]]:
    """Learn a stream; return what was predicted beforehand for rejected and for approved texts."""
    found: tuple[list[float], list[float]] = ([], [])
    for text, label in stream(count, seed=seed):
        example = an_example(text)
        prediction = model.predict(example)
        if prediction is not None:
            found[1 - label].append(prediction.probability)
        model.learn(example, label)
    return found


def test_nothing_is_said_before_thirty_labels_of_each() -> None:
    model, chance = HeadModel("shipped-1"), random.Random(1)
    for number in range(MIN_LABELS):
        model.learn(an_example(a_text(True, chance)), 1)
        if number:
            model.learn(an_example(a_text(False, chance)), 0)
    asked = an_example(a_text(True, chance))
    early = model.predict(asked)

    model.learn(an_example(a_text(False, chance)), 0)

    assert early is None
    assert model.predict(asked) is not None


def test_blind_stream_is_ranked_within_250_labels() -> None:
    model = taught(250)

    rude, clean = _prequential(model, 250)

    assert len(rude) + len(clean) == 250
    assert auc(rude, clean) >= 0.9


def test_probabilities_are_calibrated() -> None:
    model = taught(300)

    rude, clean = _prequential(model, 400)

    assert np.mean(rude + clean) == pytest.approx(len(rude) / 400, abs=0.05)


def test_blind_text_is_left_to_naive_bayes() -> None:
    model = taught(300)

    found = model.predict(an_example(a_text(True, random.Random(2))))

    assert found is not None
    assert found.kind is Kind.BAYES


def test_language_nobody_taught_gets_no_opinion() -> None:
    model, text = taught(300, language=Language.YORUBA), a_text(True, random.Random(2))

    assert model.predict(an_example(text, language=Language.HAUSA)) is None
    assert model.predict(an_example(text, language=Language.YORUBA)) is not None


def test_informed_stream_keeps_what_the_shipped_model_knows() -> None:
    model, chance = HeadModel("shipped-1"), random.Random(4)
    found: tuple[list[float], list[float]] = ([], [])
    shipped: tuple[list[float], list[float]] = ([], [])
    for _ in range(600):
        label = int(chance.random() < 0.4)
        # The words say nothing here; only the shipped model knows.
        example = an_example(a_text(False, chance), logit=chance.gauss(2.0 if label else -2.0, 1.5))
        prediction = model.predict(example)
        if prediction is not None and example.logit is not None:
            found[1 - label].append(prediction.probability)
            shipped[1 - label].append(example.logit)
        model.learn(example, label)

    assert model.choice is not Kind.BAYES
    assert auc(*found) >= auc(*shipped) - 0.02


def test_words_are_learned_on_top_of_a_shipped_model_that_is_wrong() -> None:
    model, chance = HeadModel("shipped-1"), random.Random(5)

    for text, label in stream(400):
        model.learn(an_example(text, logit=chance.gauss(0.0, 1.0), language=Language.ENGLISH), label)

    losses = model.losses()
    assert model.choice is not Kind.SHIPPED
    assert losses[model.choice] == min(losses.values())
    assert losses[model.choice] < losses[Kind.SHIPPED] - 0.2


def test_journal_keeps_the_last_500_labels() -> None:
    model = taught(LENGTH + 40)

    assert model.journal.labels.size == LENGTH
    assert model.tally.sum() == LENGTH + 40


def test_hold_band_keeps_its_share_of_approved_comments() -> None:
    approved = np.random.default_rng(1).uniform(0.2, 0.8, 400)

    bands = bands_of(approved, np.ones(400))

    assert np.mean(approved >= bands.hold_at) <= HOLD_SHARE
    assert np.mean(approved >= bands.hold_at - 0.01) > 0.9 * HOLD_SHARE, "else it is needlessly high"
    assert bands.reject_at is not None
    assert bands.reject_at >= LOWEST_REJECT


def test_few_approvals_never_reject_unseen() -> None:
    assert bands_of(np.full(300, 0.1), np.ones(300)).reject_at is None
    assert bands_of(np.empty(0), np.empty(0)).reject_at is None


def test_audited_approval_moves_the_band_as_much_as_it_stands_for() -> None:
    approved = np.append(np.full(99, 0.2), 0.6)

    plain = bands_of(approved, np.ones(100)).hold_at
    audited = bands_of(approved, np.append(np.ones(99), 100.0)).hold_at

    assert plain < 0.6 < audited


def test_rare_audit_label_does_not_drown_the_words() -> None:
    model, text = taught(300), a_text(True, random.Random(6))
    before = model.bayes.texts.sum()

    model.learn(an_example(text), 0, weight=100.0)

    assert model.bayes.texts.sum() - before == pytest.approx(10)
    assert model.journal.weights[-1] == 100
