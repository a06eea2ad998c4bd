"""Every way in: what is sent, and the statuses that may answer it.

Each door has an address of its own, so that a find names the door. What a door answers is checked: a door that is not
entered proves nothing.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.privacy.canaries import Aviary, Kind, Shape

POST = "/api/v1/comments"
JSON, FORM, HTML = "application/json", "application/x-www-form-urlencoded", "text/html"
_BOUNDARY = "canary-boundary"


@dataclass(frozen=True)
class Request:
    """One request as it goes over the wire."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Door:
    """A way in: how it is entered with an address, and what it answers."""

    name: str
    enter: Callable[[str], Request]
    statuses: tuple[int, ...]
    shape: Shape = Shape.PLAIN
    kind: Kind = Kind.SENT


def thread(key: str = "border-strikes", **fields: str) -> dict[str, str]:
    return {"key": key, "url": f"https://news.example/{key}", "title": "Strikes", **fields}


def body(address: object, **fields: object) -> dict[str, object]:
    """Return a submission. Its text is its own, or the second would be a twin of the first."""
    text = f"Thank you for the report, said at the door number {abs(hash(str(address))) % 10**9}."
    return {"site": "demo", "thread": thread(), "name": "Ada Obi", "email": address, "text": text} | fields


def posted(sent: object, **headers: str) -> Request:
    return Request("POST", POST, json.dumps(sent).encode(), {"Content-Type": JSON, **headers})


def _flat(address: str, **fields: str) -> dict[str, str]:
    made = {name: str(value) for name, value in body(address).items() if name != "thread"}
    return made | {f"thread_{name}": value for name, value in thread().items()} | fields


def _form(fields: Mapping[str, str], path: str = POST, **headers: str) -> Request:
    return Request("POST", path, urlencode(fields).encode(), {"Content-Type": FORM, **headers})


