"""HTML as comment systems keep it, turned into the plain text that we keep. Time is linear, whatever the text holds.

Entities become characters, paragraphs and breaks become newlines, and a link keeps its address in words.
"""

import re
from dataclasses import dataclass, field
from html import unescape

# What has no end within so many characters is no tag; without a limit, many beginnings would cost their square.
_TAG = re.compile(r"<(?:!--.{0,2000}?-->|(/?)([A-Za-z][A-Za-z0-9]{0,20})((?:\s[^<>]{0,4000})?)/?>)", re.DOTALL)
_ATTRIBUTE = r"""(?:^|\s){name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
_HREF, _ALT, _SRC = (re.compile(_ATTRIBUTE.format(name=name), re.IGNORECASE) for name in ("href", "alt", "src"))
_WEB = re.compile(r"https?://", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_BLANKS_AT_END = re.compile(r"[ \t\n]+\Z")

# How many newlines stand between what is before and after such a tag.
_BLOCKS = dict.fromkeys(("p", "blockquote", "ul", "ol", "pre", "table", "h1", "h2", "h3", "h4", "h5", "h6"), 2)
_BLOCKS |= dict.fromkeys(("div", "li", "tr", "dt", "dd", "hr", "section", "article"), 1)
_SILENT = frozenset({"script", "style"})


def plain_text(html: str, *, keeps_newlines: bool) -> str:
    """Return what a reader of this HTML reads. `keeps_newlines`: one in it is one on the page, as in WordPress."""
    if "<" not in html and "&" not in html and keeps_newlines:
        return html.strip()
    return _Writer(keeps_newlines).read(html)


@dataclass(slots=True)
class _Writer:
    keeps_newlines: bool
    pieces: list[str] = field(default_factory=list)
    due: int = 0  # newlines before the next words
    has_broken: bool = False  # the last thing written was a break
    links: list[tuple[int, str]] = field(default_factory=list)  # where the words of an open link begin, and its address
    silent: str = ""

    def read(self, html: str) -> str:
        position = 0
        for tag in _TAG.finditer(html):
            self._words(html[position : tag.start()])
            position = tag.end()
            if tag[2]:
                self._tag(tag[2].lower(), tag[3], is_end=bool(tag[1]))
        self._words(html[position:])
        while self.links:
            self._close_link()
        return "".join(self.pieces).strip()

    def _words(self, raw: str) -> None:
        if self.silent or not raw:
            return
        words = unescape(raw if self.keeps_newlines else _BLANKS.sub(" ", raw))
        if self.due or self.has_broken:
            stripped = words.lstrip(" \t\n") if self.due else words.removeprefix("\n")
            if not self.keeps_newlines:
                stripped = words.lstrip(" ")
            if not stripped and self.due:
                return
            words = stripped
        self._break()
        self.has_broken = False
        self.pieces.append(words)

    def _break(self) -> None:
        """Write the newlines that are due, in place of the blanks before them."""
        if not self.due:
            return
        while self.pieces:
            self.pieces[-1] = _BLANKS_AT_END.sub("", self.pieces[-1])
            if self.pieces[-1]:
                self.pieces.append("\n" * self.due)
                break
            self.pieces.pop()
        self.due = 0

    def _tag(self, name: str, attributes: str, *, is_end: bool) -> None:
        if self.silent:
            self.silent = "" if is_end and name == self.silent else self.silent
        elif name in _SILENT and not is_end:
            self.silent = name
        elif name == "br":
            self._break()
            self.pieces.append("\n")
            self.has_broken = True
        elif name in _BLOCKS:
            self.due = max(self.due, _BLOCKS[name])
            if name == "li" and not is_end:
                self._words("- ")
        elif name == "a":
            self._link(attributes, is_end=is_end)
        elif name == "img":
            self._words_of_image(attributes)

    def _link(self, attributes: str, *, is_end: bool) -> None:
        if self.links:
            self._close_link()
        if not is_end:
            self._break()
            self.links.append((len(self.pieces), _value(_HREF, attributes)))

    def _close_link(self) -> None:
        begin, address = self.links.pop()
        words = "".join(self.pieces[begin:])
        if _WEB.match(address) and not _says(words, address):
            self.pieces.append(f" ({address})" if words.strip() else address)

    def _words_of_image(self, attributes: str) -> None:
        address = _value(_SRC, attributes)
        told = _value(_ALT, attributes) or (address if _WEB.match(address) else "")
        if told:
            self._break()
            self.pieces.append(told)


def _says(words: str, address: str) -> bool:
    """Say whether the words of a link are its address already, as a reader sees it."""
    return _bare(words.strip()) == _bare(address)


def _bare(address: str) -> str:
    return _WEB.sub("", address).rstrip("/").casefold()


def _value(attribute: re.Pattern[str], attributes: str) -> str:
    found = attribute.search(attributes)
    return "" if found is None else _BLANKS.sub(" ", unescape(found[1] or found[2] or found[3] or "")).strip()
