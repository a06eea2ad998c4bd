"""The reader's own request: the same answer for everybody, a link that works once, and nothing done by looking."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from comments import schema
from comments.identity import author_keys
from comments.roles import EVERY_SITE
from comments.settings import Settings
from comments.status import Status
from comments.store import Store
from comments.store.copies import forget_the_moment
from comments.store.privacy_requests import VALID_FOR
from comments.wakeup import Wakeup
from service.app import create_app
from service.parts import Parts
from tests import factories
from tests.at_the_desk import status_of
from tests.notices import ADA, Correspondence, corresponding, keys, proof_in, recipient_of
from tests.service.conftest import SITE_ORIGIN, Clock

URL = "/privacy/request"
UNKNOWN, BANNED = "bob@other.example", "ban@other.example"
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
SURE = {"sure": "yes"}


@pytest.fixture
def mail(store: Store) -> Iterator[Correspondence]:
    with corresponding(store) as made:
        factories.a_site(store, origins=(SITE_ORIGIN,))
        yield made


def an_app(store: Store, clock: Clock, *, sealed: bool = True, limits: bool = False) -> Flask:
    settings = Settings.model_validate({"rate_limits": limits})
    sealing_key = keys()[0] if sealed else None
    return create_app(Parts(settings, store, factories.ROOT_KEY, Wakeup(None), clock, sealing_key=sealing_key))


@pytest.fixture
def client(store: Store, clock: Clock, mail: Correspondence) -> FlaskClient:
    """A client of the service in mode `sealed`; each test runs on both databases."""
    assert mail.store is store
    return an_app(store, clock).test_client()


def ask(client: FlaskClient, address: str = ADA, wish: str = "access", **fields: str) -> TestResponse:
    return client.post(URL, data={"site": "demo", "email": address, "wish": wish, **fields})


def link(client: FlaskClient, mail: Correspondence, wish: str, address: str = ADA) -> str:
    """Ask, have the notifier write, and return the path in the mail."""
    assert ask(client, address, wish).status_code == 202
    [envelope] = mail.send()
    assert recipient_of(envelope).lower() == address.lower()
    return proof_in(envelope)


def rows(store: Store) -> list[dict[str, object]]:
    with store.database.read() as connection:
        return [dict(row._mapping) for row in connection.execute(select(schema.privacy_requests))]


def events(store: Store) -> list[tuple[str, object]]:
    with store.database.read() as connection:
        found = connection.execute(select(schema.events.c.kind, schema.events.c.detail).order_by(schema.events.c.id))
        return [(row.kind, json.loads(row.detail)) for row in found]


def everything(store: Store) -> dict[str, list[str]]:
    with store.database.read() as connection:
        tables = schema.metadata.tables.values()
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


class TestForm:
    def test_it_works_without_a_script_and_offers_both(self, client: FlaskClient) -> None:
        page = client.get(f"{URL}?site=demo")

        assert page.status_code == 200
        assert "<script" not in page.text
        assert re.findall(r'type="radio" name="wish" value="(\w+)"', page.text) == ["access", "erase"]
        assert 'type="email"' in page.text
        assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex")

    def test_the_only_site_needs_no_name_and_one_of_several_does(self, client: FlaskClient, store: Store) -> None:
        alone = client.get(URL).status_code
        factories.a_site(store, "other")
        an_app(store, Clock(factories.NOW)).test_client()

        several = an_app(store, Clock(factories.NOW)).test_client().get(URL)

        assert (alone, several.status_code) == (200, 404)

    def test_a_link_may_choose_beforehand(self, client: FlaskClient) -> None:
        assert 'value="erase" required aria-describedby="request-erase-how" checked' in (
            client.get(f"{URL}?site=demo&wish=erase").text
        )
        assert " checked" not in client.get(f'{URL}?site=demo&wish="><script>').text

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"email": ""}, ["Give your email address."]),
            ({"email": "ada"}, ["Give an email address like name@example.org."]),
            ({"email": "ada@mail.example\r\nBcc: eve@evil.example"}, ["Give an email address like name@example.org."]),
            ({"email": "ada@mail.example\x00"}, ["Remove the invisible control characters."]),
            ({"email": f"{'x' * 300}@mail.example"}, ["Use at most 254 characters."]),
            ({"wish": ""}, ["Choose what you want."]),
            ({"wish": "everything"}, ["Choose what you want."]),
            ({"wish": "", "email": ""}, ["Choose what you want.", "Give your email address."]),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_repeated(
        self, client: FlaskClient, store: Store, fields: dict[str, str], wrong: list[str]
    ) -> None:
        answer = client.post(URL, data={"site": "demo", "email": ADA, "wish": "erase"} | fields)

        assert answer.status_code == 422
        assert re.findall(r'<li><a href="#request-\w+">(.*?)</a></li>', answer.text) == wrong
        assert "mail.example" not in answer.text
        assert rows(store) == []

    @pytest.mark.parametrize("site", ["nobody", "", "demo\x00", "x" * 5000, "../demo", "ada@mail.example"])
    def test_a_site_that_is_none_is_not_found(self, client: FlaskClient, store: Store, site: str) -> None:
        factories.a_site(store, "other")
        for answer in (client.get(URL, query_string={"site": site}), ask(client, site=site)):
            assert answer.status_code == 404
            assert "mail.example" not in answer.text

    def test_other_bodies_are_refused(self, client: FlaskClient) -> None:
        assert client.post(URL, json={"site": "demo", "email": ADA, "wish": "access"}).status_code == 415
        assert (
            client.post(
                URL, data=f"email={ADA}&email={ADA}", content_type="application/x-www-form-urlencoded"
            ).status_code
            == 400
        )
        assert client.post(URL, data=b"\xff", content_type="application/x-www-form-urlencoded").status_code == 400

    def test_a_machine_that_fills_in_everything_hears_the_same_and_writes_to_nobody(
        self, client: FlaskClient, store: Store
    ) -> None:
        honest, caught = ask(client), ask(client, subject="Buy this")

        assert (caught.status_code, caught.data) == (honest.status_code, honest.data)
        assert len(rows(store)) == 1

    def test_a_network_asks_twenty_times_an_hour_at_most(
        self, store: Store, clock: Clock, mail: Correspondence
    ) -> None:
        assert mail.store is store
        limited = an_app(store, clock, limits=True).test_client()
        answers = [ask(limited, f"reader{number}@mail.example") for number in range(12)]

        assert [answer.status_code for answer in answers] == [202] * 10 + [429] * 2, "without Redis it is half of it"
        assert int(answers[-1].headers["Retry-After"]) > 60
        assert "Your request was not taken yet" in answers[-1].text

    @pytest.mark.parametrize("contact", ["https://news.example/contact", ""])
    def test_without_mail_the_page_says_so_and_how_the_newsroom_is_reached(
        self, store: Store, clock: Clock, mail: Correspondence, contact: str
    ) -> None:
        assert mail.store is store
        factories.a_site(store, contact_url=contact)
        client = an_app(store, clock, sealed=False).test_client()

        shown, sent = client.get(f"{URL}?site=demo"), ask(client)

        assert (shown.status_code, sent.status_code) == (200, 403)
        for answer in (shown, sent):
            assert "This service sends no messages" in answer.text
            assert f'href="{contact or SITE_ORIGIN + "/"}"' in answer.text
            assert "<form" not in answer.text
        assert rows(store) == []


class TestSameAnswer:
    def test_for_known_unknown_and_banned_addresses(self, client: FlaskClient, store: Store, clock: Clock) -> None:
        # given
        for address in (ADA, BANNED):
            factories.an_approved_comment(store, email=address)
        banned = author_keys(BANNED, "demo", factories.ROOT_KEY)
        assert banned is not None
        store.bans.add(factories.a_site(store).id, banned, until=None, now=clock.now)

        # when
        answers = {
            (address, wish, again): ask(client, address, wish)
            for again in range(2)
            for address in (ADA, UNKNOWN, BANNED)
            for wish in ("access", "erase")
        }

        # then
        shapes = {
            (
                answer.status,
                answer.data,
                *sorted((name, value) for name, value in answer.headers if name != "X-Request-Id"),
            )
            for answer in answers.values()
        }
        assert len(answers) == 12
        assert len(shapes) == 1
        assert next(iter(answers.values())).status_code == 202

    def test_rows_of_all_of_them_look_the_same(self, client: FlaskClient, store: Store) -> None:
        factories.an_approved_comment(store, email=ADA)
        for address in (ADA, UNKNOWN):
            ask(client, address)

        known, unknown = rows(store)

        assert [name for name in known if known[name] == unknown[name]] == [
            name for name in known if name not in {"id", "sealed", "link_hash", "locked_keys"}
        ]
        assert len(known["sealed"]) == len(unknown["sealed"])
        assert len(known["locked_keys"]) == len(unknown["locked_keys"])

    def test_nothing_of_the_address_is_in_the_row(self, client: FlaskClient, store: Store) -> None:
        ask(client)
        known = author_keys(ADA, "demo", factories.ROOT_KEY)
        assert known is not None

        kept = repr(rows(store)).encode() + b"".join(
            v for row in rows(store) for v in row.values() if isinstance(v, bytes)
        )

        assert not [piece for piece in (b"ada", b"mail.example", known[0].strict, known[0].loose) if piece in kept]


class TestLink:
    def test_looking_any_number_of_times_changes_nothing(
        self, client: FlaskClient, mail: Correspondence, store: Store
    ) -> None:
        factories.an_approved_comment(store, email=ADA)
        path = link(client, mail, "erase")
        before = everything(store)

        statuses = {client.open(path, method=method).status_code for method in ("GET", "HEAD", "GET", "OPTIONS")}

        assert statuses == {200}
        assert everything(store) == before

    def test_a_machine_that_presses_the_button_does_nothing(
        self, client: FlaskClient, mail: Correspondence, store: Store
    ) -> None:
        comment = factories.an_approved_comment(store, email=ADA)
        path = link(client, mail, "erase")
        before = everything(store)

        for body in ({"data": {}}, {"data": {"file": "yes"}}, {"json": SURE}, {"data": {"sure": ""}}):
            answer = client.post(path, **body)  # type: ignore[arg-type]  # as a machine would
            assert answer.status_code == 422
            assert "Tick the box first." in answer.text

        assert everything(store) == before
        assert status_of(store, comment.id) is Status.APPROVED

    def test_it_shows_all_that_is_kept_and_nothing_of_others(
        self, client: FlaskClient, mail: Correspondence, store: Store
    ) -> None:
        mine = [
            factories.an_approved_comment(store, email=ADA, text="An unforgettable <b>sentence</b>."),
            factories.a_held_comment(store, email=ADA.upper(), text="Another one of mine."),
        ]
        factories.an_approved_comment(store, email="ada+news@mail.example", text="Of a similar address.")
        factories.an_approved_comment(store, email=ADA, site="other", text="On another site.")

        answer = client.post(link(client, mail, "access"), data=SURE)

        assert answer.status_code == 200
        assert "An unforgettable &lt;b&gt;sentence&lt;/b&gt;." in answer.text
        assert "Another one of mine." in answer.text
        for others in ("Of a similar address", "On another site", "mail.example"):
            assert others not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert events(store)[-1] == ("access request answered", {"comments": len(mine), "asked_by": "link"})

    def test_the_file_holds_what_the_command_prints(
        self, client: FlaskClient, mail: Correspondence, store: Store, clock: Clock
    ) -> None:
        factories.an_approved_comment(store, email=ADA)
        factories.a_rejected_comment(store, email=ADA)
        known = author_keys(ADA, "demo", factories.ROOT_KEY)
        assert known is not None
        site = factories.a_site(store)

        answer = client.post(link(client, mail, "access"), data=SURE | {"file": "yes"})

        assert answer.mimetype == "application/json"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="comments-demo.json"'
        by_command = store.rights.access(site.id, known, clock.now)
        assert len(by_command) == 2
        assert answer.json["sites"] == {"demo": json.loads(json.dumps(by_command, default=lambda at: at.isoformat()))}
        assert known[0].strict.hex() not in answer.text

    def test_what_moderators_wrote_of_others_addresses_is_masked(
        self, client: FlaskClient, mail: Correspondence, store: Store, clock: Clock
    ) -> None:
        comment = factories.a_held_comment(store, email=ADA)
        moderator = factories.a_moderator(store, "moderator-of-the-night")
        store.notes.add(
            comment.id, "Looks like eve@third.example.", moderator_id=moderator.id, scope=EVERY_SITE, now=clock.now
        )

        answer = client.post(link(client, mail, "access"), data=SURE)

        assert "Looks like [address removed]." in answer.text
        assert "third.example" not in answer.text
        assert "moderator-of-the-night" not in answer.text

    def test_it_erases_what_is_kept_and_nothing_of_others(
        self, client: FlaskClient, mail: Correspondence, store: Store
    ) -> None:
        mine = [factories.an_approved_comment(store, email=ADA), factories.a_held_comment(store, email=ADA)]
        others = [
            factories.an_approved_comment(store, email="ada+news@mail.example"),
            factories.an_approved_comment(store, email=ADA, site="other"),
        ]

        answer = client.post(link(client, mail, "erase"), data=SURE)

        assert answer.status_code == 200
        assert "2 comments are gone" in answer.text
        assert [status_of(store, each.id) for each in mine] == [Status.ERASED] * 2
        assert [status_of(store, each.id) for each in others] == [Status.APPROVED] * 2
        assert events(store)[-1] == ("erasure request carried out", {"comments": 2, "asked_by": "link"})

    @pytest.mark.parametrize("wish", ["access", "erase"])
    def test_it_works_once(self, client: FlaskClient, mail: Correspondence, store: Store, wish: str) -> None:
        factories.an_approved_comment(store, email=ADA)
        path = link(client, mail, wish)
        assert client.post(path, data=SURE).status_code == 200
        later = factories.an_approved_comment(store, email=ADA, text="Written later.")
        before = everything(store)

        answers = [client.post(path, data=SURE), client.get(path), client.post(path, data=SURE | {"file": "yes"})]

        assert [answer.status_code for answer in answers] == [404] * 3
        assert all("This link is not valid any more" in answer.text for answer in answers)
        assert all(f'href="{URL}?site=demo"' in answer.text for answer in answers)
        assert status_of(store, later.id) is Status.APPROVED
        assert everything(store) == before
        assert [row["locked_keys"] for row in rows(store)] == [b""]

    def test_it_ends_after_a_day_and_is_forgotten(
        self, client: FlaskClient, mail: Correspondence, store: Store, clock: Clock
    ) -> None:
        comment = factories.an_approved_comment(store, email=ADA)
        path = link(client, mail, "erase")
        clock.now += VALID_FOR - SECOND
        in_time = client.get(path).status_code
        clock.now += SECOND

        answers = [client.get(path), client.post(path, data=SURE)]

        assert (in_time, [answer.status_code for answer in answers]) == (200, [404, 404])
        assert status_of(store, comment.id) is Status.APPROVED
        assert store.retention.forget_ended(clock.now) == 1
        assert client.get(path).status_code == 404

    @pytest.mark.parametrize("wish", ["access", "erase"])
    def test_who_has_no_comments_is_told_so(
        self, client: FlaskClient, mail: Correspondence, store: Store, wish: str
    ) -> None:
        answer = client.post(link(client, mail, wish, UNKNOWN), data=SURE)

        assert answer.status_code == 200
        assert "There is no comment on The demo news that we could still tell to be yours." in answer.text
        assert [detail for _, detail in events(store)] == [{"comments": 0, "asked_by": "link"}]

    @pytest.mark.parametrize(
        "token", ["A" * 22, "x", "A" * 5000, "%00" * 22, "%ED%A0%80", "Ọ" * 22, "..%2F..%2Fetc", "a@mail.example"]
    )
    def test_a_strange_one_is_answered_like_one_that_is_over(self, client: FlaskClient, token: str) -> None:
        for answer in (client.get(f"/privacy/requests/{token}"), client.post(f"/privacy/requests/{token}", data=SURE)):
            assert answer.status_code == 404
            assert "Traceback" not in answer.text
            assert "mail.example" not in answer.text

    def test_a_row_that_somebody_changed_serves_nobody_else(
        self, client: FlaskClient, mail: Correspondence, store: Store
    ) -> None:
        """Who can write to the database turns neither a look into an erasure nor one site's link into another's."""
        comment = factories.an_approved_comment(store, email=ADA)
        path = link(client, mail, "access")
        with store.database.write() as connection:
            connection.execute(schema.privacy_requests.update().values(wish="erase"))

        answer = client.post(path, data=SURE)

        assert answer.status_code == 404
        assert status_of(store, comment.id) is Status.APPROVED

    def test_the_pages_are_nobody_elses(self, client: FlaskClient, mail: Correspondence) -> None:
        path = link(client, mail, "access")

        for answer in (client.get(path), client.post(path), client.post(path, data=SURE), client.get(path)):
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Robots-Tag"] == "noindex"
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert "Set-Cookie" not in answer.headers
            assert "<script" not in answer.text


class TestWhereItIsNamed:
    def test_the_page_about_the_address_says_how_long_things_are_kept(self, client: FlaskClient, store: Store) -> None:
        factories.a_site(store, rejected_text_days=14, identity_days=90)
        page = client.get("/privacy?site=demo").text

        assert "The name and the words of a comment that was rejected: 14 days at most." in page
        assert "until 90 days after your last comment at most." in page
        assert "The number made from your network address: 7 days." in page
        assert f'href="{URL}?site=demo"' in page

    def test_without_a_site_it_says_the_longest_of_all(self, client: FlaskClient, store: Store) -> None:
        factories.a_site(store, rejected_text_days=14, identity_days=90)
        factories.a_site(store, "other", rejected_text_days=7, identity_days=300)
        page = client.get("/privacy").text

        assert "rejected: 14 days at most." in page
        assert "until 300 days after" in page
        assert f'href="{URL}' not in page

    def test_receipts_lead_there(self, client: FlaskClient, store: Store) -> None:
        token = factories.receipt_of(factories.an_approved_comment(store))

        assert f'href="{URL}?site=demo"' in client.get(f"/receipts/{token}", headers={"Accept": "text/html"}).text


def test_every_request_is_forgotten_by_a_backup(client: FlaskClient, store: Store) -> None:
    """A link that was used after the backup was made must not work again when it is put back."""
    ask(client)
    with store.database.write() as connection:
        forget_the_moment(connection)
        assert connection.execute(select(func.count()).select_from(schema.privacy_requests)).scalar_one() == 0
