"""Proof of work: what counts and what does not, for one comment in one thread, and never a reason to refuse."""

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from comments import schema
from comments.door_hold import DoorHold
from comments.identity import RootKey
from comments.policy import ProofMode
from comments.store import Store
from service.embed.script import POW, pow_script
from service.proof_of_work import FIELD, LASTS, make_challenge, read_proof
from tests import factories
from tests.service.conftest import SITE_ORIGIN, Clock
from tests.service.test_slow_down import burst
from tests.solving import as_sent, solved

NOW = factories.NOW
PLACE = {"site": "demo", "thread": "border-strikes"}
CHALLENGE = "/api/v1/challenge?site=demo&thread=border-strikes"
# Quick to solve in Python; how long is no matter here.
EASY = 50


@pytest.fixture
def asking(make_app: Callable[..., Flask], sqlite_store: Store) -> FlaskClient:
    """The service with a site that asks for a proof with every comment."""
    factories.a_site(sqlite_store, proof_of_work=ProofMode.ALWAYS, origins=(SITE_ORIGIN,))
    return make_app(sqlite_store, proof_max_number=1_000).test_client()


def hold_of(store: Store, comment_id: int) -> DoorHold:
    with store.database.read() as connection:
        found = select(schema.comments.c.door_hold).where(schema.comments.c.id == comment_id)
        return DoorHold(connection.execute(found).scalar_one())


def post(client: FlaskClient, store: Store, proof: object, **fields: object) -> DoorHold:
    """Post a comment, which is kept whatever it brings, and return why it is held."""
    answer = client.post("/api/v1/comments", json=factories.a_body(**fields) | {FIELD: proof})
    assert answer.status_code == 202, answer.text
    return hold_of(store, answer.get_json()["id"])


def test_a_challenge_that_is_solved_counts(root_key: RootKey) -> None:
    challenge = make_challenge(root_key, **PLACE, now=NOW, max_number=EASY)

    proof = read_proof(root_key, solved(challenge), **PLACE, now=NOW)

    assert proof is not None
    assert proof.challenge.hex() == challenge["challenge"]
    assert proof.expires_at == NOW + LASTS
    assert read_proof(root_key, solved(challenge, took=12), **PLACE, now=NOW) == proof, "as ALTCHA's widget sends it"


def test_every_challenge_is_another_one(root_key: RootKey) -> None:
    made = [make_challenge(root_key, **PLACE, now=NOW, max_number=EASY) for _ in range(20)]

    assert len({each["challenge"] for each in made}) == 20


@pytest.mark.parametrize("other", [{"site": "other"}, {"thread": "harvest"}, {"thread": "border-strikes\x1f"}])
def test_it_is_for_one_thread_of_one_site(root_key: RootKey, other: dict[str, str]) -> None:
    sent = solved(make_challenge(root_key, **PLACE, now=NOW, max_number=EASY))

    assert read_proof(root_key, sent, **(PLACE | other), now=NOW) is None


def test_it_ends(root_key: RootKey) -> None:
    sent = solved(make_challenge(root_key, **PLACE, now=NOW, max_number=EASY))

    assert read_proof(root_key, sent, **PLACE, now=NOW + LASTS - timedelta(seconds=1))
    assert read_proof(root_key, sent, **PLACE, now=NOW + LASTS) is None


def test_another_installation_cannot_give_challenges(root_key: RootKey) -> None:
    sent = solved(make_challenge(RootKey(b"x" * 32), **PLACE, now=NOW, max_number=EASY))

    assert read_proof(root_key, sent, **PLACE, now=NOW) is None


def test_a_challenge_of_ones_own_does_not_pass(root_key: RootKey) -> None:
    """Everybody can make a hash; what cannot be made is our signature over it."""
    given = make_challenge(root_key, **PLACE, now=NOW, max_number=EASY)
    later = f"{given['salt']}".replace(str(int((NOW + LASTS).timestamp())), "9999999999")
    for salt in (given["salt"], later, "", "a&", f"{given['salt']}0"):
        own = given | {"salt": salt, "challenge": hashlib.sha256(f"{salt}7".encode()).hexdigest()}

        assert read_proof(root_key, solved(own), **PLACE, now=NOW) is None


