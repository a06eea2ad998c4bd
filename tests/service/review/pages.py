"""Read a page of the desk the way a browser without a script does: forms with their fields, text, marks, links."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """One form: where it goes and what it sends before a button is pressed."""

    action: str
    method: str
    id: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    unticked: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """What is on one page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.forms: list[Form] = []
        # What can be ticked for a form that stands elsewhere on the page: its id, the name and the value.
        self.boxes: list[tuple[str, str, str]] = []
        self.marks: list[str] = []
        self.notes: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.typed_texts: list[str] = []
        self._open: list[str] = []
        self._select = ""
        self._owner: Form | None = None
        self._typed_depth = 0
        self._skipped_depth = 0
        self.feed(html)

    def form(self, ending: str, button: str = "") -> Form:
        """Return the first form whose address ends so and that has the button."""
        return next(
            form
            for form in self.forms
            if form.action.endswith(ending) and (not button or ("decision", button) in form.buttons)
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes |= set(given)
        if "id" in given:
            self.ids.append(given["id"])
        self._read_form(tag, given)
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "mark":
            self.marks.append("")
            self.notes.append(given["data-note"])
        if self._typed_depth:
            self._typed_depth += 1
        elif tag == "div" and given.get("class") == "text":
            self._typed_depth = 1
            self.typed_texts.append("")
        if self._skipped_depth:
            self._skipped_depth += 1
        elif given.get("class") == "read-as":
            self._skipped_depth = 1
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._typed_depth = max(self._typed_depth - 1, 0)
        self._skipped_depth = max(self._skipped_depth - 1, 0)
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._typed_depth and not self._skipped_depth:
            self.typed_texts[-1] += data
        if "mark" in self._open:
            self.marks[-1] += data

    def _read_form(self, tag: str, given: dict[str, str]) -> None:
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get"), given.get("id", "")))
        elif tag == "input" and "form" in given:
            self.boxes.append((given["form"], given["name"], given["value"]))
        elif tag == "input" and given.get("type") == "checkbox" and "checked" not in given:
            self.forms[-1].unticked[given["name"]] = given.get("value", "on")
        elif tag == "input" and "name" in given:
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "button" and "name" in given:
            self.forms[-1].buttons.append((given["name"], given["value"]))
        elif tag == "select" and "name" in given:
            self._select, owner = given["name"], given.get("form")
            self._owner = self.forms[-1] if owner is None else next(form for form in self.forms if form.id == owner)
            self._owner.choices[self._select] = []
        elif tag == "option" and self._owner:
            self._owner.choices[self._select].append(given["value"])
            if "selected" in given or self._select not in self._owner.fields:
                self._owner.fields[self._select] = given["value"]
