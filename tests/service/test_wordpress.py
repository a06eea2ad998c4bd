"""The form of a WordPress theme, posted here: each row of WordPress's own table, and what we add to it."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.masking import MASK
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.pending import Settlement
from comments.submission import MAX_TITLE_CHARS
from comments.verdict import Verdict
from service.problems import PROBLEM_CODES
from service.wordpress_fields import HONEYPOT
from tests import factories
from tests.service.conftest import SITE_ORIGIN, Clock
from tests.service.test_form import FormFields

URL = "/wp-comments-post.php?site=demo"
ADDRESS = "zaynab.marker@address-canary.example"
ARTICLE = f"{SITE_ORIGIN}/2026/05/border-strikes/"
HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
THREAD = "/api/v1/comments?site=demo&thread=wp:12"

PARENT = "Sorry, replies to unapproved comments are not allowed."
CLOSED = "Sorry, comments are closed for this item."
REQUIRED = "<strong>Error:</strong> Please fill the required fields."
BAD_EMAIL = "<strong>Error:</strong> Please enter a valid email address."
NO_TEXT = "<strong>Error:</strong> Please type your comment text."
LONG = "<strong>Error:</strong> Your {} is too long."
DUPLICATE = "Duplicate comment detected; it looks as though you’ve already said that!"
FLOOD = "You are posting comments too quickly. Slow down."
NOT_SAVED = "<strong>Error:</strong> The comment could not be saved. Please try again later."


def fields(**overrides: str) -> dict[str, str]:
    """Return what the stock theme's form sends."""
    typed = {
        "comment": str(factories.a_body()["text"]),
        "author": "Ọlá",
        "email": ADDRESS,
        "url": "https://ola.example",
        "submit": "Post Comment",
        "comment_post_ID": "12",
        "comment_parent": "0",
    }
    return typed | overrides


def post(
    client: FlaskClient, *, referer: str = ARTICLE, accept: str = HTML["Accept"], **overrides: str
) -> TestResponse:
    headers = {"Accept": accept} | ({"Referer": referer} if referer else {})
    answer = client.post(URL, data=fields(**overrides), headers=headers)
    assert "Set-Cookie" not in answer.headers
    assert "canary" not in answer.text
    assert "canary" not in str(answer.headers)
    return answer


def said(answer: TestResponse) -> str:
    return unescape(answer.text)


def waiting(store: Store) -> int:
    """Return how many comments were kept and not decided yet."""
    return len(store.pending.claim(factories.NOW + timedelta(days=1), lease_seconds=60, limit=100))


@pytest.fixture
def strict(make_app: Callable[..., Flask], app: Flask, sqlite_store: Store) -> FlaskClient:
    """A client of the same service with WordPress's own statuses."""
    return make_app(sqlite_store, wordpress_statuses="wordpress").test_client()


# What is answered, row by row. Rows 5 to 7 (trashed and protected posts, drafts, registration) are about what only
# WordPress knows of its posts.


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_row_1_only_post_is_taken(client: FlaskClient, method: str) -> None:
    answer = client.open(URL, method=method)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


def test_row_2_reply_to_a_missing_comment_is_refused(client: FlaskClient, strict: FlaskClient) -> None:
    for each in (client, strict):
        for parent in ("4711", "-1", "abc", "9" * 30, "१"):
            answer = post(each, comment_parent=parent)

            assert answer.status_code == 403
            assert PARENT in said(answer)


@pytest.mark.parametrize("status", [None, Status.HELD, Status.REJECTED])
def test_row_2_reply_to_a_comment_that_is_not_public_is_refused(
    client: FlaskClient, sqlite_store: Store, status: Status | None
) -> None:
    parent = factories.accept(sqlite_store, thread="wp:12")
    if status:
        factories.settle(sqlite_store, parent, status)

    answer = post(client, comment_parent=str(parent.id))

    assert answer.status_code == 403
    assert PARENT in said(answer)


