"""P-02: the same comments with other addresses say the same, byte for byte, to readers and to moderators.

Clock, numbers and chance are fixed, so that whatever differs comes from the addresses.
"""

import random
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from comments import schema
from comments.migrations import upgrade
from comments.roles import EVERY_SITE
from comments.settings import Settings
from comments.status import Status
from comments.store import Store, open_store
from comments.wakeup import Wakeup
from ops.exports.json_lines import write_json_lines
from ops.exports.wxr import write_wxr
from service.app import create_app
from service.parts import Parts
from tests import factories
from tests.privacy.routes import Values, paths, rules
from workers.drain import drain_pending
from workers.opinion import opinion

COMMENTS = 200
PEOPLE = 40
_POST = "/api/v1/comments"
_HTML = {"Accept": "text/html"}
# Who all sent from one address are one author to the checks and to the desk: that is what the address is for. So with
# the third set only what anybody may read must be the same.
_PRIVATE = re.compile(r"/review|/receipts|^post |^export |^log$")


@dataclass
class Told:
    """Everything that was said, by the question."""

    answers: dict[str, bytes] = field(default_factory=dict)
    log: bytes = b""

    def differences(self, other: "Told") -> list[str]:
        """Return the questions that were answered otherwise."""
        mine, theirs = {**self.answers, "log": self.log}, {**other.answers, "log": other.log}
        return [name for name in sorted(mine.keys() | theirs.keys()) if mine.get(name) != theirs.get(name)]

    @property
    def size(self) -> int:
        """How many bytes were said."""
        return sum(map(len, self.answers.values())) + len(self.log)


@dataclass(frozen=True)
class Interference:
    """What the addresses changed: nothing may be in either list."""

    answers: int
    size: int
    with_others: list[str]
    with_one: list[str]


def compare(first: Told, second: Told, third: Told) -> Interference:
    """Compare two sets of addresses in everything, and the set that is all one address in what is public."""
    public = [name for name in first.differences(third) if not _PRIVATE.search(name)]
    return Interference(len(first.answers), first.size, first.differences(second), public)


def interference(*, comments: int = COMMENTS) -> Interference:
    """Run the scenario with three sets of addresses on SQLite."""
    sets = (addresses("one"), addresses("two"), addresses("one")[:1] * PEOPLE)
    told = []
    for people in sets:
        with tempfile.TemporaryDirectory() as folder:
            told.append(tell(f"sqlite:///{folder}/replydesk.sqlite3", people, comments=comments))
    return compare(*told)


def addresses(seed: str) -> list[str]:
    """Return one address for each person, of the same length and kind for every seed: lengths must not tell either."""
    chance = random.Random(seed)
    return [f"{chance.randbytes(6).hex()}@{chance.randbytes(4).hex()}.example" for _ in range(PEOPLE)]


def tell(database_url: str, people: list[str], *, comments: int = COMMENTS) -> Told:
    """Run the scenario with these people's addresses."""
    told, log = Told(), StringIO()
    with tempfile.TemporaryDirectory() as folder, _no_chance():
        store = open_store(database_url)
        settings = Settings.model_validate({"data_dir": Path(folder), "rate_limits": False, "log_level": "debug"})
        parts = Parts(settings, store, factories.ROOT_KEY, Wakeup(None), lambda: factories.NOW)
        app = create_app(parts, log_to=log)
        try:
            upgrade(store.database)
            _live(app, store, people, told, comments)
        finally:
            store.close()
    told.log = re.sub(r'"(milliseconds": [\d.]+|timestamp": "[^"]+")', "", log.getvalue()).encode()
    return told


@contextmanager
def _no_chance() -> Iterator[None]:
    """Draw the same tokens each time."""
    chance = random.Random("no chance at all")
    drawn = {
        "token_bytes": lambda count=32: chance.randbytes(count),
        "token_hex": lambda count=32: chance.randbytes(count).hex(),
        "token_urlsafe": lambda count=32: chance.randbytes(count).hex(),
    }
    with patch.multiple(secrets, **drawn), patch.object(pyotp, "random_base32", lambda: "A" * 32):
        yield


def _live(app: Flask, store: Store, people: list[str], told: Told, comments: int) -> None:
    factories.a_site(store, origins=("https://news.example",))
    reader, desk = app.test_client(), app.test_client()
    receipts = [_post(reader, told, number, people) for number in range(comments)]
    assert drain_pending(store, opinion, lease_seconds=60, now=lambda: factories.NOW)
    moderator = factories.a_moderator(store, "mod")
    _decide(store, moderator.id)
    token = store.sessions.open(moderator.id, lasts=timedelta(hours=12), now=factories.NOW)
    desk.set_cookie("replydesk_session", token, path="/review")
    _read(app, (reader, desk), Values(_numbers(store)[::7], receipts[::7]), told)
    site = factories.a_site(store)
    for name, write in (("jsonl", write_json_lines), ("wxr", write_wxr)):
        told.answers[f"export {name}"] = "".join(write(site, store.exports.stream(site.id), factories.NOW)).encode()


def _post(reader: FlaskClient, told: Told, number: int, people: list[str]) -> str:
    """Post the comment of this number: some reply, some look like spam, one in three authors comes again."""
    words = ("Thank you for number", "Buy cheap pills now http://spam.example number", "I do not agree with number")
    sent = {
        "site": "demo",
        "thread": {"key": "border-strikes", "url": "https://news.example/a", "title": "Strikes"},
        "name": f"Reader {number % 17}",
        "email": people[number % PEOPLE],
        "text": f"{words[number % 3]} {number}. {'So it was said before, and will be said again. ' * (number % 4)}",
    }
    answer = reader.post(_POST, json=sent)
    assert answer.status_code == 202, answer.text
    told.answers[f"post {number}"] = answer.data + repr(sorted(answer.headers)).encode()
    return str(answer.get_json()["receipt_url"]).rpartition("/")[2]


def _decide(store: Store, moderator_id: int) -> None:
    moves = (Status.APPROVED, Status.HELD, Status.APPROVED, Status.REJECTED, Status.APPROVED)
    for number in _numbers(store):
        card = store.desk.card(number, now=factories.NOW, scope=EVERY_SITE)
        wanted = moves[number % len(moves)]
        if card.status is not wanted:
            store.desk.decide(
                number, wanted, version=card.version, moderator_id=moderator_id, now=factories.NOW, scope=EVERY_SITE
            )


def _numbers(store: Store) -> list[int]:
    with store.database.read() as connection:
        return list(connection.execute(select(schema.comments.c.id).order_by(schema.comments.c.id)).scalars())


def _read(app: Flask, clients: tuple[FlaskClient, FlaskClient], values: Values, told: Told) -> None:
    reader, desk = clients
    for rule, methods in rules(app).items():
        if "GET" not in methods or rule == "/review/live":
            continue
        client = desk if rule.startswith("/review") else reader
        for path in paths(rule, values):
            for headers in ({}, _HTML):
                answer = client.get(path, headers=headers)
                name = f"GET {path} {headers.get('Accept', '')}"
                answer.headers.remove("Date")  # the machine's own clock, in static files
                told.answers[name] = f"{answer.status}\n{answer.headers}".encode() + answer.data
