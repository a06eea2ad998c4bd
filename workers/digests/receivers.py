"""Where a digest goes: a chat by its incoming webhook, a program by a signed one, a mailbox."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from workers.digests.schedule import Schedule
from workers.mail.addresses import read_recipient
from workers.mail.message import Mail
from workers.mail.smtp import MailFailed, SmtpServer, send
from workers.webhooks.delivery import Message, Undelivered, deliver, post


class NotTold(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with a few words that say why a digest did not arrive: no address, nothing that a receiver said."""


@dataclass(frozen=True, slots=True)
class Told:
    """A digest, ready for whoever gets it. Its id stays the same when it is sent again."""

    id: str
    site_key: str
    subject: str
    body: str
    numbers: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Chat:
    """A channel of Slack, Mattermost or Rocket.Chat. The address is the secret."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Program:
    """A receiver of signed messages, as webhooks are."""

    url: str = field(repr=False)
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox of the newsroom's."""

    written: str = field(repr=False)
    server: SmtpServer = field(repr=False)


Receiver = Chat | Program | Mailbox


@dataclass(frozen=True, slots=True)
class Digest:
    """What one receiver is told of one site, and how often. `when_quiet`: also when nothing waits."""

    site_key: str
    name: str
    schedule: Schedule
    receiver: Receiver
    when_quiet: bool = False


def tell(receiver: Receiver, told: Told, now: datetime, *, allows_private: bool) -> None:
    """Send a digest to one receiver. Raises NotTold."""
    try:
        match receiver:
            case Chat(url):
                post(url, for_chat(told), {}, allows_private=allows_private)
            case Program(url, secret):
                deliver(url, for_program(told, now), [secret], now, allows_private=allows_private)
            case Mailbox(written, server):
                send(server, Mail(told.id, told.subject, told.body), read_recipient(written), now)
    except (Undelivered, MailFailed) as problem:
        raise NotTold(str(problem)) from None


def for_chat(told: Told) -> bytes:
    """Return what Slack takes. Others read `text` and pass over the blocks; Slack shows the blocks."""
    head, rest = _escaped(told.subject), _escaped(told.body)
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*{head}*"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": rest}},
    ]
    return json.dumps({"text": f"*{head}*\n{rest}", "blocks": blocks}).encode()


def for_program(told: Told, now: datetime) -> Message:
    """Return the numbers as a signed message."""
    data = {"site": told.site_key, **told.numbers}
    message = {"id": told.id, "type": "desk.digest", "timestamp": now.isoformat(), "data": data}
    return Message(told.id, json.dumps(message, default=datetime.isoformat, separators=(",", ":")).encode())


def _escaped(text: str) -> str:
    """Return the text so that Slack sees no link, mention or channel in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
