"""What a stranger can ask that might give away who is known here: one line for each door, and what its answers share.

A new door is one more line in QUESTIONS; one whose route is not there is left out.
"""

import http.client
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from tests.privacy.doors import FORM, HTML, JSON, POST, Request, body, thread

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Whom(StrEnum):
    """Whose address or login is asked with. At the login, `banned` is who was kept out."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    BANNED = "banned"


class Asker:
    """One connection, and the form of a page whose answers are asked for."""

    def __init__(self, connection: http.client.HTTPConnection, page: str) -> None:
        self.connection = connection
        self.hidden: dict[str, str] = {}
        self._cookie = ""
        if page:
            answer, said = self.send(Request("GET", page, headers={"Accept": HTML}))
            self._cookie = "; ".join(
                each.partition(";")[0] for name, each in answer.getheaders() if name.lower() == "set-cookie"
            )
            self.hidden = dict(_HIDDEN.findall(said.decode()))

    def send(self, request: Request) -> tuple[http.client.HTTPResponse, bytes]:
        """Send one request and read its whole answer."""
        cookie = {"Cookie": self._cookie} if self._cookie else {}
        self.connection.request(request.method, request.path, request.body, {**request.headers, **cookie})
        answer = self.connection.getresponse()
        return answer, answer.read()


Shape = Callable[[http.client.HTTPResponse, bytes], tuple[object, ...]]


@dataclass(frozen=True)
class Question:
    """A door: the rule it is at, how a request is made with somebody's address, and what of an answer is compared.

    `path` is the page whose form is sent, if there is one.
    """

    name: str
    rule: str
    make: Callable[[Asker, str, int], Request]
    shape: Shape
    kinds: tuple[Whom, ...] = tuple(Whom)
    path: str = ""
    is_login: bool = False


def _heads(answer: http.client.HTTPResponse) -> tuple[str, ...]:
    return tuple(sorted(name.lower() for name in answer.headers))


def _whole(answer: http.client.HTTPResponse, said: bytes) -> tuple[object, ...]:
    return answer.status, _heads(answer), len(said)


def _same(answer: http.client.HTTPResponse, said: bytes) -> tuple[object, ...]:
    assert answer.status == 202, said
    return answer.status, _heads(answer), said


def _accepted(answer: http.client.HTTPResponse, said: bytes) -> tuple[object, ...]:
    # The number of a comment grows by itself; its digits say nothing of the address.
    told = json.loads(said)
    assert answer.status == 202, told
    return answer.status, _heads(answer), tuple(sorted(told)), told["status"], len(told["receipt_url"])


def _redirected(answer: http.client.HTTPResponse, said: bytes) -> tuple[object, ...]:
    assert answer.status == 303, said
    place = re.sub(r"comment-\d+", "comment-0", answer.headers["Location"])
    return answer.status, _heads(answer), len(place), len(re.sub(rb"comment-\d+", b"comment-0", said)) - len(place)


def _from(number: int) -> dict[str, str]:
    """Come from a network of one's own each time, as those who guess do (RFC 6598)."""
    return {"X-Forwarded-For": f"100.{64 + number // 256 % 64}.{number % 256}.7"}


def _post(_: Asker, address: str, number: int) -> Request:
    sent = json.dumps(body(address, text=f"It is number {number:06}.")).encode()
    return Request("POST", POST, sent, {"Content-Type": JSON, **_from(number)})


def _post_form(_: Asker, address: str, number: int) -> Request:
    fields = {"site": "demo", "name": "Ada", "email": address, "text": f"By a form, number {number:06}."}
    fields |= {f"thread_{name}": value for name, value in thread().items()}
    return Request("POST", POST, urlencode(fields).encode(), {"Content-Type": FORM, "Accept": HTML, **_from(number)})


def _search(_: Asker, address: str, number: int) -> Request:
    # Numbered, so that no address is asked for twice in the same words: whatever has seen a URL before is quicker.
    return Request("GET", f"/wp/v2/comments?site=demo&author_email={address}&asked={number:06}", headers=_from(number))


def _form(path: str, field: str, **others: str) -> Callable[[Asker, str, int], Request]:
    """Return what sends a page's own form with somebody's address in one of its fields."""

    def make(asker: Asker, typed: str, number: int) -> Request:
        sent = urlencode({**asker.hidden, **others, field: typed}).encode()
        return Request("POST", path, sent, {"Content-Type": FORM, "Accept": HTML, **_from(number)})

    return make


QUESTIONS: tuple[Question, ...] = (
    Question("post", POST, _post, _accepted),
    Question("post a form", POST, _post_form, _redirected),
    Question("search by address", "/wp/v2/comments", _search, _whole),
    Question(
        "log in",
        "/review/login",
        _form("/review/login", "login", password="not-the-password-7"),
        _whole,
        path="/review/login",
        is_login=True,
    ),
    Question(
        "ask what is kept",
        "/privacy/request",
        _form("/privacy/request", "email", site="demo", wish="access"),
        _same,
    ),
)
