"""Ways to reach somebody: phone numbers, accounts to message, addresses. Nobody's belong under an article."""

import re
from collections.abc import Iterator

from comments.masking import find_addresses
from comments.signal import Category, Field, Signal, Span, Weight
from workers.checks.evidence import limited, span_of
from workers.checks.subject import Subject
from workers.normalise import Normalised

NAME, VERSION = "contact_details", "1"

_GAP = r"[\s.\-()]{0,2}"
_APPS = r"(?:whats?app|telegram|tele?gram|signal|wechat|imo|viber|bbm|tg)"
_DIGIT_WORD = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
_STREET = "street|str|road|rd|avenue|ave|close|crescent|lane|drive|estate|quarters|way"
_WHO = "me|us|him|her|handle|channel|username|id|is|at|on|via|number"

_PHONE, _MESSENGER = "a phone number", "a messenger account"
_DIGIT, _AT = re.compile(r"\d"), re.compile("@")
_DIGITS = re.compile(rf"\d(?:{_GAP}[\dol]){{5}}")
_LARGE_DIGIT_WORD, _LINK = re.compile("seven|eight|nine"), re.compile(r"\.me/|\.com/")
# What is found, what every such text has and is quickly seen, and the pattern, in which blanks mean nothing.
_PATTERNS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    # 0803 123 4567, +234 803 123 4567, also with the letters o and l for digits
    (
        _PHONE,
        _DIGITS,
        rf"(?<![\w.,/]) (?:(?:\+|00)?234{_GAP}[0o]?|[0o]) {_GAP}[789][01ol](?:{_GAP}[\dol]){{8}} (?![\w/])",
    ),
    (_PHONE, _DIGITS, rf"(?<![\w.,]) \+[1-9](?:{_GAP}\d){{7,13}} (?![\d/,])"),
    (
        _PHONE,
        _DIGITS,
        rf"""{_START}(?:call|text|sms|phone|tel|mobile|contact|reach|chat|dm|ping|{_APPS}){_END}
        [^\d\n+,;/]{{0,25}} [+(]?\d(?:{_GAP}\d){{6,13}} (?![\d/,%])""",
    ),
    (
        "a phone number in words",
        _LARGE_DIGIT_WORD,
        rf"{_START}{_DIGIT_WORD}(?:[\s,.-]{{1,2}}{_DIGIT_WORD}){{7,20}}{_END}",
    ),
    (_MESSENGER, _AT, rf"{_START}{_APPS}(?:\s(?:{_WHO})){{0,3}}[\s:;=-]{{0,3}}@[\w.]{{3,40}}"),
    (_MESSENGER, _AT, rf"@[\w.]{{3,40}}\s(?:on|via|for)\s{_APPS}{_END}"),
    (_MESSENGER, _LINK, rf"{_START}(?:t\.me|telegram\.me|wa\.me|(?:chat|api)\.whatsapp\.com)/\S{{2,60}}"),
    (
        "a bank account or identity number",
        _DIGITS,
        rf"""{_START}(?:account|acct|a/c|bvn|nin)\s(?:(?:number|no|num|is|details?)[\s.:]{{1,2}}){{0,3}}
        [:.\#]?\s?\d{{10,11}}(?!\d)""",
    ),
    (
        "where somebody lives",
        _DIGIT,
        rf"""{_START}(?:lives?|living|house|address|stays?|dey\sstay|dey\slive)\s(?:is\s)?(?:at\s|for\s|on\s)?
        (?:no\.?\s?|number\s|plot\s|block\s)?\d{{1,4}}[a-z]?,?\s(?:[^\W\d_]{{2,20}}\s){{1,3}}(?:{_STREET}){_END}""",
    ),
)
_FINDERS = tuple((kind, needs, re.compile(pattern, re.VERBOSE)) for kind, needs, pattern in _PATTERNS)


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return one hold for each kind of contact detail found. The details never repeat what was found."""
    found: dict[str, list[Span]] = {}
    for normalised, field in ((subject.normalised, Field.TEXT), (subject.normalised_name, Field.NAME)):
        for kind, span in _spans(normalised, field):
            found.setdefault(kind, []).append(span)
    return tuple(
        Signal(NAME, VERSION, Category.PERSONAL_DATA, 0.8, Weight.HOLD, kind, limited(spans))
        for kind, spans in found.items()
    )


def _spans(normalised: Normalised, field: Field) -> Iterator[tuple[str, Span]]:
    for start, end in find_addresses(normalised.raw):
        yield "an email address", Span(start, end, field)
    for kind, needs, pattern in _FINDERS:
        for match in pattern.finditer(normalised.text) if needs.search(normalised.text) else ():
            yield kind, span_of(normalised, *match.span(), field)
