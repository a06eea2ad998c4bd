"""Fit the linear models, turn their scores into probabilities, and join them into one weight matrix."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from training.corpus import Corpus
from training.examples import Example

MAX_ITERATIONS = 150
TOLERANCE = 2e-6  # on the gradient of the mean loss: the default stops far too early on this much text


@dataclass(frozen=True, slots=True)
class Linear:
    """One head: a weight for every column of the corpus, and what an empty text scores."""

    weights: NDArray[np.float64]
    intercept: float

    def plus(self, other: "Linear", share: float) -> "Linear":
        """Return this model's log-odds plus `share` times the other's, as one model."""
        return Linear(self.weights + share * other.weights, self.intercept + share * other.intercept)

    def logits(self, corpus: Corpus, examples: Sequence[Example]) -> NDArray[np.float64]:
        """Return the log-odds of each example."""
        scores: NDArray[np.float64] = corpus.take(example.text for example in examples) @ self.weights
        return scores + self.intercept


def fit_binary(corpus: Corpus, examples: Sequence[Example], strength: float) -> Linear:
    """Return a logistic regression of all these examples. `strength` is sklearn's C."""
    [model] = fit_classes(corpus, examples, strength)
    return model


def fit_classes(corpus: Corpus, examples: Sequence[Example], strength: float) -> list[Linear]:
    """Return one linear model for each class of a softmax, or one alone for two classes."""
    fitted = LogisticRegression(C=strength, max_iter=MAX_ITERATIONS, tol=TOLERANCE).fit(
        corpus.take(example.text for example in examples),
        [example.target for example in examples],
        sample_weight=[example.weight for example in examples],
    )
    return [Linear(*pair) for pair in zip(fitted.coef_, fitted.intercept_.tolist(), strict=True)]


def calibrate(model: Linear, corpus: Corpus, examples: Sequence[Example], sources: frozenset[str]) -> Linear:
    """Return the model with its log-odds stretched and shifted to fit the held-out examples of `sources` (Platt).

    Both classes count the same: the probability is what it would be on a site where every second comment is one.
    How many there really are differs between sites, and each site's own layer learns it.
    """
    held_out = [example for example in examples if example.is_held_out and example.source in sources]
    logits = model.logits(corpus, held_out)
    fitted = LogisticRegression(C=1e6, class_weight="balanced").fit(
        logits[:, None], [example.target for example in held_out]
    )
    stretch, shift = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    return Linear(model.weights * stretch, model.intercept * stretch + shift)