def test_row_2_reply_to_a_comment_of_another_article_is_refused(client: FlaskClient, sqlite_store: Store) -> None:
    post(client)
    elsewhere = factories.an_approved_comment(sqlite_store, thread="wp:13")

    assert post(client, comment_parent=str(elsewhere.id)).status_code == 403


@pytest.mark.parametrize("post_id", ["", "0", "-12", "12abc", "1e3", "9" * 16, "१२"])
def test_row_3_what_can_be_no_post_is_refused(client: FlaskClient, strict: FlaskClient, post_id: str) -> None:
    honest = post(client, comment_post_ID=post_id, comment="Do not lose me")
    wordpress = post(strict, comment_post_ID=post_id)

    assert honest.status_code == 422
    assert "There is no such article." in said(honest)
    assert "Do not lose me" in honest.text
    assert (wordpress.status_code, wordpress.text) == (200, "")


@pytest.mark.parametrize("how", ["by hand", "by age"])
def test_row_4_closed_thread_takes_nothing(
    client: FlaskClient, strict: FlaskClient, sqlite_store: Store, how: str
) -> None:
    # given a thread that is closed
    days = 7 if how == "by age" else None
    factories.a_site(sqlite_store, origins=(SITE_ORIGIN,), close_after_days=days)
    factories.an_approved_comment(sqlite_store, thread="wp:12", now=factories.NOW - timedelta(days=8))
    if how == "by hand":
        close(sqlite_store)

    for each in (client, strict):
        # then even an empty form hears of that first
        answer = post(each, author="", comment="")

        assert answer.status_code == 403
        assert CLOSED in said(answer)
        assert "<form" not in answer.text


def close(store: Store) -> None:
    page = store.threads.page("demo", "wp:12", now=factories.NOW)
    assert page.thread_id
    moderator = factories.a_moderator(store)
    store.thread_settings.set(
        page.thread_id, {"closed_at": factories.NOW}, moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW
    )


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        pytest.param({"author": ""}, REQUIRED, id="row 8, no name"),
        pytest.param({"author": " <b> </b> "}, REQUIRED, id="row 8, nothing but tags"),
        pytest.param({"email": "  "}, REQUIRED, id="row 8, no address"),
        pytest.param({"author": "", "email": "x", "comment": ""}, REQUIRED, id="row 8 before 9 and 10"),
        pytest.param({"email": "zaynab@address-canary"}, BAD_EMAIL, id="row 9"),
        pytest.param({"email": "zaynab", "comment": ""}, BAD_EMAIL, id="row 9 before 10"),
        pytest.param({"comment": " \r\n "}, NO_TEXT, id="row 10"),
        pytest.param({"comment": "", "url": "u" * 201}, NO_TEXT, id="row 10 before 11"),
        pytest.param({"author": "ọ" * 82}, LONG.format("name"), id="row 11, 246 bytes of name"),
        pytest.param(
            {"email": f"{'a' * 60}@{'b' * 36}.com"}, LONG.format("email address"), id="row 11, 101 bytes of address"
        ),
        pytest.param({"email": f"{'a' * 300}@b.com"}, LONG.format("email address"), id="row 11, longer than any"),
        pytest.param({"url": f"https://{'é' * 97}"}, LONG.format("URL"), id="row 11, 202 bytes of URL"),
        pytest.param({"comment": "x" * 65_526}, LONG.format("comment"), id="row 11, 65,526 bytes of text"),
        pytest.param({"author": "a" * 246, "url": "u" * 201}, LONG.format("name"), id="row 11, the name first"),
    ],
)
def test_rows_8_to_11_say_what_is_missing(
    client: FlaskClient, strict: FlaskClient, sqlite_store: Store, sent: dict[str, str], sentence: str
) -> None:
    honest, wordpress = post(client, **sent), post(strict, **sent)

    assert honest.status_code == 422
    assert wordpress.status_code == 200
    for answer in (honest, wordpress):
        assert sentence in said(answer)
        assert "<title>Comment Submission Failure</title>" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    assert waiting(sqlite_store) == 0


