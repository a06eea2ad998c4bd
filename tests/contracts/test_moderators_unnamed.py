"""P-09: who moderates is a canary too. No reader learns who decided, replied, noted or heard an appeal.

Only links that a moderator follows before logging in (an invitation) may hold a login: they are not asked for here.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from comments import schema
from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.settings import Settings
from comments.status import Status
from comments.store import Store
from comments.wakeup import Wakeup
from comments.webhook import EVERYTHING
from service.app import create_app
from service.parts import Parts
from tests import factories
from tests.notices import ADA, Correspondence, corresponding, keys, proof_in
from tests.service.test_every_route import KEPT, QUERY, path_of

# Each moderator does one thing, so that a find names it.
DEEDS = ("approves", "rejects", "holds", "notes", "speaks", "rejects again", "erases")
LATER = timedelta(minutes=5)


def login(deed: str) -> str:
    return f"zqm-{deed.replace(' ', '-')}-canary"


@pytest.fixture
def mail(store: Store) -> Iterator[Correspondence]:
    with corresponding(store) as made:
        yield made


@pytest.fixture
def app(store: Store, mail: Correspondence) -> Flask:
    settings = Settings.model_validate({"rate_limits": False})
    return create_app(Parts(settings, store, factories.ROOT_KEY, Wakeup(None), lambda: mail.now, sealing_key=keys()[0]))


def test_no_login_is_in_anything_that_readers_or_sites_get(app: Flask, store: Store, mail: Correspondence) -> None:
    # given
    store.webhooks.add(factories.a_site(store).id, "https://hooks.invalid/", EVERYTHING, b"sealed", now=mail.now)
    receipts = moderate(store, mail)
    reader = app.test_client()

    # when
    seen = {**public_pages(app, reader, receipts), **access_answers(reader, mail), **told_elsewhere(store, mail)}

    # then
    assert len(seen) > 40, "else this proves nothing"
    assert any("An answer of the newsroom." in said for said in seen.values()), "else this proves nothing"
    assert any("Kept among ourselves." in said for said in seen.values()), "else this proves nothing"
    assert {(where, deed) for where, said in seen.items() for deed in DEEDS if login(deed) in said} == set()


def moderate(store: Store, mail: Correspondence) -> list[str]:
    """Have every kind of thing done by somebody of its own. Returns the receipts of the comments."""
    ids = {deed: factories.a_moderator(store, login(deed)).id for deed in DEEDS}
    comments = {deed: factories.a_held_comment(store, email=ADA) for deed in DEEDS if deed != "speaks"}
    comments["speaks"] = mail.confirmed_comment()

    def decide(deed: str, new: Status, **words: object) -> None:
        number = comments[deed].id
        version = store.desk.card(number, now=mail.now, scope=EVERY_SITE).version
        store.desk.decide(
            number,
            new,
            version=version,
            moderator_id=ids[deed],
            scope=EVERY_SITE,
            now=mail.now,
            **words,  # type: ignore[arg-type]  # a reason and a note
        )

    decide("approves", Status.APPROVED)
    decide("rejects", Status.REJECTED, reason=Reason.INSULT, note="Please be kind.")
    decide("rejects again", Status.REJECTED, reason=Reason.INSULT)
    store.appeals.open(comments["rejects again"].id, "It was not an insult.", mail.now)
    decide("holds", Status.APPROVED)
    decide("holds", Status.HELD)
    store.notes.add(
        comments["notes"].id, "Kept among ourselves.", moderator_id=ids["notes"], scope=EVERY_SITE, now=mail.now
    )
    store.newsroom.reply(
        comments["speaks"].id,
        "An answer of the newsroom.",
        moderator_id=ids["speaks"],
        scope=EVERY_SITE,
        now=mail.now,
    )
    decide("erases", Status.ERASED)
    mail.wait(LATER)
    return [factories.receipt_of(each) for each in comments.values()]


def public_pages(app: Flask, reader: FlaskClient, receipts: list[str]) -> dict[str, str]:
    """Return what every public route says, as JSON and as a page, with its head."""
    numbers = [str(number) for number in range(1, 12)]
    addresses = {
        path_of(rule, token=token, comment_id=number) + QUERY
        for rule in KEPT
        for token in (receipts if "<token>" in rule else receipts[:1])
        for number in (numbers if "comment_id" in rule else numbers[:1])
    }
    assert {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())} >= KEPT.keys()
    seen = {}
    for address in addresses:
        for accept in ("application/json", "text/html"):
            with closing(reader.get(address, headers={"Accept": accept})) as answer:
                seen[f"{accept} {address}"] = f"{answer.headers}{answer.get_data(as_text=True)}"
    return seen


def access_answers(reader: FlaskClient, mail: Correspondence) -> dict[str, str]:
    """Return what the reader gets who asks for all that is kept, as a page and as a file."""
    seen = {}
    for name, fields in {"page": {}, "file": {"file": "yes"}}.items():
        mail.wait(timedelta(days=1))
        assert reader.post("/privacy/request", data={"site": "demo", "email": ADA, "wish": "access"}).status_code == 202
        [link] = [proof_in(each) for each in mail.send() if "/privacy/requests/" in each.body]
        seen[f"access {name}"] = reader.post(link, data={"sure": "yes"} | fields).text
    return seen


def told_elsewhere(store: Store, mail: Correspondence) -> dict[str, str]:
    """Return what waits for webhooks, and every mail there was."""
    with store.database.read() as connection:
        bodies = connection.execute(select(schema.webhook_letters.c.body)).scalars().all()
    assert len(bodies) > 5, "else this proves nothing"
    mails = {f"mail {number}": re.sub(r"=\n", "", each.body) for number, each in enumerate(mail.smtp.received)}
    assert len(mails) > 3, "else this proves nothing"
    return mails | {f"webhook {number}": body for number, body in enumerate(bodies)}
