"""A message goes to one recipient, and nothing that somebody wrote becomes a header."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from comments.email import Email
from workers.mail.message import Mail, Sender, write

SENDER = Sender("Ọ̀rọ̀ Comments", "comments", "news.example")
ADA = Email("ada", "mail.example")
HOSTILE = "Yes\r\nBcc: everybody@evil.example\r\n\r\nBuy this"


def written(now: datetime, to: Email = ADA, **values: str | None) -> tuple[bytes, EmailMessage]:
    mail = Mail(**{"id": "abc", "subject": "Hello", "body": "A line.\n", **values})  # type: ignore[arg-type]
    _, content = write(mail, to, SENDER, now)
    parsed = message_from_bytes(content, policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    return content, parsed


def test_it_has_what_mailboxes_look_for(now: datetime) -> None:
    stop = "https://comments.a-rather-long-name.news.example/notices/AAAAAAAAAAAAAAAAAAAAAA/stop"

    content, message = written(now, stop_url=stop)

    assert message["To"] == "ada@mail.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<abc@news.example>"
    assert f"List-Unsubscribe: <{stop}>\r\n".encode() in content, "neither folded nor encoded"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.get_content_type() == "text/plain"
    assert message["From"].addresses[0].display_name == "Ọ̀rọ̀ Comments"


@pytest.mark.parametrize("field", ["id", "subject", "stop_url"])
def test_a_line_break_begins_no_header(field: str, now: datetime) -> None:
    content, message = written(now, **{field: HOSTILE})

    assert message["Bcc"] is None
    assert b"\nBcc" not in content
    assert message.get_content().strip() == "A line."


def test_a_body_keeps_its_lines_and_loses_what_cannot_be_sent(now: datetime) -> None:
    _, message = written(now, body="Ẹ kú\n.\nFrom here\x00\ud800\x1b[31m\r\n" + "x" * 3000)

    assert message.get_content().splitlines()[:3] == ["Ẹ kú", ".", "From here[31m"]


def test_no_line_is_longer_than_smtp_allows(now: datetime) -> None:
    content, _ = written(now, subject="ọ" * 5000, body="x" * 30_000)

    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")


HIDDEN_BREAK = "=?utf-8?q?x=0d=0aBcc:_everybody?="


@pytest.mark.parametrize("local", ["ada", "ada+tag", "o'neil", "ẹlẹ́wà", HIDDEN_BREAK, "a.b-c_d", "{x}|y"])
def test_any_address_comes_out_as_it_went_in(local: str, now: datetime) -> None:
    envelope, content = write(Mail("abc", "Hello", "Text"), Email(local, "mail.example"), SENDER, now)

    [line] = [line for line in content.split(b"\r\n") if line.startswith(b"To: ")]
    assert envelope == f"{local}@mail.example"
    assert line.decode() == f"To: {envelope}"
    assert b"\r\nBcc" not in content