def test_row_11_longest_that_wordpress_takes_is_taken(client: FlaskClient) -> None:
    email = f"{'a' * 60}@{'b' * 35}.com"
    assert len(email) == 100

    assert post(client, email=email, url="u" * 200).status_code == 302


@pytest.mark.parametrize(
    ("sent", "sentence", "advice"),
    [
        ({"author": "a" * 81}, LONG.format("name"), "Use at most 80 characters."),
        ({"comment": "x" * 5_001}, LONG.format("comment"), "Use at most 5,000 characters."),
        ({"author": "Ada\u202eObi"}, "Some fields need a change.", "Remove the invisible or direction-changing"),
        ({"author": ADDRESS}, "Some fields need a change.", "do not put an address there"),
        ({"comment": "a\x00b"}, "Some fields need a change.", "Remove the invisible control characters."),
    ],
)
def test_our_own_limits_come_after_those_of_wordpress(
    client: FlaskClient, strict: FlaskClient, sent: dict[str, str], sentence: str, advice: str
) -> None:
    assert said(post(client, **(sent | {"url": "u" * 201}))).count(LONG.format("URL")) == 1
    for each, status in ((client, 422), (strict, 200)):
        answer = post(each, **sent)

        assert answer.status_code == status
        assert sentence in said(answer)
        assert advice in said(answer)


def test_row_13_same_words_are_said_once(client: FlaskClient, sqlite_store: Store, clock: Clock) -> None:
    # given a comment that waits
    assert post(client, comment="I agree.").status_code == 302

    # when the same is said again, much later or with another address
    clock.now += timedelta(days=1)
    again = [post(client, comment=" I agree.\r\n"), post(client, comment="I agree.", email="other@example.org")]

    # then it is a duplicate, whoever says so: an answer that tells addresses apart would help to guess them
    for answer in again:
        assert answer.status_code == 409
        assert DUPLICATE in said(answer)
    # but not under another name, article or comment
    others = [{"author": "Ada"}, {"comment_post_ID": "13"}]
    assert [post(client, comment="I agree.", **other).status_code for other in others] == [302, 302]
    assert waiting(sqlite_store) == 3


def test_row_13_same_words_may_answer_somebody_else(client: FlaskClient, sqlite_store: Store) -> None:
    parent = str(factories.an_approved_comment(sqlite_store, thread="wp:12").id)

    found = [post(client, comment="I agree.", comment_parent=each).status_code for each in ("0", parent, parent)]

    assert found == [302, 302, 409]


def test_row_13_rejected_words_may_be_tried_again(client: FlaskClient, sqlite_store: Store) -> None:
    factories.a_rejected_comment(sqlite_store, thread="wp:12", name="Ọlá", text="Buy pills.")

    assert post(client, comment="Buy pills.").status_code == 302


