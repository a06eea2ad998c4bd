"""Why a comment is not published, in codes that a moderator picks and an author can read."""

from enum import StrEnum

from comments.phrases import phrase


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
    Reason.OFF_TOPIC: phrase("it is not about the article"),
    Reason.INSULT: phrase("it insults somebody"),
    Reason.HATE: phrase("it attacks people for who they are"),
    Reason.THREAT: phrase("it threatens somebody or calls for violence"),
    Reason.SPAM: phrase("it looks like spam"),
    Reason.ADVERTISING: phrase("it is an advertisement"),
    Reason.PERSONAL_DATA: phrase("it holds personal data, such as a phone number or an address"),
    Reason.ILLEGAL: phrase("it may break the law"),
    Reason.OTHER: phrase("it does not follow the site's rules"),
}
