"""What came back, with everything taken out that differs from one run to the next: hosts, numbers, hashes."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import unescape

# WordPress's page of its own errors, and ours.
_SENTENCE = re.compile(r'(?:class="wp-die-message">\s*|</h1>\s*)<p[^>]*>(?P<sentence>.*?)</p>', re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_ANY_TAG = re.compile(r"<[^>]*>")
_SHAPES = (
    (re.compile(r"(?<=moderation-hash=)[\w-]+"), "HASH"),
    (re.compile(r"(?<=unapproved=)\d+"), "ID"),
    (re.compile(r"(?<=#comment-)\d+"), "ID"),
)
_HASHED_COOKIE = re.compile(r"_[0-9a-f]{32}$")
_TAKES_BACK = "max-age=0"


@dataclass(frozen=True)
class Answered:
    """The shape of one answer. Empty where there was nothing; `type` is the media type without its charset."""

    status: int
    location: str
    type: str
    title: str
    sentence: str
    allow: str
    cookies: tuple[str, ...]
    is_empty: bool

    @property
    def as_json(self) -> dict[str, object]:
        """The same for a file."""
        return {**asdict(self), "cookies": list(self.cookies)}

    @classmethod
    def from_json(cls, read: Mapping[str, object]) -> "Answered":
        """Return what `as_json` has written."""
        return cls(**{**read, "cookies": tuple(read["cookies"])})  # type: ignore[arg-type]  # our own file


def answered(status: int, headers: list[tuple[str, str]], body: str, site: str) -> Answered:
    """Return the shape of an answer; `site` is the address of the newspaper."""
    by_name = {name.lower(): value for name, value in headers}
    sentence, title = _SENTENCE.search(body), _TITLE.search(body)
    return Answered(
        status=status,
        location=shape(by_name.get("location", ""), {site: "SITE"}),
        type=by_name.get("content-type", "").split(";")[0],
        title=_text(title[1]) if title else "",
        sentence=_text(sentence["sentence"]) if sentence else "",
        allow=by_name.get("allow", ""),
        cookies=tuple(sorted(_cookie(value) for name, value in headers if _sets_cookie(name, value))),
        is_empty=not body.strip(),
    )


def shape(location: str, known: Mapping[str, str]) -> str:
    """Return an address without what differs from run to run; `known` are addresses and the words for them."""
    for address, word in known.items():
        location = location.replace(address, word)
    for found, word in _SHAPES:
        location = found.sub(word, location)
    return location


def _text(html: str) -> str:
    return unescape(_ANY_TAG.sub("", html)).strip()


def _sets_cookie(name: str, value: str) -> bool:
    return name.lower() == "set-cookie" and _TAKES_BACK not in value.lower()


def _cookie(header: str) -> str:
    return _HASHED_COOKIE.sub("_HASH", header.split("=", 1)[0])
