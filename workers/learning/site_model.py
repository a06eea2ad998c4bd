"""One site's model for one head: learns a decision at a time, always predicting before it is told.

Rule: nothing here knows the store, the clock or another site.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workers.learning.bands import SiteBands, bands_of
from workers.learning.calibration import Platt, fit_platt, log_loss
from workers.learning.features import Indices
from workers.learning.journal import Journal, Kind, Numbers
from workers.learning.labels import MAX_WORD_WEIGHT
from workers.learning.naive_bayes import NaiveBayes, scale_of
from workers.learning.stacked import Stacked, unit_of
from workers.model.heads import Language

MIN_LABELS = 30
"""A class with fewer labels is not known well enough to have an opinion."""
MIN_TO_CALIBRATE = 10
"""Of each label, among the last 500. Where abuse is rarer still, there is no opinion: two numbers fit anything."""
REFIT_EVERY = 100
LANGUAGES = tuple(Language)


@dataclass(frozen=True, slots=True)
class Example:
    """A text as a site model sees it. `logit` is the shipped model's log-odds, None where it has no opinion."""

    indices: Indices
    logit: float | None
    language: Language


@dataclass(frozen=True, slots=True)
class Prediction:
    """A calibrated probability and who made it."""

    probability: float
    kind: Kind


@dataclass(slots=True)
class HeadModel:
    """What one site taught for one head, and what became of it.

    `tally[blind][language][label]` counts labels; a text is blind when the shipped model has no opinion on it. `platts`
    holds the kinds that are calibrated.
    """

    shipped_version: str
    bayes: NaiveBayes = field(default_factory=NaiveBayes)
    stacked: Stacked = field(default_factory=Stacked)
    journal: Journal = field(default_factory=Journal)
    tally: NDArray[np.int64] = field(default_factory=lambda: np.zeros((2, len(LANGUAGES), 2), dtype=np.int64))
    platts: dict[Kind, Platt] = field(default_factory=dict)
    choice: Kind = Kind.STACKED
    bands: SiteBands = field(default_factory=SiteBands)
    labels_since_fit: int = 0

    def predict(self, example: Example) -> Prediction | None:
        """Return the site's own opinion, None while too few decisions are learned for texts like this one."""
        # Where the shipped model is blind there is nothing to stack on.
        kind = Kind.BAYES if example.logit is None else self.choice
        known = self.labels_for(example.language, is_blind=example.logit is None)
        if kind not in self.platts or min(known) < MIN_LABELS:
            return None
        score = float(self._scores(example)[kind])
        return Prediction(self.platts[kind].probability(score), kind)

    def labels_for(self, language: Language, *, is_blind: bool) -> tuple[int, int]:
        """Return how many approved and rejected comments are known: of this language alone, if it is blind."""
        known = self.tally[1, LANGUAGES.index(language)] if is_blind else self.tally[0].sum(axis=0)
        return int(known[0]), int(known[1])

    def learn(self, example: Example, label: int, weight: float = 1.0) -> None:
        """Predict, then learn one label that stands for `weight` comments."""
        self.journal.note(self._scores(example), label, weight)
        word_weight = min(weight, MAX_WORD_WEIGHT)
        self.bayes.learn(example.indices, label, word_weight)
        if example.logit is not None:
            self.stacked.learn(example.indices, example.logit, label, word_weight)
        self.tally[int(example.logit is None), LANGUAGES.index(example.language), label] += 1
        self.labels_since_fit += 1
        if self._is_due():
            self.refit()

    def refit(self) -> None:
        """Calibrate each kind, choose the one that was least surprised, and set the bands."""
        self.labels_since_fit = 0
        for kind in Kind:
            rows = self.journal.having(kind)
            if rows.has_both(MIN_TO_CALIBRATE):
                self.platts[kind] = fit_platt(rows.scores[:, kind], rows.labels, rows.weights)
        losses = self.losses()
        self.choice = min(Kind, key=lambda kind: losses.get(kind, math.inf))
        approved = self.journal.approved()
        probabilities = self._chosen_probabilities(approved)
        known = ~np.isnan(probabilities)
        self.bands = bands_of(probabilities[known], approved.weights[known])

    def losses(self) -> dict[Kind, float]:
        """Return each kind's log-loss on the last labels that all of them had an opinion on, each made beforehand.

        Only the two numbers of each calibration were fitted on these labels. Empty while there are too few.
        """
        rows = self.journal.having(Kind.SHIPPED)
        if not rows.has_both(MIN_TO_CALIBRATE):
            return {}
        return {
            kind: log_loss(platt, rows.scores[:, kind], rows.labels, rows.weights)
            for kind, platt in sorted(self.platts.items())
        }

    def weights_of(self, indices: Indices, kind: Kind, total: Indices) -> Numbers:
        """Return the log-odds that each of `indices` adds to a text whose distinct features are `total`."""
        if kind is Kind.BAYES:
            return self.bayes.weights(indices) * (scale_of(total) * self.platts[kind].slope)
        if kind is Kind.STACKED:
            return self.stacked.weights[indices].astype(np.float64) * (unit_of(total) * self.platts[kind].slope)
        return np.zeros(indices.size)

    def _scores(self, example: Example) -> Numbers:
        scores = np.full(len(Kind), np.nan)
        scores[Kind.BAYES] = self.bayes.score(example.indices)
        if example.logit is not None:
            scores[Kind.SHIPPED] = example.logit
            scores[Kind.STACKED] = self.stacked.score(example.indices, example.logit)
        return scores

    def _chosen_probabilities(self, rows: Journal) -> Numbers:
        """Return what was predicted for each row, NaN where nothing was."""
        is_blind = np.isnan(rows.scores[:, Kind.SHIPPED])
        return np.where(is_blind, self._probabilities(rows, Kind.BAYES), self._probabilities(rows, self.choice))

    def _probabilities(self, rows: Journal, kind: Kind) -> Numbers:
        platt = self.platts.get(kind)
        return np.full(rows.labels.size, np.nan) if platt is None else platt.probabilities(rows.scores[:, kind])

    def _is_due(self) -> bool:
        # The second case is the moment when the first opinion becomes possible.
        is_first = Kind.BAYES not in self.platts and int(self.tally.sum(axis=(0, 1)).min()) == MIN_LABELS
        return is_first or self.labels_since_fit >= REFIT_EVERY
