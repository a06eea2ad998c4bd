"""Texts made to be slow are read to their end, each well within the limit on one comment."""

import pytest

from benchmarks.accuracy.pathological import COUNT, pathological_texts, stretched
from comments.policy import Policy
from comments.settings import SecondStageUse
from comments.signal import Category
from comments.submission import MAX_NAME_CHARS, MAX_TEXT_CHARS
from comments.verdict import Verdict
from workers.checks.subject import Subject
from workers.fingerprint import bands
from workers.judge import CHECK_SECONDS
from workers.normalise import normalise
from workers.opinion import informed
from workers.reader import Models, Reader, load_models
from workers.second_opinion import SecondOpinion
from workers.time_limit import at_most

GROUPS = 8


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models(SecondOpinion(SecondStageUse.OFF))


def verdict_on(text: str, models: Models) -> Verdict:
    """Return the verdict as a worker forms it, with the same text as name and title. Raises TookTooLong."""
    with at_most(CHECK_SECONDS):
        normalised = normalise(text)
        bands(normalised)
        name = text[:MAX_NAME_CHARS]
        subject = Subject(name, text, normalised, normalise(name), thread_title=text[:300])
        return informed(Reader(models))(subject, Policy())


def test_there_are_two_hundred_different_texts() -> None:
    texts = pathological_texts()
    assert len(set(texts)) == COUNT
    assert all(len(text) <= MAX_TEXT_CHARS for text in texts)
    assert sum(len(text) == MAX_TEXT_CHARS for text in texts) > 0.9 * COUNT


@pytest.mark.parametrize("group", range(GROUPS))
def test_every_check_ends_and_none_gives_up(models: Models, group: int) -> None:
    for text in pathological_texts()[group::GROUPS]:
        found = verdict_on(text, models)
        failed = [signal.detail for signal in found.signals if signal.category is Category.ERROR]
        assert not failed, f"{text[:40]!r}: {failed}"


@pytest.mark.parametrize("group", range(GROUPS))
def test_spans_of_evidence_stay_inside_the_text(models: Models, group: int) -> None:
    for text in pathological_texts()[group::GROUPS]:
        spans = [span for signal in verdict_on(text, models).signals for span in signal.spans]
        assert all(0 <= span.start <= span.end <= len(text) for span in spans), f"{text[:40]!r}"


def test_evidence_is_limited_however_much_there_is(models: Models) -> None:
    verdict = verdict_on(stretched("kill them you idiot https://a.example/x ", MAX_TEXT_CHARS), models)
    assert verdict.signals, "else this proves nothing"
    assert max(len(signal.spans) for signal in verdict.signals) <= 20
