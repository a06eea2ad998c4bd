import pytest

from workers.model import KINDS, FirstStage, Head, Language, load_model
from workers.normalise import normalise


@pytest.fixture(scope="module")
def stage() -> FirstStage:
    return load_model()


LANGUAGES = [
    (Language.ENGLISH, "The governor said the new road will be finished before the rains."),
    (Language.PIDGIN, "Abeg make una no vex, wetin dey happen for this country no be small thing o"),
    (Language.HAUSA, "Shugaban kasa ya ce gwamnati za ta taimaka wa manoma a wannan shekara"),
    (Language.YORUBA, "Ààrẹ sọ pé ìjọba yóò ran àwọn àgbẹ̀ lọ́wọ́ ní ọdún yìí"),
    (Language.IGBO, "Onyeisi ala kwuru na gọọmentị ga-enyere ndị ọrụ ugbo aka n'afọ a"),
    (Language.OTHER, "Le président a déclaré que le gouvernement aiderait les agriculteurs cette année"),
    (Language.OTHER, "Президент сказал, что правительство поможет фермерам"),
    (Language.OTHER, "12345 !!! 😀"),
    (Language.OTHER, ""),
]


@pytest.mark.parametrize(("language", "text"), LANGUAGES)
def test_language_is_recognised(stage: FirstStage, language: Language, text: str) -> None:
    [scores] = stage.score([normalise(text)])

    assert scores.language == language
    assert 0 < scores.language_probability <= 1


@pytest.mark.parametrize(("language", "text"), LANGUAGES)
def test_there_is_an_opinion_on_abuse_in_english_and_pidgin_only(
    stage: FirstStage, language: Language, text: str
) -> None:
    [scores] = stage.score([normalise(text)])

    assert (scores.abuse is not None) == (language in {Language.ENGLISH, Language.PIDGIN})


@pytest.mark.parametrize(
    "text",
    [
        "You are a stupid idiot, shut your mouth",
        "you are a s t u p i d i d i o t, shut your mouth",
        "You are a st\u200bup\u200bid i.d.i.o.t, shut your mouth",
        "what a pathetic moron you are",
    ],
)
def test_insults_reach_the_hold_band(stage: FirstStage, text: str) -> None:
    [scores] = stage.score([normalise(text)])

    assert scores.abuse is not None
    assert scores.abuse.probability >= stage.bands(Head.ABUSE).hold_at
    assert set(scores.abuse.kinds) == set(KINDS)


@pytest.mark.parametrize(
    "text",
    [
        "I disagree with the minister, the budget leaves nothing for schools.",
        "Gunmen killed twelve people in the village and burnt their houses. May their souls rest in peace.",
        "My Fulani neighbour is a kind man.",
        "Igbo and Yoruba traders share this market.",
        "She is gay and she is proud of it.",
        "Muslims and Christians prayed together for the victims.",
        "Why do Biafra supporters want a referendum?",
    ],
)
def test_hard_news_and_names_of_groups_are_not_held(stage: FirstStage, text: str) -> None:
    [scores] = stage.score([normalise(text)])

    assert scores.abuse is not None
    assert scores.abuse.probability < stage.bands(Head.ABUSE).hold_at
    assert scores.spam < stage.bands(Head.SPAM).hold_at


@pytest.mark.parametrize(
    "text",
    [
        "I got my ex back with the help of Dr Osas, a great spell caster. WhatsApp him on +2348012345678",
        "Double your bitcoin in 24 hours, contact my account manager on telegram @fastprofit",
        "Check out my channel and subscribe please!!! http://bit.ly/abc123",
    ],
)
def test_spam_reaches_the_hold_band(stage: FirstStage, text: str) -> None:
    [scores] = stage.score([normalise(text)])

    assert scores.spam >= stage.bands(Head.SPAM).hold_at


def test_a_text_scores_the_same_alone_as_in_a_batch(stage: FirstStage) -> None:
    batch = [normalise(text) for _, text in LANGUAGES] + [normalise("you fool")]

    assert stage.score(batch) == [stage.score([one])[0] for one in batch]


def test_no_texts_have_no_scores(stage: FirstStage) -> None:
    assert stage.score([]) == []


def test_an_attack_on_a_group_is_named_as_one(stage: FirstStage) -> None:
    [scores] = stage.score([normalise("All these filthy immigrants are animals and should be thrown out")])

    assert scores.abuse is not None
    assert scores.abuse.kinds[Head.IDENTITY_ATTACK] > scores.abuse.kinds[Head.SEXUAL]


def test_the_band_of_a_head_that_only_names_is_refused(stage: FirstStage) -> None:
    with pytest.raises(KeyError):
        stage.bands(Head.THREAT)
