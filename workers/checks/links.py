"""Links: how many, how hidden, and whether there is anything else in the comment."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise
from urllib.parse import urlsplit

from linkify_it import LinkifyIt

from comments.signal import Category, Field, Signal, Span, Weight
from workers.checks.evidence import count_of, limited
from workers.checks.subject import Subject

NAME, VERSION = "links", "1"

# Not those that shorten every link on their own platform (t.co, lnkd.in): people paste them without a thought.
_SHORTENERS = """
bit.ly tinyurl.com goo.gl ow.ly is.gd buff.ly cutt.ly rb.gy rebrand.ly shorturl.at t.ly tiny.cc bl.ink s.id adf.ly
soo.gd v.gd qr.ae short.gy linktr.ee clck.ru u.to x.gd n9.cl surl.li
"""
SHORTENERS = frozenset(_SHORTENERS.split())
# Endings that are also English words: "They failed.It is over" is a missing space, not a link.
_WORD_ENDINGS = frozenset(
    {"it", "is", "so", "in", "at", "be", "my", "me", "no", "do", "to", "us", "am", "as", "by", "if", "he"}
)
_MANY = 3
_ENOUGH = 50  # nobody needs to know how many more there are
_FEW_WORDS_A_LINK = 8
# Longer than any link somebody means to be read; cutting there keeps the finder's worst case small.
_MAX_CHUNK_CHARS = 300
# The finder can read each such label in two ways, and tries all of them together: twenty take it hours. Hosts have two.
_MAX_PUNYCODE_LABELS = 5
_PUNYCODE = re.compile("xn--", re.IGNORECASE)
# A word with a dot, colon or slash inside it.
_CHUNK = re.compile(r"(?<!\S)(?=(?P<before>(?:[^\s.:/]|[.:/](?!\S))*))(?P=before)[.:/]\S*")
_TOP = "com|net|org|info|biz|co|ng|xyz|online|site|shop|top|club|io|me|tk|ru|uk|us"
_SPELLED = re.compile(
    rf"(?<![^\W_])(?:(?:www|http|https)\s?[(\[]?(?:dot|\.)[)\]]?\s?)?[a-z0-9-]{{2,40}}"
    rf"(?:\s[(\[]?dot[)\]]?\s|\s?[(\[]dot[)\]]\s?|\s\.\s|\s?\[\.\]\s?|\(\.\))(?:{_TOP})(?![^\W_])"
)
# Most texts have none of these, and the pattern above is slow to say so.
_SPELLED_HINT = re.compile(r"\sdot\s|[(\[]dot|\s\.\s|\[\.\]|\(\.\)")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|\[.*\]")


@dataclass(frozen=True, slots=True)
class _Link:
    start: int
    end: int
    host: str
    has_path: bool
    has_scheme: bool


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return one signal about how many links there are and of what kind, and one about spelled-out links."""
    others = (link for link in _links(subject.text) if not _is_own(link.host, subject.rules.own_hosts))
    links = list(islice(others, _ENOUGH))
    signals = list(_about(links, subject))
    spelled = _spelled(subject.normalised.text)
    if spelled:
        spans = limited(Span(*subject.normalised.span(*at)) for at in spelled)
        detail = f"{count_of(len(spelled), 'web address', 'web addresses')} spelled out to hide that it is a link"
        signals.append(Signal(NAME, VERSION, Category.SPAM, 0.6, Weight.SOFT, detail, spans))
    return tuple(signals)


def _spelled(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _SPELLED.finditer(text)] if _SPELLED_HINT.search(text) else []


def _about(links: list[_Link], subject: Subject) -> Iterator[Signal]:
    if not links:
        return
    traits = list(_traits(links))
    words = len(subject.normalised.words())
    is_bare = words < _FEW_WORDS_A_LINK * len(links)
    score = {1: 0.15, 2: 0.4}.get(len(links), 0.7) + 0.4 * len(traits) + 0.15 * is_bare
    detail = ", ".join([count_of(len(links), "link"), *traits, *(["with few words around"] if is_bare else [])])
    weight = Weight.HOLD if len(links) >= _MANY else Weight.SOFT
    if len(links) == 1 and not traits and not is_bare:
        weight = Weight.NOTE
    spans = limited(Span(link.start, link.end, Field.TEXT) for link in links)
    yield Signal(NAME, VERSION, Category.SPAM, min(score, 0.95), weight, detail, spans)


def _traits(links: list[_Link]) -> Iterator[str]:
    shortened = sum(link.host in SHORTENERS for link in links)
    if shortened:
        through = count_of(shortened, "through a shortener", "through shorteners")
        yield "through a shortener" if len(links) == 1 else through
    if any(label.startswith("xn--") or not label.isascii() for link in links for label in link.host.split(".")):
        yield "one with letters that pass for others"
    if any(_ADDRESS.fullmatch(link.host) for link in links):
        yield "one to a bare number instead of a name"


def _links(text: str) -> Iterator[_Link]:
    for start, chunk in _chunks(text):
        for match in _finder().match(chunk) or ():
            link = _link(match.url, start + match.index, start + match.last_index, match.schema)
            if link and not _is_missing_space(link, text[link.start : link.end]):
                yield link


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    for word in _CHUNK.finditer(text):
        labels = [found.start() for found in _PUNYCODE.finditer(text, *word.span())]
        for start, end in pairwise((word.start(), *labels[_MAX_PUNYCODE_LABELS::_MAX_PUNYCODE_LABELS], word.end())):
            for first in range(start, end, _MAX_CHUNK_CHARS):
                yield first, text[first : min(first + _MAX_CHUNK_CHARS, end)]


def _link(url: str, start: int, end: int, schema: str) -> _Link | None:
    if schema == "mailto:":
        return None  # addresses are the business of contact_details
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return _Link(start, end, "[unreadable]", has_path=True, has_scheme=True)
    return _Link(start, end, host, len(parts.path) > 1 or bool(parts.query), bool(schema))


def _is_missing_space(link: _Link, typed: str) -> bool:
    if link.has_scheme or link.has_path or typed.lower().startswith("www."):
        return False
    ending = typed.rpartition(".")[2]
    return ending[:1].isupper() != typed[:1].isupper() or (ending.lower() in _WORD_ENDINGS) or _is_initials(typed)


def _is_initials(typed: str) -> bool:
    return all(len(part) <= 2 for part in typed.split("."))


def _is_own(host: str, own_hosts: tuple[str, ...]) -> bool:
    return any(host == own or host.endswith(f".{own}") for own in map(str.lower, own_hosts))


@cache
def _finder() -> LinkifyIt:
    return LinkifyIt()
