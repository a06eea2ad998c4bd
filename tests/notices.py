"""A correspondence for tests: real keys, a real mail server, a clock, and comments whose authors want mail."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from comments import schema
from comments.contact import SealingKey, link_hash, load_sealing_key
from comments.email import Email
from comments.opening import OpeningKey, create_keys, load_opening_key
from comments.privacy_request import NewRequest, Wish
from comments.status import Status
from comments.store import Store
from comments.store.outbox import UNDO_WINDOW
from comments.store.records import Accepted
from tests import factories
from tests.servers.smtp import Envelope, SmtpServer, running_smtp
from workers.external.panel import NOBODY
from workers.mail.message import Sender
from workers.mail.smtp import SmtpServer as Server
from workers.mail.smtp import Tls
from workers.notices.letters import Desk, ways
from workers.outbox import Post, send_due

BASE = "https://comments.example"
ADA = "ada@mail.example"
SECOND = timedelta(seconds=1)
PROOF = re.compile(r"https?://[a-z0-9.:]+(/privacy/requests/[A-Za-z0-9_-]{22})\s")
LINK = re.compile(r"https?://[a-z0-9.:]+(/notices/([A-Za-z0-9_-]{22})/(confirm|stop))")


@cache
def keys() -> tuple[SealingKey, OpeningKey]:
    """Return one pair for all tests: making it is quick, and files are what the code reads."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        create_keys(folder / "private.pem", folder / "public.pem")
        return load_sealing_key(folder / "public.pem"), load_opening_key(folder / "private.pem")


@dataclass
class Correspondence:
    """The notifier's work on one store, with what the mail server got. Time passes only by `wait`."""

    store: Store
    smtp: SmtpServer
    now: datetime = factories.NOW
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        server = Server(
            "127.0.0.1", self.smtp.port, Tls.NONE, Sender("News", "desk", "news.example"), timeout_seconds=2
        )
        self.desk = Desk(keys()[1], server, BASE, lambda _: NullTranslations(), lambda: self.now)
        factories.a_site(self.store, reply_notices=True, origins=("https://news.example",))

    def comment(self, address: str = ADA, *, status: Status = Status.APPROVED, **overrides: object) -> Accepted:
        """Keep and decide a comment whose author wants to be written to."""
        return self._decided(address, status, is_wanted=True, **overrides)

    def reply(self, parent: Accepted, address: str = "bob@other.example", **overrides: object) -> Accepted:
        """Publish a reply by somebody who wants no mail."""
        return self._decided(address, Status.APPROVED, is_wanted=False, parent=parent.id, **overrides)

    def _decided(self, address: str, status: Status, *, is_wanted: bool, **overrides: object) -> Accepted:
        arrival = factories.an_arrival(now=self.now, email=address, **overrides)  # type: ignore[arg-type]  # the body's fields
        local, _, domain = address.partition("@")
        contact = keys()[0].seal(Email(local, domain), arrival.receipt.hash) if is_wanted else None
        accepted = self.store.inbox.accept(replace(arrival, contact=contact), self.now)
        if status is not Status.PENDING:
            assert factories.settle(self.store, accepted, status, now=self.now) == 1
        return replace(accepted, status=status)

    def wait(self, passed: timedelta = UNDO_WINDOW + SECOND) -> None:
        """Let time pass."""
        self.now += passed

    def send(self) -> list[Envelope]:
        """Have the notifier do what is due, and return what arrived because of it."""
        before = len(self.smtp.received)
        send_due(Post(self.store, NOBODY), lambda: self.now, ways=ways(self.desk), monotonic=lambda: 0.0)
        return self.smtp.received[before:]

    def confirmed_comment(self, address: str = ADA, **overrides: object) -> Accepted:
        """Publish a comment whose author has confirmed the address."""
        accepted = self.comment(address, **overrides)
        self.wait()
        [asked] = self.send()
        assert self.store.contacts.confirm(token_in(asked), self.now)
        return accepted


def token_in(envelope: Envelope) -> str:
    """Return the token of the links in a mail."""
    found = {token for _, token, _ in LINK.findall(envelope.body)}
    assert len(found) == 1, envelope.body
    return str(found.pop())


def proof_in(envelope: Envelope) -> str:
    """Return the path of the link that proves a mailbox."""
    found = set(PROOF.findall(envelope.body))
    assert len(found) == 1, envelope.body
    return str(found.pop())


def recipient_of(envelope: Envelope) -> str:
    """Return whom the envelope names."""
    assert len(envelope.recipients) == 1
    return envelope.recipients[0].split("<")[1].rstrip(">")


def sealed_settings(folder: Path, smtp_port: int, public_url: str = BASE) -> dict[str, str]:
    """Write keys and the file that says how mail is sent; return the settings that name them."""
    create_keys(folder / "notice-private.pem", folder / "notice-public.pem")
    file = folder / "notifications.toml"
    file.write_text(
        f'[smtp]\nhost = "127.0.0.1"\nport = {smtp_port}\ntls = "none"\nfrom = "News <desk@news.example>"\n'
    )
    return {
        "email_mode": "sealed",
        "public_url": public_url,
        "notice_public_key_file": str(folder / "notice-public.pem"),
        "notice_private_key_file": str(folder / "notice-private.pem"),
        "notifications_file": str(file),
    }


def a_link(store: Store, comment_id: int, now: datetime, *, confirmed_at: datetime | None = None) -> str:
    """Put in a contact that was asked and can be opened by nobody; return the token of its link."""
    token = secrets.token_urlsafe(16)
    row = {"comment_id": comment_id, "site_id": factories.a_site(store).id, "sealed": b"", "kid": ""}
    with store.database.write() as connection:
        connection.execute(
            insert(schema.contacts).values(
                **row, link_hash=link_hash(token), created_at=now, asked_at=now, confirmed_at=confirmed_at
            )
        )
    return token


def a_request(store: Store, site_id: int, wish: Wish, now: datetime) -> str:
    """Put in a privacy request whose mail was sent, of nobody; return the token of its link."""
    token = secrets.token_urlsafe(16)
    new = NewRequest(wish, b"", "", link_hash(token), b"")
    store.privacy_requests.add(site_id, new, now)
    return token


@contextmanager
def corresponding(store: Store) -> Iterator[Correspondence]:
    """Run a mail server and a notifier's desk for the length of the block."""
    with running_smtp() as smtp:
        yield Correspondence(store, smtp)
