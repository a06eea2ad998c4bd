"""One message to one recipient: its bytes, and where they go. The only place besides `identity` that opens an `Email`.

No value that somebody else wrote can begin a header of its own: line breaks and controls are gone before it is one.
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from comments.email import Email

MAX_SUBJECT_CHARS = 200


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the mail is from: a name for people and an address of the operator's own."""

    name: str
    local: str
    domain: str


@dataclass(frozen=True, slots=True)
class Mail:
    """What is written, without to whom: it is said anew for each recipient, so nobody ever sees another one.

    `id` makes the Message-ID: the same for a second attempt, so that mailboxes can drop a copy. `stop_url` ends these
    mails at one POST (RFC 8058).
    """

    id: str
    subject: str
    body: str
    stop_url: str | None = None


class _AsWritten(UnstructuredHeader):
    """A header that stays what it is: Python would encode an address longer than a line, and decode one with `=?`."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        super().parse(value, kwds)
        kwds["decoded"] = value

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]  # mixed with a header that has one


_HEADERS = HeaderRegistry()
for _name in ("to", "list-unsubscribe", "message-id"):
    _HEADERS.map_to_type(_name, _AsWritten)  # type: ignore[arg-type]  # the registry mixes it with BaseHeader
_POLICY = SMTP.clone(header_factory=_HEADERS)


def write(mail: Mail, to: Email, sender: Sender, at: datetime) -> tuple[str, bytes]:
    """Return the recipient of the envelope and the message, with lines that end as SMTP wants them."""
    local, domain = to.reveal()
    message = EmailMessage(_POLICY.clone(utf8=not local.isascii()))
    message["From"] = Address(_one_line(sender.name), sender.local, sender.domain)
    message["To"] = _one_line(f"{local}@{domain}")
    message["Subject"] = _one_line(mail.subject)[:MAX_SUBJECT_CHARS]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{_one_line(mail.id)}@{sender.domain}>"
    # Nobody's machine answers to a machine (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    if mail.stop_url is not None:
        message["List-Unsubscribe"] = f"<{_one_line(mail.stop_url)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_lines(mail.body), cte="quoted-printable")
    return f"{local}@{domain}", message.as_bytes()


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text).strip()


def _lines(text: str) -> str:
    """Keep line breaks and what can be printed; half a surrogate pair cannot be sent."""
    return "\n".join("".join(char for char in line if char.isprintable()) for line in text.splitlines()) + "\n"
