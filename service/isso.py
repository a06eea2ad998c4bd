"""Isso's calls for its own clients, a prefix for each site: `data-isso="https://…/isso/<site>/"`.

No cookie is read or set here. A comment comes in by the one way all take; only the shapes of the answers are Isso's.
"""

from http import HTTPStatus

from flask import Blueprint, Response, request

from comments.metrics import Way
from comments.status import Status
from comments.store.flat_threads import Slice
from comments.store.inbox import UnknownSite
from comments.store.records import Site
from comments.submission import MAX_TEXT_CHARS, read_words
from service.answers import NO_STORE, json_bytes
from service.body import JSON, read_json, read_json_list
from service.cross_origin import readable_by
from service.door import door
from service.isso_answers import CONFIG, fields_of_kept, fields_of_page
from service.isso_query import as_submission, read_slice, read_uri, sentence_of
from service.links import receipt_url
from service.parts import parts
from service.posting import Sent, keep
from service.problems import KNOWN_PROBLEMS, Problem, answer_for
from service.proof_of_work import FIELD
from service.public import read_idempotency_key
from service.reading import MAX_COUNTED
from service.rendered import paragraphs
from service.thread_json import Made, tag_of
from service.thread_page import is_thread_key

isso = Blueprint("isso", __name__, url_prefix="/isso/<site_key>")

_SHORT_CACHE = "public, max-age=5, stale-while-revalidate=30"
_FOR_MINUTES = "public, max-age=300"


@isso.get("/", strict_slashes=False)
def show_thread(site_key: str) -> Response:
    """Answer with a part of a thread, two levels deep."""
    site, uri, part = _site(site_key), read_uri(request.args), read_slice(request.args)
    version = parts().store.threads.version(site.key, uri) or 0
    made = _find_or_make(site.key, uri, part, version)
    answer = Response(made.body, mimetype=JSON)
    answer.headers["Cache-Control"] = _SHORT_CACHE
    answer.set_etag(made.etag)
    answer.make_conditional(request)
    return answer


@isso.get("/config")
def show_config(site_key: str) -> Response:
    """Answer with what a client has to know: names and addresses are asked for, there are no votes and no feed."""
    _site(site_key)
    return _answer({"config": CONFIG}, cache=_FOR_MINUTES)


@isso.post("/new")
def post_comment(site_key: str) -> Response:
    """Keep a comment; 202 while it waits, as always."""
    site = _site(site_key)
    _require_json()
    uri, sent = read_uri(request.args), read_json()
    submission = as_submission(site, uri, sent, origin=request.headers.get("Origin", ""))
    kept = keep(Sent(submission, read_idempotency_key(), way=Way.ISSO, proof=sent.get(FIELD)))
    receipt = parts().store.receipts.find(kept.token)
    if receipt is None:
        raise Problem(404, "unknown_receipt", "There is no such receipt.")
    is_public = receipt.status is Status.APPROVED
    answer = _answer(fields_of_kept(site.key, uri, receipt, submission["parent"]), 201 if is_public else 202)
    answer.headers["Location"] = receipt_url(kept.token)
    return answer


@isso.post("/count")
def count_comments(site_key: str) -> Response:
    """Answer with the number of approved comments of each thread, in the order they were asked for."""
    site = _site(site_key)
    _require_json()
    uris = read_json_list()
    if len(uris) > MAX_COUNTED or not all(isinstance(uri, str) for uri in uris):
        raise Problem(400, "malformed", f"Send at most {MAX_COUNTED} addresses.")
    keys = [uri for uri in uris if isinstance(uri, str) and is_thread_key(uri)]
    found = parts().store.threads.counts(site.key, keys) if keys else {}
    return _answer([found.get(str(uri), 0) for uri in uris])


@isso.post("/preview")
def preview(site_key: str) -> Response:
    """Answer with the text as it would be shown; one that could not be posted is refused as it would be there."""
    _site(site_key)
    _require_json()
    sent = read_json()
    if not isinstance(sent.get("text"), str):
        raise Problem(400, "malformed", "Send the text.")
    text = read_words(sent, "text", max_chars=MAX_TEXT_CHARS, required="")
    return _answer({"text": paragraphs(text)})


def refuse(error: Exception) -> Response:
    """Answer with an error as Isso writes it, for JSON clients."""
    problem = answer_for(error)
    # Isso knows one status for everything that is wrong with a comment.
    status = HTTPStatus.BAD_REQUEST if problem.status == HTTPStatus.UNPROCESSABLE_ENTITY else problem.status
    answer = _answer({"message": sentence_of(problem)}, status)
    answer.headers.update(problem.headers)
    return answer


for _known in KNOWN_PROBLEMS:
    isso.register_error_handler(_known, refuse)


def _site(site_key: str) -> Site:
    site = door().sites.find(site_key)
    if site is None:
        raise UnknownSite
    readable_by(site)
    return site


def _require_json() -> None:
    """Raise Problem as Isso does: a form of another site cannot send JSON."""
    if request.mimetype != JSON:
        raise Problem(403, "refused", "Send JSON.")


def _find_or_make(site_key: str, uri: str, part: Slice, version: int) -> Made:
    asked, now = ("isso", site_key, uri, part, version), parts().now()

    def make() -> tuple[Made, bool]:
        page = parts().store.flat_threads.page(site_key, uri, part)
        body = json_bytes(fields_of_page(site_key, uri, part, page))
        return Made(body, tag_of(body)), True

    return door().recent_answers.find_or_make(asked, now, make)


def _answer(payload: object, status: int = 200, *, cache: str = NO_STORE) -> Response:
    answer = Response(json_bytes(payload), status, mimetype=JSON)
    answer.headers["Cache-Control"] = cache
    return answer
