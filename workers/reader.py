"""What the models make of a text: the first stage, what the site's moderators taught, the second stage in doubt.

Loaded before the fork and only read afterwards; a model that is missing or damaged makes every reading say so, and the
check holds the comment.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from comments.signal import Category, Span
from workers.checks.reading import Estimate, Reading
from workers.learning.job import shipped_stage
from workers.learning.learner import SiteLearner, SiteScore
from workers.model import Abuse, FirstStage, Head, ModelDamaged, Scores, WordEvidence
from workers.normalise import Normalised, normalise, without_blanks
from workers.second_opinion import SecondOpinion

log = structlog.get_logger()

# Short words of a title ("the", "for") are in every comment and say nothing about it.
MIN_TITLE_WORD_CHARS = 4
# What moderators taught counts in every process so soon after it was learned.
REFRESH_SECONDS = 2.0
TROUBLE = "the check of spam and abuse could not run: the shipped model is missing or damaged"


@dataclass(frozen=True, slots=True)
class Models:
    """The shipped models as they were found at start. `first` is None when it is missing or damaged."""

    first: FirstStage | None
    second: SecondOpinion

    @property
    def version(self) -> str:
        """Name the first stage, "none" without one."""
        return self.first.version if self.first is not None else "none"


def load_models(second: SecondOpinion) -> Models:
    """Load what is shipped. A damaged model does not stop the worker: it must go on to hold comments."""
    try:
        return Models(shipped_stage(), second)
    except ModelDamaged as error:
        log.error("model damaged", why=str(error))  # noqa: TRY400 - the sentence says it all
        return Models(None, second)


class Reader:
    """Reads texts for one process. `learner` knows what each site taught; without it all sites are read alike."""

    def __init__(
        self, models: Models, learner: SiteLearner | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._models = models
        self._learner = learner
        self._monotonic = monotonic
        self._looked_at: dict[int, float] = {}

    def read(self, site_id: int, text: Normalised, title: str) -> Reading:
        """Return what the models say. Words of the article's own title are no evidence of abuse.

        Raises StoreUnavailable when it is time to look what the site has taught, and the store is away.
        """
        [reading] = self.read_all(site_id, [(text, title)])
        return reading

    def read_all(self, site_id: int, titled: Sequence[tuple[Normalised, str]]) -> list[Reading]:
        """Return a reading of each text under its title, the same as it would get alone, but sooner.

        Raises StoreUnavailable as `read` does.
        """
        first = self._models.first
        if first is None:
            return [Reading(trouble=TROUBLE) for _ in titled]
        titled = [(without_blanks(text), title) for text, title in titled]
        found = first.score([text for text, _ in titled])
        return [
            self._without_title(first, text, title, self._reading(first, site_id, text, scores))
            for (text, title), scores in zip(titled, found, strict=True)
        ]

    def _reading(self, first: FirstStage, site_id: int, text: Normalised, scores: Scores) -> Reading:
        taught = self._taught(site_id, text, scores)
        return Reading(
            language=scores.language.value,
            spam=_estimate(first, Head.SPAM, text, scores.spam, taught.get(Head.SPAM)),
            abuse=self._abuse(first, text, scores, taught.get(Head.ABUSE)),
            kinds=_kinds(scores.abuse),
        )

    def _taught(self, site_id: int, text: Normalised, scores: Scores) -> Mapping[Head, SiteScore | None]:
        if self._learner is None:
            return {}
        now = self._monotonic()
        if now - self._looked_at.get(site_id, -REFRESH_SECONDS) >= REFRESH_SECONDS:
            self._learner.refresh([site_id])
            self._looked_at[site_id] = now
        return self._learner.score(site_id, text, scores)

    def _abuse(self, first: FirstStage, text: Normalised, scores: Scores, taught: SiteScore | None) -> Estimate | None:
        if scores.abuse is None and taught is None:
            return None
        shipped = _estimate(first, Head.ABUSE, text, scores.abuse.probability if scores.abuse else 0.0, taught)
        if taught is not None or shipped is None:
            return shipped
        return self._models.second.settle(text, shipped)

    def _without_title(self, first: FirstStage, text: Normalised, title: str, reading: Reading) -> Reading:
        """Take back an opinion that rests on words of the title: it would hold whoever quotes the headline."""
        abuse = reading.abuse
        if abuse is None or not title or abuse.probability < abuse.hold_at:
            return reading
        own = _own_words(text, title)
        if own is None:
            return reading
        [scores] = first.score([own])
        if scores.abuse is not None and scores.abuse.probability < first.bands(Head.ABUSE).hold_at:
            return Reading(reading.language, reading.spam, None, reading.kinds)
        return reading


def _own_words(text: Normalised, title: str) -> Normalised | None:
    """Return the text without the title's words, None when it shares none with it."""
    titled = {word.text for word in normalise(title).words() if len(word.text) >= MIN_TITLE_WORD_CHARS}
    words = [word.text for word in text.words()]
    kept = [word for word in words if word not in titled]
    return None if len(kept) == len(words) else normalise(" ".join(kept))


def _estimate(
    first: FirstStage, head: Head, text: Normalised, probability: float, taught: SiteScore | None
) -> Estimate | None:
    if taught is not None:
        words = taught.words
        return Estimate(
            probability=taught.probability,
            hold_at=taught.hold_at,
            sure_at=taught.reject_at or 1.0,
            source=f"this site's model {taught.version}, {taught.labels} decisions",
            words=lambda: _spans(words),
        )
    bands = first.bands(head)
    return Estimate(
        probability=probability,
        hold_at=bands.hold_at,
        sure_at=bands.reject_at,
        source=f"model {first.version}",
        words=lambda: _spans(first.explain(text, head)),
    )


def _spans(words: Iterable[WordEvidence]) -> tuple[Span, ...]:
    return tuple(Span(word.start, word.end) for word in words)


def _kinds(abuse: Abuse | None) -> dict[Category, float]:
    return {} if abuse is None else {Category(kind.value): value for kind, value in abuse.kinds.items()}
