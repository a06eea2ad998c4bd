"""The first step, one character at a time: invisible ones out, styled ones plain, all lower-case and NFKC."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from workers.normalise.draft import Draft, Origin, identity
from workers.normalise.letters import marks_class
from workers.normalise.view import Kind, Mark

# Yoruba needs two marks on a letter. A longer tower hides its letter, and composing it costs quadratic time.
MAX_MARKS = 4

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
# Lines drawn through or under the letter ("f̶r̶e̶e̶"), which no orthography here uses.
_OVERLAYS = "\u0332\u0333\u0334-\u0338\u033f\u0489\u20d0-\u20ff"
_CHUNK = re.compile(" +|[^ ]+")
_UNSEEN = re.compile(f"[{_INVISIBLE}]++")
_OVERLAY = re.compile(f"[{_OVERLAYS}]")
# Letters in black circles and squares, which NFKC leaves alone.
_BOXED = {base + i: chr(ord("a") + i) for base in (0x1F150, 0x1F170) for i in range(26)}
_STYLES = ("<font>", "<wide>", "<circle>", "<square>")
# Software leaves soft hyphens, emoji selectors and byte-order marks behind; they go, and nobody is blamed.
_INNOCENT = frozenset("\u00ad\ufe0e\ufe0f\ufeff")


def fold_characters(raw: str) -> Draft:
    """Return `raw` lower-case and in NFKC, without invisible characters and towers of marks."""
    lowered = raw.lower()
    if raw.isascii() or (len(lowered) == len(raw) and _is_plain(lowered)):
        return Draft(raw, lowered, identity(len(lowered)))
    return _fold_slowly(raw)


def _is_plain(text: str) -> bool:
    # The towers come first: is_normalized itself is quadratic in their height.
    return not _suspect().search(text) and unicodedata.is_normalized("NFKC", text)


@cache
def _suspect() -> re.Pattern[str]:
    tower = rf"[{marks_class()}]{{{MAX_MARKS + 1}}}"
    return re.compile(rf"[{_INVISIBLE}{_OVERLAYS}\U0001f150-\U0001f169\U0001f170-\U0001f189]|{tower}")


def _fold_slowly(raw: str) -> Draft:
    """Fold space by space, because most words of most texts need nothing."""
    pieces: list[str] = []
    origins: list[Origin] = []
    marks: list[Mark] = []
    everywhere = identity(len(raw))
    position = 0
    for chunk in _CHUNK.findall(raw):
        lowered = chunk.lower()
        end = position + len(chunk)
        if chunk.isascii() or (len(lowered) == len(chunk) and _is_plain(lowered)):
            pieces.append(lowered)
            origins += everywhere[position:end]
        else:
            _fold_chunk(chunk, position, (pieces, origins, marks))
        position = end
    marks += _hiding(raw)
    return Draft(raw, "".join(pieces), origins, tuple(marks))


def _fold_chunk(chunk: str, offset: int, into: tuple[list[str], list[Origin], list[Mark]]) -> None:
    pieces, origins, marks = into
    for start, end, cluster in _clusters(chunk):
        text, kind = _fold_cluster(cluster)
        pieces.append(text)
        origins += [(offset + start, offset + end)] * len(text)
        if kind:
            marks.append(Mark(kind, offset + start, offset + end))


def _clusters(chunk: str) -> Iterator[tuple[int, int, str]]:
    """Yield each base character with its marks, as (start, end, text), without what cannot be seen."""
    start = end = 0
    cluster = ""
    for at, char in enumerate(chunk):
        if char in _unseen_chars():
            continue
        if _joins_the_one_before(char):
            if len(cluster) <= MAX_MARKS + 1:  # one too many is enough to know that it is a tower
                start = start if cluster else at
                cluster += char
                end = at + 1
        else:
            if cluster:
                yield start, end, cluster
            start, end, cluster = at, at + 1, char
    if cluster:
        yield start, end, cluster


def _joins_the_one_before(char: str) -> bool:
    # Vowels and finals of Hangul compose with the letter before them though they are not marks.
    return char >= "\u0300" and (unicodedata.category(char)[0] == "M" or "\u1161" <= char <= "\u11ff")


@cache
def _unseen_chars() -> frozenset[str]:
    return frozenset("".join(_UNSEEN.findall("".join(map(chr, (*range(0x10000), *range(0xE0000, 0xE1000)))))))


@lru_cache(maxsize=8192)
def _fold_cluster(cluster: str) -> tuple[str, Kind | None]:
    """Return the cluster in NFKC and lower-case, and what was undone in it."""
    kind = None
    if len(cluster) > MAX_MARKS + 1 or _OVERLAY.search(cluster):
        # A struck n is how the naira sign is typed where the keyboard has none.
        kind = None if cluster[0] in "nN" and len(cluster) == 2 else Kind.STACKED
        cluster = _OVERLAY.sub("", cluster)[: MAX_MARKS + 1]
    boxed = cluster.translate(_BOXED)
    text = unicodedata.normalize("NFKC", boxed)
    if boxed != cluster or (text.isascii() and text.isalpha() and _is_styled(cluster)):
        kind = kind or Kind.STYLED
    return unicodedata.normalize("NFKC", text.lower()), kind


def _is_styled(cluster: str) -> bool:
    return unicodedata.decomposition(cluster[0]).startswith(_STYLES)


def _hiding(raw: str) -> Iterator[Mark]:
    """Yield the invisible characters that stand between two Latin letters."""
    for match in _UNSEEN.finditer(raw):
        at = match.start()
        if match[0] in _INNOCENT or not 0 < at < len(raw) - 1:
            continue
        if _is_latin(raw[at - 1]) and _is_latin(raw[match.end() : match.end() + 1]):
            # The letter before stands for itself in the result; the invisible one is not there any more.
            yield Mark(Kind.ZERO_WIDTH, at - 1, match.end())


def _is_latin(char: str) -> bool:
    return char.isalpha() and (char < "\u0250" or "\u1e00" <= char < "\u1f00")