def test_digits_cannot_move_between_salt_and_number(root_key: RootKey) -> None:
    """ALTCHA's libraries let them once (CVE-2025-68113): a salt without its end was a proof that never ended."""
    spliced = 0
    for _ in range(20):
        given = make_challenge(root_key, **PLACE, now=NOW, max_number=EASY)
        head, digits = str(given["salt"])[:-1], "&"
        number = next(
            each
            for each in range(EASY + 1)
            if hashlib.sha256(f"{given['salt']}{each}".encode()).hexdigest() == given["challenge"]
        )
        for cut in range(len(str(number)) + 1):
            moved, rest = f"{head}{digits}{str(number)[:cut]}", str(number)[cut:]
            if cut and rest.isdigit() and not rest.startswith("0"):
                spliced += 1
                assert read_proof(root_key, solved(given, salt=moved, number=int(rest)), **PLACE, now=NOW) is None
    assert spliced, "else this proves nothing"


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 51},
        {"number": -1},
        {"number": "7"},
        {"number": 7.0},
        {"number": True},
        {"number": None},
        {"number": 10**19},
        {"number": [7]},
        {"salt": None},
        {"salt": 7},
        {"salt": ""},
        {"salt": "\ud800"},
        {"challenge": None},
        {"challenge": "00" * 32},
        {"challenge": "é" * 64},
        {"challenge": {}},
        {"signature": None},
        {"signature": "00" * 16},
        {"signature": "é" * 32},
        {"signature": ["a"]},
        {"algorithm": None},
        {"algorithm": "SHA-1"},
        {"algorithm": "sha-256"},
        {"more": "x" * 600},
    ],
)
def test_what_is_of_another_shape_is_no_proof(root_key: RootKey, wrong: dict[str, Any]) -> None:
    sent = solved(make_challenge(root_key, **PLACE, now=NOW, max_number=EASY), **wrong)

    assert read_proof(root_key, sent, **PLACE, now=NOW) is None


@pytest.mark.parametrize(
    "sent",
    [None, "", 7, True, [], {}, "x", "é", "=", "a" * 601, as_sent([]), as_sent("x"), as_sent(None), as_sent({}),
     base64.b64encode(b"\xff\xfe").decode(), base64.b64encode(b'{"a": NaN}').decode(), "e30\n="],
)  # fmt: skip
def test_what_is_no_solution_at_all_is_no_proof(root_key: RootKey, sent: object) -> None:
    assert read_proof(root_key, sent, **PLACE, now=NOW) is None


def test_with_its_proof_a_comment_is_not_held_for_it(asking: FlaskClient, sqlite_store: Store) -> None:
    sent = solved(asking.get(CHALLENGE).get_json())

    assert post(asking, sqlite_store, sent) is DoorHold.NONE


def test_a_proof_that_is_shown_a_hundred_times_counts_once(
    asking: FlaskClient, make_app: Callable[..., Flask], sqlite_store: Store
) -> None:
    """Whichever web process it is shown to, and whoever shows it."""
    sent = solved(asking.get(CHALLENGE).get_json())
    replica = make_app(sqlite_store).test_client()

    holds = [
        post(client, sqlite_store, sent, email=f"reader{number}@example.org")
        for number in range(50)
        for client in (asking, replica)
    ]

    assert holds == [DoorHold.NONE] + [DoorHold.NO_PROOF] * 99


def test_the_same_request_again_is_the_same_comment_with_the_same_proof(
    asking: FlaskClient, sqlite_store: Store
) -> None:
    body = factories.a_body() | {FIELD: solved(asking.get(CHALLENGE).get_json())}

    first, again = (
        asking.post("/api/v1/comments", json=body, headers={"Idempotency-Key": "k"}).get_json() for _ in range(2)
    )

    assert first == again
    assert hold_of(sqlite_store, first["id"]) is DoorHold.NONE


def test_what_is_refused_for_another_reason_does_not_spend_its_proof(asking: FlaskClient, sqlite_store: Store) -> None:
    sent = solved(asking.get(CHALLENGE).get_json())
    refused = asking.post("/api/v1/comments", json=factories.a_body(parent=4711) | {FIELD: sent})

    assert refused.status_code == 422
    assert post(asking, sqlite_store, sent) is DoorHold.NONE


@pytest.mark.parametrize("sent", [None, "", "x", 7, {"number": 1}, ["x"]])
def test_without_a_proof_it_is_kept_and_held(asking: FlaskClient, sqlite_store: Store, sent: object) -> None:
    assert post(asking, sqlite_store, sent) is DoorHold.NO_PROOF


def test_proof_for_another_thread_or_too_late_is_kept_and_held(
    asking: FlaskClient, sqlite_store: Store, clock: Clock
) -> None:
    elsewhere = solved(asking.get("/api/v1/challenge?site=demo&thread=harvest").get_json())
    late = solved(asking.get(CHALLENGE).get_json())

    assert post(asking, sqlite_store, elsewhere) is DoorHold.NO_PROOF
    clock.now += LASTS
    assert post(asking, sqlite_store, late) is DoorHold.NO_PROOF


def test_a_site_that_does_not_ask_holds_nothing_and_spends_nothing(
    client: FlaskClient, sqlite_store: Store, root_key: RootKey
) -> None:
    sent = solved(make_challenge(root_key, **PLACE, now=NOW, max_number=EASY))

    assert post(client, sqlite_store, None) is DoorHold.NONE
    assert post(client, sqlite_store, sent) is DoorHold.NONE
    with sqlite_store.database.read() as connection:
        assert connection.execute(select(schema.spent_proofs)).all() == []
    page = client.get("/threads/demo?thread=border-strikes").text
    assert "data-challenge" not in page
    assert f'name="{FIELD}"' not in page