def test_row_13_a_retry_with_its_key_is_no_duplicate(client: FlaskClient, sqlite_store: Store) -> None:
    sent = fields()
    headers = HTML | {"Referer": ARTICLE, "Idempotency-Key": "once"}

    first, second = (client.post(URL, data=sent, headers=headers) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert waiting(sqlite_store) == 1


def test_row_14_flood_is_slowed_down_and_loses_nothing(make_app: Callable[..., Flask], sqlite_store: Store) -> None:
    # given an author who has written as much as anyone may in a minute
    factories.a_site(sqlite_store, origins=(SITE_ORIGIN,))
    client = make_app(sqlite_store, rate_limits=True).test_client()
    answers = [post(client, comment=f"Number {number}") for number in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert FLOOD in said(answers[3])
    assert 0 < int(answers[3].headers["Retry-After"]) <= 60
    assert FormFields(answers[3].text).values["comment"] == "Number 3"


def test_row_14_duplicates_are_counted_too(make_app: Callable[..., Flask], sqlite_store: Store) -> None:
    factories.a_site(sqlite_store, origins=(SITE_ORIGIN,))
    client = make_app(sqlite_store, rate_limits=True).test_client()

    found = [post(client, comment="I agree.").status_code for _ in range(20)]

    assert found[:2] == [302, 409]
    assert found[-1] == 429


def test_row_15_what_cannot_be_saved_is_not_lost(client: FlaskClient, strict: FlaskClient, sqlite_store: Store) -> None:
    for each, status in ((client, 503), (strict, 500)):
        with sqlite_store.database.write():
            answer = post(each, comment="Do not lose me")

        assert answer.status_code == status
        assert answer.headers["Retry-After"] == "5"
        assert NOT_SAVED in said(answer)
        assert FormFields(answer.text).values["comment"] == "Do not lose me"


# Where the reader goes, and what is kept.


def test_reader_goes_back_to_the_article_with_the_receipt(client: FlaskClient, sqlite_store: Store) -> None:
    answer = post(client, author=" <b>Ọlá</b> ", comment="First!\r\nمرحبا")

    # then the redirect has WordPress's shape, and its hash is the receipt
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "no-store"
    back = urlsplit(answer.headers["Location"])
    query = parse_qs(back.query)
    assert f"{back.scheme}://{back.netloc}{back.path}" == ARTICLE
    assert list(query) == ["unapproved", "moderation-hash"]
    assert back.fragment == f"comment-{query['unapproved'][0]}"
    receipt = sqlite_store.receipts.find(query["moderation-hash"][0])
    assert receipt
    assert (receipt.name, receipt.text, receipt.thread_url) == ("Ọlá", "First!\nمرحبا", ARTICLE)
    # and the thread shows the comment to whoever holds it, at the place the redirect names, and to nobody else
    mine = client.get(f"/threads/demo?thread=wp:12&{back.query}")
    assert "Awaiting moderation" in mine.text
    assert f'id="{back.fragment}"' in mine.text
    assert mine.headers["Cache-Control"] == "no-store"
    assert "مرحبا" not in client.get("/threads/demo?thread=wp:12").text


def test_comment_that_is_public_already_needs_no_receipt(client: FlaskClient, sqlite_store: Store) -> None:
    headers = HTML | {"Referer": ARTICLE, "Idempotency-Key": "once"}
    sent = fields()
    client.post(URL, data=sent, headers=headers)
    [claimed] = sqlite_store.pending.claim(factories.NOW, lease_seconds=60)
    settled = Settlement(claimed, Verdict(Status.APPROVED, (), ()), ())
    assert sqlite_store.pending.settle([settled], factories.NOW) == 1

    answer = client.post(URL, data=sent, headers=headers)

    assert answer.headers["Location"] == f"{ARTICLE}#comment-{claimed.id}"


def test_approved_reply_is_on_the_page(client: FlaskClient, sqlite_store: Store) -> None:
    parent = factories.an_approved_comment(sqlite_store, thread="wp:12")
    post(client, comment="Well said.", comment_parent=str(parent.id))
    [claimed] = sqlite_store.pending.claim(factories.NOW, lease_seconds=60)
    sqlite_store.pending.settle([Settlement(claimed, Verdict(Status.APPROVED, (), ()), ())], factories.NOW)

    [shown] = client.get(THREAD).json["comments"]
    assert [reply["text"] for reply in shown["replies"]] == ["Well said."]


@pytest.mark.parametrize("post_id", ["12", "012", " 12 "])
def test_number_of_the_post_names_the_thread(client: FlaskClient, sqlite_store: Store, post_id: str) -> None:
    post(client, comment_post_ID=post_id)

    assert sqlite_store.threads.version("demo", "wp:12") is not None


@pytest.mark.parametrize(
    ("referer", "kept"),
    [
        (f"{ARTICLE}?unapproved=5&moderation-hash=secret&utm_source=mail", ARTICLE),
        (f"{ARTICLE}?replydesk=secret&replytocom=9", ARTICLE),
        (f"{ARTICLE}comment-page-3/?e={ADDRESS}", ARTICLE),
        (f"{SITE_ORIGIN}/?p=12&preview=true", f"{SITE_ORIGIN}/?p=12"),
        (f"{SITE_ORIGIN}/to/{ADDRESS}/", ""),
        (f"{SITE_ORIGIN}/", ""),
        (f"{SITE_ORIGIN}/blog/wp-comments-post.php", ""),
        ("https://evil.example/2026/", ""),
        ("https://news.example:444/2026/", ""),
        ("http://news.example/2026/", ""),
        ("https://news.example@evil.example/2026/", ""),
        ("https://[news.example/2026/", ""),
        (f"{SITE_ORIGIN}/{'a' * 2_001}", ""),
        ("", ""),
    ],
)
def test_article_is_known_from_the_sites_own_pages_alone(
    client: FlaskClient, sqlite_store: Store, referer: str, kept: str
) -> None:
    answer = post(client, referer=referer)

    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    receipt = sqlite_store.receipts.find(query["moderation-hash"][0])
    assert receipt
    assert receipt.thread_url == kept
    ours = "http://localhost/threads/demo?thread=wp%3A12&unapproved="
    assert answer.headers["Location"].startswith(kept or ours)


@pytest.mark.parametrize(
    ("redirect_to", "page"),
    [
        (f"{SITE_ORIGIN}/thanks/?a=1", f"{SITE_ORIGIN}/thanks/?a=1&unapproved="),
        (f"{SITE_ORIGIN}/thanks/?moderation-hash=old&unapproved=1#top", f"{SITE_ORIGIN}/thanks/?unapproved="),
        ("/thanks/", f"{SITE_ORIGIN}/thanks/?unapproved="),
        (f"/thanks/?e={ADDRESS}", f"{SITE_ORIGIN}/thanks/?unapproved="),
        ("https://evil.example/", ARTICLE),
        ("//evil.example/", ARTICLE),
        ("https://news.example@evil.example/", ARTICLE),
        ("https://news.example.evil.example/", ARTICLE),
        ("https:\\\\evil.example/", SITE_ORIGIN),
        ("/\\evil.example/", f"{SITE_ORIGIN}/"),
        ("javascript:alert(1)", ARTICLE),
        ("https://[evil", ARTICLE),
        ("/a\r\nX-Evil: 1", ARTICLE),
    ],
)
def test_redirect_stays_with_the_site(client: FlaskClient, redirect_to: str, page: str) -> None:
    answer = post(client, redirect_to=redirect_to)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(page)
    assert urlsplit(answer.headers["Location"]).netloc == "news.example"
    assert "X-Evil" not in answer.headers


def test_redirect_finds_the_article_that_an_earlier_reader_told(client: FlaskClient) -> None:
    post(client)

    assert post(client, referer="").headers["Location"].startswith(f"{ARTICLE}?unapproved=")


def test_multipart_form_is_read_too(client: FlaskClient) -> None:
    answer = client.post(URL, data=fields(), content_type="multipart/form-data", headers=HTML)

    assert answer.status_code == 302


def test_fields_of_plugins_and_themes_are_in_nobodys_way(client: FlaskClient, sqlite_store: Store) -> None:
    # given what Akismet, a theme and a cookie notice add, some of it twice
    extras = [(f"ak_{number}", "1") for number in range(20)]
    extras += [("wp-comment-cookies-consent", "yes"), ("akismet_comment_nonce", "a"), ("topics[]", "1")]
    extras += [("topics[]", "2"), ("ak_js", "1"), (HONEYPOT, "")]
    body = urlencode([*fields().items(), *extras])

    answer = client.post(URL, data=body, content_type="application/x-www-form-urlencoded", headers=HTML)

    assert answer.status_code == 302
    assert "Set-Cookie" not in answer.headers
    [claimed] = sqlite_store.pending.claim(factories.NOW, lease_seconds=60)
    assert not claimed.honeypot_filled


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Dust over  the river", "Dust over the river"),
        ("x" * 2_000, "x" * MAX_TITLE_CHARS),
        (f"Write to {ADDRESS}", f"Write to {MASK}"),
        ("Dust\x00", ""),
        ("e" + "\u0301" * 20, ""),
    ],
)
def test_article_may_be_named_for_the_desk_and_stands_in_nobodys_way(
    client: FlaskClient, sqlite_store: Store, sent: str, kept: str
) -> None:
    assert post(client, thread_title=sent, thread_section="News", thread_lead="\x00").status_code == 302

    assert sqlite_store.threads.page("demo", "wp:12", now=factories.NOW).title == kept


