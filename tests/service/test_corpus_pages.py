"""What was kept is shown as words: no payload adds a tag, an attribute or a link to any page it comes back in."""

from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from comments.store import Store
from comments.submission import InvalidSubmission
from comments.typed_text import has_forbidden_character
from tests import factories
from tests.corpus.cases import quoted
from tests.corpus.markup import PAYLOADS
from tests.corpus.oracle import NEVER_SHOWN

HARMLESS = "Plain words."
HTML = {"Accept": "text/html"}
AT_ONCE = 40
LINKS = frozenset({"href", "src", "action", "formaction", "srcset", "poster", "data", "ping"})


class Shape(HTMLParser):
    """The tags, attributes and addresses of a page, without its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[tuple[str, str]] = set()
        self.schemes: set[str] = set()
        self.odd: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags |= {(tag, name) for name, _ in (*attrs, ("", None))}
        self.schemes |= {
            (value or "").partition(":")[0] for name, value in attrs if name in LINKS and ":" in (value or "")
        }

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def pages(client: FlaskClient, receipts: Sequence[str], thread: str) -> Iterator[str]:
    """Yield every page a comment comes back in."""
    for query in ("", "&sort=oldest", "&format=fragment"):
        yield client.get(f"/threads/demo?thread={thread}{query}", headers=HTML).text
    for token in receipts:
        yield client.get(f"/receipts/{token}", headers=HTML).text
    for token in receipts[:3]:
        yield client.get(f"/threads/demo?thread={thread}&replydesk={token}", headers=HTML).text


def shown_again(client: FlaskClient, payload: str) -> str:
    """Return the form as a browser gets it back, with what was typed and what to change."""
    fields = ("thread_key", "thread_url", "thread_title", "parent", "name", "text", "return_to", "form_token")
    return client.post("/api/v1/comments", data=dict.fromkeys(fields, payload) | {"site": "demo"}, headers=HTML).text


def comment_with(store: Store, payload: str, number: int) -> str:
    """Publish a comment with the payload wherever it may stand, and return its receipt."""
    thread = {"key": "markup", "url": "https://news.example/markup", "title": payload}
    try:
        return factories.receipt_of(
            factories.an_approved_comment(store, name=payload[:80], text=f"{payload} {number}", thread=thread)
        )
    except InvalidSubmission:
        return factories.receipt_of(factories.an_approved_comment(store, text=f"x{payload} {number}", thread="markup"))


@pytest.mark.parametrize("begin", range(0, len(PAYLOADS), AT_ONCE))
def test_payloads_change_nothing_but_the_words(client: FlaskClient, sqlite_store: Store, begin: int) -> None:
    # given a page of harmless comments, and one of payloads
    plain = [
        factories.receipt_of(factories.an_approved_comment(sqlite_store, thread="plain", text=f"{HARMLESS} {n}"))
        for n in range(2)
    ]
    again = shown_again(client, HARMLESS) + shown_again(client, "")
    expected = Shape("".join(pages(client, plain, "plain")) + again)
    payloads = [payload for payload in PAYLOADS[begin : begin + AT_ONCE] if not has_forbidden_character(payload)]
    receipts = [comment_with(sqlite_store, payload, number) for number, payload in enumerate(payloads)]

    # when they are shown everywhere
    html = [*pages(client, receipts, "markup"), *(shown_again(client, payload) for payload in payloads)]
    html += [
        client.get(f"/threads/demo?thread=markup&title={quoted(each)}&url={quoted(each)}").text for each in payloads
    ]

    # then the pages are made of the same tags
    found = Shape("".join(html))
    assert "4711" in "".join(html), "else this proves nothing"
    assert found.tags - expected.tags == set()
    assert found.schemes <= {"http", "https"}
    assert set(found.odd) == set(expected.odd)
    assert not [word for word in NEVER_SHOWN if word in "".join(html)]