def test_form_of_a_browser_without_script_is_kept_and_held(asking: FlaskClient, sqlite_store: Store) -> None:
    page = asking.get("/threads/demo?thread=border-strikes").text
    assert f'data-challenge="{CHALLENGE.replace("&", "&amp;")}"' in page
    assert f'data-proof="{pow_script().path}"' in page
    assert f'<input type="hidden" name="{FIELD}">' in page

    form = {"site": "demo", "thread_key": "border-strikes", "name": "Ada", "email": "ada@example.org", "text": "Hello."}
    answer = asking.post("/api/v1/comments", data=form | {FIELD: ""}, headers={"Accept": "text/html"})

    assert answer.status_code == 303
    assert hold_of(sqlite_store, 1) is DoorHold.NO_PROOF


def test_form_that_is_shown_again_asks_again(asking: FlaskClient) -> None:
    form = {"site": "demo", "thread_key": "border-strikes", "name": "", "email": "ada@example.org", "text": "Hello."}

    answer = asking.post("/api/v1/comments", data=form, headers={"Accept": "text/html"})

    assert answer.status_code == 422
    assert "data-challenge" in answer.text
    assert f'<script type="module" src="{pow_script().path}"></script>' in answer.text


@pytest.mark.parametrize("is_solved", [True, False])
def test_form_of_a_wordpress_theme_is_kept_and_held_without_one(
    asking: FlaskClient, sqlite_store: Store, is_solved: bool
) -> None:
    challenge = asking.get("/api/v1/challenge?site=demo&thread=wp:7").get_json()
    form = {"author": "Ada", "email": "ada@example.org", "comment": "Hello.", "comment_post_ID": "7"}

    answer = asking.post(
        "/wp-comments-post.php?site=demo", data=form | ({FIELD: solved(challenge)} if is_solved else {})
    )

    assert answer.status_code == 302
    assert hold_of(sqlite_store, 1) is (DoorHold.NONE if is_solved else DoorHold.NO_PROOF)


def test_client_of_isso_is_kept_and_held(asking: FlaskClient, sqlite_store: Store) -> None:
    body = {"author": "Ada", "email": "ada@example.org", "text": "Hello."}

    answer = asking.post("/isso/demo/new?uri=/story", json=body)

    assert answer.status_code == 202
    assert hold_of(sqlite_store, 1) is DoorHold.NO_PROOF


def test_in_bursts_it_is_asked_for_while_a_story_is_overrun(
    asking: FlaskClient, sqlite_store: Store, clock: Clock
) -> None:
    factories.a_site(sqlite_store, proof_of_work=ProofMode.BURSTS)
    page = "/threads/demo?thread=border-strikes"
    factories.accept(sqlite_store)
    clock.now += timedelta(seconds=4)  # the site is looked up anew
    assert "data-challenge" not in asking.get(page).text
    assert post(asking, sqlite_store, None) is DoorHold.NONE

    burst(sqlite_store, clock.now + timedelta(minutes=10))

    assert "data-challenge" in asking.get(page).text
    assert post(asking, sqlite_store, None) is DoorHold.NO_PROOF
    assert post(asking, sqlite_store, None, thread="harvest") is DoorHold.NONE, "other stories go on as before"
    assert post(asking, sqlite_store, solved(asking.get(CHALLENGE).get_json())) is DoorHold.NONE


def test_challenges_are_for_the_sites_own_pages_and_for_nobody_to_keep(asking: FlaskClient) -> None:
    answer = asking.get(CHALLENGE, headers={"Origin": SITE_ORIGIN})

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == SITE_ORIGIN
    assert asking.get("/api/v1/challenge?site=nobody&thread=a").status_code == 404
    assert asking.get("/api/v1/challenge?site=demo").status_code == 400


def test_script_is_served_by_its_bytes_and_small(client: FlaskClient) -> None:
    answer = client.get(pow_script().path, headers={"Origin": "https://anywhere.example"})

    assert answer.data == POW.read_bytes()
    assert answer.headers["Access-Control-Allow-Origin"] == "*", "a module of another origin is not run without it"
    assert answer.headers["Cache-Control"].endswith("immutable")
    assert len(pow_script().packed) < 2_048
    assert client.get("/pow-0123456789ab.js").headers["Cache-Control"].startswith("public, max-age=300,")


def test_spent_proofs_are_forgotten_when_they_would_have_ended(asking: FlaskClient, sqlite_store: Store) -> None:
    post(asking, sqlite_store, solved(asking.get(CHALLENGE).get_json()))

    assert sqlite_store.spent_proofs.forget_ended(NOW + LASTS - timedelta(seconds=1)) == 0
    assert sqlite_store.spent_proofs.forget_ended(NOW + LASTS) == 1
    assert sqlite_store.spent_proofs.forget_ended(NOW + LASTS) == 0


def test_erased_comment_does_not_tell_how_it_came_in(asking: FlaskClient, sqlite_store: Store) -> None:
    post(asking, sqlite_store, None)
    with sqlite_store.database.read() as connection:
        receipt = connection.execute(select(schema.comments.c.receipt_hash)).scalar_one()

    sqlite_store.revisions.withdraw(receipt, now=NOW)

    assert hold_of(sqlite_store, 1) is DoorHold.NONE