def test_field_that_nobody_sees_is_noted(client: FlaskClient, sqlite_store: Store) -> None:
    assert post(client, **{HONEYPOT: "http://buy.example"}).status_code == 302

    [claimed] = sqlite_store.pending.claim(factories.NOW, lease_seconds=60)
    assert claimed.honeypot_filled


def test_form_comes_back_with_everything_but_the_address(client: FlaskClient) -> None:
    # given a reply with a bad address
    answer = post(client, email="zaynab@address-canary", comment="Two\r\nlines & <b>", redirect_to="/thanks/")

    # then all else is there again, and the page can be sent from wherever it stands
    again = FormFields(answer.text).values
    assert again["author"] == "Ọlá"
    assert again["comment"] == "Two\r\nlines & <b>"
    assert again["email"] == ""
    assert "action=" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert f"form-action 'self' {SITE_ORIGIN} http://localhost;" in policy
    assert "style-src 'self' http://localhost;" in policy
    # and what came back is accepted, though its own page is no article
    page = f"{SITE_ORIGIN}/wp-comments-post.php"
    accepted = client.post(URL, data=again | {"email": ADDRESS}, headers=HTML | {"Referer": page})
    assert accepted.status_code == 302
    assert accepted.headers["Location"].startswith(f"{SITE_ORIGIN}/thanks/")


