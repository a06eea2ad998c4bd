"""I-06: texts made to cost more to read than to write, at sizes that would show a square or a cube."""
# ruff: noqa: E501 - lists for a machine, read by people once

from collections.abc import Iterator

from comments.submission import MAX_TEXT_CHARS
from tests.corpus.cases import KEPT_OR_REFUSED, Case, as_json

SIZES = (100, 1_000, MAX_TEXT_CHARS, 50_000)
# Repeated until the text is full; some end in what makes a backtracking engine try again from every place.
UNITS = (
    "a", "A", "1", " ", "\n", "\t", ".", ",", "-", "_", "@", "#", "/", "\\", "'", '"', "(", ")", "[", "]", "{", "}", "<", ">", "&", "%", "*", "!", "?", ":", ";",
    "a ", "a.", ".a", "a@", "@a", "a@a", "a@a.", "a@a.a", "a@a.co ", "a.a.a@", " at ", " dot ", "(at)", "[dot]", "a at a dot ", "a (at) a [dot] ", "a @ a . ",
    "&#64;", "&#0", "%40", "%4", "&commat;", "http", "http:", "http://", "https://a", "https://a.co/", "https://a.co/a?a=a&", "www.", "www.a.co ", "a.co ", "hxxp://a[.]co ",
    "//", "://", "a://a ", "a.a.a.a.", "1.1.1.1 ", "[::1]", "aa\n", "a\n\n", "ab", "aab", "aaaa b", "f u c k ", "f.u.c.k.", "f*ck ", "f**", "@ss ", "$$$", "v1agra ", "1lI|", "a-b-", "A!A?",
    "\u200b", "a\u200b", "a\u0301", "\u0301\u0316", "а", "аa", "ⓐ", "𝐚", "ﷺ", "ﬃ", "ǆ", "İ", "ß", "ẹ̀", "가", "👩‍👩‍👧‍👦", "🇳🇬", "\u202e", "\u2066", "\u00a0", "\u3000", "ａ＠ａ．ｃｏ ", "。",
    "<a ", "<<", "<!--", "${", "{{", "+234 80 ", "0803 ", "buy now ", "CLICK HERE ", "whatsapp +", "t.me/a ", '"a"@', "\"a", "a\"b@",
)  # fmt: skip
ENDS = {"plain": "", "odd end": "!\u0301@"}
assert len(UNITS) >= 100


def cases() -> Iterator[Case]:
    """Yield every case."""
    for number, unit in enumerate(UNITS):
        for size in SIZES:
            for kind, end in ENDS.items():
                yield as_json(f"{number} {unit!r} of {size}, {kind}", KEPT_OR_REFUSED, text=fill(unit, size, end))
        yield as_json(f"{number} {unit!r} as an address", KEPT_OR_REFUSED, email=fill(unit, 250, "@a.co"))
        yield as_json(
            f"{number} {unit!r} as a url",
            KEPT_OR_REFUSED,
            thread={"key": "k", "url": "https://a.co/" + fill(unit, 1_900)},
        )
        yield as_json(f"{number} {unit!r} as a name", KEPT_OR_REFUSED, name=fill(unit, 80))


def fill(unit: str, chars: int, end: str = "") -> str:
    """Return `chars` characters of the unit repeated, with another end."""
    return (unit * (chars // len(unit) + 1))[: chars - len(end)] + end
