"""What nobody's page sends in a field: hostile values, and pairs that are no pairs."""
# ruff: noqa: E501 - lists for a machine, read by people once

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import quote

from tests.corpus.cases import CANARY, quoted
from tests.corpus.injections import WORDS
from tests.corpus.markup import PAYLOADS
from tests.corpus.questions import CURSORS
from tests.corpus.scripts import BIDI, BLANKS, LONE_SURROGATES, NONCHARACTERS

# An address that somebody writes where words are expected. Moderators read each other's words as they were typed.
TYPED = "kehinde.typed@text-canary.example"
# A tag and an attribute that no page of ours has: wherever one is, something was taken for markup.
MARK = "zz4711"
MARKUP = (
    f"<{MARK}>", f'"><{MARK}>', f"'><{MARK}>", f"</textarea><{MARK}>", f"</title><{MARK}>", f"</script><{MARK}>", f"--><{MARK}>", f"]]><{MARK}>",
    f'" on{MARK}="x', f"' on{MARK}='x", f" on{MARK}=x ", f"` on{MARK}=`x", f"x\n{MARK}=x", f"\x00<{MARK}>", f"＜{MARK}＞", f"&lt;{MARK}&gt;<{MARK}>", f"{{{{'<{MARK}>'}}}}",
)  # fmt: skip
FULL_TEXT = (
    '"', '""', '"a', 'a"b', "NEAR(a b)", "a NEAR/0 b", "a AND", "AND", "NOT", "a NOT", "OR OR", "*", "a*", "*a", "^a", "text:a", "rowid:1", "{text name}:a", "-a", "- text:a", "+a", "a+b",
    "a & b", "a <-> b", "a <999999> b", "!a", "a:*", "a:ABCD", "((((((((", "a OR b AND (c", "'a' | 'b'", "\\", "\\'", "a\\", "%", "_", "a b " * 90, '"a" ' * 60, "a|b|c", "~a", "a..b", "[a]", "¿¡", "—", "a\x00b", "😀", "ﷺ",
)  # fmt: skip
NUMBERS = (
    "-0", "-9" * 10, "9007199254740991", "9007199254740992", "-9223372036854775809", "2147483648", "1" * 4_301, "0" * 30 + "1", "1e400", "-1e400", "inf", "-inf", "nan", "0.5", "0,5", "1.", ".5", "0b1", "0o7", "1j", "1/2", "½", "፩", "Ⅻ", "1:1", "1:", ":1", "1:9223372036854775808", "-1:-1", "1:1:1", "a:b", ".", "1.2.3", "." * 2_000,
)  # fmt: skip
DAYS = (
    "0001-01-01", "1969-12-31", "1970-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "2026-2-3", "20260203", "2026-W05-2", "-2026-01-01", "2026-01-01T00:00:00Z", "٢٠٢٦-٠١-٠١", "today",
)  # fmt: skip
WORDS_OF_OURS = (
    "approve", "APPROVE", "reject", "hold", "spam", "insult", "undo", "admin", "Role.ADMIN", "owner", "viewer", "demo", "other", "nobody", "DEMO", "yes", "on", "true", "save", "preview", "defaults", "describe", "csv", "jsonl", "xlsx", "risk", "review", "check:links", "reason:spam", "max:60", "min:-1", "min:", "check:", "en", "de", "xx", "de_DE", "../de", "day", "month",
)  # fmt: skip
PLACES = (
    "/review/", "//evil.example", "/review//evil.example", "https://evil.example/review/", "/\\evil.example", "javascript:alert(4711)", "/review/../../x", "/review/%2e%2e", "/review/?a=\r\nSet-Cookie: a=b", "/review/\n", "/review/?" + "a=1&" * 800, "data:text/html,x", "/review/#x", "review", "/REVIEW/", "///", "http:evil", "//[", "http://[::1", "/review/?a=[", "/review/logout",
)  # fmt: skip
_LENGTHS = (1, 39, 40, 41, 80, 81, 128, 129, 200, 201, 255, 256, 500, 501, 2_000, 2_001, 5_000, 5_001, 20_000)
_CONTROLS = (0x00, 0x01, 0x08, 0x09, 0x0A, 0x0B, 0x0D, 0x1A, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9F)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to send a field wrongly: what stands for `name=value` among the other pairs."""

    id: str
    pairs: Callable[[str], bytes]


def ways() -> tuple[Way, ...]:
    """Return every way, those first that no field is spared, the others in one fixed mixture."""
    spared_by_none = [*_way("nul", "before\x00after"), *_way("canary", CANARY), *_way("markup", MARKUP[1])]
    others = [
        way
        for name, values in _values().items()
        for n, value in enumerate(values)
        for way in _way(f"{name} {n}", value)
    ]
    others += _broken()
    Random(13).shuffle(others)
    return (*spared_by_none, *others)


SPARED_BY_NONE = 3


def _values() -> dict[str, tuple[str, ...]]:
    return {
        "length": tuple((unit * chars)[:chars] for unit in ("a", "é", "😀", "e\u0301", " ", "\n") for chars in _LENGTHS),
        "empty": ("",),
        "control": tuple(f"before{chr(code)}after" for code in _CONTROLS) + tuple(chr(code) for code in _CONTROLS),
        "surrogate": tuple(f"x{lone}y" for lone in LONE_SURROGATES),
        "nonchar": tuple(f"x{chr(code)}y" for code in NONCHARACTERS[::9]),
        "bidi": BIDI,
        "blank": BLANKS,
        "marks": ("a" + "\u0301" * 8, "a" + "\u0301" * 9, "a" + "\u0316" * 400, "\u0301", "ﷺ" * 200, "İ" * 30, "ß" * 40),
        "number": (*CURSORS, *NUMBERS),
        "day": DAYS,
        "ours": WORDS_OF_OURS,
        "place": PLACES,
        "search": FULL_TEXT,
        "injection": WORDS,
        "markup": (*MARKUP, *PAYLOADS[::5]),
        "address": (CANARY.upper(), f" {CANARY} ", f"Zaynab <{CANARY}>", f"mailto:{CANARY}", CANARY.replace("@", "＠"), quote(quote(CANARY)), f"{CANARY}\x00", f"demo{CANARY}", f"check:{CANARY}", f"/review/{CANARY}", f"{CANARY}:{CANARY}"),
    }  # fmt: skip


def _way(name: str, value: str) -> Iterator[Way]:
    yield Way(name, lambda field: f"{quoted(field)}={quoted(value)}".encode())


def _broken() -> Iterator[Way]:
    """Yield a field that is missing, comes twice or in another language's syntax, or is no text."""
    for number, shape in enumerate(
        (
            b"", b"%s", b"%s=1&%s=1", b"%s=1&%s=2", b"&".join([b"%s=1"] * 60), b"%s[]=1&%s[]=2", b"%s[0]=1", b"%s[a][b]=1", b"%s.x=1", b"%s%%00=1", b"+%s=1",
            b"%s=%%ff", b"%s=%%c0%%af", b"%s=%%ed%%a0%%80", b"%s=%%f8%%88%%80%%80%%80", b"%s=%%", b"%s=%%zz", b"%s=%%u0041", b"%s=\xff", b"%s=a;%s=b", b"%s==", b"=%s", b"%%ff=%s", b"%s={\"a\":1}", b"%s=null", b"&&&%s=1&&&",
        )
    ):  # fmt: skip
        yield Way(
            f"shape {number}",
            lambda field, shape=shape: shape.replace(b"%s", quoted(field).encode()).replace(b"%%", b"%"),
        )  # type: ignore[misc]  # mypy cannot tell the type of a default in a lambda
