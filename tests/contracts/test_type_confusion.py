"""P-07: what looks like a hash or a token of ours is never taken for one, at any door that takes an address.

Remark42 took an address that was 40 hexadecimal digits for the hash of one, and published it as it was.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from comments import schema
from comments.identity import author_keys, identify_imported
from comments.settings import Settings
from comments.store import Store
from comments.wakeup import Wakeup
from service.app import create_app
from service.parts import Parts
from tests import factories
from tests.notices import keys

ADA = "ada@mail.example"


def keys_of(address: str) -> tuple[bytes, bytes]:
    """Return the strict and the loose key of an address."""
    found = author_keys(address, "demo", factories.ROOT_KEY)
    assert found is not None
    [keys] = found
    return keys.strict, keys.loose


KNOWN = keys_of(ADA)
DIGESTS = {name: hashlib.new(name, ADA.encode()).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")}
LOOKS_LIKE_A_HASH = {
    **DIGESTS,
    "upper case": DIGESTS["sha256"].upper(),
    "with 0x": f"0x{DIGESTS['sha256']}",
    "with a name": f"sha256:{DIGESTS['sha256']}",
    "cut": DIGESTS["sha256"][:12],
    "strict key": KNOWN[0].hex(),
    "loose key": KNOWN[1].hex(),
    "strict key in base64": base64.b64encode(KNOWN[0]).decode(),
    "strict key as a token": base64.urlsafe_b64encode(KNOWN[0]).rstrip(b"=").decode(),
    "root key": (b"0123456789abcdef" * 2).hex(),
    "zeros": "0" * 64,
    "a number": "42",
    "a uuid": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "argon2": "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$YWJj",
}
every_look = pytest.mark.parametrize("looks", LOOKS_LIKE_A_HASH.values(), ids=LOOKS_LIKE_A_HASH.keys())


@pytest.fixture
def client(sqlite_store: Store) -> FlaskClient:
    """A client of the service in mode `sealed`, with a comment of Ada's."""
    factories.an_approved_comment(sqlite_store, email=ADA)
    settings = Settings.model_validate({"rate_limits": False})
    parts = Parts(
        settings, sqlite_store, factories.ROOT_KEY, Wakeup(None), lambda: factories.NOW, sealing_key=keys()[0]
    )
    return create_app(parts).test_client()


def identities(store: Store) -> list[tuple[bytes, bytes]]:
    with store.database.read() as connection:
        rows = connection.execute(select(schema.identities.c.strict_key, schema.identities.c.loose_key))
        return [(row.strict_key, row.loose_key) for row in rows]


# How each door is tried with an address, and the status with which it refuses what is none.
DOORS: dict[str, tuple[Callable[[FlaskClient, str], int], int]] = {
    "JSON": (lambda c, a: c.post("/api/v1/comments", json=factories.a_body(email=a)).status_code, 422),
    "form": (
        lambda c, a: (
            c.post(
                "/api/v1/comments",
                data={"site": "demo", "thread_key": "t", "name": "Ada", "email": a, "text": "Said by a form."},
            ).status_code
        ),
        422,
    ),
    "WordPress": (
        lambda c, a: (
            c.post(
                "/wp-comments-post.php?site=demo",
                data={"author": "Ada", "email": a, "comment": "Said by a theme.", "comment_post_ID": "7"},
            ).status_code
        ),
        422,
    ),
    "Isso": (
        lambda c, a: (
            c.post("/isso/demo/new?uri=/page/", json={"author": "Ada", "email": a, "text": "Said by Isso."}).status_code
        ),
        400,
    ),
    "access request": (
        lambda c, a: c.post("/privacy/request", data={"site": "demo", "email": a, "wish": "access"}).status_code,
        422,
    ),
    "erasure request": (
        lambda c, a: c.post("/privacy/request", data={"site": "demo", "email": a, "wish": "erase"}).status_code,
        422,
    ),
}


@every_look
def test_it_is_no_address_at_any_door(client: FlaskClient, sqlite_store: Store, looks: str) -> None:
    before = identities(sqlite_store)
    assert before == [KNOWN], "else this proves nothing"

    answers = {name: (enter(client, looks), refusal) for name, (enter, refusal) in DOORS.items()}

    assert {name: got for name, (got, refusal) in answers.items() if got != refusal} == {}
    assert identities(sqlite_store) == before


@every_look
def test_it_finds_nobody(looks: str) -> None:
    assert author_keys(looks, "demo", factories.ROOT_KEY) is None
    assert identify_imported(looks, "demo", factories.ROOT_KEY, network=None, disposable_domains=frozenset()) is None


def addresses_of(looks: str) -> Iterator[str]:
    """Yield addresses that are made of it and are some: a part of one has no more than 63 characters."""
    if looks.isalnum() and len(looks) <= 63:
        yield f"{looks}@mail.example"
        yield f"ada@{looks}.example"


@every_look
def test_an_address_made_of_it_is_hashed_like_any_other(looks: str) -> None:
    for address in addresses_of(looks):
        made = keys_of(address)
        assert not {*made} & {*KNOWN}
        assert len(looks) < 12 or all(looks.lower() not in key.hex() for key in made)  # shorter ones meet by chance


@every_look
def test_it_opens_no_link(client: FlaskClient, looks: str) -> None:
    for path in (f"/receipts/{looks}", f"/privacy/requests/{looks}", f"/notices/{looks}/confirm"):
        assert client.get(path).status_code == 404, path
