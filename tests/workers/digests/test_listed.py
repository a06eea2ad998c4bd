"""What the file lists: each digest to each receiver. What is wrong is told in one line, without a secret or address."""

from pathlib import Path

import pytest

from workers.digests.receivers import Chat, Mailbox, Program
from workers.notifications_file import BadNotifications, digests, load_notifications

SMTP = '[smtp]\nhost = "smtp.news.example"\nfrom = "desk@news.example"\n'
DIGEST = '[[digest]]\nsite = "demo"\nevery = "1h"\n'


def a_file(folder: Path, content: str) -> Path:
    (folder / "short").write_text("whsec_enF4enF4")
    (folder / "none").write_text("zqx zqx")
    (folder / "secret").write_text("whsec_" + "enF4" * 8)
    (folder / "url").write_text("https://hooks.example/zqx\n")
    path = folder / "notifications.toml"
    path.write_text(content.replace("{folder}", str(folder)))
    return path


def test_each_digest_goes_to_each_of_its_receivers(tmp_path: Path) -> None:
    content = (
        f"{SMTP}{DIGEST}"
        'slack_url_file = "{folder}/url"\nwebhook_url = "https://x.example/"\nwebhook_secret_file = "{folder}/secret"\n'
        f'mail_to = ["zqx@news.example", "zqy@news.example"]\n{DIGEST}name = "morning"\nslack_url = "https://y.example/zqx"\n'
    )

    found = digests(load_notifications(a_file(tmp_path, content)))

    names = ["digest/slack", "digest/webhook", "digest/mail-1", "digest/mail-2", "morning/slack"]
    assert [each.name for each in found] == names
    assert [type(each.receiver) for each in found] == [Chat, Program, Mailbox, Mailbox, Chat]
    assert "zq" not in repr(found)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("every = 5", "string"),
        ('every = "5m"\nslack_url = "https://x.example/"', "1h"),
        ('every = "1d at 07:00"\ntimezone = "Lagos"\nslack_url = "https://x.example/"', "Africa/Lagos"),
        ('every = "1h"\nslack_url = "ftp://zqx.example/"', "https"),
        ('every = "1h"\nslack_url = "https://zqx:zqx@hooks.example/"', "user name"),
        ('every = "1h"\nname = "Morning!"\nslack_url = "https://x.example/"', "small letters"),
        ('every = "1h"\nwebhook_url = "https://x.example/"', "together"),
        ('every = "1h"\nslack_url = "https://x.example/"\nslack_url_file = "/nowhere"', "not both"),
        ('every = "1h"\nslack_url = "https://x.example/"\nzqy = 1', "Extra inputs"),
        ('every = "1h"\nmail_to = ["desk@news.example"]', "[smtp]"),
        ('every = "1h"\nmail_to = ["zqx is none"]', "no email address"),
        ('every = "1h"', "where to"),
        ('every = "1h"\nslack_url = "https://x.example/"\n' + DIGEST + 'slack_url = "https://x.example/"', "same"),
        ('every = "1h"\nwebhook_url = "https://x.example/"\nwebhook_secret_file = "{folder}/short"', "too short"),
        ('every = "1h"\nwebhook_url = "https://x.example/"\nwebhook_secret_file = "{folder}/none"', "whsec_"),
        ('every = "1h"\nslack_url_file = "{folder}/none"', "spaces"),
        ('every = "1h"\nslack_url_file = "{folder}/nowhere"', "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_without_a_secret(tmp_path: Path, content: str, word: str) -> None:
    path = a_file(tmp_path, f'[[digest]]\nsite = "demo"\n{content}\n')

    with pytest.raises(BadNotifications) as raised:
        digests(load_notifications(path))

    assert word in str(raised.value)
    assert "zqx" not in str(raised.value)
