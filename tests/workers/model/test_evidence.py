import math

import pytest

from workers.model import FirstStage, Head, load_model
from workers.normalise import normalise


@pytest.fixture(scope="module")
def stage() -> FirstStage:
    return load_model()


def test_evidence_points_at_the_words_as_typed(stage: FirstStage) -> None:
    typed = "Honestly, you are a M\u200bORON; the   road is fine."

    [first, *_] = stage.explain(normalise(typed), Head.ABUSE)

    assert typed[first.start : first.end] == "M\u200bORON"
    assert first.word == "moron"
    assert first.weight > 0


def test_every_span_lies_in_the_typed_text_and_reads_its_word(stage: FirstStage) -> None:
    typed = "  You stupid, s t u p i d\nidiot!!! 😀 «fool» "

    words = stage.explain(normalise(typed), Head.ABUSE, 20)

    assert words
    for word in words:
        assert 0 <= word.start < word.end <= len(typed)
        assert typed[word.start : word.end].replace(" ", "").lower() == word.word.replace(" ", "")


def test_evidence_is_ordered_and_no_more_than_asked_for(stage: FirstStage) -> None:
    normalised = normalise("you are a stupid worthless lying idiot and a disgusting pathetic fool")

    words = stage.explain(normalised, Head.ABUSE, 3)

    assert len(words) == 3
    assert [word.weight for word in words] == sorted((word.weight for word in words), reverse=True)


def test_the_evidence_of_a_text_adds_up_to_its_score(stage: FirstStage) -> None:
    texts = ("idiot", "moron", "idiot idiot", "stupid fool")

    intercepts = [_log_odds(stage, text) - _evidence(stage, text) for text in texts]

    assert intercepts == pytest.approx([intercepts[0]] * len(texts), abs=0.01)


def test_a_word_typed_twice_shares_its_weight(stage: FirstStage) -> None:
    words = stage.explain(normalise("idiot idiot"), Head.ABUSE)

    assert [(word.start, word.end) for word in sorted(words, key=lambda word: word.start)] == [(0, 5), (6, 11)]
    assert words[0].weight == pytest.approx(words[1].weight, rel=0.01)


def test_words_that_speak_against_are_not_evidence(stage: FirstStage) -> None:
    words = stage.explain(normalise("thank you for the helpful source, idiot"), Head.ABUSE, 20)

    assert "idiot" in {word.word for word in words}
    assert "thank" not in {word.word for word in words}
    assert all(word.weight > 0 for word in words)


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_text_has_no_evidence(stage: FirstStage, text: str) -> None:
    assert stage.explain(normalise(text), Head.ABUSE) == []


def _log_odds(stage: FirstStage, text: str) -> float:
    [scores] = stage.score([normalise(text)])
    assert scores.abuse is not None
    return math.log(scores.abuse.probability / (1 - scores.abuse.probability))


def _evidence(stage: FirstStage, text: str) -> float:
    return sum(word.weight for word in stage.explain(normalise(text), Head.ABUSE))
