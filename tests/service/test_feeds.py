"""Feeds: RFC 4287 as a strict parser reads it, whatever was written in the comments, and never an address."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from service import atom
from tests import factories
from tests.service.conftest import SITE_ORIGIN

SITE_FEED = "/feeds/demo.atom"
THREAD_FEED = "/feeds/demo.atom?thread=border-strikes"
ATOM = "{http://www.w3.org/2005/Atom}"
THREADING = "{http://purl.org/syndication/thread/1.0}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# What a writer of XML by hand gets wrong; none of it may be lost either, but for what XML cannot hold.
TEXTS = {
    "end of CDATA": "]]> & <![CDATA[ <b>",
    "entity": "&amp; &nbsp; &#0; <!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "quotes": "\"'><script>alert(1)</script>",
    "right to left": "\u202eabc\u202c \u200fالسلام\u200e",
    "isolates": "\u2066a\u2069",
    "yoruba": "Ọ̀rọ̀ yìí ṣe pàtàkì gan-an",
    "igbo": "Ụlọ akwụkwọ, ọ̄ dị mma",
    "astral": "😀 𞤀𞤣𞤤𞤢𞤥",
    "lines": "One\n\n  two\tthree",
    "instruction": "<?xml version='1.0'?><!-- -->",
}


def read(client: FlaskClient, address: str = SITE_FEED, base: str = "http://localhost") -> Element:
    answer = client.get(address, base_url=base)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return fromstring(answer.data)  # noqa: S314 - our own feed: what is under test


def texts(element: Element, path: str) -> list[str]:
    return [each.text or "" for each in element.findall(path.replace("a:", ATOM))]


def links(element: Element) -> dict[str, str]:
    return {each.attrib["rel"]: each.attrib["href"] for each in element.findall(f"{ATOM}link")}


def entries(feed: Element) -> list[Element]:
    return feed.findall(f"{ATOM}entry")


def test_feed_has_what_the_standard_asks_for(client: FlaskClient, sqlite_store: Store) -> None:
    first = factories.an_approved_comment(sqlite_store, name="Ngozi", text="Hello.")
    later = factories.NOW + timedelta(hours=1)
    reply = factories.an_approved_comment(sqlite_store, name="Bashir", text="Haka ne.", parent=first.id, now=later)

    feed = read(client, THREAD_FEED)

    assert feed.tag == f"{ATOM}feed"
    assert feed.attrib[LANG] == "en"
    assert texts(feed, "a:title") == ["Comments on “Strikes on the border” – The demo news"]
    assert texts(feed, "a:updated") == ["2026-05-04T13:00:00Z"]
    assert links(feed) == {
        "self": f"http://localhost{THREAD_FEED}",
        "alternate": f"{SITE_ORIGIN}/border-strikes",
    }
    newest, oldest = entries(feed)
    assert texts(newest, "a:title") == ["Bashir on “Strikes on the border”"]
    assert texts(newest, "a:author/a:name") == ["Bashir"]
    assert texts(newest, "a:published") == texts(newest, "a:updated") == ["2026-05-04T13:00:00Z"]
    assert links(newest) == {"alternate": f"{SITE_ORIGIN}/border-strikes#comment-{reply.id}"}
    [content] = newest.findall(f"{ATOM}content")
    assert (content.attrib["type"], content.text) == ("text", "Haka ne.")
    [answers] = newest.findall(f"{THREADING}in-reply-to")
    assert answers.attrib["ref"] == texts(oldest, "a:id")[0]
    assert oldest.findall(f"{THREADING}in-reply-to") == []
    assert newest.findall(f"{ATOM}category") == []


def test_names_of_things_are_tags_that_stay(client: FlaskClient, sqlite_store: Store) -> None:
    comment = factories.an_approved_comment(sqlite_store, thread={"key": "a/b ü", "url": "", "title": ""})

    def ids(base: str) -> set[str]:
        feeds = [read(client, path, base) for path in (SITE_FEED, "/feeds/demo.atom?thread=a/b ü")]
        return {each for feed in feeds for each in (*texts(feed, "a:id"), *texts(feed, "a:entry/a:id"))}

    # when: the service is reached by another name
    found = ids("http://localhost")

    mint = "tag:news.example,2026-05-04:replydesk/demo"
    assert found == {mint, f"{mint}/thread/a%2Fb%20%C3%BC", f"{mint}/comment/{comment.id}"}
    assert ids("https://comments.example.org") == found
    assert all(re.fullmatch(r"tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:[A-Za-z0-9._~%/-]+", each) for each in found)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_whatever_was_typed_is_text(client: FlaskClient, sqlite_store: Store, text: str) -> None:
    factories.an_approved_comment(sqlite_store, text=text, thread={"key": "k&<", "title": text, "url": ""})

    [entry] = entries(read(client))

    assert texts(entry, "a:content") == [text]
    assert " ".join(text.split()) in texts(entry, "a:title")[0]
    # Nothing that was typed became an element.
    assert {each.tag.removeprefix(ATOM) for each in entry.iter()} == {
        "entry", "id", "title", "author", "name", "published", "updated", "link", "content",
    }  # fmt: skip


def test_what_xml_cannot_hold_is_left_out() -> None:
    # The database holds none of these; a writer that lets one through breaks everybody's reader.
    assert atom.legal("a\x00\x0b\x1f\ud800\udfff\ufffe\uffffb\t\n\r\x7f\u0085😀") == "ab\t\n\r\x7f\u0085😀"
    moment = factories.NOW
    entry = atom.Entry(
        "tag:a",
        "t\x01",
        "n\ufffe",
        "x\ud800y",
        "yo",
        "https://a.example/\x0b",
        moment,
        moment,
        ("r\x02", "h\x03"),
        "M\x04",
    )
    feed = atom.Feed("tag:f", "f\x05", "ig", moment, (("self", "t", "h\x06"),), (entry,))
    made = fromstring(atom.write(feed))  # noqa: S314 - as above
    assert texts(made, "a:entry/a:content") == ["xy"]
    assert made.attrib[LANG] == "ig"
    assert made.find(f"{ATOM}entry/{ATOM}content").attrib[LANG] == "yo"  # type: ignore[union-attr]  # it is there


def test_address_in_a_text_or_a_name_is_masked(client: FlaskClient, sqlite_store: Store) -> None:
    title = "Write to editor@canary.example"
    factories.an_approved_comment(
        sqlite_store,
        text="I am zaynab@canary.example, zaynab (at) canary (dot) example",
        thread={"key": "a", "title": title},
    )

    for address in (SITE_FEED, "/feeds/demo.atom?thread=a", f"{SITE_FEED}?email=x@canary.example"):
        answer = client.get(address).text
        assert "[address removed]" in answer
        assert "canary" not in answer.replace("email=x%40canary", "")


def test_only_what_is_public_is_in_it(client: FlaskClient, sqlite_store: Store) -> None:
    shown = factories.an_approved_comment(sqlite_store)
    factories.accept(sqlite_store)
    factories.a_held_comment(sqlite_store)
    factories.a_rejected_comment(sqlite_store)
    factories.an_approved_comment(sqlite_store, site="other")
    assert len(entries(read(client))) == 1

    moderator = factories.a_moderator(sqlite_store)
    sqlite_store.desk.decide(
        shown.id, Status.REJECTED, version=2, moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW
    )

    assert entries(read(client)) == []


def test_what_was_published_last_comes_first_whenever_it_was_written(client: FlaskClient, sqlite_store: Store) -> None:
    # given: a comment that waited for a moderator while another one was published
    waited = factories.accept(sqlite_store)
    other = factories.an_approved_comment(sqlite_store, now=factories.NOW + timedelta(minutes=1))
    factories.settle(sqlite_store, waited, Status.APPROVED, now=factories.NOW + timedelta(days=1))

    feed = read(client)

    assert [each.rpartition("/")[2] for each in texts(feed, "a:entry/a:id")] == [str(waited.id), str(other.id)]
    assert texts(feed, "a:entry/a:published")[0] == "2026-05-04T12:00:00Z"
    assert texts(feed, "a:entry/a:updated")[0] == "2026-05-05T12:00:00Z"


@pytest.mark.parametrize("path", [SITE_FEED, THREAD_FEED])
def test_pages_of_fifty_are_linked_and_lose_nothing(client: FlaskClient, sqlite_store: Store, path: str) -> None:
    made = [
        factories.an_approved_comment(sqlite_store, now=factories.NOW + timedelta(seconds=n // 3)).id
        for n in range(120)
    ]

    found: list[int] = []
    address: str | None = path
    while address:
        feed = read(client, address.removeprefix("http://localhost"))
        assert len(entries(feed)) <= 50
        assert links(feed)["first"] == f"http://localhost{path}"
        found += [int(each.rpartition("/")[2]) for each in texts(feed, "a:entry/a:id")]
        address = links(feed).get("next")

    assert found == sorted(made, reverse=True)


@pytest.mark.parametrize(
    "cursor", ["x", "1", "1_x", "-1_2", "1e3_4", "٣_٣", "9" * 18 + "_1", "1_2_3", "nan_1", "1_2\n"]
)
def test_cursor_that_is_none_is_told(client: FlaskClient, cursor: str) -> None:
    answer = client.get(SITE_FEED, query_string={"before": cursor})
    assert (answer.status_code, answer.json["code"]) == (400, "bad_cursor")


@pytest.mark.parametrize("thread", ["", " ", "k" * 201, "a\x00b"])
def test_thread_that_is_none_is_told(client: FlaskClient, thread: str) -> None:
    answer = client.get(SITE_FEED, query_string={"thread": thread})
    assert (answer.status_code, answer.json["code"]) == (400, "bad_thread")


def test_unknown_site_is_not_found(client: FlaskClient) -> None:
    for key in ("nobody", "DEMO", "%00", "a" * 300):
        assert client.get(f"/feeds/{key}.atom").status_code == 404


def test_thread_nobody_wrote_in_has_an_empty_feed(client: FlaskClient) -> None:
    feed = read(client, "/feeds/demo.atom?thread=new")

    assert entries(feed) == []
    assert datetime.fromisoformat(texts(feed, "a:updated")[0]) == factories.NOW
    assert links(feed)["alternate"] == "http://localhost/threads/demo?thread=new"


def test_article_elsewhere_is_not_linked(client: FlaskClient, sqlite_store: Store) -> None:
    thread = {"key": "a", "url": "https://evil.example/", "title": "T"}
    comment = factories.an_approved_comment(sqlite_store, thread=thread)

    feed = read(client, "/feeds/demo.atom?thread=a")

    assert links(entries(feed)[0])["alternate"] == f"http://localhost/threads/demo/comments/{comment.id}"
    assert links(feed)["alternate"] == "http://localhost/threads/demo?thread=a"
    assert "evil" not in client.get(SITE_FEED).text


def test_answer_is_cached_shortly_and_the_same_is_304(client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store)
    first = client.get(SITE_FEED)
    assert first.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=60"
    assert "Set-Cookie" not in first.headers

    same = client.get(SITE_FEED, headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")

    factories.an_approved_comment(sqlite_store)
    other = client.get(SITE_FEED, headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_feed_speaks_the_sites_language_and_says_what_the_texts_are(client: FlaskClient, sqlite_store: Store) -> None:
    factories.a_site(sqlite_store, language="yo")
    factories.an_approved_comment(sqlite_store)
    factories.an_approved_comment(sqlite_store)
    with sqlite_store.database.write() as connection:
        connection.exec_driver_sql("UPDATE comments SET language = 'ha' WHERE id = 1")

    feed = read(client)

    assert feed.attrib[LANG] == "yo"
    assert [each.attrib[LANG] for each in feed.iter(f"{ATOM}content")] == ["und", "ha"]


def test_pages_name_the_feed(client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store, thread={"key": "a b&c", "url": "", "title": ""})

    page = client.get("/threads/demo", query_string={"thread": "a b&c"}).text
    fragment = client.get("/threads/demo", query_string={"thread": "a b&c", "format": "fragment"}).text

    [head] = re.findall(r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]+)"', page)
    assert dict(parse_qsl(urlsplit(head).query)) == {"thread": "a b&c"}
    assert len(entries(read(client, head))) == 1
    assert '<a href="http://localhost/feeds/demo.atom?thread=a+b%26c" rel="alternate nofollow"' in fragment


def test_site_feed_is_read_from_an_index(sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store)
    seen: list[str] = []

    def keep(*given: Any) -> None:
        seen.append(given[2])

    event.listen(Engine, "before_cursor_execute", keep)
    sqlite_store.feeds.page("demo", None, before="1777896000000000_51")
    event.remove(Engine, "before_cursor_execute", keep)

    [statement] = [each for each in seen if "ORDER BY" in each]
    with sqlite_store.database.read() as connection:
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (1, 1, 1, 1, 0)).all())
    assert "ix_comments_approved_decided_at" in plan
    assert "TEMP B-TREE" not in plan
