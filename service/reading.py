"""The public API's reads: one thread with an ETag, and counts for many."""

from collections.abc import Sequence

from flask import Blueprint, Response, request

from comments.phrases import phrase
from comments.store.inbox import UnknownSite
from comments.store.threads import PAGE_REPLIES
from comments.submission import FieldError, InvalidSubmission
from service.answers import json_answer, json_bytes
from service.body import read_json
from service.cross_origin import readable_by
from service.door import door
from service.hot_answers import is_of_version
from service.page_links import CONVERSATION
from service.parts import parts
from service.problems import Problem
from service.thread_json import Asked, Made, make, tag_of
from service.thread_list import Asked as PartAsked
from service.thread_page import is_thread_key, read_cursor, read_number, read_order, read_page, read_thread_key

reading = Blueprint("reading", __name__, url_prefix="/api/v1")

SHORT_CACHE = "public, max-age=5, stale-while-revalidate=30"
MAX_COUNTED = 100


@reading.get("/comments")
def list_comments() -> Response:
    """Answer with the approved comments of one thread, nested, 50 conversations or 100 replies at a time."""
    site_key, thread_key = request.args.get("site", ""), read_thread_key(request.args)
    _require_site(site_key)
    version = parts().store.threads.version(site_key, thread_key) or 0
    order, after = read_order(request.args.get("sort")), read_cursor(request.args)
    conversation = read_number(request.args, CONVERSATION)
    made = _find_or_make(Asked(site_key, thread_key, order, conversation, after, version))
    is_of_version(site_key, thread_key, version)
    return _shared(made)


@reading.get("/counts")
def show_counts() -> Response:
    """Answer with the same numbers as `count_comments`, for pages that let a cache keep them."""
    site_key, threads = request.args.get("site", ""), [key.strip() for key in request.args.getlist("thread")]
    if not _are_keys(threads):
        raise Problem(
            400, "bad_thread", phrase("Send 1 to %(count)s thread keys, each as `thread`.", count=MAX_COUNTED)
        )
    _require_site(site_key)
    body = json_bytes({"counts": parts().store.threads.counts(site_key, threads)})
    return _shared(Made(body, tag_of(body)))


def _shared(made: Made) -> Response:
    answer = Response(made.body, mimetype="application/json")
    answer.headers["Cache-Control"] = SHORT_CACHE
    answer.set_etag(made.etag)
    answer.make_conditional(request)
    return answer


@reading.post("/counts")
def count_comments() -> Response:
    """Answer with the number of approved comments for up to 100 threads."""
    fields = read_json()
    site_key, threads = fields.get("site"), fields.get("threads")
    if not isinstance(site_key, str):
        raise InvalidSubmission([FieldError("site", "required", phrase("Say which site this is for."))])
    if not isinstance(threads, list) or not _are_keys(threads):
        raise InvalidSubmission(
            [FieldError("threads", "bad_threads", phrase("Send 1 to %(count)s thread keys.", count=MAX_COUNTED))]
        )
    _require_site(site_key)
    return json_answer({"counts": parts().store.threads.counts(site_key, threads)})


def _are_keys(threads: Sequence[object]) -> bool:
    return 1 <= len(threads) <= MAX_COUNTED and all(isinstance(key, str) and is_thread_key(key) for key in threads)


def _require_site(site_key: str) -> None:
    site = door().sites.find(site_key)
    if site is None:
        raise UnknownSite
    readable_by(site)


def _find_or_make(asked: Asked) -> Made:
    def make_it() -> tuple[Made, bool]:
        wanted = PartAsked(asked.order, asked.conversation, asked.after)
        page = read_page(asked.site, asked.thread, wanted, replies=PAGE_REPLIES)
        # With another version somebody decided in between, and this is a later version's answer.
        return make(asked, page), page.version == asked.version

    return door().recent_answers.find_or_make(asked, parts().now(), make_it)
