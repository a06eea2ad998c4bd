"""Two hundred texts made to be slow to read: repeats, near misses, towers and storms, as long as the service takes."""

import random
from collections.abc import Iterator
from itertools import pairwise

from comments.submission import MAX_TEXT_CHARS

COUNT = 200
SEED = 7

# Said over and over, these come near to what a pattern looks for, over and over, and most never give it.
_REPEATED = (
    "a", " ", "\n", ".", "-", "@", "/", ":", "0", "!", "*", "$", "'", "_", "(", "[", "\u0301", "\u200b", "\u200d",
    "\ufe0f", "\u202e", "ﷺ", "㎒", "ß", "İ", "ﬀ", "é", "e\u0301", "ọ\u0300", "🙂", "👩‍👩‍👧", "的", "ᄀ", "ᅡ", "ﾡ",
    "a.", ".a", "a b ", "a-b.", "a@", "@a", "a@b", "a@b.", "a@b.c ", "at ", " at a dot ", "dot ", "dot com ",
    "[.] ", "(.)", " . ", "a [dot] ", "http://", "http:/", "https://a.", "www.", "www. ", "http://[", "http://a@b:",
    "//a", "a/b/c/", "a.b.c.d.e.", "x.co", "x.com ", "a.co/", "bit.ly/", "1.1.1.1 ", "1.1.", "xn--a.", "%40",
    "&#64;", "&commat;", "mailto:", "mailto:a@b.co ", "+234 ", "0803", "08 03 ", "0-8-0-", "+1 2 3 4 5 6 7 ", "(080)",
    "seven ", "seven eight nine ", "oh seven, ", "call 1", "whatsapp ", "telegram @", "@abc on ", "account number ",
    "lives at 1 ", "number 1, a b c ", "acct: ", "f*", "f**k ", "f** ", "s****", "a*b*c*", "fr€", "v1agr", "h4x0r ",
    "a1b2c3", "1337 ", "l33t5p34k", "cla$$", "f.u.c.k", "f.u.c.k ", "f u c k ", "i d i o t ", "f-u.c", "f_u_c_k_",
    "fuuuuck", "aaab", "aabbcc", "whoooo ", "XiXiXi", "www", "iii", "аbс", "раураl", "pаypal.com ", "αb", "μg ", "ꜱᴛ",
    "ⓕⓡⓔⓔ", "🅰🅱", "ｆｒｅｅ", "f̶r̶e̶e̶", "a\u200bb", "i\u200bd\u200bi\u200bo\u200bt ", "a\u00ad", "\u0336", "\U000e0061",
    "kill ", "i will kill ", "we go kill ", "kill them all and ", "they should be ", "you are a ", "all igbo are ",
    "igbo people are like ", "cockroach ", "igbo is na just like ", "kill you ", "you ", "idiot ", "you idiot ",
    "nigger ", "stupid you ", "guaranteed loan ", "spell caster ", "loan whatsapp bitcoin ", "double your ",
    "<b>", "</b><", "&amp;", "\"", "“”", "it's ", "o'", "'s ", "’s ", "a\u0300\u0301\u0302\u0303\u0304\u0305",
    "ch 1: ", "A.B.C. ", "N.N.P.C ", "U S A ", "e.t.c. ", "€", "₦5,000 ", "n5m ", "100% ", "1,000,", "2-1 ", "h2o ",
)  # fmt: skip


def pathological_texts() -> list[str]:
    """Return the same COUNT different texts every time, all of the length the service takes or a little less."""
    texts = list(dict.fromkeys(text[:MAX_TEXT_CHARS] for text in _texts(random.Random(SEED))))
    return texts[:COUNT]


def _texts(chance: random.Random) -> Iterator[str]:
    yield from _storms(chance)
    for piece in _REPEATED:
        yield stretched(piece, MAX_TEXT_CHARS)
    for first, second in pairwise(_REPEATED):
        yield stretched(first, MAX_TEXT_CHARS // 2) + stretched(second, MAX_TEXT_CHARS // 2)


def stretched(piece: str, chars: int) -> str:
    """Return `piece` over and over, `chars` characters of it."""
    return (piece * (chars // len(piece) + 1))[:chars]


def _storms(chance: random.Random) -> Iterator[str]:
    """Yield texts that no single repeated piece makes."""
    yield " ".join(f"https://host{number}.example/{number}" for number in range(300))
    yield " ".join(f"a{number}.co" for number in range(700))
    yield " ".join(f"reader{number}@mail.example" for number in range(250))
    yield " ".join(f"reader{number} at mail dot example" for number in range(250))
    yield " ".join(f"+234803{number:07}" for number in range(400))
    yield "a" + "\u0301" * (MAX_TEXT_CHARS - 1)
    yield "a" + "\u0301\u0316" * MAX_TEXT_CHARS
    yield "a" + "\u0301\u200d" * MAX_TEXT_CHARS
    yield "".join(f"{chr(0x61 + i % 26)}{chr(0x430 + i % 32)}" for i in range(MAX_TEXT_CHARS // 2))
    yield " ".join("".join(chance.choice("abcаbсαβ") for _ in range(8)) for _ in range(600))
    yield "\u200b".join(chance.choice("idiotfuckyou ") for _ in range(MAX_TEXT_CHARS))
    yield "".join(chance.choice("4b3@1!0$5+7€|(£") + chance.choice("abcs ") for _ in range(MAX_TEXT_CHARS))
    yield "".join(chance.choice(".:/@-_ a1") for _ in range(MAX_TEXT_CHARS))
    yield "".join(chance.choice("*#f ucks.") for _ in range(MAX_TEXT_CHARS))
    yield "".join(chance.choice("()[]{}<>.@ dotat") for _ in range(MAX_TEXT_CHARS))
    yield "".join(chr(chance.randrange(0xA0, 0x2FFF)) for _ in range(MAX_TEXT_CHARS))
    yield "".join(chr(chance.randrange(0x10000, 0x1FFFF)) for _ in range(MAX_TEXT_CHARS))
    yield "".join(chance.choice("0123456789 -().+,/") for _ in range(MAX_TEXT_CHARS))
    words = ("kill", "them", "all", "igbo", "you", "are", "like", "rats", "burn", "go", "dem", "we", "will", "should")
    yield " ".join(chance.choice(words) for _ in range(1_000))
    yield "(" * (MAX_TEXT_CHARS // 2) + ")" * (MAX_TEXT_CHARS // 2)
