"""Asking a site's models about one comment."""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from structlog.testing import capture_logs

from tests.workers.learning.samples import a_stage, a_text, taught
from workers.learning.journal import Kind
from workers.learning.learner import CACHED_SITES, SiteLearner, SiteScore
from workers.learning.packing import pack
from workers.model import Head
from workers.normalise import normalise

BLIND = a_stage(judges=False)
RUDE = a_text(True, random.Random(2))
CLEAN = a_text(False, random.Random(2))


@dataclass
class _Stored:
    version: str
    state: bytes


@dataclass
class _Shelf:
    """Packed models by site and head, with a note of which sites were read."""

    models: dict[int, dict[str, _Stored]] = field(default_factory=dict)
    read: list[int] = field(default_factory=list)

    def put(self, site_id: int, head: Head = Head.ABUSE, *, version: str = "v1", state: bytes | None = None) -> None:
        self.models.setdefault(site_id, {})[head.value] = _Stored(
            version, pack(taught(300)) if state is None else state
        )

    def active_versions(self, site_ids: Collection[int]) -> Mapping[int, Mapping[str, str]]:
        return {
            site_id: {head: model.version for head, model in heads.items()}
            for site_id, heads in self.models.items()
            if site_id in site_ids
        }

    def active(self, site_id: int) -> Mapping[str, _Stored]:
        self.read.append(site_id)
        return self.models[site_id]


def _ask(learner: SiteLearner, text: str, site_id: int = 1) -> dict[Head, SiteScore | None]:
    learner.refresh([site_id])
    normalised = normalise(text)
    [shipped] = BLIND.score([normalised])
    return learner.score(site_id, normalised, shipped)


def _taught_learner() -> tuple[SiteLearner, _Shelf]:
    shelf = _Shelf()
    shelf.put(1)
    return SiteLearner(shelf, BLIND.version), shelf


def test_taught_site_has_an_opinion_with_the_words_it_rests_on() -> None:
    learner, _ = _taught_learner()

    rude, clean = _ask(learner, RUDE)[Head.ABUSE], _ask(learner, CLEAN)[Head.ABUSE]

    assert rude is not None
    assert clean is not None
    assert rude.is_doubtful
    assert not clean.is_doubtful
    assert clean.words == ()
    shown = {RUDE[word.start : word.end] for word in rude.words}
    assert shown & {"grakko", "snivvel", "brazzok", "wurgle"}
    assert rude.kind is Kind.BAYES
    assert rude.labels == 300


def test_head_nobody_taught_has_no_opinion() -> None:
    learner, _ = _taught_learner()

    assert _ask(learner, RUDE)[Head.SPAM] is None


def test_other_site_is_not_asked() -> None:
    learner, _ = _taught_learner()
    _ask(learner, RUDE)

    assert _ask(learner, RUDE, site_id=2) == {Head.SPAM: None, Head.ABUSE: None}


def test_site_that_was_not_refreshed_has_no_opinion() -> None:
    learner, _ = _taught_learner()
    [shipped] = BLIND.score([normalise(RUDE)])

    assert learner.score(1, normalise(RUDE), shipped) == {Head.SPAM: None, Head.ABUSE: None}


def test_model_is_read_once_until_it_changes() -> None:
    learner, shelf = _taught_learner()
    _ask(learner, RUDE)
    _ask(learner, CLEAN)
    assert shelf.read == [1]

    shelf.put(1, version="v2", state=pack(taught(0)))

    assert _ask(learner, RUDE)[Head.ABUSE] is None
    assert shelf.read == [1, 1]


def test_few_sites_are_kept_in_memory() -> None:
    shelf = _Shelf()
    learner, state = SiteLearner(shelf, BLIND.version), pack(taught(60))
    for site_id in range(CACHED_SITES + 1):
        shelf.put(site_id, state=state)
        learner.refresh([site_id])
    read_before = list(shelf.read)

    learner.refresh([CACHED_SITES])
    learner.refresh([0])

    assert shelf.read == [*read_before, 0]


def test_damaged_model_gives_no_opinion_and_is_reported() -> None:
    shelf = _Shelf()
    shelf.put(1, state=b"damaged")

    with capture_logs() as logs:
        found = _ask(SiteLearner(shelf, BLIND.version), RUDE)

    assert found[Head.ABUSE] is None
    assert [entry["event"] for entry in logs] == ["site model unreadable"]


def test_model_on_top_of_other_shipped_weights_gives_no_opinion() -> None:
    _, shelf = _taught_learner()

    assert _ask(SiteLearner(shelf, "newer weights"), RUDE)[Head.ABUSE] is None


def test_progress_says_how_much_is_learned() -> None:
    shelf = _Shelf()
    shelf.put(1, state=pack(taught(40)))
    learner = SiteLearner(shelf, BLIND.version)
    learner.refresh([1, 2])
    [shipped] = BLIND.score([normalise(RUDE)])
    approved, rejected = taught(40).labels_for(shipped.language, is_blind=True)
    assert (approved < 30, rejected < 30) == (True, True), "else nothing is cut off and this is no halfway house"

    assert learner.progress(1, shipped) == {
        Head.SPAM: "0 of 60 decisions learned",
        Head.ABUSE: "40 of 60 decisions learned",
    }
    assert learner.progress(2, shipped)[Head.ABUSE] == "0 of 60 decisions learned"


def test_text_without_words_is_no_trouble() -> None:
    learner, _ = _taught_learner()

    assert set(_ask(learner, "!!! ???")) == {Head.SPAM, Head.ABUSE}