@pytest.mark.parametrize(
    ("sent", "marked"),
    [
        ({"author": "", "email": ""}, {"author", "email"}),
        ({"email": "zaynab"}, {"email"}),
        ({"comment": " "}, {"comment"}),
        ({"url": "u" * 201}, {"url"}),
        ({"comment": "x" * 5_001}, {"comment"}),
        ({"comment_parent": "4711"}, set()),
    ],
)
def test_fields_that_are_wrong_are_marked_and_described(
    client: FlaskClient, sent: dict[str, str], marked: set[str]
) -> None:
    page = post(client, **sent).text

    found = re.findall(r'name="(\w+)" aria-invalid="true" aria-describedby="what-is-wrong"', page)
    assert set(found) == marked
    assert '<p id="what-is-wrong">' in page


@pytest.mark.parametrize(("text", "rows"), [("Short.", 6), ("x" * 600, 11), ("x" * 5_000, 16), ("a\n" * 9, 9)])
def test_long_text_has_room_to_be_mended(client: FlaskClient, text: str, rows: int) -> None:
    assert f'rows="{rows}"' in post(client, email="zaynab", comment=text).text


def test_form_that_comes_back_still_names_its_article(client: FlaskClient, sqlite_store: Store) -> None:
    again = FormFields(post(client, email="zaynab", thread_title=f"Dust & rain, ask {ADDRESS}").text).values

    assert again["thread_title"] == f"Dust & rain, ask {MASK}"
    assert client.post(URL, data=again | {"email": ADDRESS}, headers=HTML).status_code == 302
    assert sqlite_store.threads.page("demo", "wp:12", now=factories.NOW).title == again["thread_title"]


