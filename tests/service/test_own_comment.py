"""A reader's own comment, drawn alone: how it stands and why, for whoever has its receipt."""

import re

import pytest
from flask.testing import FlaskClient

from comments.reasons import Reason
from comments.status import Status
from comments.store import Store
from comments.store.threads import SHOWN_REPLIES
from tests import at_the_desk, factories
from tests.service.conftest import SITE_ORIGIN

PAYLOAD = "<b>bold</b> & <script>alert(1)</script>"


def ask(client: FlaskClient, token: str, site: str = "demo", thread: str = "a") -> str:
    """Return the comment as it is drawn alone."""
    url = f"/threads/{site}?format=mine&thread={thread}&replydesk={token}"
    answer = client.get(url, headers={"Origin": SITE_ORIGIN})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == SITE_ORIGIN
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    return answer.text


def test_waiting_comment_is_shown_with_its_receipt(client: FlaskClient, sqlite_store: Store) -> None:
    held = factories.a_held_comment(sqlite_store, name=PAYLOAD, text=PAYLOAD)
    token = factories.receipt_of(held)

    drawn = ask(client, token)

    assert 'class="mine held"' in drawn
    assert "Awaiting moderation" in drawn
    assert f'href="http://localhost/receipts/{token}"' in drawn
    assert drawn.count("&lt;b&gt;bold&lt;/b&gt; &amp; &lt;script&gt;") == 2
    assert "<script" not in drawn


def test_rejected_comment_says_why(client: FlaskClient, sqlite_store: Store) -> None:
    by_person = factories.a_held_comment(sqlite_store)
    at_the_desk.decide(sqlite_store, by_person.id, Status.REJECTED, reason=Reason.INSULT)
    by_rule = factories.accept(sqlite_store)
    factories.settle(sqlite_store, by_rule, Status.REJECTED, reasons=("It holds a blocked word.",))

    assert "it insults somebody" in ask(client, factories.receipt_of(by_person))
    assert "It holds a blocked word." in ask(client, factories.receipt_of(by_rule))


def test_published_comment_is_not_repeated(client: FlaskClient, sqlite_store: Store) -> None:
    comment = factories.an_approved_comment(sqlite_store, text="Said once.")

    drawn = ask(client, factories.receipt_of(comment), thread="border-strikes")

    assert f'href="#comment-{comment.id}"' in drawn
    assert "Said once." not in drawn


def test_published_comment_that_is_not_on_the_page_has_its_own_address(
    client: FlaskClient, sqlite_store: Store
) -> None:
    # given: a reply beyond those that a page shows
    root = factories.an_approved_comment(sqlite_store)
    replies = [factories.an_approved_comment(sqlite_store, parent=root.id) for _ in range(SHOWN_REPLIES + 1)]
    token, there = factories.receipt_of(replies[-1]), factories.receipt_of(replies[0])
    page = "/threads/demo?thread=border-strikes"

    # then: in the thread, in a fragment of it, and alone
    own = f"/threads/demo/comments/{replies[-1].id}"
    assert f'<a href="{own}">It is among the comments.' in client.get(f"{page}&replydesk={token}").text
    fragment = client.get(f"{page}&format=fragment&replydesk={token}").text
    for drawn in (fragment, ask(client, token, thread="border-strikes"), ask(client, token, thread="")):
        assert f'<a href="http://localhost{own}">It is among the comments.' in drawn
    assert client.get(own).status_code == 303
    # and where it is on the page, that place
    alone = f"{page}&conversation={root.id}&after={replies[-2].id}&replydesk={token}"
    assert f'<a href="#comment-{replies[-1].id}">It is among the comments.' in client.get(alone).text
    assert (
        f'<a href="#comment-{replies[0].id}">It is among the comments.' in client.get(f"{page}&replydesk={there}").text
    )


def test_each_has_names_of_its_own(client: FlaskClient, sqlite_store: Store) -> None:
    first, second = factories.a_held_comment(sqlite_store), factories.a_held_comment(sqlite_store)

    assert f'id="your-comment-{first.id}"' in ask(client, factories.receipt_of(first))
    assert f'id="your-comment-{second.id}"' in ask(client, factories.receipt_of(second))


def test_its_names_are_the_same_in_the_thread_and_alone(client: FlaskClient, sqlite_store: Store) -> None:
    # The script puts what is drawn alone into the section that the thread was drawn with.
    held = factories.a_held_comment(sqlite_store)
    token = factories.receipt_of(held)
    in_thread = client.get(f"/threads/demo?thread=border-strikes&replydesk={token}").text

    [heading] = re.findall(r'class="mine held"[^>]* aria-labelledby="([^"]+)"', in_thread)

    assert f'<h3 id="{heading}">' in in_thread
    assert f'<h3 id="{heading}">' in ask(client, token)


@pytest.mark.parametrize("token", ["", "x", "A" * 22, "%00", "A" * 5_000])
def test_no_receipt_shows_nothing(client: FlaskClient, token: str) -> None:
    answer = client.get(f"/threads/demo?format=mine&replydesk={token}")

    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["code"] == "unknown_receipt"


def test_receipt_opens_nothing_at_another_site(client: FlaskClient, sqlite_store: Store) -> None:
    other = factories.a_held_comment(sqlite_store, site="other")

    answer = client.get(f"/threads/demo?format=mine&replydesk={factories.receipt_of(other)}")

    assert answer.status_code == 404
