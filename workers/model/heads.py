"""What the first stage answers: the languages it tells apart and the heads it scores."""

from enum import StrEnum


class Language(StrEnum):
    """A language the product knows, or OTHER: none of them, or too little text to tell."""

    ENGLISH = "en"
    PIDGIN = "pcm"
    HAUSA = "ha"
    YORUBA = "yo"
    IGBO = "ig"
    OTHER = "other"


class Head(StrEnum):
    """One question asked of every text. ABUSE decides; the kinds after it only say what sort of abuse it is."""

    SPAM = "spam"
    ABUSE = "abuse"
    INSULT = "insult"
    IDENTITY_ATTACK = "identity_attack"
    PROFANITY = "profanity"
    SEXUAL = "sexual"
    THREAT = "threat"


KINDS = (Head.INSULT, Head.IDENTITY_ATTACK, Head.PROFANITY, Head.SEXUAL, Head.THREAT)
"""Named as the categories of a signal are."""

JUDGED_LANGUAGES = (Language.ENGLISH, Language.PIDGIN)
"""Where the abuse heads have seen enough to have an opinion."""

COLUMNS = (*(f"language:{language}" for language in Language), *Head)
"""The columns of the weight matrix, in order."""
