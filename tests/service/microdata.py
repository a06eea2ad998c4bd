"""Microdata as a search engine reads it: items with their properties, by the rules of the HTML standard."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

_VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_ADDRESS = {"a": "href", "link": "href", "img": "src"}


@dataclass
class Item:
    """One item: its type, and every value of each property."""

    type: str
    properties: dict[str, list["str | Item"]] = field(default_factory=dict)

    def texts(self, name: str) -> list[str]:
        """Return the values of a property that are no items."""
        return [value for value in self.properties.get(name, []) if isinstance(value, str)]

    def items(self, name: str) -> list["Item"]:
        """Return the values of a property that are items."""
        return [value for value in self.properties.get(name, []) if isinstance(value, Item)]


def read_items(html: str, address: str) -> list[Item]:
    """Return the items of a page that belong to no other item."""
    reader = _Reader(address)
    reader.feed(html)
    reader.close()
    assert not reader.open, f"not closed: {[element.tag for element in reader.open]}"
    return reader.top


@dataclass
class _Element:
    tag: str
    item: Item | None
    owner: Item | None
    name: str
    attributes: dict[str, str]
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.open: list[_Element] = []
        self.top: list[Item] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        owner = next((each.item for each in reversed(self.open) if each.item), None)
        item = Item(attributes.get("itemtype", "")) if "itemscope" in attributes else None
        if item and "itemprop" not in attributes:
            self.top.append(item)
        element = _Element(tag, item, owner, attributes.get("itemprop", ""), attributes)
        self.open.append(element)
        if tag in _VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def handle_endtag(self, tag: str) -> None:
        if not any(each.tag == tag for each in self.open):
            return
        while True:
            element = self.open.pop()
            self._settle(element)
            if element.tag == tag:
                return
            assert element.tag in {"li", "p", "option"}, f"{element.tag} was not closed before {tag}"

    def _settle(self, element: _Element) -> None:
        if element.name:
            assert element.owner, f"{element.name} belongs to no item"
            element.owner.properties.setdefault(element.name, []).append(element.item or self._value(element))

    def _value(self, element: _Element) -> str:
        given = element.attributes
        if element.tag == "meta":
            return given["content"]
        if element.tag in _ADDRESS:
            return urljoin(self.address, given[_ADDRESS[element.tag]])
        return given["datetime"] if element.tag == "time" else element.text
