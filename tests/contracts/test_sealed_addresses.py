"""In sealed mode an address that is kept for notices is nowhere but in the envelope and the To of its own mails.

Markers go in by every door that takes the wish; then comments are published, answered, told of and backed up.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import select
from werkzeug.test import TestResponse

from comments import schema
from comments.identity import KeyFileProblem
from comments.migrations import upgrade
from comments.opening import create_keys
from comments.settings import EmailMode, Settings
from comments.status import Status
from comments.store import Store, open_store
from comments.wakeup import Wakeup, connect_quickly
from ops.backup import back_up
from service import wsgi
from service.app import create_app
from service.parts import Parts
from tests import factories
from tests.contracts.leaks import needles_of_address
from tests.notices import Correspondence, corresponding, keys, proof_in, recipient_of, token_in
from tests.servers.valkey import Valkey, running_valkey
from workers.drain import drain_pending
from workers.opinion import opinion

SENT = {
    "JSON": "Zqa.Marker+tag@zqa-domain.example",
    "form": "zqb.marker@zqb-domain.example",
    "multipart": "zqc.marker@zqc-domain.example",
    "browser": "zqd.marker@zqd-domain.example",
}
# By the reader's own request: one that is known from a comment, one that is not.
ASKED = {"access request": "zqe.marker@zqe-domain.example", "erasure request": "zqf.marker@zqf-domain.example"}
POST = "/api/v1/comments"


@dataclass
class World:
    """The service in sealed mode with everything it writes to."""

    client: FlaskClient
    mail: Correspondence
    folder: Path
    valkey: Valkey
    log: StringIO
    answers: list[bytes] = field(default_factory=list)

    def ask(self, path: str, method: str = "GET", **request: Any) -> TestResponse:
        answer = self.client.open(path, method=method, **request)
        self.answers.append(f"{answer.status}\n{answer.headers}".encode() + answer.data)
        return answer


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder, log = tmp_path_factory.mktemp("sealed"), StringIO()
    root, handler = logging.getLogger(), logging.StreamHandler(log)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    store = open_store(f"sqlite:///{folder / 'replydesk.sqlite3'}")
    upgrade(store.database)
    with running_valkey() as valkey, corresponding(store) as mail, structlog.testing.capture_logs() as events:
        made = _build(folder, store, mail, valkey, log)
        _live(made)
        log.write("\n".join(map(repr, events)))
        yield made
    store.close()
    root.removeHandler(handler)
    root.setLevel(level)


def _build(folder: Path, store: Store, mail: Correspondence, valkey: Valkey, log: StringIO) -> World:
    settings = Settings.model_validate({"redis_url": valkey.url, "log_level": "debug", "data_dir": folder})
    wakeup = Wakeup(connect_quickly(valkey.url))
    parts = Parts(settings, store, factories.ROOT_KEY, wakeup, lambda: mail.now, sealing_key=keys()[0])
    return World(create_app(parts, log_to=log).test_client(), mail, folder, valkey, log)


def _live(world: World) -> None:
    """Post by every door, publish, confirm one, answer all, tell; stop one, and leave the others as they are."""
    for name, address in SENT.items():
        body = factories.a_body(email=address, notify=True)
        flat = {"site": "demo", "thread_key": "border-strikes", "name": "Ada", "email": address, "notify": "1"}
        flat["text"] = str(body["text"])
        request: dict[str, Any] = {"json": body} if name == "JSON" else {"data": flat}
        if name == "multipart":
            request["content_type"] = "multipart/form-data"
        headers = {"Accept": "text/html"} if name == "browser" else {}
        assert world.ask(POST, "POST", headers=headers, **request).status_code in {202, 303}
    world.ask(POST, "POST", json=factories.a_body(email=SENT["JSON"], notify=SENT["JSON"]))
    world.ask(POST, "POST", json=factories.a_body(email=SENT["JSON"], notify=True, text=""))
    _approve_everything(world)
    asked = [token_in(envelope) for envelope in world.mail.send()]
    for token in asked[:3]:
        for wish in ("confirm", "stop"):
            world.ask(f"/notices/{token}/{wish}")
        world.ask(f"/notices/{token}/confirm", "POST")
    for parent in _comment_ids(world):
        world.mail.reply(factories.Accepted(parent, Status.APPROVED, b"", is_new=True))
    world.mail.wait()
    told = world.mail.send()
    world.ask(f"/notices/{token_in(told[0])}/stop", "POST", data={"List-Unsubscribe": "One-Click"})
    world.ask(f"{POST}?site=demo&thread=border-strikes")
    world.ask("/threads/demo?thread=border-strikes")
    _ask_for_everything(world)
    factories.root_key_file(world.folder)
    back_up(_settings(world), world.folder / "backup.replydesk")


def _ask_for_everything(world: World) -> None:
    """Ask to see and to erase, rightly and wrongly, and follow the links; one stays unused, one is never sent."""
    comment = factories.an_approved_comment(world.mail.store, email=ASKED["access request"], now=world.mail.now)
    for wish, address in zip(("access", "erase"), ASKED.values(), strict=True):
        for typed in (f"{address}@", address):
            world.ask("/privacy/request", "POST", data={"site": "demo", "email": typed, "wish": wish})
        world.ask(f"/privacy/request?site=demo&email={address}")
        world.ask("/privacy/request", "POST", data={"site": address, "email": address, "wish": address})
    links = [proof_in(envelope) for envelope in world.mail.send() if "/privacy/requests/" in envelope.body]
    assert len(links) == len(ASKED)
    for link in links:
        world.ask(link)
        world.ask(link, "POST", data={"email": ASKED["access request"]})
        shown = world.ask(link, "POST", data={"sure": "yes", "email": ASKED["access request"]})
        assert shown.status_code == 200
    assert comment.id
    world.ask("/privacy/request", "POST", data={"site": "demo", "email": ASKED["access request"], "wish": "erase"})


def _approve_everything(world: World) -> None:
    def approve(subject: Any, policy: Any) -> Any:
        verdict = opinion(subject, policy)
        return type(verdict)(Status.APPROVED, verdict.reasons, verdict.signals)

    assert drain_pending(world.mail.store, approve, lease_seconds=60, now=lambda: world.mail.now)
    world.mail.wait()


def _comment_ids(world: World) -> list[int]:
    with world.mail.store.database.read() as connection:
        return list(connection.execute(select(schema.contacts.c.comment_id)).scalars())


def _settings(world: World) -> Settings:
    return Settings.model_validate({"data_dir": world.folder})


def _redis_bytes(world: World) -> bytes:
    client = Redis.from_url(world.valkey.url)
    found = [key + b"\n" + (client.dump(key) or b"") for key in client.scan_iter()]
    client.close()
    files = [path.read_bytes() for path in (world.valkey.directory / "appendonlydir").iterdir()]
    return b"\n".join(found + files)


def _mails_to_others(world: World, address: str) -> bytes:
    return b"".join(each.content for each in world.mail.smtp.received if recipient_of(each).lower() != address.lower())


def _own_mails(world: World, address: str) -> list[bytes]:
    return [each.content for each in world.mail.smtp.received if recipient_of(each).lower() == address.lower()]


SINKS = {
    "answers": lambda world: b"".join(world.answers),
    "log": lambda world: world.log.getvalue().encode(),
    "Redis": _redis_bytes,
    "database files": lambda world: b"".join(path.read_bytes() for path in world.folder.glob("replydesk.sqlite3*")),
    "backup": lambda world: (world.folder / "backup.replydesk").read_bytes(),
}


@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.parametrize("door", SENT | ASKED)
def test_an_address_is_in_no_sink(world: World, door: str, sink: str) -> None:
    found = SINKS[sink](world)

    assert len(found) > 500, "else this proves nothing"
    assert needles_of_address((SENT | ASKED)[door]).find(found) == []


@pytest.mark.parametrize("door", SENT | ASKED)
def test_an_address_is_in_no_mail_but_its_own_and_there_in_the_to_alone(world: World, door: str) -> None:
    address = (SENT | ASKED)[door]
    own = _own_mails(world, address)
    others = _mails_to_others(world, address)

    assert own, "it was written to"
    assert needles_of_address(address).find(others) == []
    for content in own:
        [line] = [line for line in content.split(b"\r\n") if line.startswith(b"To: ")]
        assert needles_of_address(address).find(content.replace(line, b"")) == []


def test_whoever_confirmed_was_told_and_nobody_else(world: World) -> None:
    numbers = {door: len(_own_mails(world, address)) for door, address in SENT.items()}

    assert sorted(numbers.values()) == [1, 2, 2, 2]
    assert world.mail.store.contacts.count() == len(SENT) - 1, "one of them stopped it"


def test_what_the_log_says_of_mails_is_there_at_all(world: World) -> None:
    assert "/notices/<token>/" in world.log.getvalue(), "else its silence proves nothing"


def test_the_web_starts_with_the_public_key_alone(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_keys(tmp_path / "private.pem", tmp_path / "public.pem")
    factories.root_key_file(world.folder)
    values = {
        "DATA_DIR": world.folder,
        "EMAIL_MODE": EmailMode.SEALED,
        "PUBLIC_URL": "https://comments.example",
        "NOTICE_PUBLIC_KEY_FILE": tmp_path / "public.pem",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"REPLYDESK_{name}", str(value))
    (tmp_path / "private.pem").unlink()

    found = wsgi.build().extensions["replydesk"].sealing_key
    monkeypatch.setenv("REPLYDESK_NOTICE_PUBLIC_KEY_FILE", str(tmp_path / "gone.pem"))

    assert not hasattr(found, "open")
    assert [name for name in dir(found) if not name.startswith("__")] == ["_key", "kid", "seal", "seal_request"]
    with pytest.raises(KeyFileProblem):
        wsgi.build()


def test_an_export_cannot_read_a_contact() -> None:
    """Rooms that give rows away name their columns; none but the notifier's and the links' own names this table."""
    rooms = {path.name for path in Path(schema.__file__).parent.rglob("*.py") if "contacts" in path.read_text()}

    known = {"schema.py", "contacts.py", "notices.py", "notice_letters.py", "keeping.py", "erasure.py", "copies.py"}
    # These say what is kept and how long, or wipe it; of a contact they read its comment and when it was confirmed.
    known |= {"inventory.py", "leftovers.py", "retention.py", "rights.py"}
    assert rooms <= known | {"__init__.py", "0007_notices.py"}
