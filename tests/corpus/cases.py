"""One request that somebody should not have sent, or that only looks so, and what must become of it."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

POST = "/api/v1/comments"
COUNTS = "/api/v1/counts"
JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
# In every request: no answer but its author's own receipt, and no log, may hold it.
CANARY = "zaynab.canary@address-canary.example"

ACCEPTED = frozenset({202})
MALFORMED = frozenset({400})
INVALID = frozenset({422})
# Whatever it is, it is either kept as it was sent or refused in so many words.
KEPT_OR_REFUSED = frozenset({202, 400, 404, 413, 415, 422})

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A request. `kept` are the fields its author must find in the receipt when it is accepted.

    `hidden` may be in no answer that refuses it.
    """

    id: str
    statuses: frozenset[int]
    body: bytes = b""
    headers: Headers = ()
    method: str = "POST"
    path: str = POST
    kept: Mapping[str, str] | None = None
    hidden: tuple[str, ...] = ()


Category = Callable[[], Iterator[Case]]


def fields(**overrides: object) -> dict[str, object]:
    """Return what a site sends for a reply, with the canary as its address."""
    thread = {"key": "corpus", "url": "https://news.example/corpus", "title": "Corpus"}
    body: dict[str, object] = {"site": "demo", "thread": thread, "name": "Ada", "email": CANARY, "text": "Thank you."}
    return body | overrides


def as_json(
    id_: str, statuses: frozenset[int], /, *, headers: Headers = (), hidden: Collection[str] = (), **overrides: object
) -> Case:
    """Return a reply as JSON; what is kept of it has to be what was sent."""
    sent = fields(**overrides)
    return Case(
        id_,
        statuses,
        json.dumps(sent).encode(),  # escaped, so that a lone surrogate can be sent
        (("Content-Type", JSON), *headers),
        kept=what_is_kept(sent),
        hidden=tuple(hidden),
    )


def as_form(id_: str, statuses: frozenset[int], /, *, hidden: Collection[str] = (), **overrides: str) -> Case:
    """Return a reply as a program sends a form."""
    sent = form_fields(**overrides)
    return Case(
        id_,
        statuses,
        urlencode(sent).encode(),
        (("Content-Type", URLENCODED),),
        kept=what_is_kept(sent),
        hidden=tuple(hidden),
    )


def form_fields(**overrides: str) -> dict[str, str]:
    """Return the fields of a form."""
    sent = {"site": "demo", "thread_key": "corpus", "name": "Ada", "email": CANARY, "text": "Thank you."}
    return sent | overrides


def what_is_kept(sent: Mapping[str, object]) -> dict[str, str]:
    """Return the fields as the author finds them again: every language as typed, newlines as a text has them."""
    return {
        name: str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
        for name, value in sent.items()
        if name in {"name", "text"}
    }


def raw_json(name: str, statuses: frozenset[int], body: bytes, *, path: str = POST) -> Case:
    """Return bytes that say they are JSON."""
    return Case(name, statuses, body, (("Content-Type", JSON),), path=path)


def get(name: str, statuses: Collection[int], path: str, *, hidden: Collection[str] = ()) -> Case:
    """Return a question."""
    return Case(name, frozenset(statuses), method="GET", path=path, hidden=tuple(hidden))


def quoted(value: str) -> str:
    """Return a value for a query or a path, whatever is in it."""
    return quote(value.encode("utf-8", "surrogatepass"), safe="")
