"""Lines to copy: what is documented is what is printed, and what is printed is what the service serves."""

from html.parser import HTMLParser
from pathlib import Path

from flask.testing import FlaskClient

from service.embed.script import script
from service.embed.snippet import policy_for, snippet_for

SERVICE = "https://comments.example.org"
DOCUMENT = Path("docs/embed.md").read_text()


class Tags(HTMLParser):
    """The tags of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_script_is_held_to_its_hash(client: FlaskClient) -> None:
    [(tag, attributes)] = Tags(snippet_for("courier", SERVICE).script).found

    assert tag == "script"
    assert attributes["src"] == SERVICE + script().path
    assert client.get(script().path).data == script().body
    assert (attributes["integrity"], attributes["crossorigin"]) == (script().integrity, "anonymous")
    assert attributes["data-site"] == "courier"
    assert "defer" in attributes, "it reads the whole page"


def test_element_leads_to_the_page_that_needs_no_script() -> None:
    (element, attributes), (_, link) = Tags(snippet_for("courier", SERVICE).element).found

    assert (element, attributes["site"]) == ("replydesk-thread", "courier")
    assert link["href"] == f"{SERVICE}/threads/courier?thread=KEY"


def test_service_below_a_path_has_its_host_in_the_policy() -> None:
    snippet = snippet_for("courier", "https://news.example:8443/comments")

    assert snippet.script.startswith('<script src="https://news.example:8443/comments/embed-')
    assert "script-src https://news.example:8443" in snippet.policy


def test_what_is_documented_is_what_is_printed() -> None:
    snippet = snippet_for("courier", SERVICE)

    for line in policy_for(SERVICE):
        assert line in DOCUMENT
    assert snippet.newest_script in DOCUMENT
    assert snippet.count.replace("KEY", "2024/strikes").split(">")[0].split(" ")[2] in DOCUMENT
