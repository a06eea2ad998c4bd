"""The box under the form, and the pages that the links of our mails lead to: opening them changes nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments.settings import Settings
from comments.status import Status
from comments.store import Store
from comments.wakeup import Wakeup
from service.app import create_app
from service.parts import Parts
from tests import factories
from tests.notices import ADA, SECOND, Correspondence, corresponding, keys, sealed_settings, token_in
from tests.service.conftest import SITE_ORIGIN, Clock

HTML = {"Accept": "text/html"}
THREAD = "/threads/demo?thread=border-strikes"
UNKNOWN = "A" * 22


@pytest.fixture
def mail(sqlite_store: Store) -> Iterator[Correspondence]:
    with corresponding(sqlite_store) as made:
        yield made


@pytest.fixture
def app(sqlite_store: Store, clock: Clock, mail: Correspondence) -> Flask:
    settings = Settings.model_validate({"rate_limits": False})
    parts = Parts(settings, sqlite_store, factories.ROOT_KEY, Wakeup(None), clock, sealing_key=keys()[0])
    return create_app(parts)


def form(**fields: str) -> dict[str, str]:
    body = factories.a_body(email=ADA)
    return {
        "site": "demo",
        "thread_key": "border-strikes",
        "name": "Ada",
        "email": ADA,
        "text": str(body["text"]),
    } | fields


def asked(mail: Correspondence, clock: Clock) -> str:
    """Publish a comment of somebody who wants mail; return the token of the mail that asks them to confirm."""
    mail.comment()
    mail.wait()
    [envelope] = mail.send()
    clock.now = mail.now
    return token_in(envelope)


def test_the_box_is_there_and_unticked_where_the_site_offers_it(client: FlaskClient, sqlite_store: Store) -> None:
    offered = client.get(THREAD).text
    factories.a_site(sqlite_store, "quiet", reply_notices=False)

    assert 'type="checkbox" name="notify"' in offered
    assert " checked" not in offered
    assert 'name="notify"' not in client.get("/threads/quiet?thread=a").text


def test_without_a_key_there_is_no_box_and_nothing_is_kept(
    sqlite_store: Store, mail: Correspondence, clock: Clock
) -> None:
    parts = Parts(
        Settings.model_validate({"rate_limits": False}), sqlite_store, factories.ROOT_KEY, Wakeup(None), clock
    )
    client = create_app(parts).test_client()

    page = client.get(THREAD).text
    posted = client.post("/api/v1/comments", json=factories.a_body(notify=True))

    assert 'name="notify"' not in page
    assert posted.status_code == 202
    assert sqlite_store.contacts.count() == 0


@pytest.mark.parametrize(
    ("fields", "is_kept"), [({"notify": "1"}, True), ({"notify": ""}, False), ({}, False), ({"notify": "on"}, True)]
)
def test_a_form_keeps_the_address_only_of_who_ticks(
    client: FlaskClient, sqlite_store: Store, fields: dict[str, str], *, is_kept: bool
) -> None:
    answer = client.post("/api/v1/comments", data=form(**fields), headers=HTML)

    assert answer.status_code == 303
    assert sqlite_store.contacts.count() == is_kept


def test_the_form_of_a_wordpress_theme_may_have_the_box(client: FlaskClient, sqlite_store: Store) -> None:
    fields = {"author": "Ada", "email": ADA, "comment": "Hello.", "comment_post_ID": "7", "notify": "1"}
    answer = client.post("/wp-comments-post.php?site=demo", data=fields, headers=HTML)

    assert answer.status_code == 302
    assert sqlite_store.contacts.count() == 1


@pytest.mark.parametrize(("sent", "is_kept"), [(True, True), (False, False), (None, False)])
def test_json_says_it_with_a_boolean(
    client: FlaskClient, sqlite_store: Store, *, sent: bool | None, is_kept: bool
) -> None:
    answer = client.post("/api/v1/comments", json=factories.a_body(notify=sent))

    assert answer.status_code == 202
    assert sqlite_store.contacts.count() == is_kept


@pytest.mark.parametrize("sent", ["yes", 1, [], {}, "ada@mail.example"])
def test_json_that_says_something_else_is_refused(client: FlaskClient, sqlite_store: Store, sent: object) -> None:
    answer = client.post("/api/v1/comments", json=factories.a_body(notify=sent))

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"field": "notify", "code": "not_a_choice", "message": "Send true or false."}]


def test_a_form_with_a_mistake_comes_back_with_the_box_as_it_was(client: FlaskClient) -> None:
    ticked = client.post("/api/v1/comments", data=form(text="", notify="1"), headers=HTML).text
    unticked = client.post("/api/v1/comments", data=form(text=""), headers=HTML).text

    assert 'value="1" checked' in ticked
    assert 'type="checkbox"' in unticked
    assert " checked" not in unticked


def test_a_retry_keeps_one_contact(client: FlaskClient, sqlite_store: Store) -> None:
    body = factories.a_body(notify=True)
    for _ in range(2):
        assert client.post("/api/v1/comments", json=body).status_code == 202

    assert sqlite_store.contacts.count() == 1


def test_opening_the_links_again_and_again_changes_nothing(
    client: FlaskClient, mail: Correspondence, sqlite_store: Store, clock: Clock
) -> None:
    token = asked(mail, clock)
    for method in ("GET", "HEAD", "GET", "HEAD", "OPTIONS"):
        for wish in ("confirm", "stop"):
            assert client.open(f"/notices/{token}/{wish}", method=method).status_code == 200

    contact = sqlite_store.contacts.find(token, clock.now)
    assert contact is not None
    assert not contact.is_confirmed


def test_the_button_confirms_and_says_so_twice(client: FlaskClient, mail: Correspondence, clock: Clock) -> None:
    token = asked(mail, clock)

    asking = client.get(f"/notices/{token}/confirm")
    answers = [client.post(f"/notices/{token}/confirm") for _ in range(2)]

    assert "Shall we write to you" in asking.text
    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("Your address is confirmed." in answer.text for answer in answers)
    assert "Your address is confirmed." in client.get(f"/notices/{token}/confirm").text


@pytest.mark.parametrize(
    "body",
    [{}, {"data": {"List-Unsubscribe": "One-Click"}}, {"data": b"\xff" * 99, "content_type": "multipart/form-data"}],
)
def test_one_post_stops_it_whatever_is_sent_along(
    client: FlaskClient, mail: Correspondence, sqlite_store: Store, clock: Clock, body: dict[str, object]
) -> None:
    token = asked(mail, clock)

    answers = [client.post(f"/notices/{token}/stop", **body) for _ in range(2)]  # type: ignore[arg-type]  # as a mailbox would

    assert [answer.status_code for answer in answers] == [200, 200]
    assert sqlite_store.contacts.count() == 0
    assert "No address is kept for this link." in client.get(f"/notices/{token}/stop").text


def test_a_link_that_is_too_old_confirms_nothing(client: FlaskClient, mail: Correspondence, clock: Clock) -> None:
    token = asked(mail, clock)
    clock.now += 48 * 3600 * SECOND + SECOND

    assert client.get(f"/notices/{token}/confirm").status_code == 404
    assert client.post(f"/notices/{token}/confirm").status_code == 404


@pytest.mark.parametrize("token", [UNKNOWN, "x", "A" * 5000, "%00" * 22, "%ED%A0%80", "Ọ" * 22, "..%2F..%2Fetc"])
@pytest.mark.parametrize("wish", ["confirm", "stop"])
def test_a_strange_link_is_answered_like_one_that_is_over(client: FlaskClient, token: str, wish: str) -> None:
    for method in ("GET", "POST"):
        answer = client.open(f"/notices/{token}/{wish}", method=method)
        assert answer.status_code in ({404} if wish == "confirm" else {200, 404})
        assert "Traceback" not in answer.text


def test_the_pages_are_nobody_elses(client: FlaskClient, mail: Correspondence, clock: Clock) -> None:
    token = asked(mail, clock)

    for answer in (client.get(f"/notices/{token}/confirm"), client.post(f"/notices/{token}/confirm")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Set-Cookie" not in answer.headers
        assert "script" not in answer.text


def test_the_page_is_in_the_language_of_the_site(
    client: FlaskClient, mail: Correspondence, sqlite_store: Store, clock: Clock
) -> None:
    token = asked(mail, clock)
    factories.a_site(sqlite_store, language="fr", reply_notices=True, origins=(SITE_ORIGIN,))

    assert '<html lang="fr"' in client.get(f"/notices/{token}/confirm").text


def test_the_privacy_page_says_what_becomes_of_an_address_that_is_sealed(client: FlaskClient) -> None:
    assert "When you want to be written to" in client.get("/privacy").text


def test_a_rejected_comment_keeps_its_words_and_loses_its_address(mail: Correspondence, sqlite_store: Store) -> None:
    mail.comment(status=Status.REJECTED)

    assert sqlite_store.contacts.forget(mail.now + 3601 * SECOND) == 1


def test_readiness_misses_the_notifier(sqlite_store: Store, clock: Clock, tmp_path: Path) -> None:
    settings = Settings.model_validate(sealed_settings(tmp_path, smtp_port=25))
    client = create_app(Parts(settings, sqlite_store, factories.ROOT_KEY, Wakeup(None), clock)).test_client()

    missing = client.get("/readyz").json["checks"]["notifier"]["status"]
    sqlite_store.leases.take("notifier/1", "1", seconds=60, now=clock.now)

    assert (missing, client.get("/readyz").json["checks"]["notifier"]["status"]) == ("degraded", "ok")
