"""Why a comment is not published, in codes that a moderator picks and an author can read."""

from enum import StrEnum


class Reason(StrEnum):
    """One word for the record; `WORDS` says it to the author."""

    OFF_TOPIC = "off_topic"
    INSULT = "insult"
    HATE = "hate"
    THREAT = "threat"
    SPAM = "spam"
    ADVERTISING = "advertising"
    PERSONAL_DATA = "personal_data"
    ILLEGAL = "illegal"
    OTHER = "other"


WORDS: dict[Reason, str] = {
    Reason.OFF_TOPIC: "it is not about the article",
    Reason.INSULT: "it insults somebody",
    Reason.HATE: "it attacks people for who they are",
    Reason.THREAT: "it threatens somebody or calls for violence",
    Reason.SPAM: "it looks like spam",
    Reason.ADVERTISING: "it is an advertisement",
    Reason.PERSONAL_DATA: "it holds personal data, such as a phone number or an address",
    Reason.ILLEGAL: "it may break the law",
    Reason.OTHER: "it does not follow the site's rules",
}
