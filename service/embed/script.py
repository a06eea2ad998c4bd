"""The script as a file of the service: under a short name that stays, and under one that stands for its bytes.

A page that names the bytes can hold the script to them (`integrity`); they stay in the browser for a year then.
"""

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache

from flask import Blueprint, Flask, Response, request

from service.embed.build import BUILT
from service.headers import share_across_origins

embed = Blueprint("embed", __name__)

_FOR_MINUTES = "public, max-age=300, stale-while-revalidate=86400"
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Script:
    """The bytes that are served, and what stands for them."""

    body: bytes
    packed: bytes
    version: str
    integrity: str

    @property
    def path(self) -> str:
        """Return the address that stands for these bytes."""
        return f"/embed-{self.version}.js"


@cache
def script() -> Script:
    """Return the script of this release."""
    body = BUILT.read_bytes()
    return Script(
        body=body,
        packed=gzip.compress(body, 9, mtime=0),
        version=hashlib.sha256(body).hexdigest()[:12],
        integrity="sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode(),
    )


def register(app: Flask) -> None:
    """Serve the script, and give the templates its address."""
    app.register_blueprint(embed)
    app.jinja_env.globals["embed_script"] = lambda: script().path


@embed.get("/embed.js")
def newest() -> Response:
    """Answer with the script of this release."""
    return _answer(_FOR_MINUTES)


@embed.get("/embed-<version>.js")
def versioned(version: str) -> Response:
    """Answer with the script under its own name; a page that names another release's gets what there is now.

    Where that page gives the other one's hash the browser refuses it, and the page works as it does without a script.
    """
    return _answer(_FOR_EVER if version == script().version else _FOR_MINUTES)


def _answer(cache_control: str) -> Response:
    share_across_origins()
    is_packed = request.accept_encodings.quality("gzip") > 0
    answer = Response(script().packed if is_packed else script().body, mimetype="text/javascript")
    if is_packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.headers["Cache-Control"] = cache_control
    # A hash is only checked for what any site may read. These bytes are the same for everybody.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.set_etag(script().version, weak=True)  # packed or not
    answer.make_conditional(request)
    return answer
