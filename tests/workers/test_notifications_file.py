"""The file that says how mail is sent: what is wrong is told in one line, without a secret or an address."""

from pathlib import Path

import pytest

from workers.mail.message import Sender
from workers.mail.smtp import Tls
from workers.notifications_file import BadNotifications, load_notifications, smtp_server

WHOLE = """
[smtp]
host = "smtp.news.example"
port = 465
tls = "tls"
user = "desk"
password_file = "{folder}/password"
from = "The Daily <comments@news.example>"
"""


def a_file(folder: Path, content: str) -> Path:
    path = folder / "notifications.toml"
    path.write_text(content.replace("{folder}", str(folder)))
    return path


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("open sesame\n")

    server = smtp_server(load_notifications(a_file(tmp_path, WHOLE)))

    assert server is not None
    assert (server.host, server.port, server.tls, server.user) == ("smtp.news.example", 465, Tls.TLS, "desk")
    assert server.password == "open sesame"
    assert server.sender == Sender("The Daily", "comments", "news.example")
    assert "sesame" not in repr(server)


def test_without_a_file_nothing_is_sent() -> None:
    assert smtp_server(load_notifications(None)) is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('[smtp]\nhost = "mail.example"', "from: Field required"),
        ('[smtp]\nhost = "mail.example"\nfrom = "not an address k7"', "from: Value error, this is no email address"),
        (
            '[smtp]\nhost = "m.example"\nfrom = "a@b.example"\ntls = "none"',
            "none is for a server on this machine alone",
        ),
        ('[smtp]\nhost = "m.example"\nfrom = "a@b.example"\nuser = "k7"', "user and password_file go together"),
        ('[smtp]\nhost = "m.example"\nfrom = "A\\r\\nBcc: k7 <a@b.example>"', "write it as"),
        ('[smtp]\nhost = "m.example"\nfrom = "a@b.example"\npasswort = "k7"', "smtp.passwort: Extra inputs"),
        ("[smtp\nk7", "is no TOML"),
    ],
)
def test_what_is_wrong_is_told_without_what_was_written(content: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(BadNotifications) as bad:
        load_notifications(a_file(tmp_path, content))

    assert told in str(bad.value)
    assert "k7" not in str(bad.value)
    assert "\n" not in str(bad.value)


@pytest.mark.parametrize("password", [None, "", "  \n"])
def test_a_password_that_is_not_there_is_told(password: str | None, tmp_path: Path) -> None:
    if password is not None:
        (tmp_path / "password").write_text(password)

    with pytest.raises(BadNotifications, match=r"^password "):
        smtp_server(load_notifications(a_file(tmp_path, WHOLE)))
