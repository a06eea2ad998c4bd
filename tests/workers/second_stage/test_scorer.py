"""The shipped second stage scores real sentences, in order, the same alone as in a batch."""

import pytest

from workers.normalise import normalise
from workers.second_stage import SecondStage

BENIGN = (
    "Thank you for this report, the figures on flooding were new to me.",
    "As a Fulani reader I agree with every word of this.",
    "Gunmen killed forty people in Plateau and nobody has been arrested.",
    "The minister has failed and should resign.",
    "I am a gay man from Lagos and I love this paper.",
)
ABUSIVE = (
    "You are a stupid idiot and everybody knows it.",
    "Shut up, you pathetic piece of shit.",
    "All you Igbo are cockroaches, go back to where you came from.",
    "what a moron, get a life you ugly loser",
)


def _abuse(stage: SecondStage, *texts: str) -> list[float]:
    return [answer["abuse"] for answer in stage.score([normalise(text).text for text in texts])]


def test_abuse_scores_above_harmless_comments(second_stage: SecondStage) -> None:
    assert min(_abuse(second_stage, *ABUSIVE)) > 0.5 > max(_abuse(second_stage, *BENIGN))


def test_answers_come_in_the_order_asked(second_stage: SecondStage) -> None:
    texts = [text for pair in zip(ABUSIVE, BENIGN, strict=False) for text in pair] * 6

    together = _abuse(second_stage, *texts)

    assert [score > 0.5 for score in together] == [True, False] * (len(texts) // 2)


def test_a_text_scores_nearly_the_same_alone_as_in_a_batch(second_stage: SecondStage) -> None:
    # int8 steps are chosen for a whole batch, so the company a text keeps moves it a little.
    together = _abuse(second_stage, *BENIGN, *ABUSIVE)
    alone = [_abuse(second_stage, text)[0] for text in (*BENIGN, *ABUSIVE)]
    assert together == pytest.approx(alone, abs=0.1)


def test_abuse_at_the_end_or_in_the_middle_of_a_long_comment_is_found(second_stage: SecondStage) -> None:
    filling = " ".join(BENIGN)
    for text in (f"{filling * 4} {ABUSIVE[1]}", f"{filling * 4} {ABUSIVE[1]} {filling * 4}"):
        assert _abuse(second_stage, text)[0] > _abuse(second_stage, filling * 4)[0] + 0.2


def test_every_head_gives_a_probability(second_stage: SecondStage) -> None:
    (answer,) = second_stage.score(["i will find you and kill you"])
    assert tuple(answer) == second_stage.heads
    assert second_stage.heads[0] == "abuse"
    assert all(0 < chance < 1 for chance in answer.values())


def test_a_threat_is_named_as_one(second_stage: SecondStage) -> None:
    threat, insult = second_stage.score(["i will find you and kill you", "you are a stupid idiot"])
    assert threat["threat"] > 5 * insult["threat"]
    assert insult["insult"] > insult["threat"]


@pytest.mark.parametrize("text", ["", " ", "\x00", "🖕" * 500, "a" * 5000, "中" * 300, "\ud83d"])
def test_odd_texts_get_an_answer(second_stage: SecondStage, text: str) -> None:
    (answer,) = second_stage.score([text])
    assert set(answer) == set(second_stage.heads)


def test_no_texts_get_no_answers(second_stage: SecondStage) -> None:
    assert second_stage.score([]) == []
