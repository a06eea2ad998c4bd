"""Find the email addresses people type into a text, and take them out before it is published.

Rule: it is better to mask something that only looks like an address than to publish one. Time is linear.
"""

import re
from collections.abc import Iterator

MASK = "[address removed]"

_OPEN, _CLOSE = r"[(\[{<]", r"[)\]}>]"
_DOTS = ".．。｡"
_SIGN = re.compile(
    rf"(?P<plain>[@＠﹫]|%40|&#0*64;|&#x0*40;|&commat;)"
    rf"|\s?{_OPEN}\s?(?:at|@|ατ|a)\s?{_CLOSE}\s?"
    r"|\s(?P<word>at)\s",
    re.IGNORECASE,
)
# A label may hold anything but what ends one, so that invisible characters inside an address do not save it.
_LABEL = rf"[^\s@＠{_DOTS},;:!?<>()\[\]{{}}\"'“”’/\\|&]{{1,80}}"
_PLAIN_DOT = rf"[{_DOTS}]"
_SPELLED_DOT = rf"\s?{_OPEN}\s?(?:dot|{_PLAIN_DOT})\s?{_CLOSE}\s?|\sdot\s"
_DOMAIN = re.compile(rf"{_LABEL}(?:(?:{_PLAIN_DOT}|{_SPELLED_DOT}){_LABEL}){{1,10}}", re.IGNORECASE)
_SPELLED_DOMAIN = re.compile(rf"{_LABEL}(?:(?:{_SPELLED_DOT}){_LABEL}){{1,10}}", re.IGNORECASE)
_SPACED_DOMAIN = re.compile(
    rf"{_LABEL}(?:\s?{_PLAIN_DOT}\s?{_LABEL}){{0,4}}\s?{_PLAIN_DOT}\s?(?:com|net|org|edu|gov|info|biz|co|ng|uk|io|me)\b",
    re.IGNORECASE,
)
_IP_LITERAL = re.compile(r"\[[0-9a-f:.]{3,45}\]", re.IGNORECASE)
_LAST_LABEL = re.compile(rf"(?:[{_DOTS}]|dot\s|{_CLOSE})\s?([^{_DOTS}\s)\]}}>]+)$", re.IGNORECASE)
_PRICE = re.compile(r"[n₦$£€#]\d", re.IGNORECASE)
_ENDS_LOCAL = frozenset(" \t\n\r\f\v\u00a0\u3000,;:<>()[]{}/\\@＠﹫|“”")
_DECORATION = "'\"*~`‘’.…"
_MAX_LOCAL_CHARS = 320  # the standard allows 64; a longer one is still somebody's


def mask_addresses(text: str) -> str:
    """Return `text` with every email address in it replaced by MASK."""
    pieces: list[str] = []
    position = 0
    for start, end in find_addresses(text):
        pieces += (text[position:start], MASK)
        position = end
    return "".join((*pieces, text[position:]))


def find_addresses(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of email addresses in `text`, in order, none overlapping."""
    found: list[tuple[int, int]] = []
    taken = 0
    for start, end in _candidates(text):
        if end > taken:  # what begins inside the one before ends after it: both are masked
            found.append((max(start, taken), end))
            taken = end
    return tuple(found)


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    floor = 0  # no local part reaches back over another sign: that would make many signs cost their square
    for sign in _SIGN.finditer(text):
        spaces = 0
        before, after = sign.span()
        if sign["plain"]:
            before, after, spaces = _without_spaces(text, before, after)
        start = _start_of_local(text, before, floor)
        floor = sign.end()
        end = _end_of_domain(text, after, sign, is_spaced=spaces > 0)
        if start < before and end > after and not _is_price(text[start:before], text[after:end]):
            yield start, end


def _without_spaces(text: str, before: int, after: int) -> tuple[int, int, int]:
    """Step over one or two spaces on either side of the sign; also return how many there were."""
    first, last = before, after
    while before > 0 and first - before < 2 and text[before - 1] in " \u00a0\t":
        before -= 1
    while after < len(text) and after - last < 2 and text[after] in " \u00a0\t":
        after += 1
    return before, after, first - before + after - last


def _start_of_local(text: str, before: int, floor: int) -> int:
    if before > 0 and text[before - 1] == '"':
        quote = text.rfind('"', max(floor, before - _MAX_LOCAL_CHARS), before - 1)
        return quote if quote >= 0 else before
    start = before
    while start > floor and before - start < _MAX_LOCAL_CHARS and text[start - 1] not in _ENDS_LOCAL:
        start -= 1
    while start < before and text[start] in _DECORATION:
        start += 1
    return start if any(char.isalnum() for char in text[start:before]) else before


def _end_of_domain(text: str, after: int, sign: re.Match[str], *, is_spaced: bool) -> int:
    """Return where the domain ends, or `after` when what follows is none."""
    literal = _IP_LITERAL.match(text, after)
    if literal and sign["plain"]:
        return literal.end()
    if sign["word"]:  # "look at example.com" is no address; "ada at example dot com" is
        domain = _SPELLED_DOMAIN.match(text, after)
    elif is_spaced:
        domain = _SPELLED_DOMAIN.match(text, after) or _SPACED_DOMAIN.match(text, after)
    else:
        domain = _DOMAIN.match(text, after)
    if domain is None:
        return after
    last = _LAST_LABEL.search(domain[0])
    labels = [last[1]] if last else []
    if sign["plain"]:  # one good label is enough: "ada@example.org.a" holds an address, whatever was typed after it
        labels += re.split(_PLAIN_DOT, domain[0])[1:]
    return domain.end() if any(_is_top_label(label) for label in labels) else after


def _is_top_label(label: str) -> bool:
    """Say whether a label could end a domain: no country has one letter."""
    return sum(char.isalpha() for char in label) > 1


def _is_price(local: str, domain: str) -> bool:
    return local.isdigit() and _PRICE.match(domain) is not None
