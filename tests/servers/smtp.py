"""A real SMTP server on a loopback port: greets, speaks TLS and takes passwords, and keeps what was handed in.

Like the real ones it repeats the recipient in its answers. A test may have it answer otherwise, by the verb.
"""

import base64
import contextlib
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

# What is said instead of the usual answer, or nothing: then the test has done something else with the connection.
Trouble = Callable[["Conversation", str], str | None]


@dataclass
class Envelope:
    """One message as it was handed in."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """Return it parsed."""
        parsed = message_from_bytes(self.content, policy=SMTP)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def body(self) -> str:
        """Return what is written in it."""
        return str(self.message.get_content())


@dataclass
class SmtpServer:
    """A running server. `trouble` is by verb: MAIL, RCPT, DATA, END (the message), EHLO, CONNECT."""

    port: int
    received: list[Envelope] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    trouble: dict[str, Trouble] = field(default_factory=dict)
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")
    is_over: threading.Event = field(default_factory=threading.Event)

    def refuse(self, verb: str, answer: str) -> None:
        """Answer so whenever it hears the verb; {said} is what was said."""
        self.trouble[verb] = lambda _, said: answer.format(said=said)


class Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    mail: SmtpServer
    tls: ssl.SSLContext | None = None
    is_tls_at_once = False

    def handle(self) -> None:
        """Talk until somebody hangs up."""
        if self.tls and self.is_tls_at_once:
            self._protect(self.tls)
        self.envelope = Envelope("", [], b"")
        self.is_open = self.answer("CONNECT", "", "220 mail.example ready")
        while self.is_open and (line := self.rfile.readline()):
            said = line.decode(errors="surrogateescape").rstrip("\r\n")
            self.mail.heard.append(said)
            self.take(said.split(" ")[0].upper(), said)

    def finish(self) -> None:
        """Close the connection, and what TLS made of it."""
        with contextlib.suppress(OSError):  # the client may have hung up
            super().finish()
        self.connection.close()

    def answer(self, verb: str, said: str, usual: str) -> bool:
        """Answer as usual or as told; return whether the conversation goes on."""
        told = self.mail.trouble.get(verb)
        text = told(self, said) if told else usual
        if text is None:
            return False
        self.wfile.write(text.encode(errors="surrogateescape") + b"\r\n")
        self.wfile.flush()
        return True

    def take(self, verb: str, said: str) -> None:
        match verb:
            case "EHLO":
                known = [*self.mail.extensions, *(["STARTTLS"] if self.tls else []), "AUTH PLAIN"]
                lines = [f"250-{name}" for name in known] + ["250 OK"]
                self.is_open = self.answer("EHLO", said, "\r\n".join(["250-mail.example", *lines]))
            case "STARTTLS":
                assert self.tls is not None
                self.is_open = self.answer(verb, said, "220 go on")
                self._protect(self.tls)
            case "AUTH":
                self.mail.passwords.append(base64.b64decode(said.rsplit(maxsplit=1)[-1]).decode())
                self.is_open = self.answer(verb, said, "235 welcome")
            case "MAIL":
                self.envelope = Envelope(said, [], b"")
                self.is_open = self.answer(verb, said, "250 OK")
            case "RCPT":
                self.envelope.recipients.append(said)
                self.is_open = self.answer(verb, said, "250 OK")
            case "DATA":
                self.is_open = self.answer(verb, said, "354 go on")
                if "DATA" not in self.mail.trouble:
                    self.take_message()
            case "QUIT":
                self.answer(verb, said, "221 bye")
                self.is_open = False
            case _:
                self.is_open = self.answer(verb, said, "250 OK")

    def take_message(self) -> None:
        """Read to the lonely dot; it is kept before anything is answered, as servers do."""
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b".") else line)
        self.envelope.content = b"".join(lines)
        self.mail.received.append(self.envelope)
        self.is_open = self.answer("END", "", f"250 kept for {self.envelope.recipients}")

    def _protect(self, tls: ssl.SSLContext) -> None:
        protected = tls.wrap_socket(self.request, server_side=True)
        self.rfile.close()
        self.wfile.close()
        self.connection = self.request = protected
        self.rfile = protected.makefile("rb")
        self.wfile = protected.makefile("wb")  # type: ignore[assignment]  # a file to write to, all the same


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are what some tests are about."""


@contextlib.contextmanager
def running_smtp(*, certificate: tuple[Path, Path] | None = None, is_tls_at_once: bool = False) -> Iterator[SmtpServer]:
    """Run a server for the length of the block; with a certificate it offers STARTTLS or begins with TLS."""
    tls = None
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*certificate)
    mail = SmtpServer(0)
    handler = type("Bound", (Conversation,), {"mail": mail, "tls": tls, "is_tls_at_once": is_tls_at_once})
    with _Server(("127.0.0.1", 0), handler) as server:
        mail.port = int(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield mail
        finally:
            mail.is_over.set()
            server.shutdown()
            thread.join()
