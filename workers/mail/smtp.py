"""Send one message by SMTP, in time, whatever the server does. What a server answers is never repeated: it echoes."""

import re
import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from comments.email import Email
from workers.mail.message import Mail, Sender, write

# Shorter than a letter's lease: nobody else takes it while it is being sent.
TIMEOUT_SECONDS = 30.0
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")
_DOT = re.compile(rb"^\.", re.MULTILINE)


class Tls(StrEnum):
    """How the connection is protected. `none` is for a server on this machine alone."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class Failure(StrEnum):
    """What is known of a message that was not accepted."""

    LATER = "later"  # it was not taken; it may be the next time
    REFUSED = "refused"  # it will never be taken
    UNCERTAIN = "uncertain"  # it was handed over, and the answer never came


class MailFailed(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with a few words of ours: no address and nothing that the server said but numbers."""

    def __init__(self, failure: Failure, why: str) -> None:
        super().__init__(why)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed in, and who it is from. `ca_file` names who vouches for a server of one's own."""

    host: str
    port: int
    tls: Tls
    sender: Sender
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    timeout_seconds: float = TIMEOUT_SECONDS


def send(server: SmtpServer, mail: Mail, to: Email, at: datetime) -> None:
    """Hand over one message to one recipient. Raises MailFailed, at the latest when the time is up.

    A socket has no deadline of its own (a server may send a byte a second, a name server none), so the exchange runs in
    a thread that is left behind.
    """
    exchange = _Exchange(server, *write(mail, to, server.sender, at))
    exchange.start()
    exchange.join(server.timeout_seconds)
    if exchange.is_alive():
        exchange.abandon()
        raise MailFailed(exchange.failure, "the server did not answer in time")
    if exchange.why is not None:
        raise MailFailed(exchange.failure, exchange.why)


class _Exchange(threading.Thread):
    """One message on one connection, in a thread that nobody has to wait for. `why` stays None when it was taken."""

    def __init__(self, server: SmtpServer, recipient: str, content: bytes) -> None:
        super().__init__(name="smtp", daemon=True)
        self._server = server
        self._recipient = recipient
        self._content = content
        self._connection: smtplib.SMTP | None = None
        self._is_abandoned = threading.Event()
        self.failure = Failure.LATER
        self.why: str | None = "it was not sent"

    def run(self) -> None:
        """Hand the message over; leave why it was not taken."""
        try:
            self._connection = _connect(self._server)
            self._hand_over(self._connection)
            self.why = None
        except MailFailed as problem:
            self.failure, self.why = problem.failure, str(problem)
        except ssl.SSLCertVerificationError:
            self.why = "the server's certificate is not valid"
        except smtplib.SMTPAuthenticationError as problem:
            self.why = f"the server refuses our password ({problem.smtp_code})"
        except smtplib.SMTPResponseException as problem:
            self.why = f"the server answered {problem.smtp_code}"
        except smtplib.SMTPNotSupportedError:
            self.why = "the server has no STARTTLS, or no way to log in"
        except Exception as problem:
            # The class alone, whatever it is: messages repeat what the server said, and the server repeats addresses.
            self.why = f"the connection broke ({type(problem).__name__})"
        finally:
            self._close()

    def abandon(self) -> None:
        """Cut the connection, so that the thread ends soon."""
        self._is_abandoned.set()
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _hand_over(self, connection: smtplib.SMTP) -> None:
        options = self._options(connection)
        sender = self._server.sender
        _expect("MAIL", connection.mail(f"{sender.local}@{sender.domain}", options), final=False)
        _expect("RCPT", connection.rcpt(self._recipient), final=True)
        _expect("DATA", connection.docmd("data"), final=False)
        if self._is_abandoned.is_set():  # it took long to get here, and is told as not sent already
            return
        self.failure = Failure.UNCERTAIN
        connection.send(_DOT.sub(b"..", self._content) + b".\r\n")
        _expect("the message", connection.getreply(), final=True)

    def _options(self, connection: smtplib.SMTP) -> tuple[str, ...]:
        if self._recipient.isascii():
            return ()
        if not connection.has_extn("smtputf8"):
            raise MailFailed(Failure.REFUSED, "the server takes no addresses beyond ASCII")
        return ("SMTPUTF8", "BODY=8BITMIME")

    def _close(self) -> None:
        if self._connection is None:
            return
        with suppress(smtplib.SMTPException, OSError):
            if self.why is None:
                self._connection.quit()
        self._connection.close()


def _connect(server: SmtpServer) -> smtplib.SMTP:
    # The name of this machine would stand in every message's Received line.
    name, seconds = server.sender.domain, server.timeout_seconds
    if server.tls is Tls.TLS:
        context = _verified(server)
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, name, timeout=seconds, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, name, timeout=seconds)
    try:
        connection.ehlo_or_helo_if_needed()
        if server.tls is Tls.STARTTLS:
            connection.starttls(context=_verified(server))
            connection.ehlo_or_helo_if_needed()
        if server.user is not None:
            connection.login(server.user, server.password or "")
    except BaseException:
        connection.close()
        raise
    return connection


def _verified(server: SmtpServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_file)


def _expect(what: str, reply: tuple[int, bytes], *, final: bool) -> None:
    """Raise MailFailed unless the server says yes. `final`: its no concerns this message and not our way to it."""
    code, text = reply
    if 200 <= code < 400:
        return
    found = _ENHANCED.match(text)
    numbers = f"{code} {found.group().decode()}" if found else str(code)
    is_final = final and 500 <= code < 600
    raise MailFailed(Failure.REFUSED if is_final else Failure.LATER, f"the server answered {numbers} to {what}")
