"""What the README says to type is typed: the requests go to a running service, the rest is looked at without doing it.

Running the demo and the tests would take minutes here, so `make -n` says what they would do, and that is held against
what other tests run.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.servers.replydesk import Replydesk, wait_until

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
LOCAL = "http://127.0.0.1:8000"
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
# A command ends with its line unless a quotation is open.
COMMANDS = [
    line for kind, block in BLOCKS if kind == "sh" for line in re.findall(r"^(?:[^'\n]|'[^']*')+$", block, re.MULTILINE)
] + re.findall(r"`((?:pipx|make|replydesk|docker) [^`]+)`", README)


def test_every_command_is_known_here() -> None:
    assert len(COMMANDS) >= 7, "else this proves nothing"
    assert {kind for kind, _ in BLOCKS} <= {"", "sh", "html", "json"}
    for command in COMMANDS:
        assert first_word(command) in PROOFS, f"say how this is proved: {command}"


@pytest.mark.parametrize("command", [each for each in COMMANDS if not each.startswith("curl")])
def test_command_does_what_it_says(command: str) -> None:
    PROOFS[first_word(command)](shlex.split(command, comments=True))


def would_make(words: list[str]) -> None:
    """Ask make what it would do."""
    done = subprocess.run(["make", "-n", *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert WHAT_MAKE_DOES[words[1]] in done.stdout


def has_option(words: list[str]) -> None:
    """Ask the command of this very tree for its help: what pipx would install it says."""
    command = words[words.index("replydesk") + 1 :]
    assert words[:4] == ["pipx", "run", "--spec", "."]
    assert 'replydesk = "ops.cli:main"' in (ROOT / "pyproject.toml").read_text()
    done = subprocess.run(
        [sys.executable, "-m", "ops", *command, "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def is_there(words: list[str]) -> None:
    """See that the program is on this machine: its commands go to the service below."""
    assert shutil.which(words[0])


PROOFS: dict[str, Callable[[list[str]], None]] = {"make": would_make, "pipx": has_option, "curl": is_there}
# `up --demo` is what every journey runs; `demo replies` is in tests/demo.
WHAT_MAKE_DOES = {
    "run": "-m ops up --demo --port 8000",
    "demo": f"-m ops demo replies --url {LOCAL}",
    "test": "/pytest -n",
    "privacy": "-m tests.privacy --json",
}


def first_word(command: str) -> str:
    return command.split(maxsplit=1)[0]


# Requests ------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
def test_requests_get_the_answers_that_are_shown(replydesk: Replydesk) -> None:
    # given
    post, *reads = [each.replace(LOCAL, replydesk.url) for each in COMMANDS if each.startswith("curl")]
    [shown] = [json.loads(block) for kind, block in BLOCKS if kind == "json"]

    # when
    answer = json.loads(run(post))

    # then
    assert set(answer) == set(shown)
    assert answer["status"] == shown["status"]
    assert answer["receipt_url"].startswith(f"{replydesk.url}/receipts/")

    # and once it is approved it can be read in both ways, without the address
    wait_until(lambda: replydesk.status(answer) == "approved")
    sent = json.loads(shlex.split(post)[-1])
    as_json, as_html = map(run, reads)
    assert sent["text"] in {each["text"] for each in json.loads(as_json)["comments"]}
    assert sent["text"] in as_html
    assert sent["email"] not in as_json + as_html


def run(command: str) -> str:
    return subprocess.run([*shlex.split(command), "-sS", "--fail"], capture_output=True, text=True, check=True).stdout


def test_form_posts_a_comment(replydesk: Replydesk) -> None:
    # given
    [html] = [block for kind, block in BLOCKS if kind == "html"]
    form = Form(html.replace(LOCAL, replydesk.url))
    fields = {name: value or TYPED[name] for name, value in form.fields.items()}

    # when
    answer = replydesk.ask(
        form.method,
        form.action.removeprefix(replydesk.url),
        body=urlencode(fields).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"},
    )

    # then: back to the article
    assert answer.status == 303
    assert answer.headers["location"].startswith(fields["thread_url"])


TYPED = {"name": "Bashir", "email": "bashir@example.org", "text": "A border is a line, and people live on it."}


class Form(HTMLParser):
    """The one form of a page and the fields a browser would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.method = self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.method, self.action = found["method"].upper(), found["action"]
        elif "name" in found:
            self.fields[found["name"]] = found.get("value", "")
