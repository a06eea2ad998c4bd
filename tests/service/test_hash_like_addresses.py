"""P-07: what looks like a hash of an address is an ordinary text: it is hashed like any other, and it is no way in."""

import hashlib
from base64 import b64encode, urlsafe_b64encode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from comments import schema
from comments.email import Email
from comments.identity import RootKey, author_keys, loose_form, strict_form
from comments.store import Store
from tests import factories

ADDRESS = "victim@example.org"
POST = "/api/v1/comments"
DOMAIN = "hash-like.example"


def likenesses() -> dict[str, str]:
    """Return what others have taken for an address's hash, by its kind; the last ones are ours."""
    raw = ADDRESS.encode()
    [keys] = author_keys(ADDRESS, "demo", factories.ROOT_KEY) or ()
    strict, loose = keys.strict, keys.loose
    return {
        "MD5": hashlib.md5(raw).hexdigest(),  # noqa: S324 - what others publish
        "SHA-1": hashlib.sha1(raw).hexdigest(),  # noqa: S324 - what others publish
        "SHA-256": hashlib.sha256(raw).hexdigest(),
        "SHA-256 in capitals": hashlib.sha256(raw).hexdigest().upper(),
        "SHA-256 in base64": b64encode(hashlib.sha256(raw).digest()).decode(),
        "with its name": f"sha256:{hashlib.sha256(raw).hexdigest()}",
        "a provider's": f"email_{hashlib.sha1(raw).hexdigest()}",  # noqa: S324 - what others publish
        "argon2": "$argon2id$v=19$m=19456,t=2,p=1$AzOAOnZUdXIqKEi3DFm54g$2hw2RRGvjNOWth0H2lY9lQbf7S7iV5Iund",
        "our strict key": strict.hex(),
        "our loose key": loose.hex(),
        "our strict key in base64": urlsafe_b64encode(strict).decode(),
    }


LIKENESSES = likenesses()


@pytest.mark.parametrize("kind", LIKENESSES)
def test_a_hash_alone_is_no_address(client: FlaskClient, sqlite_store: Store, kind: str) -> None:
    answer = client.post(POST, json=factories.a_body(email=LIKENESSES[kind]))

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["email"]
    assert LIKENESSES[kind].lower() not in answer.text.lower()
    assert author_keys(LIKENESSES[kind], "demo", factories.ROOT_KEY) is None
    with sqlite_store.database.read() as connection:
        assert connection.execute(select(schema.comments.c.id)).all() == []


@pytest.mark.parametrize("kind", ["MD5", "SHA-1", "SHA-256", "our strict key", "our loose key"])
def test_a_mailbox_named_like_a_hash_is_hashed_like_any_other(
    client: FlaskClient, sqlite_store: Store, root_key: RootKey, kind: str
) -> None:
    # given: the victim has written
    factories.accept(sqlite_store, email=ADDRESS)
    # when
    answer = client.post(POST, json=factories.a_body(email=f"{LIKENESSES[kind]}@{DOMAIN}", text="By another one."))

    # then: its keys are made of it, and are neither what was typed nor the victim's
    assert answer.status_code == 202
    with sqlite_store.database.read() as connection:
        keys = schema.identities.c
        rows = connection.execute(select(keys.strict_key, keys.loose_key).order_by(keys.comment_id)).all()
    (victim, theirs) = rows
    local = LIKENESSES[kind]
    assert theirs.strict_key == root_key.digest("email-strict/demo", strict_form(local, DOMAIN).encode())
    assert theirs.loose_key == root_key.digest("email-loose/demo", loose_form(local, DOMAIN).encode())
    assert {theirs.strict_key, theirs.loose_key}.isdisjoint({victim.strict_key, victim.loose_key})
    assert bytes.fromhex(local) not in (theirs.strict_key, theirs.loose_key)


@pytest.mark.parametrize("kind", LIKENESSES)
def test_a_hash_finds_nobody(client: FlaskClient, sqlite_store: Store, kind: str) -> None:
    factories.an_approved_comment(sqlite_store, email=ADDRESS)
    everybody = client.get("/wp/v2/comments?site=demo").json
    assert len(everybody) == 1, "else this proves nothing"

    by_hash = client.get("/wp/v2/comments", query_string={"site": "demo", "author_email": LIKENESSES[kind]})
    by_address = client.get("/wp/v2/comments", query_string={"site": "demo", "author_email": ADDRESS})

    assert (by_hash.status_code, by_hash.data) == (by_address.status_code, by_address.data)
    assert client.get(f"/receipts/{LIKENESSES[kind]}").status_code == 404


def test_what_goes_in_and_what_is_kept_are_different_types() -> None:
    found = author_keys(ADDRESS, "demo", factories.ROOT_KEY)

    assert found is not None
    assert all(isinstance(each, bytes) and len(each) == 16 for each in (found[0].strict, found[0].loose))
    assert author_keys(found[0].strict, "demo", factories.ROOT_KEY) is None  # type: ignore[arg-type]  # a hash is no address
    assert not hasattr(Email, "__bytes__")
