"""What a site's own moderators taught, asked about one comment. Each site is asked for itself alone.

learner = SiteLearner(store.learning, stage.version)   # once a process
learner.refresh({claimed.site.id, …})       # once a batch: reads versions, and states that have changed
found = learner.score(site_id, normalised, scores)   # {Head.SPAM: SiteScore or None, Head.ABUSE: …}
"""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from workers.learning.features import SiteFeatures
from workers.learning.journal import Kind
from workers.learning.labels import HEADS
from workers.learning.lessons import example_of, logit_of
from workers.learning.packing import SiteModelUnreadable, unpack
from workers.learning.site_model import MIN_LABELS, Example, HeadModel
from workers.model import Head, Scores, WordEvidence
from workers.model.evidence import weigh_words
from workers.normalise import Normalised

log = structlog.get_logger()

# A model takes about 5 MB once unpacked.
CACHED_SITES = 16
MAX_WORDS = 5


class Packed(Protocol):
    """A stored model."""

    @property
    def version(self) -> str:
        """Name of the bytes."""

    @property
    def state(self) -> bytes:
        """The packed model."""


class ModelSource(Protocol):
    """Where active models come from: `store.learning`."""

    def active_versions(self, site_ids: Collection[int]) -> Mapping[int, Mapping[str, str]]:
        """Return {site: {head: version}}."""

    def active(self, site_id: int) -> Mapping[str, Packed]:
        """Return {head: model}."""


@dataclass(frozen=True, slots=True)
class SiteScore:
    """A site model's opinion on one comment. `words` are what speaks for it, strongest first, if it would be held.

    `kind` says who had it: BAYES (the words alone), STACKED (the words on top of the shipped model) or SHIPPED (the
    shipped model, calibrated to this site). `reject_at` is None while too few approvals are known to reject unseen.
    """

    probability: float
    hold_at: float
    reject_at: float | None
    kind: Kind
    version: str
    labels: int
    words: tuple[WordEvidence, ...] = ()

    @property
    def is_doubtful(self) -> bool:
        """Say whether a person should look."""
        return self.probability >= self.hold_at

    @property
    def is_certain(self) -> bool:
        """Say whether it may be rejected unseen."""
        return self.reject_at is not None and self.probability >= self.reject_at


@dataclass(frozen=True, slots=True)
class _Site:
    versions: Mapping[str, str]
    models: dict[Head, HeadModel] = field(default_factory=dict)


class SiteLearner:
    """The active models of the sites that were asked about last."""

    def __init__(self, source: ModelSource, shipped_version: str) -> None:
        """Take where models come from, and the name of the shipped weights whose scores will be given."""
        self._source = source
        self._shipped_version = shipped_version
        self._features = SiteFeatures()
        self._sites: OrderedDict[int, _Site] = OrderedDict()

    def refresh(self, site_ids: Collection[int]) -> None:
        """Load what has changed since the last time. Raises StoreUnavailable."""
        current = self._source.active_versions(site_ids)
        for site_id in site_ids:
            versions = current.get(site_id, {})
            known = self._sites.pop(site_id, None)
            is_current = known is not None and known.versions == versions
            self._sites[site_id] = known if is_current and known is not None else self._load(site_id, versions)
        while len(self._sites) > CACHED_SITES:
            self._sites.popitem(last=False)

    def score(self, site_id: int, normalised: Normalised, shipped: Scores) -> dict[Head, SiteScore | None]:
        """Return the site's opinion for each head; None where too few decisions are learned to have one.

        Only what `refresh` loaded is asked; nothing is read here.
        """
        site = self._sites.get(site_id)
        if site is None or not site.models:
            return dict.fromkeys(HEADS)
        [indices] = self._features.of([normalised])
        return {head: self._opinion(site, head, example_of(shipped, indices, head), normalised) for head in HEADS}

    def progress(self, site_id: int, shipped: Scores) -> dict[Head, str]:
        """Say for each head how much is learned for texts like this one: "31 of 60 decisions learned"."""
        site = self._sites.get(site_id)
        return {head: _progress(None if site is None else site.models.get(head), shipped, head) for head in HEADS}

    def _load(self, site_id: int, versions: Mapping[str, str]) -> _Site:
        if not versions:
            return _Site({})
        stored = self._source.active(site_id)
        site = _Site({head: model.version for head, model in stored.items()})
        for head in HEADS:
            model = self._unpacked(site_id, head, stored[head].state) if head in stored else None
            if model is not None:
                site.models[head] = model
        return site

    def _unpacked(self, site_id: int, head: Head, state: bytes) -> HeadModel | None:
        try:
            model = unpack(state)
        except SiteModelUnreadable as error:
            # The shipped models still judge; the next job learns this one again.
            log.error("site model unreadable", site_id=site_id, head=head, why=str(error))  # noqa: TRY400 - handled
            return None
        # On top of other shipped weights its numbers mean nothing; the next job teaches it again.
        return model if model.shipped_version == self._shipped_version else None

    def _opinion(self, site: _Site, head: Head, example: Example, normalised: Normalised) -> SiteScore | None:
        model = site.models.get(head)
        found = None if model is None else model.predict(example)
        if model is None or found is None:
            return None
        is_doubtful = found.probability >= model.bands.hold_at
        return SiteScore(
            probability=found.probability,
            hold_at=model.bands.hold_at,
            reject_at=model.bands.reject_at,
            kind=found.kind,
            version=site.versions[head],
            labels=sum(model.labels_for(example.language, is_blind=example.logit is None)),
            words=self._words(model, example, found.kind, normalised) if is_doubtful else (),
        )

    def _words(
        self, model: HeadModel, example: Example, kind: Kind, normalised: Normalised
    ) -> tuple[WordEvidence, ...]:
        if kind is Kind.SHIPPED or not normalised.text.strip():
            return ()
        joined, found = self._features.occurrences(normalised)
        values = model.weights_of(found.indices, kind, example.indices)
        words = weigh_words(normalised, joined, found, values.astype("float32"))
        return tuple(word for word in words if word.weight > 0)[:MAX_WORDS]


def _progress(model: HeadModel | None, shipped: Scores, head: Head) -> str:
    known = (0, 0)
    if model is not None:
        is_blind = logit_of(shipped, head) is None
        known = model.labels_for(shipped.language, is_blind=is_blind)
    learned = sum(min(count, MIN_LABELS) for count in known)
    return f"{learned} of {2 * MIN_LABELS} decisions learned"
