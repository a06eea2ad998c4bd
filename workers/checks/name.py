"""The name over a comment: an advertisement, a number, or somebody passing for the staff."""

import re
from collections.abc import Iterator
from functools import cache

from comments.signal import Category, Field, Signal, Span, Weight
from workers.checks.lists import phrases, read_list
from workers.checks.phrases import PhraseBook
from workers.checks.subject import Subject

NAME, VERSION = "name", "1"

_WEB_ADDRESS = re.compile(
    r"https?:|www\.|(?<![^\W_])[a-z0-9-]{2,60}\.(?:com|net|org|info|biz|ng|co|xyz|online|site|shop|top|club|io|ru|tk)(?![^\W_])"
)
_STAFF_ALONE = re.compile(
    r" (?:the )?(?:site |web |chief |official |news |senior )?"
    r"(?:admin|administrator|moderator|mod|editor|webmaster|staff) "
)


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return what is wrong with the name."""
    return tuple(_signals(subject))


def _signals(subject: Subject) -> Iterator[Signal]:
    name = subject.normalised_name
    spans = (Span(0, len(subject.name), Field.NAME),) if subject.name else ()
    if _WEB_ADDRESS.search(name.text):
        yield Signal(NAME, VERSION, Category.SPAM, 0.7, Weight.HOLD, "the name is a web address", spans)
    elif _keywords().find(name):
        yield Signal(NAME, VERSION, Category.SPAM, 0.6, Weight.SOFT, "the name advertises something", spans)
    if _STAFF_ALONE.fullmatch(name.line.text) or _staff().find(name):
        detail = "the name passes for a member of the staff"
        yield Signal(NAME, VERSION, Category.SPAM, 0.6, Weight.HOLD, detail, spans)
    if name.text.strip() and not any(char.isalpha() for char in name.text):
        yield Signal(NAME, VERSION, Category.STYLE, 0.3, Weight.SOFT, "the name has no letters", spans)


@cache
def _keywords() -> PhraseBook[str]:
    return PhraseBook({phrase: phrase for phrase in phrases(read_list("spam")["names"])})


@cache
def _staff() -> PhraseBook[str]:
    return PhraseBook({phrase: phrase for phrase in phrases(read_list("spam")["staff"])})
