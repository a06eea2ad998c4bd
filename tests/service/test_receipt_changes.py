"""What authors do through their link: change a comment for a while, take it back, appeal. Without a script."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.records import Accepted
from service.contract import Receipt
from tests import at_the_desk, factories

HTML = {"Accept": "text/html"}


def address(accepted: Accepted, wish: str = "") -> str:
    return f"/receipts/{factories.receipt_of(accepted)}" + (f"/{wish}" if wish else "")


def reject(store: Store, accepted: Accepted, *, login: str = "ada", note: str | None = None) -> None:
    store.desk.decide(
        accepted.id,
        Status.REJECTED,
        version=store.desk.card(accepted.id, scope=EVERY_SITE, now=factories.NOW).version,
        moderator_id=factories.a_moderator(store, login).id,
        scope=EVERY_SITE,
        now=factories.NOW,
        reason=Reason.INSULT,
        note=note,
    )


def test_waiting_comment_takes_a_new_text_at_once(client: FlaskClient, sqlite_store: Store) -> None:
    mine = factories.accept(sqlite_store, text="My furst words")

    answer = client.post(address(mine, "edit"), data={"text": "My first words"}, headers=HTML)

    assert (answer.status_code, answer.location) == (303, address(mine))
    assert client.get(address(mine)).json["text"] == "My first words"


def test_public_comment_keeps_its_text_until_the_new_one_is_checked(client: FlaskClient, sqlite_store: Store) -> None:
    mine = factories.an_approved_comment(sqlite_store, text="The old words")

    found = client.post(address(mine, "edit"), json={"text": "The new words"}).json

    assert (found["status"], found["text"], found["waiting_text"]) == ("approved", "The old words", "The new words")
    page = client.get(address(mine), headers=HTML).text
    assert "Your new text waits for its checks." in page


def test_text_that_waits_is_not_told_beside_a_rejection(client: FlaskClient, sqlite_store: Store) -> None:
    # given: a comment that was rejected before its new text was checked
    mine = factories.an_approved_comment(sqlite_store, text="The old words")
    found = client.post(address(mine, "edit"), json={"text": "The new words"}).json
    assert found["waiting_text"], "else this proves nothing"
    reject(sqlite_store, mine)

    # when
    found, page = client.get(address(mine)).json, client.get(address(mine), headers=HTML).text

    # then
    assert (found["status"], found["waiting_text"]) == ("rejected", None)
    assert "stays public" not in page
    assert "The new words" not in page


def test_text_that_cannot_be_kept_stands_in_the_form_again(client: FlaskClient, sqlite_store: Store) -> None:
    mine = factories.accept(sqlite_store, text="Mine")

    answer = client.post(address(mine, "edit"), data={"text": "x" * 5_001}, headers=HTML)

    assert answer.status_code == 422
    assert "Use at most 5,000 characters." in answer.text
    assert "x" * 5_001 in answer.text
    assert client.get(address(mine)).json["text"] == "Mine"


def test_half_a_character_is_refused_on_the_page_too(client: FlaskClient, sqlite_store: Store) -> None:
    mine = factories.accept(sqlite_store, text="Mine")

    answer = client.post(address(mine, "edit"), json={"text": "Mine\ud800"}, headers=HTML)

    assert answer.status_code == 422
    assert "Remove the invisible control characters." in answer.text
    assert "Mine?" in answer.text


def test_change_comes_too_late_after_fifteen_minutes(client: FlaskClient, sqlite_store: Store) -> None:
    mine = factories.accept(sqlite_store, now=factories.NOW - timedelta(minutes=16), text="Mine")

    answer = client.post(address(mine, "edit"), json={"text": "Mine, changed"})

    assert (answer.status_code, answer.json["code"]) == (409, "too_late")
    assert "Save the change" not in client.get(address(mine), headers=HTML).text


def test_author_takes_a_comment_back_and_no_word_of_it_is_left(client: FlaskClient, sqlite_store: Store) -> None:
    mine = factories.an_approved_comment(sqlite_store, name="Ngozi Marker", text="Words to be withdrawn")

    answer = client.post(
        address(mine, "withdraw"), data={}, headers=HTML, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 303
    page = client.get(address(mine), headers=HTML).text
    assert "Erased, as it was asked for." in page
    assert "Words to be withdrawn" not in page
    assert "Ngozi Marker" not in page
    thread = client.get("/api/v1/comments?site=demo&thread=border-strikes").text
    assert "Words to be withdrawn" not in thread


def test_taking_back_twice_is_no_mistake(client: FlaskClient, sqlite_store: Store) -> None:
    mine = factories.accept(sqlite_store)

    statuses = [client.post(address(mine, "withdraw"), json={}).status_code for _ in range(2)]

    assert statuses == [200, 200]


def test_rejection_tells_the_ground_the_note_and_how_to_appeal(client: FlaskClient, sqlite_store: Store) -> None:
    mine = factories.a_held_comment(sqlite_store)
    reject(sqlite_store, mine, note="Please leave out the second sentence; write to me@leak-test.example.")

    found, page = client.get(address(mine)).json, client.get(address(mine), headers=HTML).text

    assert found["note"].startswith("Please leave out the second sentence")
    assert found["may_appeal"] is True
    assert "Not published: it insults somebody." in page
    assert "Please leave out the second sentence" in page
    assert "A person decided this." in page
    assert "Send the appeal" in page
    assert "leak-test" not in page + str(found)


def test_appeal_waits_for_somebody_else_and_cannot_be_repeated(client: FlaskClient, sqlite_store: Store) -> None:
    mine = factories.a_held_comment(sqlite_store)
    reject(sqlite_store, mine)

    first = client.post(address(mine, "appeal"), data={"appeal": "I named nobody."}, headers=HTML)
    again = client.post(address(mine, "appeal"), json={"appeal": "I named nobody, really."})

    assert first.status_code == 303
    assert (again.status_code, again.json["code"]) == (409, "already_appealed")
    page = client.get(address(mine), headers=HTML).text
    assert "I named nobody." in page
    assert "Another moderator will look at it." in page


def test_another_rejection_has_an_appeal_of_its_own(client: FlaskClient, sqlite_store: Store) -> None:
    # given: an appeal had the comment published, and it is rejected again
    mine = factories.a_held_comment(sqlite_store)
    reject(sqlite_store, mine)
    client.post(address(mine, "appeal"), json={"appeal": "I named nobody."})
    at_the_desk.decide(sqlite_store, mine.id, Status.APPROVED, by="eve")
    published = client.get(address(mine)).json
    assert published["appeal"]["answered_at"], "else this proves nothing"
    reject(sqlite_store, mine, login="ben")

    # when
    found, page = client.get(address(mine)).json, client.get(address(mine), headers=HTML).text

    # then
    assert (found["may_appeal"], found["appeal"]) == (True, None)
    assert "Send the appeal" in page
    assert "the decision stands" not in page
    assert "I named nobody." not in page

    # and the new appeal is the one that is shown
    answer = client.post(address(mine, "appeal"), json={"appeal": "Nor did I insult anybody."}).json
    assert (answer["may_appeal"], answer["appeal"]["text"]) == (False, "Nor did I insult anybody.")
    assert "Nor did I insult anybody." in client.get(address(mine), headers=HTML).text


def test_published_comment_cannot_be_appealed(client: FlaskClient, sqlite_store: Store) -> None:
    mine = factories.an_approved_comment(sqlite_store)

    answer = client.post(address(mine, "appeal"), json={"appeal": "Why not?"})

    assert (answer.status_code, answer.json["code"]) == (409, "not_appealable")


@pytest.mark.parametrize("wish", ["edit", "withdraw", "appeal"])
def test_nobody_changes_anything_without_the_link(client: FlaskClient, wish: str) -> None:
    answer = client.post(f"/receipts/{'A' * 22}/{wish}", data={"text": "x", "appeal": "x"})

    assert (answer.status_code, answer.json["code"]) == (404, "unknown_receipt")


@pytest.mark.parametrize("wish", ["edit", "withdraw", "appeal"])
def test_looking_changes_nothing(client: FlaskClient, sqlite_store: Store, wish: str) -> None:
    mine = factories.accept(sqlite_store, text="Mine")

    answer = client.get(address(mine, wish))

    assert answer.status_code == 405
    assert client.get(address(mine)).json["text"] == "Mine"


def test_every_answer_fits_the_contract(client: FlaskClient, sqlite_store: Store) -> None:
    mine = factories.a_held_comment(sqlite_store)
    reject(sqlite_store, mine)

    Receipt.model_validate(client.post(address(mine, "appeal"), json={"appeal": "I named nobody."}).json)
    Receipt.model_validate(client.post(address(mine, "withdraw"), json={}).json)
