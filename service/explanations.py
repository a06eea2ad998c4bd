"""Why a comment was held, in the language of its author.

The record keeps each sentence in English, as the checks made it; here it is recognised and said anew. One that nobody
recognises, such as a checker's outside, stays as it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from comments.phrases import Phrase, phrase
from service.language import DEFAULT, gettext, grouped, language, ngettext

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_COUNT = rf"(?P<count>{'|'.join(_NUMBERS)}|\d{{1,9}})"
_ANYTHING = r"(?P<%s>.{1,200})"
_PLACE = re.compile(r"%\\\((\w+)\\\)s")


@dataclass(frozen=True, slots=True)
class Known:
    """A sentence that is recognised: for one thing, and for several."""

    one: str
    many: str


def counted(one: str, many: str) -> Known:
    """Mark a sentence with a number for the message catalogues."""
    return Known(one, many)


# Kept in step with the checks by tests/contracts/test_explanations.py.
SENTENCES: tuple[Phrase | Known, ...] = (
    phrase("It was approved by the first of two moderators."),
    phrase("The author's appeal was read by somebody else, and the rejection stands."),
    phrase("It was taken back."),
    phrase("This site has every comment read before it is published."),
    phrase("This site has the first comment of every author read before it is published."),
    phrase("So many comments came to this story at once that each is read before it is published."),
    phrase("A check could not finish, so a person has to look."),
    phrase("A moderator had put it on hold, so a person has to look."),
    phrase("The check of spam and abuse could not run: the shipped model is missing or damaged."),
    phrase("The check “%(check)s” could not tell (%(error)s)."),
    phrase("The check “%(check)s” calls it spam."),
    counted("It contains %(count)s word that this site blocks.", "It contains %(count)s words that this site blocks."),
    counted(
        "It contains %(count)s word that this site wants to see first.",
        "It contains %(count)s words that this site wants to see first.",
    ),
    phrase("It contains a phone number."),
    phrase("It contains a phone number in words."),
    phrase("It contains a messenger account."),
    phrase("It contains a bank account or identity number."),
    phrase("It contains where somebody lives."),
    phrase("It contains an email address."),
    phrase("It was sent with a throw-away email address."),
    phrase("It filled a field that people cannot see."),
    phrase("It came without the computation that this site asks of browsers, as happens without JavaScript."),
    phrase("It came from a network that so much comes from at once that a person has to look."),
    phrase("It was sent less than %(seconds)s seconds after the form was opened."),
    phrase("The same author already wrote exactly this in this thread."),
    counted(
        "It contains the same text as %(count)s comment that this site rejected.",
        "It contains the same text as %(count)s comments that this site rejected.",
    ),
    counted(
        "It contains nearly the same text as %(count)s comment that this site rejected.",
        "It contains nearly the same text as %(count)s comments that this site rejected.",
    ),
    counted(
        "It contains the same text as %(count)s comment in other threads.",
        "It contains the same text as %(count)s comments in other threads.",
    ),
    counted(
        "It contains nearly the same text as %(count)s comment in other threads.",
        "It contains nearly the same text as %(count)s comments in other threads.",
    ),
    counted(
        "It contains the same text as %(count)s earlier comment.",
        "It contains the same text as %(count)s earlier comments.",
    ),
    counted(
        "It contains nearly the same text as %(count)s earlier comment.",
        "It contains nearly the same text as %(count)s earlier comments.",
    ),
    counted(
        "This site rejected %(count)s earlier comment by the same author.",
        "This site rejected %(count)s earlier comments by the same author.",
    ),
    counted(
        "The same author sent %(count)s comment within ten minutes.",
        "The same author sent %(count)s comments within ten minutes.",
    ),
    counted("It contains %(count)s link.", "It contains %(count)s links."),
    counted("It contains %(count)s link, %(traits)s.", "It contains %(count)s links, %(traits)s."),
    phrase("through a shortener"),
    counted("%(count)s through a shortener", "%(count)s through shorteners"),
    phrase("one with letters that pass for others"),
    phrase("one to a bare number instead of a name"),
    phrase("with few words around"),
    counted(
        "It contains %(count)s web address spelled out to hide that it is a link.",
        "It contains %(count)s web addresses spelled out to hide that it is a link.",
    ),
    phrase("It reads like spam (%(score)s)."),
    phrase("It reads like abuse (%(score)s)."),
    phrase("It reads like an insult (%(score)s)."),
    phrase("It reads like swearing (%(score)s)."),
    phrase("It reads like a threat (%(score)s)."),
    phrase("It reads like an attack on a group of people (%(score)s)."),
    phrase("It reads like sexual talk (%(score)s)."),
    phrase("The name is a web address."),
    phrase("The name advertises something."),
    phrase("The name passes for a member of the staff."),
    phrase("The name has no letters."),
    counted("It contains %(count)s disguised word (%(kind)s).", "It contains %(count)s disguised words (%(kind)s)."),
    phrase("zero-width"),
    phrase("stacked marks"),
    phrase("styled letters"),
    phrase("homoglyph"),
    phrase("spaced letters"),
    phrase("dotted letters"),
    phrase("leet"),
    phrase("starred"),
    phrase("The text is mostly in capitals."),
    phrase("It contains many exclamation or question marks in a row."),
    phrase("It contains one character twenty times or more in a row."),
    phrase("It contains one word said %(times)s times."),
    counted("It contains %(count)s slur.", "It contains %(count)s slurs."),
    phrase("It contains a group of people likened to animals or a disease."),
    counted("It contains %(count)s swear word.", "It contains %(count)s swear words."),
    counted("It contains %(count)s insulting word.", "It contains %(count)s insulting words."),
    counted(
        "It contains %(count)s insulting word, said to somebody.",
        "It contains %(count)s insulting words, said to somebody.",
    ),
    phrase("It contains the wording of a loan offer."),
    phrase("It contains the wording of a spell caster's advertisement."),
    phrase("It contains the wording of a miracle cure's advertisement."),
    phrase("It contains the wording of a money doubler's advertisement."),
    phrase("It contains the wording of a recovery agent's advertisement."),
    phrase("It contains the wording of a job offer that is none."),
    phrase("It contains the wording of an advertisement for somebody's own channel."),
    phrase("It contains the wording of a betting tipster's advertisement."),
    phrase("It contains the wording of a prize that is none."),
    phrase("It contains the wording of an occult circle's advertisement."),
    phrase("It contains the wording of an exam cheat's advertisement."),
    phrase("It contains the wording of an escort's advertisement."),
    phrase("It contains the wording of search-engine advertising."),
    phrase("It contains a threat of violence."),
    phrase("It contains a wish that somebody dies."),
    phrase("It contains a call for violence."),
)


def say_anew(sentence: str) -> str:
    """Return a sentence of the record in the language of the request; as it is in English, and when nobody knows it."""
    if language() == DEFAULT:
        return sentence
    for pattern, known in _patterns():
        if found := pattern.fullmatch(sentence):
            return _said(known, found.groupdict())
    return sentence


def _said(known: Phrase | Known, found: Mapping[str, str]) -> str:
    values = {name: _value(name, value) for name, value in found.items()}
    if isinstance(known, Phrase):
        return gettext(known.template) % values if values else gettext(known.template)
    number = _number(found["count"])
    return ngettext(known.one, known.many, number) % (values | {"count": grouped(number)})


def _value(name: str, found: str) -> str:
    """Return what stood in a place; kinds of disguise and of links are phrases of their own."""
    return ", ".join(say_anew(each) for each in found.split(", ")) if name in {"kind", "traits"} else found


def _number(found: str) -> int:
    return _NUMBERS.index(found) if found in _NUMBERS else int(found)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Phrase | Known], ...]:
    return tuple((_pattern(template), known) for known in SENTENCES for template in _templates(known))


def _templates(known: Phrase | Known) -> tuple[str, ...]:
    return (known.template,) if isinstance(known, Phrase) else (known.one, known.many)


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(
        _PLACE.sub(lambda place: _COUNT if place[1] == "count" else _ANYTHING % place[1], re.escape(template))
    )
