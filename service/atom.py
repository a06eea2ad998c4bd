"""Atom (RFC 4287) from what was published: plain text, addresses masked, only what XML 1.0 may hold."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

MEDIA_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_THREADING = "http://purl.org/syndication/thread/1.0"  # RFC 4685: what an entry replies to
# The writer escapes what has a meaning in XML; what XML cannot hold at all it would write as it is.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNKNOWN = "und"


@dataclass(frozen=True, slots=True)
class Entry:
    """One comment as a feed shows it. `answers` is the id and the address of the comment it answers."""

    id: str
    title: str
    name: str
    text: str
    language: str
    link: str
    created_at: datetime
    published_at: datetime
    answers: tuple[str, str] | None
    mark: str  # "Newsroom" in the feed's language, empty for a reader's comment


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a feed. `links` are (rel, type, address)."""

    id: str
    title: str
    language: str
    updated_at: datetime
    links: tuple[tuple[str, str, str], ...]
    entries: tuple[Entry, ...]


def write(feed: Feed) -> bytes:
    """Return the feed as XML in UTF-8."""
    root = Element("feed", {"xmlns": _ATOM, "xmlns:thr": _THREADING, "xml:lang": feed.language})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", _time(feed.updated_at))
    for rel, media_type, address in feed.links:
        SubElement(root, "link", _legal({"rel": rel, "type": media_type, "href": address}))
    _add(root, "generator", "Replydesk")
    for entry in feed.entries:
        _add_entry(root, entry)
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _add_entry(root: Element, entry: Entry) -> None:
    made = SubElement(root, "entry")
    _add(made, "id", entry.id)
    _add(made, "title", entry.title)
    _add(SubElement(made, "author"), "name", entry.name)
    _add(made, "published", _time(entry.created_at))
    _add(made, "updated", _time(entry.published_at))
    SubElement(made, "link", _legal({"rel": "alternate", "type": "text/html", "href": entry.link}))
    if entry.answers:
        ref, href = entry.answers
        SubElement(made, "thr:in-reply-to", _legal({"ref": ref, "type": "text/html", "href": href}))
    if entry.mark:
        SubElement(made, "category", _legal({"term": "newsroom", "label": entry.mark}))
    _add(made, "content", entry.text, {"type": "text", "xml:lang": entry.language or _UNKNOWN})


def _add(parent: Element, name: str, words: str, attributes: dict[str, str] | None = None) -> None:
    SubElement(parent, name, attributes or {}).text = legal(words)


def legal(words: str) -> str:
    """Return the words without what no XML document may hold."""
    return _NO_XML.sub("", words)


def _legal(attributes: dict[str, str]) -> dict[str, str]:
    return {name: legal(value) for name, value in attributes.items()}


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def latest(times: Iterable[datetime], *, begun_at: datetime) -> datetime:
    """Return when anything happened last; when it began, where nothing has."""
    return max(times, default=begun_at)
