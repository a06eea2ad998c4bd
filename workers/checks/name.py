"""The name over a comment: an advertisement, a number, or somebody passing for the staff or the site itself."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from comments.signal import Category, Field, Signal, Span, Weight
from workers.checks.lists import phrases, read_list
from workers.checks.phrases import PhraseBook
from workers.checks.subject import Subject
from workers.normalise import normalise

NAME, VERSION = "name", "2"

_WEB_ADDRESS = re.compile(
    r"https?:|www\.|(?<![^\W_])[a-z0-9-]{2,60}\.(?:com|net|org|info|biz|ng|co|xyz|online|site|shop|top|club|io|ru|tk)(?![^\W_])"
)
_STAFF_ALONE = re.compile(
    r" (?:the )?(?:site |web |chief |official |news |senior )?"
    r"(?:admin|administrator|moderator|mod|editor|webmaster|staff) "
)

_OF_A_NEWSROOM = (
    "comments|desk|editors?|editorial|moderators?|moderation|news|newspaper|newsroom|official|online|staff|team"
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
    if subject.rules.own_name and _passes_for(subject.rules.own_name).search(name.bare_line.text):
        detail = "the name passes for the site itself"
        yield Signal(NAME, VERSION, Category.SPAM, 0.7, Weight.HOLD, detail, spans)
    if name.text.strip() and not any(char.isalpha() for char in name.text):
        yield Signal(NAME, VERSION, Category.STYLE, 0.3, Weight.SOFT, "the name has no letters", spans)


@lru_cache(maxsize=256)
def _passes_for(own_name: str) -> re.Pattern[str]:
    """Return what finds the site's name in a reader's, with its marks or without.

    Two words are found anywhere. One may be a person's as well ("Punch Adeyemi", "Guardian"), so it must be the whole
    name, or stand beside what only a newsroom is.
    """
    own = re.escape(normalise(own_name).bare_line.text.strip().removeprefix("the "))
    if not own:
        return re.compile(r"(?!)")
    if " " in own:
        return re.compile(rf" {own} ")
    return re.compile(rf"^ (?:the )?{own}(?: (?:{_OF_A_NEWSROOM}))* $")


@cache
def _keywords() -> PhraseBook[str]:
    return PhraseBook({phrase: phrase for phrase in phrases(read_list("spam")["names"])})


@cache
def _staff() -> PhraseBook[str]:
    return PhraseBook({phrase: phrase for phrase in phrases(read_list("spam")["staff"])})
