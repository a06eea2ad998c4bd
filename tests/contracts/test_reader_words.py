"""No bare English is left under an article: every word of a page and every message goes by the catalogues."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
# The API's description is for programmers and stays English.
FOR_PROGRAMMERS = {"docs.html"}
TEMPLATES = sorted(path for path in ROOT.glob("service/templates/*.html") if path.name not in FOR_PROGRAMMERS)
SAID_ALOUD = {"alt", "aria-label", "aria-description", "content", "placeholder", "title"}
NOT_WORDS = {"Organization", "Person", "noindex", "light dark", "width=device-width, initial-scale=1"}
WORD = re.compile(r"[^\W\d_]{2,}")
# A literal in an expression is a text when it has a capital or two words: keys, ids and filters have neither.
TEXT = re.compile(r"^[A-Z][a-z]+|[a-z]{2,} [a-z]{2,}")
ATTRIBUTE = re.compile(r'[a-z-]+="[^"]*"')
TRANSLATES = {"_", "gettext", "ngettext"}


class Words(HTMLParser):
    """The words that stand in a page by themselves."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value.strip() for name, value in attrs if name in SAID_ALOUD and value and WORD.search(value)]

    def handle_data(self, data: str) -> None:
        words = ATTRIBUTE.sub("", data)  # a macro's own, for the inside of a tag
        if WORD.search(words):
            self.found.append(words.strip())


def bare_words(template: str) -> set[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    tree = environment.parse(template)
    plain = "".join(found.data for found in tree.find_all(nodes.TemplateData))
    return {*Words(plain).found, *_literals(tree, inside=False)} - NOT_WORDS


def _literals(node: nodes.Node, *, inside: bool) -> Iterator[str]:
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and not inside and TEXT.search(node.value):
        yield node.value
    is_call = isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in TRANSLATES
    for child in node.iter_child_nodes():
        yield from _literals(child, inside=inside or is_call)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_page_has_no_words_of_its_own(path: Path) -> None:
    assert bare_words(path.read_text()) == set()


def test_bare_words_are_found() -> None:
    assert len(TEMPLATES) > 8, "else this proves nothing"
    assert bare_words("<p>Hello there</p>") == {"Hello there"}
    assert bare_words('<a aria-label="Order of {{ x }}"></a>') == {"Order of"}
    assert bare_words('{{ "That was all." if done else _("More") }}') == {"That was all."}
    assert (
        bare_words('{{ _("Fine") }}{% trans name=x %}For <b>{{ name }}</b>{% endtrans %} · {{ y|d("x-y") }}') == set()
    )


# What makes a message for people, and which of its arguments that is.
MESSAGES = {
    "FieldError": 2,
    "Problem": 2,
    "Answer": 2,
    "Refusal": 0,
    "Refused": 1,
    "_missing": 0,
    "fail": 2,
}
NAMED = {"required", "detail", "sentence", "advice", "message"}
# What only programs meet stays English, as the programs that it stands in for say it.
SAID_TO_PROGRAMS = {"isso.py", "isso_query.py"}
MODULES = sorted(
    path for path in (*ROOT.glob("service/*.py"), *ROOT.glob("comments/*.py")) if path.name not in SAID_TO_PROGRAMS
)


def bare_messages(module: str) -> list[str]:
    found = []
    for call in (node for node in ast.walk(ast.parse(module)) if isinstance(node, ast.Call)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        position = MESSAGES.get(name)
        said = [] if position is None else call.args[position : position + 1]
        if name in {*MESSAGES, "text", "read_words"}:
            said = [*said, *(keyword.value for keyword in call.keywords if keyword.arg in NAMED)]
        found += [ast.unparse(each) for each in said if isinstance(each, ast.JoinedStr) or _is_text(each)]
    return found


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(node.value)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_message_for_readers_is_a_phrase(path: Path) -> None:
    assert bare_messages(path.read_text()) == []


def test_bare_messages_are_found() -> None:
    assert bare_messages('reader.fail("name", "required", "Give your name.")') == ["'Give your name.'"]
    assert bare_messages('Problem(400, "bad", f"At most {most}.")') == ["f'At most {most}.'"]
    assert bare_messages('read_words(sent, "text", required="Write.")') == ["'Write.'"]
    assert bare_messages('FieldError("a", "b", phrase("Fine."))') == []
