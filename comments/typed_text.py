"""What a typed text may hold: reject what cannot be shown safely, leave every language as it was typed.

Source of the rules: W3C "Unicode in XML" (controls, noncharacters), Unicode TR36 §3 (bidi in names), and the longest
combining run of Yoruba, Igbo and Vietnamese after NFC (two), with room for scripts that stack more.
"""

import unicodedata

# Yoruba needs two after NFC, Thai and Tibetan three or four; beyond eight it is a tower that covers its neighbours.
MAX_MARKS_IN_A_ROW = 8

_ALLOWED_CONTROLS = frozenset("\t\n")
_MARKS = frozenset({"Mn", "Me"})
_NOT_IN_A_NAME = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"})
_NON_JOINER = "\u200c"
_JOINERS = frozenset({_NON_JOINER, "\u200d"})
_VIRAMA = 9  # the combining class of every script's vowel killer
# Letters by category, but drawn as nothing: the Hangul fillers and the Braille blank.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def unify_newlines(text: str) -> str:
    """Return `text` with the browser's CRLF as LF: a textarea sends CRLF whatever the reader typed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def has_forbidden_character(text: str) -> bool:
    """Say whether `text` holds a control (but tab and newline), a lone surrogate or a noncharacter."""
    if text.isascii() and text.isprintable():
        return False
    return any(_is_forbidden(char) for char in text)


def _is_forbidden(char: str) -> bool:
    code = ord(char)
    if code < 0x20 or 0x7F <= code <= 0x9F:
        return char not in _ALLOWED_CONTROLS
    return 0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF or (code & 0xFFFE) == 0xFFFE


def has_too_many_marks(text: str) -> bool:
    """Say whether any letter carries more than MAX_MARKS_IN_A_ROW combining marks once composed (NFC)."""
    if text.isascii():
        return False
    run = 0
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if category in _MARKS:
            run += 1
        elif category != "Cf":  # a joiner is drawn as nothing, so the tower goes on above it
            run = 0
        if run > MAX_MARKS_IN_A_ROW:
            return True
    return False


def has_format_character(name: str) -> bool:
    """Say whether `name` holds a control, a bidi or zero-width format character, or a line break.

    A joiner where its script needs one is none of these (RFC 5892, appendix A): Persian and Sinhala names have them.
    """
    return any(
        unicodedata.category(char) in _NOT_IN_A_NAME and not _joins(name, place) for place, char in enumerate(name)
    )


def _joins(name: str, place: int) -> bool:
    before, after = name[max(place - 1, 0) : place], name[place + 1 : place + 2]
    if name[place] not in _JOINERS or not before or not after:
        return False
    after_virama = unicodedata.combining(before) == _VIRAMA and unicodedata.category(after) == "Lo"
    in_arabic_script = unicodedata.bidirectional(before) == unicodedata.bidirectional(after) == "AL"
    return after_virama or (in_arabic_script and name[place] == _NON_JOINER)


def is_blank(text: str) -> bool:
    """Say whether nothing in `text` can be seen."""
    return all(unicodedata.category(char) in _INVISIBLE or char in _BLANK_LETTERS for char in text)
