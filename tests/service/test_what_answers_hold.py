"""What any answer to a reader may hold: only the fields that are written down here (P-03), and no moderator (P-09).

The routes come from the app's own map, so a new one is asked as soon as it is there.
"""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from tests import at_the_desk, factories, notices
from tests.privacy.routes import Values, paths, rules

LATER = factories.NOW + timedelta(minutes=10)
# In the login of everybody who decides, answers and notes; and in what they tell each other.
MODERATOR = "zanzibar"
# Every key of every JSON answer: our own, Isso's and WordPress's. Whoever adds one says here what it is.
OURS = """
answered_at appeal by_newsroom code comments counts created_at decided_at decided_by detail edit_until explanation id
instance is_burst is_closed is_gone key link made_at may_appeal name newsroom_reply_url next_after note parent pending
reason reason_code replies reply_count sentence site sort status text thread title total type waiting_text
checks database jobs migrations redis workers border-strikes
"""
# Isso's `hash` is of the name in this thread; `avatar` and `gravatar` say whether its client draws one.
ISSOS = """
author avatar config created dislikes feed gravatar hash hidden_replies id likes mode modified notification parent
reply-notifications reply-to-self require-author require-email text title total_replies vote website
"""
# WordPress's pictures, in three sizes, are made of the name in this thread (service/identicons.py).
WORDPRESSS = """
24 48 96 _links author author_avatar_urls author_name author_url code collection content data date date_gmt embeddable
href id in-reply-to link message meta parent post rendered self status type
"""
# What would be a place for an address or something made of one, whatever its answer is called.
NEVER = {"email", "author_email", "mail", "network", "ip", "author_ip", "address", "fingerprint", "moderator"}


@pytest.fixture
def answers(app: Flask, client: FlaskClient, sqlite_store: Store) -> dict[str, TestResponse]:
    """Every answer that a reader may get where moderators have done everything they can."""
    receipts = lived(sqlite_store)
    token = notices.a_link(sqlite_store, 1, factories.NOW)
    values = Values([1, 2, 3], receipts, [token])
    return dict(_asked(app, client, values))


def lived(store: Store) -> list[str]:
    """Have three moderators decide, undo, note, answer an appeal and reply; return the authors' receipts."""
    published = factories.an_approved_comment(store, name="Ngozi")
    approved = factories.a_held_comment(store, name="Bashir", email="b@example.org", text="Approved by hand.")
    rejected = factories.a_held_comment(store, name="Chidi", email="c@example.org", text="Rejected by hand.")
    undone = factories.a_held_comment(store, name="Dayo", email="d@example.org", text="Decided and undone.")
    at_the_desk.decide(store, approved.id, Status.APPROVED, by=f"{MODERATOR}-1")
    at_the_desk.decide(store, rejected.id, Status.REJECTED, by=f"{MODERATOR}-1", reason=Reason.SPAM)
    outcome = at_the_desk.decide(store, undone.id, Status.REJECTED, by=f"{MODERATOR}-2", reason=Reason.SPAM)
    at_the_desk.undo(store, at_the_desk.made(outcome), by=f"{MODERATOR}-2")
    second = factories.a_moderator(store, f"{MODERATOR}-2")
    acts = {"moderator_id": second.id, "scope": EVERY_SITE, "now": LATER}
    store.notes.add(approved.id, f"Seen by {MODERATOR}.", **acts)
    store.claims.take([undone.id], second.id, scope=EVERY_SITE, now=LATER)
    store.appeals.open(rejected.id, "It is no spam.", LATER)
    version = at_the_desk.version_of(store, rejected.id)
    store.appeals.answer(rejected.id, Status.REJECTED, version=version, reason=Reason.SPAM, **acts)
    store.newsroom.reply(published.id, "We have corrected it.", **acts)
    return [factories.receipt_of(each) for each in (published, approved, rejected, undone)]


def _asked(app: Flask, client: FlaskClient, values: Values) -> Iterator[tuple[str, TestResponse]]:
    for rule, methods in rules(app).items():
        if rule.startswith("/review") or "GET" not in methods:
            continue
        for path in paths(rule, values):
            for accept in ("application/json", "text/html"):
                yield f"{path} {accept}", client.get(path, headers={"Accept": accept})
    for path in ("/nowhere", f"/threads/{MODERATOR[::-1]}"):
        yield path, client.get(path)


def keys_of(value: object) -> set[str]:
    """Return every key in a JSON value."""
    if isinstance(value, dict):
        return set(value) | {key for each in value.values() for key in keys_of(each)}
    return {key for each in value for key in keys_of(each)} if isinstance(value, list) else set()


def test_no_answer_names_a_moderator(answers: dict[str, TestResponse], sqlite_store: Store) -> None:
    assert any("We have corrected it." in answer.text for answer in answers.values()), "else this proves nothing"
    assert any("It is no spam." in answer.text for answer in answers.values()), "else this proves nothing"
    named = {
        name
        for name, answer in answers.items()
        if MODERATOR in f"{answer.headers}{answer.get_data(as_text=True)}".lower()
    }

    assert named == set()
    assert MODERATOR in {each.login.split("-")[0] for each in sqlite_store.moderators.all()}


def test_answers_have_only_fields_that_are_known(answers: dict[str, TestResponse]) -> None:
    described = "/api/v1/openapi.json"
    told = [json.loads(answer.data) for name, answer in answers.items() if answer.is_json and described not in name]
    found = {key for each in told for key in keys_of(each)}

    assert len(told) > 20, "else this proves nothing"
    assert found == {*OURS.split(), *ISSOS.split(), *WORDPRESSS.split()}
    assert found & NEVER == set()
