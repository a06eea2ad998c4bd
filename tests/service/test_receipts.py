"""The author's private page: says what was decided, why and by what; for nobody else, and for no cache."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.records import Accepted
from comments.store.threads import SHOWN_REPLIES
from service.contract import Receipt
from tests import factories
from tests.service.conftest import SITE_ORIGIN

HTML = {"Accept": "text/html"}


def address(accepted: Accepted) -> str:
    return f"/receipts/{factories.receipt_of(accepted)}"


def decide(store: Store, accepted: Accepted, status: Status, reason: Reason | None = None) -> None:
    card = store.desk.card(accepted.id, now=factories.NOW, scope=EVERY_SITE)
    moderator = factories.a_moderator(store, "marker-moderator")
    store.desk.decide(
        accepted.id,
        status,
        version=card.version,
        moderator_id=moderator.id,
        now=factories.NOW,
        reason=reason,
        scope=EVERY_SITE,
    )


def test_waiting_comment_says_so(client: FlaskClient, sqlite_store: Store) -> None:
    found = client.get(address(factories.accept(sqlite_store, text="My words"))).json

    assert (found["status"], found["reason"], found["decided_by"]) == ("pending", None, None)
    assert found["text"] == "My words"


def test_held_comment_says_why_and_that_a_rule_asked(client: FlaskClient, sqlite_store: Store) -> None:
    held = factories.a_held_comment(sqlite_store)

    found, page = client.get(address(held)).json, client.get(address(held), headers=HTML).text

    assert (found["status"], found["decided_by"]) == ("held", "rule")
    assert found["explanation"] == ["It contains two links."]
    assert "Waiting for a moderator." in page
    assert "It contains two links." in page


def test_published_comment_leads_to_its_place(client: FlaskClient, sqlite_store: Store) -> None:
    published = factories.an_approved_comment(sqlite_store)

    page = client.get(address(published), headers=HTML).text

    assert "Published on 4 May 2026 at 12:00 UTC." in page
    assert f'href="{SITE_ORIGIN}/border-strikes#comment-{published.id}"' in page
    assert "A rule decided this, without a person." in page


def test_published_comment_that_its_article_does_not_show_has_its_own_address(
    client: FlaskClient, sqlite_store: Store
) -> None:
    # given: a reply beyond those that a page shows
    root = factories.an_approved_comment(sqlite_store)
    replies = [factories.an_approved_comment(sqlite_store, parent=root.id) for _ in range(SHOWN_REPLIES + 1)]

    # when
    first, last = (client.get(address(each), headers=HTML).text for each in (replies[0], replies[-1]))

    # then
    assert f'href="{SITE_ORIGIN}/border-strikes#comment-{replies[0].id}">See it under the article' in first
    assert "It is among the comments." not in first
    assert f'href="{SITE_ORIGIN}/border-strikes">Back to the article' in last
    own = f"http://localhost/threads/demo/comments/{replies[-1].id}"
    assert f'<a href="{own}">It is among the comments.' in last
    assert client.get(own).location.endswith(f"#comment-{replies[-1].id}")


def test_refused_comment_says_what_a_person_decided_but_not_who(client: FlaskClient, sqlite_store: Store) -> None:
    held = factories.a_held_comment(sqlite_store)
    decide(sqlite_store, held, Status.REJECTED, Reason.PERSONAL_DATA)

    found, page = client.get(address(held)).json, client.get(address(held), headers=HTML).text

    assert (found["status"], found["decided_by"], found["reason_code"]) == ("rejected", "person", "personal_data")
    assert found["reason"].startswith("it holds personal data")
    assert "Not published: it holds personal data" in page
    assert "A person decided this." in page
    assert "marker-moderator" not in page + str(found)


@pytest.mark.parametrize("headers", [HTML, {}])
def test_receipt_is_for_one_reader(client: FlaskClient, sqlite_store: Store, headers: dict[str, str]) -> None:
    answer = client.get(address(factories.accept(sqlite_store)), headers=headers)

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_article_of_a_stranger_is_not_linked(client: FlaskClient, sqlite_store: Store) -> None:
    thread = {"key": "a", "url": "https://evil.example/", "title": "T"}

    page = client.get(address(factories.an_approved_comment(sqlite_store, thread=thread)), headers=HTML).text

    assert "evil.example" not in page
    assert "It is among the comments." in page


@pytest.mark.parametrize("token", ["x", "A" * 22, "A" * 4_000, "..%2f", "%00"])
@pytest.mark.parametrize("headers", [HTML, {}])
def test_unknown_receipt_is_not_found(client: FlaskClient, token: str, headers: dict[str, str]) -> None:
    answer = client.get(f"/receipts/{token}", headers=headers)

    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_status_fits_the_contract(client: FlaskClient, sqlite_store: Store) -> None:
    held = factories.a_held_comment(sqlite_store)
    decide(sqlite_store, held, Status.REJECTED, Reason.SPAM)
    rejected_by_rule = factories.a_rejected_comment(sqlite_store)

    for comment in (
        held,
        rejected_by_rule,
        factories.an_approved_comment(sqlite_store),
        factories.accept(sqlite_store),
    ):
        Receipt.model_validate(client.get(address(comment)).json)


def test_newsrooms_reply_is_told_and_only_its_own_author(client: FlaskClient, sqlite_store: Store) -> None:
    # given: the newsroom answers one of two comments of a conversation
    first = factories.an_approved_comment(sqlite_store)
    second = factories.an_approved_comment(sqlite_store, parent=first.id)
    moderator = factories.a_moderator(sqlite_store)
    said = sqlite_store.newsroom.reply(
        second.id, "You are right.", moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW
    )

    # then
    where = f"http://localhost/threads/demo/comments/{said.comment_id}"
    assert client.get(address(second)).json["newsroom_reply_url"] == where
    assert client.get(address(first)).json["newsroom_reply_url"] is None
    page = client.get(address(second), headers={"Accept": "text/html"}).text
    assert f'<a href="{where}">The newsroom has replied to your comment</a>' in page
    assert client.get(where).status_code == 303

    # and not any more once it is taken back
    sqlite_store.desk.undo(said.decision_id, moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW)
    assert client.get(address(second)).json["newsroom_reply_url"] is None


def test_reason_of_a_newer_version_can_still_be_said(sqlite_store: Store, client: FlaskClient) -> None:
    from service.receipt_words import say

    receipt = sqlite_store.receipts.find(factories.receipt_of(factories.a_rejected_comment(sqlite_store)))
    assert receipt is not None

    assert "does not follow the site's rules" in say(replace(receipt, reason="not_invented_yet"))
