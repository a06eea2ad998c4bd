"""What the models make of a text, and what becomes of it when they cannot."""

from collections.abc import Callable, Sequence

import pytest

from comments.policy import Policy
from comments.settings import SecondStageUse
from comments.signal import ABUSE, Category
from comments.status import Status
from comments.verdict import Verdict
from workers.checks.reading import Reading
from workers.checks.subject import Subject
from workers.model import Bands, ModelDamaged
from workers.normalise import normalise
from workers.opinion import informed
from workers.reader import TROUBLE, Models, Reader, load_models
from workers.second_opinion import SecondOpinion
from workers.second_stage import SecondStage, SecondStageMissing

OFF = SecondOpinion(SecondStageUse.OFF)


def no_second_stage() -> SecondStage:
    raise SecondStageMissing("not there")


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models(OFF)


@pytest.fixture
def judge(models: Models) -> Callable[[str], Verdict]:
    return lambda text: verdict_on(text, models)


def verdict_on(text: str, models: Models, *, title: str = "") -> Verdict:
    subject = Subject("Ada", text, normalise(text), normalise("Ada"), thread_title=title)
    return informed(Reader(models))(subject, Policy())


def test_insult_is_held_with_its_words_as_evidence(judge: Callable[[str], Verdict]) -> None:
    text = "Whoever wrote this is a stupid idiot and a disgrace"
    found = judge(text)
    assert found.status is Status.HELD
    signal = next(signal for signal in found.signals if signal.check == "models" and signal.category in ABUSE)
    assert "idiot" in {text[span.start : span.end] for span in signal.spans}


def test_advertisement_is_held_as_spam(judge: Callable[[str], Verdict]) -> None:
    found = judge("Are you in need of urgent financial assistance? Apply for an affordable loan today, no collateral")
    assert found.status is Status.HELD
    assert Category.SPAM in {signal.category for signal in found.signals}


def test_fair_comment_is_approved(judge: Callable[[str], Verdict]) -> None:
    assert judge("The ministers should explain why nobody was told before the strikes.").status is Status.APPROVED


def test_model_alone_never_rejects(judge: Callable[[str], Verdict]) -> None:
    assert judge("you stupid idiot, you worthless piece of shit, shut your stupid mouth").status is Status.HELD


def test_language_the_models_do_not_know_gets_no_opinion(models: Models) -> None:
    reading = Reader(models).read(0, normalise("Ina ganin ya kamata a mayar da jakadun bisa aiki yau"), "")
    assert reading.language == "ha"
    assert reading.abuse is None


def test_text_reads_the_same_alone_as_among_others(models: Models) -> None:
    # given: texts of several kinds, one of them under a title that holds its words
    titled = [(normalise(text), "") for text in (*DOUBTS, "you stupid idiot", "", "Ina ganin haka ne", "x" * 5_000)]
    titled.append((normalise("Idiot, moron: what a headline"), "Idiot, moron, fool: insults in parliament"))
    reader = Reader(models)

    # when
    together = reader.read_all(0, titled)

    # then
    assert [_numbers(reading) for reading in together] == [_numbers(reader.read(0, *each)) for each in titled]


def _numbers(reading: Reading) -> tuple[object, ...]:
    estimates = (reading.spam, reading.abuse)
    said = tuple(found and (found.probability, found.hold_at, found.sure_at, found.source) for found in estimates)
    return (reading.language, reading.kinds, reading.trouble, said)


def test_words_of_the_title_are_no_evidence(models: Models) -> None:
    # given: a text whose only doubtful words are the headline's
    text, title = "Idiot, moron: what a headline", "Idiot, moron, fool: insults in parliament"
    assert verdict_on(text, models).status is Status.HELD, "else this proves nothing"

    # then: under that headline it is no insult
    assert verdict_on(text, models, title=title).status is Status.APPROVED


def test_damaged_model_holds_every_comment() -> None:
    found = verdict_on("The ministers should explain themselves.", Models(None, OFF))
    assert found.status is Status.HELD
    assert any(signal.category is Category.ERROR and signal.detail == TROUBLE for signal in found.signals)


def test_model_that_cannot_be_loaded_is_reported_and_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> None:
        raise ModelDamaged("its SHA-256 differs")

    monkeypatch.setattr("workers.reader.shipped_stage", damaged)
    assert load_models(OFF).first is None


def test_missing_second_stage_holds_what_is_in_doubt_and_only_that(models: Models) -> None:
    # given: a text the first stage would let pass, but is not sure of
    assert models.first is not None
    doubtful = next(text for text in DOUBTS if is_grey(models, text))
    assert verdict_on(doubtful, models).status is Status.APPROVED

    # when: the second stage must be asked and is not there
    required = Models(models.first, SecondOpinion(SecondStageUse.ON, no_second_stage))

    # then: what is in doubt waits for a person; what is clear does not
    assert verdict_on(doubtful, required).status is Status.HELD
    assert verdict_on("Thank you for this report.", required).status is Status.APPROVED


def test_missing_second_stage_changes_nothing_where_it_is_optional(models: Models) -> None:
    optional = Models(models.first, SecondOpinion(SecondStageUse.AUTO, no_second_stage))
    for text in DOUBTS:
        assert verdict_on(text, optional).status is verdict_on(text, models).status


DOUBTS = (
    "These people are a joke and a danger to the country",
    "What a useless minister, he knows nothing",
    "They are all liars and thieves in that ministry",
    "Only a fool would believe this",
    "He is the worst governor we have ever had",
    "Nonsense article, rubbish reporting",
)


def is_grey(models: Models, text: str) -> bool:
    estimate = Reader(models).read(0, normalise(text), "").abuse
    return estimate is not None and estimate.hold_at / 2 <= estimate.probability < estimate.hold_at


def test_disguised_words_get_no_benefit_of_the_doubt(models: Models) -> None:
    # given: a second stage that finds nothing in anything
    class Mild:
        version = "mild"
        bands = Bands(0.5, 0.9)

        def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
            return [{"abuse": 0.0} for _ in texts]

    mild = Models(models.first, SecondOpinion(SecondStageUse.ON, Mild))  # type: ignore[arg-type]  # all that is asked of it

    # then: it clears what was typed openly, and not what was disguised
    assert verdict_on("Only a fool would believe this nonsense, you clown", models).status is Status.HELD
    assert verdict_on("Only a fool would believe this nonsense, you clown", mild).status is Status.APPROVED
    assert (
        verdict_on("Only a f\u200bo\u200bo\u200bl would believe this nonsense, you clown", mild).status is Status.HELD
    )
