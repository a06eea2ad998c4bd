"""Pages of a thread and of one conversation: small whatever was written, complete by links, without a script."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient

from comments.store import Store
from tests import factories

URL = "/threads/demo?thread=border-strikes"
MAX_FIRST_HTML_BYTES = 60 * 1024
WORDS = "The envoy was recalled before anyone had the facts, and nobody has said since what they were. "
SHAPES = {
    "short": "Yes.",
    "usual": WORDS * 2,
    "longest": "a" * 5_000,
    "signs": "<&>\"'" * 1_000,
    "yoruba": "Ọ̀rọ̀ yìí ṣe pàtàkì gan-an; ẹ jẹ́ kí a gbọ́ tẹnu àwọn aráàlú. " * 20,
    "arabic": "السلام عليكم ورحمة الله " * 100,
}


def shown(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<article[^>]* id="comment-(\d+)"', page)]


def walk(client: FlaskClient, address: str) -> Iterator[str]:
    """Follow the link to the next page until there is none."""
    while address:
        answer = client.get(address)
        assert answer.status_code == 200
        assert len(answer.data) <= MAX_FIRST_HTML_BYTES, address
        yield answer.text
        found = re.search(r'class="more"><a class="button quiet" href="([^"]+)"', answer.text)
        address = urljoin(address, unescape(found[1])) if found else ""


def rest_of(page: str, address: str) -> str:
    """Return the address of a conversation's further replies, empty where all are here."""
    found = re.search(r'class="rest"><a href="([^"]+)"', page)
    return urljoin(address, unescape(found[1])) if found else ""


@pytest.mark.parametrize("shape", SHAPES)
def test_every_page_is_small_and_together_they_are_the_thread(
    client: FlaskClient, sqlite_store: Store, shape: str
) -> None:
    # given: a hundred comments, half of them replies
    made = []
    for number in range(50):
        text = f"{number} {SHAPES[shape]}"[:5_000]
        first = factories.an_approved_comment(sqlite_store, name=f"Ngozi Adéọlá {number}", text=text)
        made += [first.id, factories.an_approved_comment(sqlite_store, parent=first.id, text=f"R{text}"[:5_000]).id]

    pages = list(walk(client, f"{URL}&sort=oldest"))

    assert [number for page in pages for number in shown(page)] == made
    if shape == "usual":
        assert len(shown(pages[0])) >= 60, "most of a usual thread is on the first page"
    assert not any(rest_of(page, URL) for page in pages)


def test_conversation_of_three_hundred_replies_is_read_by_links(client: FlaskClient, sqlite_store: Store) -> None:
    # given: replies to the first comment, to each other, and another conversation
    root = factories.an_approved_comment(sqlite_store, name="Root")
    replies = [factories.an_approved_comment(sqlite_store, name="R0", parent=root.id).id]
    for number in range(1, 300):
        parent = root.id if number % 3 else replies[-1]
        replies.append(factories.an_approved_comment(sqlite_store, name=f"R{number}", parent=parent).id)
    other = factories.an_approved_comment(sqlite_store)

    # when
    first = client.get(URL).text
    address = rest_of(first, URL)
    found = shown(first)
    assert ">280 more replies</a>" in first
    seen = found[2:]
    while address:
        page = client.get(address)
        assert len(page.data) <= MAX_FIRST_HTML_BYTES
        conversation = shown(page.text)
        assert conversation[0] == root.id, "the comment that began it stands above every page"
        assert "All comments" in page.text
        seen += conversation[1:]
        address = rest_of(page.text, URL)

    # then: everything once
    assert found[:2] == [other.id, root.id]
    assert sorted(seen) == replies
    assert len(set(seen)) == len(seen)


def test_reply_says_whom_it_answers_when_that_is_on_an_earlier_page(client: FlaskClient, sqlite_store: Store) -> None:
    root = factories.an_approved_comment(sqlite_store, name="Root")
    early = factories.an_approved_comment(sqlite_store, name="Early Bird", parent=root.id)
    for _ in range(20):
        factories.an_approved_comment(sqlite_store, parent=root.id)
    late = factories.an_approved_comment(sqlite_store, name="Late", parent=early.id)

    page = client.get(rest_of(client.get(URL).text, URL)).text

    assert late.id in shown(page)
    assert early.id not in shown(page)
    assert "to <bdi>Early Bird</bdi>" in page


