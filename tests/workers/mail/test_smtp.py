"""Mail is handed to a real server: one recipient each, over verified TLS, in time, and no answer is ever repeated."""

import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from comments.email import Email
from tests.servers.certificates import make_certificate
from tests.servers.smtp import Conversation, running_smtp
from tests.servers.smtp import SmtpServer as Receiver
from workers.mail.message import Mail, Sender
from workers.mail.smtp import Failure, MailFailed, SmtpServer, Tls, send

SENDER = Sender("News", "comments", "news.example")
CANARY = "k7canary"
TO = Email(CANARY, "mail.example")
MAIL = Mail("abc", "Hello", "First line\n.\n..two\nẸ káàbọ̀\n")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_smtp() as running:
        yield running


def server_at(port: int, **values: Any) -> SmtpServer:
    return SmtpServer("127.0.0.1", port, **{"tls": Tls.NONE, "sender": SENDER, "timeout_seconds": 5.0, **values})


def failure_of(server: SmtpServer, now: datetime, to: Email = TO) -> MailFailed:
    with pytest.raises(MailFailed) as failed:
        send(server, MAIL, to, now)
    assert CANARY not in f"{failed.value!r}{failed.value.__cause__!r}{failed.value.__context__!r}"
    return failed.value


def test_a_message_arrives_as_it_was_written(receiver: Receiver, now: datetime) -> None:
    send(server_at(receiver.port), MAIL, TO, now)

    [envelope] = receiver.received
    assert envelope.sender == "mail FROM:<comments@news.example>"
    assert envelope.recipients == [f"rcpt TO:<{CANARY}@mail.example>"]
    assert envelope.body.splitlines() == MAIL.body.splitlines()


def test_a_hundred_recipients_get_a_message_each_with_nobody_else_in_it(receiver: Receiver, now: datetime) -> None:
    names = [f"k{number:03}x" for number in range(100)]

    for name in names:
        send(server_at(receiver.port), Mail(name, "Hello", "Text"), Email(name, "mail.example"), now)

    for name, envelope in zip(names, receiver.received, strict=True):
        others = [other for other in names if other != name and other.encode() in envelope.content]
        assert envelope.recipients == [f"rcpt TO:<{name}@mail.example>"]
        assert not others


def test_the_server_is_not_told_the_name_of_this_machine(receiver: Receiver, now: datetime) -> None:
    send(server_at(receiver.port), MAIL, TO, now)

    assert receiver.heard[0] == "ehlo news.example"
    assert socket.gethostname().encode() not in receiver.received[0].content


@pytest.mark.parametrize("is_at_once", [False, True])
def test_mail_goes_over_tls_that_is_verified(*, is_at_once: bool, tmp_path: Path, now: datetime) -> None:
    tls = Tls.TLS if is_at_once else Tls.STARTTLS
    certificate = make_certificate(tmp_path)
    with running_smtp(certificate=certificate, is_tls_at_once=is_at_once) as receiver:
        trusting = server_at(receiver.port, tls=tls, ca_file=certificate[0], user="news", password="open sesame")
        send(trusting, MAIL, TO, now)
        failed = failure_of(server_at(receiver.port, tls=tls), now)

    assert len(receiver.received) == 1
    assert receiver.passwords == ["\0news\0open sesame"]
    assert str(failed) == "the server's certificate is not valid"
    assert failed.failure is Failure.LATER


def test_nothing_is_sent_in_the_clear_where_tls_was_asked_for(receiver: Receiver, now: datetime) -> None:
    failed = failure_of(server_at(receiver.port, tls=Tls.STARTTLS, user="news", password="secret"), now)

    assert failed.failure is Failure.LATER
    assert receiver.passwords == []
    assert receiver.received == []


@pytest.mark.parametrize(
    ("refusal", "failure", "why"),
    [
        (("CONNECT", "554 go away"), Failure.LATER, "the server answered 554"),
        (("MAIL", "550 {said} no"), Failure.LATER, "the server answered 550 to MAIL"),
        (("RCPT", "550 5.1.1 {said} unknown"), Failure.REFUSED, "the server answered 550 5.1.1 to RCPT"),
        (("RCPT", "450 4.2.1 {said} busy"), Failure.LATER, "the server answered 450 4.2.1 to RCPT"),
        (("DATA", "451 {said}"), Failure.LATER, "the server answered 451 to DATA"),
        (("END", "554 5.7.1 {said} spam"), Failure.REFUSED, "the server answered 554 5.7.1 to the message"),
        (("END", "452 full"), Failure.LATER, "the server answered 452 to the message"),
        (("RCPT", "{said}"), Failure.LATER, "the server answered -1 to RCPT"),
    ],
)
def test_a_refusal_is_told_in_numbers(
    receiver: Receiver, refusal: tuple[str, str], failure: Failure, why: str, now: datetime
) -> None:
    receiver.refuse(*refusal)

    failed = failure_of(server_at(receiver.port), now)

    assert str(failed) == why
    assert failed.failure is failure


def hang_up(conversation: Conversation, said: str) -> None:
    conversation.request.shutdown(socket.SHUT_RDWR)


def fall_silent(conversation: Conversation, said: str) -> None:
    conversation.mail.is_over.wait()


def drip(conversation: Conversation, said: str) -> None:
    while not conversation.mail.is_over.wait(0.05):
        conversation.wfile.write(b"250-and\r\n")
        conversation.wfile.flush()


@pytest.mark.parametrize("trouble", [hang_up, fall_silent, drip])
@pytest.mark.parametrize(
    ("verb", "failure"), [("CONNECT", Failure.LATER), ("RCPT", Failure.LATER), ("END", Failure.UNCERTAIN)]
)
def test_a_server_that_stops_answering_costs_the_timeout(
    receiver: Receiver, verb: str, failure: Failure, trouble: Any, now: datetime
) -> None:
    receiver.trouble[verb] = trouble

    failed = failure_of(server_at(receiver.port, timeout_seconds=0.3), now)

    assert failed.failure is failure


def test_nobody_listening_is_told(now: datetime) -> None:
    with running_smtp() as gone:
        pass

    failed = failure_of(server_at(gone.port), now)

    assert str(failed) == "the connection broke (ConnectionRefusedError)"


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(receiver: Receiver, now: datetime) -> None:
    send(server_at(receiver.port), MAIL, Email("ẹlẹ́wà", "mail.example"), now)
    receiver.extensions = ("8BITMIME",)
    failed = failure_of(server_at(receiver.port), now, Email(f"ẹ{CANARY}", "mail.example"))

    assert receiver.received[0].recipients == ["rcpt TO:<ẹlẹ́wà@mail.example>"]
    assert failed.failure is Failure.REFUSED
