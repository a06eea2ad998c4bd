"""The scripts for other pages as files of the service: under a name that stands for their bytes, and embed.js under one
that stays.

A page that names the bytes can hold the script to them (`integrity`); they stay in the browser for a year then.
"""

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, request

from service.embed.build import BUILT
from service.headers import share_across_origins

embed = Blueprint("embed", __name__)

# What a form asks embed.js to load where its site wants a proof of work; served as it is written.
POW = BUILT.with_name("pow.js")
_FOR_MINUTES = "public, max-age=300, stale-while-revalidate=86400"
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Script:
    """The bytes that are served, and what stands for them."""

    name: str
    body: bytes
    packed: bytes
    version: str
    integrity: str

    @property
    def path(self) -> str:
        """Return the address that stands for these bytes."""
        return f"/{self.name}-{self.version}.js"


def script() -> Script:
    """Return embed.js of this release."""
    return _read(BUILT)


def pow_script() -> Script:
    """Return pow.js of this release."""
    return _read(POW)


@cache
def _read(file: Path) -> Script:
    body = file.read_bytes()
    return Script(
        name=file.stem,
        body=body,
        packed=gzip.compress(body, 9, mtime=0),
        version=hashlib.sha256(body).hexdigest()[:12],
        integrity="sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode(),
    )


def register(app: Flask) -> None:
    """Serve the scripts, and give the templates their addresses."""
    app.register_blueprint(embed)
    app.jinja_env.globals["embed_script"] = lambda: script().path
    app.jinja_env.globals["pow_script"] = lambda: pow_script().path


@embed.get("/embed.js")
def newest() -> Response:
    """Answer with the script of this release."""
    return _answer(script(), _FOR_MINUTES)


@embed.get("/embed-<version>.js")
def versioned(version: str) -> Response:
    """Answer with the script under its own name; a page that names another release's gets what there is now.

    Where that page gives the other one's hash the browser refuses it, and the page works as it does without a script.
    """
    return _answer(script(), _FOR_EVER if version == script().version else _FOR_MINUTES)


@embed.get("/pow-<version>.js")
def proof_of_work(version: str) -> Response:
    """Answer with the script that does the proof of work; for another release's name with what there is now."""
    return _answer(pow_script(), _FOR_EVER if version == pow_script().version else _FOR_MINUTES)


def _answer(served: Script, cache_control: str) -> Response:
    share_across_origins()
    is_packed = request.accept_encodings.quality("gzip") > 0
    answer = Response(served.packed if is_packed else served.body, mimetype="text/javascript")
    if is_packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.headers["Cache-Control"] = cache_control
    # A hash is only checked for what any site may read. These bytes are the same for everybody.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.set_etag(served.version, weak=True)  # packed or not
    answer.make_conditional(request)
    return answer
