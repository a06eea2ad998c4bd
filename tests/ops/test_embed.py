"""`replydesk embed`."""

from service.embed.script import script
from tests.ops.commands import Shell


def test_lines_to_copy_are_printed_whole(installed: Shell) -> None:
    installed.run("site", "add", "news", "The News", "--origin", "https://news.example")

    done = installed.run("embed", "--site", "news", "--url", "https://comments.example.org/")

    assert done.code == 0
    lines = done.out.splitlines()
    assert f'<script src="https://comments.example.org{script().path}" integrity="{script().integrity}"' in lines
    assert "connect-src https://comments.example.org;" in lines
    assert '<replydesk-thread site="news" thread="KEY" url="ADDRESS" title="TITLE">' in lines
    assert "--origin" not in done.out


def test_who_has_set_no_address_is_told(installed: Shell) -> None:
    installed.run("site", "add", "news", "The News")

    without, wrong = installed.run("embed", "--site", "news"), installed.run("embed", "--site", "news", "--url", "x")
    unknown = installed.run("embed", "--site", "nobody", "--url", "https://comments.example.org")
    done = installed.run("embed", "--site", "news", "--url", "https://comments.example.org")

    assert [without.code, wrong.code, unknown.code, done.code] == [1, 1, 1, 0]
    assert "--url https://" in without.err
    assert "no site nobody" in unknown.err
    assert "replydesk site set news --origin" in done.out
