"""I-04: what Unicode holds. Every language comes through as it was typed; what hides or covers its neighbours does not."""
# ruff: noqa: E501 - lists for a machine, read by people once

import random
import sys
import unicodedata
from collections.abc import Iterator

from tests.corpus.cases import ACCEPTED, INVALID, Case, as_form, as_json
from tests.corpus.languages import NAMES, TEXTS

CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
SPACES_AND_ENDS = frozenset("\t\n\r")
NONCHARACTERS = [*range(0xFDD0, 0xFDF0), *(plane << 16 | end for plane in range(17) for end in (0xFFFE, 0xFFFF))]
LONE_SURROGATES = [
    "\ud800",
    "\udbff",
    "\udc00",
    "\udfff",
    "\udc80",
    "\ude00\ud83d",
    "\ud83d\ud83d",
    "\ud83dx",
    "x\ude00",
]
FORMAT = [chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code)) == "Cf"]
LINE_ENDS = ("\u2028", "\u2029")
PRIVATE = ("\ue000", "\uf8ff", "\U000f0000", "\U0010fffd")
BLANKS = (
    "\u200b",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u3164",
    "\u115f",
    "\u2800",
    "\uffa0",
    "\u034f",
    "\u180e",
    "\u061c",
    "\u202e",
    "\u00a0",
    "\u3000",
    "\ufe0f",
)
EMOJI = (
    "😀", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🏴‍☠️", "👍🏿", "🇳🇬", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "❤️‍🔥", "🧑🏽‍🚀", "☝🏻", "🤷🏾‍♀️", "👨‍🦰", "©️", "™", "🀄", "🫠", "🫱🏼‍🫲🏿", "♾️", "⁉️",
)  # fmt: skip
WIDE = (
    "\ufdfd",
    "﷽" * 100,
    "𒐫",
    "𒈙",
    "⸻" * 200,
    "꧅",
    "ௌ",
    "\U0001242b" * 50,
    "W" * 2_000,
    "l" * 4_000,
    "\u3000a" * 500,
)
BIDI = (
    "\u202eabc", "abc\u202e", "\u202eabc\u202c", "\u202aabc\u202bdef", "\u2066abc", "\u2067abc\u2069", "\u2068\u2068\u2068a", "a\u2069\u2069",
    "\u200eabc\u200f", "\u202d\u202e" * 60, "a\u202c" * 60, "\u061cabc", "\u2066" * 130 + "a",
)  # fmt: skip


def cases() -> Iterator[Case]:
    """Yield every case."""
    yield from _languages()
    yield from _characters()
    yield from _marks()
    yield from _sequences()


def _languages() -> Iterator[Case]:
    for language, text in TEXTS.items():
        for form in ("NFC", "NFD"):
            typed = unicodedata.normalize(form, text)
            yield as_json(f"{language} {form}", ACCEPTED, text=typed)
            yield as_form(f"{language} {form} as a form", ACCEPTED, text=typed)
            yield as_json(f"{language} {form} as a title", ACCEPTED, thread={"key": "corpus", "title": typed[:200]})
    for name in NAMES:
        for form in ("NFC", "NFD"):
            typed = unicodedata.normalize(form, name)
            yield as_json(f"name {name} {form}", ACCEPTED, name=typed)
            yield as_form(f"name {name} {form} as a form", ACCEPTED, name=typed)


def _characters() -> Iterator[Case]:
    for code in CONTROLS:
        typed = f"before{chr(code)}after"
        yield as_json(f"text U+{code:04X}", ACCEPTED if chr(code) in SPACES_AND_ENDS else INVALID, text=typed)
        yield as_json(f"name U+{code:04X}", INVALID, name=typed)
        yield as_json(f"key U+{code:04X}", INVALID, thread={"key": typed})
    for code in NONCHARACTERS:
        for field in ("text", "name"):
            yield as_json(f"{field} U+{code:04X}", INVALID, **{field: f"before{chr(code)}after"})
    for lone in LONE_SURROGATES:
        for field in ("text", "name", "site", "email"):
            yield as_json(f"{field} {lone!r}", INVALID, **{field: f"x{lone}y"})
        for field in ("key", "url", "title"):
            yield as_json(
                f"thread.{field} {lone!r}", INVALID, thread={"key": "corpus"} | {field: f"https://a.example/{lone}"}
            )
    for char in (*FORMAT, *LINE_ENDS):
        yield as_json(f"text {char!r}", ACCEPTED, text=f"before{char}after")
        yield as_json(f"name {char!r}", INVALID, name=f"before{char}after")
        yield as_json(f"key {char!r}", INVALID, thread={"key": f"before{char}after"})
    for char in PRIVATE:
        yield as_json(f"text {char!r}", ACCEPTED, text=f"before{char}after")
        yield as_json(f"name {char!r}", INVALID, name=f"before{char}after")
    for blank in BLANKS:
        for field in ("text", "name", "email"):
            yield as_json(f"{field} of {blank!r} alone", INVALID, **{field: blank * 3})


def _marks() -> Iterator[Case]:
    for base in ("a", "o", "ก", "あ", "א", "ا", "1", " ", "😀"):
        for count in (1, 2, 4, 7, 8):
            yield as_json(f"{count} marks on {base!r}", ACCEPTED, text=f"a{base}" + "\u0316" * count + "b")
        for count in (10, 50, 1_000, 4_000):
            yield as_json(f"{count} marks on {base!r}", INVALID, text=f"a{base}" + "\u0316" * count + "b")
    for mark in (
        "\u0300",
        "\u0301",
        "\u0323",
        "\u0489",
        "\u20dd",
        "\u05b0",
        "\u064b",
        "\u0e49",
        "\u0f71",
        "\u1ab0",
        "\ufe20",
        "\U0001e8d0",
    ):
        yield as_json(f"tower of {mark!r}", INVALID, text="a" + mark * 40)
        yield as_json(f"tower of {mark!r} in a name", INVALID, name="A" + mark * 40)
        yield as_json(f"tower of {mark!r} with joiners", INVALID, text="a" + f"{mark}\u200d" * 40)
        yield as_json(f"{mark!r} on every letter", ACCEPTED, text="".join(f"{letter}{mark}" for letter in "abcdefgh"))


def _sequences() -> Iterator[Case]:
    for number, text in enumerate((*EMOJI, *WIDE)):
        yield as_json(f"sequence {number}", ACCEPTED, text=f"a {text}")
    for number, text in enumerate(BIDI):
        yield as_json(f"bidi {number}", ACCEPTED, text=f"a {text} b")
        yield as_json(f"bidi {number} in a name", INVALID, name=f"A{text}b")
    # Any mixture of assigned characters is somebody's text.
    chosen = random.Random(4)
    letters = [
        chr(code) for code in range(0x20, 0x30000) if unicodedata.category(chr(code)) in {"Ll", "Lo", "Nd", "So", "Po"}
    ]
    for number in range(120):
        text = "".join(chosen.choices(letters, k=chosen.randrange(1, 200)))
        yield as_json(f"mixture {number}", ACCEPTED, text=f"a{text}b")