def _multipart(fields: Mapping[str, str], file_name: str = "") -> Request:
    parts = []
    for name, value in fields.items():
        named = f'; filename="{file_name}"' if file_name and name == "email" else ""
        parts.append(f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n{value}\r\n')
    sent = ("".join(parts) + f"--{_BOUNDARY}--\r\n").encode()
    return Request("POST", POST, sent, {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"})


def _elsewhere(address: str, **headers: str) -> Request:
    """Send a sound comment with the address in a header."""
    name = min(headers).lower()
    return posted(body(f"{name}@other.example", text=f"With a header of its own: {name}."), **headers)


def _basic(address: str) -> str:
    return f"Basic {base64.b64encode(f'{address}:{address}'.encode()).decode()}"


def _wordpress(address: str, **fields: str) -> dict[str, str]:
    made = {"author": "Ada", "email": address, "comment_post_ID": "7", "comment_parent": "0"}
    return made | {"comment": f"Said by the theme's form {len(address)}."} | fields


def _isso(address: object, **fields: object) -> bytes:
    return json.dumps({"author": "Ada", "email": address, "text": "Said by Isso's client."} | fields).encode()


def _sought(address: str) -> dict[str, str]:
    return {"site": "demo", "thread": address}


def _asking(address: str, **fields: str) -> dict[str, str]:
    return {"site": "demo", "email": address, "wish": "access"} | fields


def _escaped(address: str) -> str:
    return address.encode("unicode_escape").decode()


_AS_JSON = {"Content-Type": JSON}
KEPT, SHUT = (202,), (422,)
ASK = "/privacy/request"
ISSO_NEW = "/isso/demo/new?uri=/isso-page/"

DOORS: tuple[Door, ...] = (
    Door("JSON", lambda a: posted(body(a)), KEPT),
    Door("JSON, upper case", lambda a: posted(body(a)), KEPT, Shape.UPPER),
    Door("JSON, +tag", lambda a: posted(body(a)), KEPT, Shape.TAG),
    Door("JSON, dots", lambda a: posted(body(a)), KEPT, Shape.DOTS),
    Door("JSON, longest", lambda a: posted(body(a)), KEPT, Shape.LONG),
    Door("JSON, not ASCII", lambda a: posted(body(a)), KEPT, Shape.UNICODE),
    Door("JSON, foreign domain", lambda a: posted(body(a)), KEPT, Shape.FOREIGN),
    Door("form", lambda a: _form(_flat(a)), KEPT),
    Door("form of a browser", lambda a: _form(_flat(a), Accept=HTML), (303,)),
    Door("multipart", lambda a: _multipart(_flat(a)), KEPT),
    Door("multipart file name", lambda a: _multipart(_flat("x"), a), SHUT),
    Door("with a key", lambda a: posted(body(a), **{"Idempotency-Key": a}), KEPT),
    Door("two fields with blanks", lambda a: posted(body(f" {a} ")), (202, 422)),
    Door("invalid address", lambda a: posted(body(f"{a}@")), SHUT),
    Door("invalid address by form", lambda a: _form(_flat(f"{a} x"), Accept=HTML), SHUT),
    Door("address as a list", lambda a: posted(body([a])), SHUT),
    Door("address as an object", lambda a: posted(body({a: a})), SHUT),
    Door("address as a number's place", lambda a: posted(body(a, parent=a)), SHUT),
    Door("other errors", lambda a: posted(body(a, text="")), SHUT),
    Door("other errors by form", lambda a: _form(_flat(a, text=""), Accept=HTML), SHUT),
    Door("as the name", lambda a: posted(body("x@other.example", name=a)), SHUT),
    Door("as the name by form", lambda a: _form(_flat("x@other.example", name=a), Accept=HTML), SHUT),
    Door("as the site", lambda a: posted(body("x@other.example", site=a)), SHUT),
    Door("as the thread", lambda a: posted(body("x@other.example", thread=a)), SHUT),
    Door("as the article", lambda a: posted(body("x@other.example", thread=thread(url=a))), SHUT),
    Door("unknown site", lambda a: posted(body(a, site="nobody")), (404,)),
    Door("unknown parent", lambda a: posted(body(a, parent=987654)), SHUT),
    Door("malformed JSON", lambda a: Request("POST", POST, f'{{"email": "{a}", '.encode(), _AS_JSON), (400,)),
    Door(
        "twice the field",
        lambda a: Request("POST", POST, f'{{"email":"{a}","email":"{a}"}}'.encode(), _AS_JSON),
        (400,),
    ),
    Door("truncated form", lambda a: Request("POST", POST, f"email={a}&na".encode(), {"Content-Type": FORM}), SHUT),
    Door("too large", lambda a: Request("POST", POST, (a * 3000).encode()[:100_000], _AS_JSON), (413,)),
    Door("wrong type", lambda a: Request("POST", POST, a.encode(), {"Content-Type": "text/plain"}), (415,)),
    Door("its type", lambda a: Request("POST", POST, b"x", {"Content-Type": f"text/{a}"}), (415,)),
    Door("unknown fields", lambda a: posted({"e-mail": a, "Email": a, "author_email": a, a: a}), SHUT),
    Door("wrong method", lambda a: Request("PUT", f"{POST}?email={a}", a.encode()), (405,)),
    Door("query string", lambda a: Request("GET", f"{POST}?site=demo&thread=border-strikes&email={a}"), (200,)),
    Door("path", lambda a: Request("GET", f"/nowhere/{a}"), (404,)),
    Door("path of a receipt", lambda a: Request("GET", f"/receipts/{a}"), (404,)),
    Door("path of a thread", lambda a: Request("GET", f"/threads/{a}?thread={a}"), (404,)),
    Door("Referer", lambda a: _elsewhere(a, Referer=f"https://news.example/?email={a}"), KEPT),
    Door("User-Agent", lambda a: _elsewhere(a, **{"User-Agent": f"Reader {a}"}), KEPT),
    Door("From", lambda a: _elsewhere(a, From=a), KEPT),
    Door("Cookie", lambda a: _elsewhere(a, Cookie=f"author_email={a}; replydesk_session={a}"), KEPT),
    Door("Authorization", lambda a: _elsewhere(a, Authorization=_basic(a)), KEPT),
    Door("Origin", lambda a: _elsewhere(a, Origin=f"https://{a.replace('@', '.')}"), (202, 403)),
    Door("X-Request-Id", lambda a: _elsewhere(a, **{"X-Request-Id": a, "X-Forwarded-User": a}), KEPT),
    Door(
        "conditions",
        lambda a: Request(
            "GET", f"{POST}?site=demo&thread=border-strikes", headers={"If-None-Match": f'"{a}"', "Accept-Language": a}
        ),
        (200,),
    ),
    Door("bad key", lambda a: posted({}, **{"Idempotency-Key": f"{a}\u00e9"}), (400, 422)),
    Door("WordPress form", lambda a: _form(_wordpress(a, url=a), "/wp-comments-post.php?site=demo"), (202, 302)),
    Door("WordPress form, invalid", lambda a: _form(_wordpress(f"{a}@"), "/wp-comments-post.php?site=demo"), SHUT),
    Door(
        "WordPress form, redirect",
        lambda a: _form(
            _wordpress("z@other.example", author=a, redirect_to=f"/{a}"), "/wp-comments-post.php?site=demo"
        ),
        SHUT,
    ),
    Door(
        "WordPress search",
        lambda a: Request("GET", f"/wp/v2/comments?site=demo&author_email={a}&search={a}"),
        (200, 400, 401, 403),
    ),
    Door("Isso", lambda a: Request("POST", ISSO_NEW, _isso(a, website=a, title=a), _AS_JSON), KEPT),
    Door("Isso, invalid", lambda a: Request("POST", ISSO_NEW, _isso(f"{a}@"), _AS_JSON), (400,)),
    Door(
        "Isso counts",
        lambda a: Request("POST", "/isso/demo/count", json.dumps([a]).encode(), _AS_JSON),
        (200,),
    ),
    Door("Isso thread", lambda a: Request("GET", f"/isso/demo/?{urlencode({'uri': f'/{a}'})}"), (400,)),
    Door(
        "Isso preview",
        lambda a: Request("POST", "/isso/demo/preview", json.dumps({"text": f"Write to {a}."}).encode(), _AS_JSON),
        (200,),
    ),
    Door(
        "counts",
        lambda a: Request(
            "POST", "/api/v1/counts", json.dumps({"site": "demo", "threads": ["a"], "email": a}).encode(), _AS_JSON
        ),
        (200,),
    ),
    Door(
        "counts of it",
        lambda a: Request("POST", "/api/v1/counts", json.dumps({"site": "demo", "threads": [a]}).encode(), _AS_JSON),
        SHUT,
    ),
    Door("counts by GET", lambda a: Request("GET", f"/api/v1/counts?{urlencode(_sought(a))}"), (400,)),
    Door("thread of it", lambda a: Request("GET", f"{POST}?{urlencode(_sought(a))}"), (400,)),
    Door("thread of a link", lambda a: Request("GET", f"{POST}?{urlencode(_sought(f'/news?reader={a}'))}"), (400,)),
    Door("page of it", lambda a: Request("GET", f"/threads/demo?{urlencode(_sought(a))}"), (400,)),
    Door("feed of it", lambda a: Request("GET", f"/feeds/demo.atom?{urlencode(_sought(a))}"), (400,)),
    Door(
        "login",
        lambda a: _form({"login": a, "password": a, "back": a}, "/review/login", Origin="self"),
        (200, 303, 400, 401, 403, 422, 429),
    ),
    Door("access request", lambda a: _form(_asking(a), ASK), KEPT),
    Door("access request of a browser", lambda a: _form(_asking(a), ASK, Accept=HTML), KEPT, Shape.UNICODE),
    Door("erasure request", lambda a: _form(_asking(a, wish="erase"), ASK), KEPT, Shape.UPPER),
    Door("invalid request", lambda a: _form(_asking(f"{a}@"), ASK), SHUT),
    Door("request for something else", lambda a: _form(_asking(a, wish=a), ASK, Accept=HTML), SHUT),
    Door("request to another site", lambda a: _form(_asking("x@other.example", site=a), ASK), (404,)),
    Door("query of a request", lambda a: Request("GET", f"{ASK}?site=demo&wish={a}&email={a}"), (200,)),
    Door("link of a request", lambda a: Request("GET", f"/privacy/requests/{a}"), (404,)),
    Door("link of a notice", lambda a: Request("GET", f"/notices/{a}/stop"), (200, 404)),
    Door("wanted notices", lambda a: posted(body(a, notify=True)), KEPT, kind=Kind.WANTED),
    Door("wanted notices, by form", lambda a: _form(_flat(a, notify="1")), KEPT, kind=Kind.WANTED),
    Door(
        "typed into a text",
        lambda a: posted(body("w@other.example", text=f"Write to me: {a} or {a.upper()}.")),
        KEPT,
        kind=Kind.TYPED,
    ),
    Door(
        "typed into a lead",
        lambda a: posted(
            body("v@other.example", text="A lead with an address.", thread=thread("leads", lead=f"Write to {a}"))
        ),
        (202, 422),
        kind=Kind.TYPED,
    ),
)


def requests(aviary: Aviary) -> Iterator[tuple[Door, Request]]:
    """Yield what is sent at each door, each with its own address."""
    for door in DOORS:
        yield door, door.enter(aviary.hatch(door.name, door.shape, door.kind))