def test_one_conversation_that_is_too_long_for_a_page_is_cut_at_a_reply(
    client: FlaskClient, sqlite_store: Store
) -> None:
    root = factories.an_approved_comment(sqlite_store, text=f"0{'x' * 4_999}")
    replies = [
        factories.an_approved_comment(sqlite_store, parent=root.id, text=f"{n:02}{'x' * 4_998}").id for n in range(15)
    ]

    first = client.get(URL)
    assert len(first.data) <= MAX_FIRST_HTML_BYTES
    here = shown(first.text)
    assert here[0] == root.id
    left = len(replies) - len(here[1:])
    assert f">{left} more replies</a>" in first.text
    rest = client.get(rest_of(first.text, URL)).text
    assert here[1:] + shown(rest)[1:] == replies


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "٣", "9" * 400])
@pytest.mark.parametrize("name", ["conversation", "after"])
def test_cursor_that_is_none_is_told(client: FlaskClient, name: str, cursor: str) -> None:
    for path in (URL, "/api/v1/comments?site=demo&thread=border-strikes"):
        answer = client.get(f"{path}&{name}={cursor}")
        assert (answer.status_code, answer.json["code"]) == (400, "bad_cursor")


def test_conversation_that_is_not_there_is_empty(client: FlaskClient, sqlite_store: Store) -> None:
    root = factories.an_approved_comment(sqlite_store)
    reply = factories.an_approved_comment(sqlite_store, parent=root.id)
    held = factories.a_held_comment(sqlite_store)
    elsewhere = factories.an_approved_comment(sqlite_store, thread="elsewhere")

    for number in (reply.id, held.id, elsewhere.id, 4711):
        page = client.get(f"{URL}&conversation={number}")
        assert page.status_code == 200
        assert shown(page.text) == []


def test_later_pages_lead_back_to_the_first(client: FlaskClient, sqlite_store: Store) -> None:
    made = [factories.an_approved_comment(sqlite_store).id for _ in range(3)]

    page = client.get(f"{URL}&sort=oldest&after={made[0]}").text

    assert '<a href="?thread=border-strikes&amp;sort=oldest#comments" rel="nofollow">From the beginning</a>' in page
    assert "From the beginning" not in client.get(f"{URL}&sort=oldest").text


def test_json_gives_a_hundred_replies_and_the_next_by_a_cursor(client: FlaskClient, sqlite_store: Store) -> None:
    root = factories.an_approved_comment(sqlite_store)
    replies = [factories.an_approved_comment(sqlite_store, parent=root.id).id for _ in range(130)]
    url = "/api/v1/comments?site=demo&thread=border-strikes"

    [first] = client.get(url).json["comments"]
    following = client.get(f"{url}&conversation={root.id}&after={first['next_after']}").json
    [second] = following["comments"]

    assert (first["reply_count"], second["reply_count"]) == (130, 130)
    assert [reply["id"] for each in (first, second) for reply in each["replies"]] == replies
    assert (second["next_after"], following["next_after"]) == (None, None)


# Permalinks ----------------------------------------------------------------------------------------------------------


def follow(client: FlaskClient, comment_id: int) -> tuple[str, list[int]]:
    """Open a comment's own address; return where it leads and what is there."""
    answer = client.get(f"/threads/demo/comments/{comment_id}")
    assert answer.status_code == 303
    assert answer.headers["Cache-Control"].startswith("public, max-age=5")
    address, _, place = answer.location.partition("#")
    assert place == f"comment-{comment_id}"
    return address, shown(client.get(address).text)


def test_comment_has_an_address_that_leads_to_its_page(client: FlaskClient, sqlite_store: Store) -> None:
    # given: more conversations than a page holds, the first with more replies than are shown at once
    root = factories.an_approved_comment(sqlite_store)
    replies = [factories.an_approved_comment(sqlite_store, parent=root.id).id for _ in range(150)]
    roots = [root.id, *(factories.an_approved_comment(sqlite_store).id for _ in range(120))]

    # then: wherever it is, it is on the page that its address leads to
    for number in [*roots, *replies]:
        address, there = follow(client, number)
        assert number in there, address
    assert follow(client, roots[-1])[0] == "/threads/demo?thread=border-strikes"
    assert "after=" in follow(client, roots[40])[0]
    assert f"conversation={root.id}" in follow(client, replies[-1])[0]


def test_address_of_what_is_not_public_says_nothing_of_it(client: FlaskClient, sqlite_store: Store) -> None:
    hidden = [
        factories.accept(sqlite_store).id,
        factories.a_held_comment(sqlite_store).id,
        factories.a_rejected_comment(sqlite_store).id,
        factories.an_approved_comment(sqlite_store, site="other").id,
        4711,
        2**53 - 1,
    ]

    answers = [client.get(f"/threads/demo/comments/{number}", headers={"Accept": "text/html"}) for number in hidden]

    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(r"[0-9a-f]{16}", "", answer.text) for answer in answers}) == 1
    assert "It may have been taken back, or was never published." in answers[0].text


@pytest.mark.parametrize("number", ["x", "-1", "1.0", "9" * 400, "1/2", "%00"])
def test_address_of_no_comment_is_not_found(client: FlaskClient, number: str) -> None:
    assert client.get(f"/threads/demo/comments/{number}").status_code == 404


def test_address_on_an_unknown_site_is_not_found(client: FlaskClient) -> None:
    assert client.get("/threads/nobody/comments/1").json["code"] == "unknown_site"