def test_url_that_is_too_long_can_be_mended(client: FlaskClient) -> None:
    answer = post(client, url="u" * 201)

    assert FormFields(answer.text).values["url"] == "u" * 201
    assert '<input id="url" name="url"' in answer.text


def test_address_in_another_field_is_not_shown_again(client: FlaskClient) -> None:
    post(client, author=ADDRESS, url=f"mailto:{ADDRESS}", comment_parent=ADDRESS, comment_post_ID="12")
    post(client, author=ADDRESS, url=f"mailto:{ADDRESS}", redirect_to=f"/?e={ADDRESS}")


def test_reply_to_a_comment_that_went_away_can_be_posted_by_itself(client: FlaskClient) -> None:
    again = FormFields(post(client, comment_parent="4711", comment="Do not lose me").text).values

    assert (again["comment_parent"], again["comment"]) == ("0", "Do not lose me")


def test_what_is_typed_cannot_write_the_page(client: FlaskClient) -> None:
    answer = post(client, email="", author='"><script>', comment="</textarea><script>alert(1)</script>", url='"><i>')

    assert "<script" not in answer.text
    assert "<i>" not in answer.text


@pytest.mark.parametrize("site", ["", "nobody", "../x", "DEMO"])
def test_unknown_site_is_told(client: FlaskClient, site: str) -> None:
    answer = client.post(f"/wp-comments-post.php?site={site}", data=fields(), headers=HTML)

    assert answer.status_code == 404
    assert "There is no such site." in answer.text


# For programs that ask for JSON.


def test_program_gets_what_the_api_answers(client: FlaskClient) -> None:
    answer = post(client, accept="application/json, text/plain, */*")

    assert answer.status_code == 202
    assert answer.json["status"] == "pending"
    assert answer.json["receipt_url"] == answer.headers["Location"]


@pytest.mark.parametrize(
    ("sent", "status", "code", "at_field"),
    [
        ({"comment_parent": "4711"}, 403, "unapproved_parent", None),
        ({"comment_post_ID": ""}, 422, "invalid", None),
        ({"author": "", "comment": ""}, 422, "invalid", ["author", "comment"]),
        ({"email": "zaynab"}, 422, "invalid", ["email"]),
        ({"url": "u" * 201}, 422, "invalid", ["url"]),
        ({"author": "a" * 300}, 422, "invalid", ["author"]),
        ({"comment": "x" * 5_001}, 422, "invalid", ["comment"]),
    ],
)
def test_program_gets_problems_by_field(
    strict: FlaskClient, sent: dict[str, str], status: int, code: str, at_field: list[str] | None
) -> None:
    # given WordPress's statuses, which are for browsers
    answer = post(strict, accept="application/json", **sent)

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == code
    assert code in PROBLEM_CODES
    assert [each["field"] for each in answer.json.get("errors", [])] == (at_field or [])


def test_program_gets_the_duplicate_as_a_problem(client: FlaskClient) -> None:
    found = [post(client, accept="application/json", comment="I agree.") for _ in range(2)]

    assert [answer.status_code for answer in found] == [202, 409]
    assert found[1].json["code"] == "duplicate"
    assert "duplicate" in PROBLEM_CODES


def test_script_that_asks_for_nothing_gets_wordpress(client: FlaskClient) -> None:
    assert post(client, accept="*/*").status_code == 302
    assert REQUIRED in post(client, accept="*/*", author="").text


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_what_is_no_form_is_refused(client: FlaskClient, content_type: str) -> None:
    answer = client.post(URL, data="{}", content_type=content_type)

    assert answer.status_code == 415
    assert answer.headers["Accept-Post"] == "application/x-www-form-urlencoded, multipart/form-data"
