"""The OpenAPI 3.1 description of the public API, generated from the models in `service.contract`."""

from functools import cache
from typing import Any

from openapi_pydantic import OpenAPI
from openapi_pydantic.util import PydanticSchema, construct_open_api_with_schema_class
from pydantic import BaseModel

from comments.idempotency import MAX_KEY_CHARS
from comments.store.threads import Order
from comments.submission import MAX_THREAD_KEY_CHARS, SITE_KEY
from service import contract
from service.body import JSON, MULTIPART, URLENCODED
from service.reading import MAX_COUNTED
from service.thread_page import MAX_DIGITS

_PROBLEM = "application/problem+json"
_ETAG = {"ETag": {"schema": {"type": "string"}, "description": "Changes with what is public in the thread."}}
_THREAD_KEY = {"minLength": 1, "maxLength": MAX_THREAD_KEY_CHARS}
_ORDER = {"enum": ["", *Order]}
_CURSOR = {"pattern": f"^[0-9]{{0,{MAX_DIGITS}}}$"}
_DEVICE = {
    "name": "Replydesk-Device",
    "in": "header",
    "description": "The token of a remembered device; one that is not known means nothing.",
    "required": False,
    "schema": {"type": "string"},
}
_RETRY = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}


@cache
def describe() -> dict[str, Any]:
    """Return the description as JSON has it."""
    described = construct_open_api_with_schema_class(OpenAPI.model_validate(_skeleton()))
    found: dict[str, Any] = described.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)
    return found


def _skeleton() -> dict[str, Any]:
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Replydesk",
            "version": "1",
            "description": "Comments for a news site: post one, read a thread. No answer holds an email address or anything made from one.",  # noqa: E501 - one sentence
        },
        "paths": {
            "/api/v1/comments": {"post": _post_comment(), "get": _list_comments()},
            "/api/v1/challenge": {"get": _give_challenge()},
            "/api/v1/counts": {"get": _show_counts(), "post": _count_comments()},
            "/receipts/{token}": {"get": _show_receipt()},
            "/receipts/{token}/edit": {"post": _change("edit", "Change a comment", contract.EditSent)},
            "/receipts/{token}/withdraw": {"post": _change("withdraw", "Take a comment back", contract.WithdrawalSent)},
            "/receipts/{token}/appeal": {"post": _change("appeal", "Appeal", contract.AppealSent)},
            "/devices/forget": {"get": _show_devices(), "post": _forget_device()},
            "/healthz": {"get": _operation("live", "Is the process there?", {200: _json(contract.Alive)})},
            "/readyz": {"get": _ready()},
        },
    }


def _post_comment() -> dict[str, Any]:
    bodies: dict[str, type[BaseModel]] = {
        JSON: contract.CommentSent,
        URLENCODED: contract.CommentForm,
        MULTIPART: contract.CommentForm,
    }
    location = {"Location": {"schema": {"type": "string"}, "description": "The receipt."}}
    kept = {**_json(contract.Accepted, "The comment is on disk."), "headers": location}
    back = {"description": "To a browser that posted a form: back to its page.", "headers": location}
    answers = {202: kept, 303: back, **_problems(400, 403, 404, 413, 415, 422, 429, 503)}
    key = _parameter(
        "Idempotency-Key",
        "header",
        "Send the same key with a retry: there will be one comment. Printable ASCII.",
        {"minLength": 1, "maxLength": MAX_KEY_CHARS, "pattern": "^[ -~]+$"},
    )
    return {
        **_operation("post_comment", "Post a comment", answers),
        "parameters": [key, _DEVICE],
        "requestBody": {"required": True, "content": {name: _schema(model) for name, model in bodies.items()}},
    }


def _list_comments() -> dict[str, Any]:
    page = {**_json(contract.ThreadPage), "headers": _ETAG}
    same = {"description": "The same as named by If-None-Match.", "headers": _ETAG}
    return {
        **_operation("list_comments", "Read a thread", {200: page, 304: same, **_problems(400, 404, 503)}),
        "parameters": [
            _parameter("site", "query", "The site's key.", {"pattern": f"^{SITE_KEY.pattern}$"}, required=True),
            _parameter("thread", "query", "The thread's key on the site.", _THREAD_KEY, required=True),
            _parameter("sort", "query", "Which conversations come first: the newest, unless it says oldest.", _ORDER),
            _parameter("conversation", "query", "A comment that answers none: read it alone.", _CURSOR),
            _parameter("after", "query", "`next_after` of the page before, or of the conversation.", _CURSOR),
        ],
    }


def _count_comments() -> dict[str, Any]:
    answers = {200: _json(contract.Counts), **_problems(400, 404, 413, 415, 422, 503)}
    body = {"required": True, "content": {JSON: _schema(contract.CountsSent)}}
    return {**_operation("count_comments", "Count comments for up to 100 threads", answers), "requestBody": body}


def _show_counts() -> dict[str, Any]:
    counts = {**_json(contract.Counts), "headers": _ETAG}
    same = {"description": "The same as named by If-None-Match.", "headers": _ETAG}
    threads = _parameter("thread", "query", "A thread's key, as often as there are threads.", {}, required=True)
    threads["schema"] = {
        "type": "array",
        "items": {"type": "string", **_THREAD_KEY},
        "minItems": 1,
        "maxItems": MAX_COUNTED,
    }
    return {
        **_operation("show_counts", "Count comments, cacheable", {200: counts, 304: same, **_problems(400, 404, 503)}),
        "parameters": [
            _parameter("site", "query", "The site's key.", {"pattern": f"^{SITE_KEY.pattern}$"}, required=True),
            threads,
        ],
    }


def _give_challenge() -> dict[str, Any]:
    return {
        **_operation(
            "give_challenge",
            "A proof of work for one comment",
            {200: _json(contract.Challenge), **_problems(400, 404, 503)},
        ),
        "parameters": [
            _parameter("site", "query", "The site's key.", {"pattern": f"^{SITE_KEY.pattern}$"}, required=True),
            _parameter("thread", "query", "The thread's key on the site.", _THREAD_KEY, required=True),
        ],
    }


def _show_receipt() -> dict[str, Any]:
    answers = {200: _json(contract.Receipt), **_problems(404, 503)}
    return {
        **_operation("show_receipt", "What became of a comment", answers),
        "parameters": [_parameter("token", "path", "From `receipt_url`.", {"pattern": "^[^/]+$"}, required=True)],
    }


def _change(name: str, summary: str, body: type[BaseModel]) -> dict[str, Any]:
    back = {"description": "To a browser that posted a form: back to the receipt."}
    answers = {200: _json(contract.Receipt), 303: back, **_problems(400, 404, 409, 413, 415, 422, 429, 503)}
    content = {JSON: _schema(body), URLENCODED: _schema(body), MULTIPART: _schema(body)}
    return {
        **_operation(f"{name}_comment", summary, answers),
        "parameters": [_parameter("token", "path", "From `receipt_url`.", {"pattern": "^[^/]+$"}, required=True)],
        "requestBody": {"required": True, "content": content},
    }


def _show_devices() -> dict[str, Any]:
    page = {"description": "A page with a button for it.", "content": {"text/html": {"schema": {"type": "string"}}}}
    return _operation("show_devices", "Which sites remember this browser?", {200: page, **_problems(503)})


def _forget_device() -> dict[str, Any]:
    answers = {200: _json(contract.Forgotten), **_problems(400, 413, 415, 422, 503)}
    body = {"required": True, "content": {JSON: _schema(contract.ForgetSent)}}
    return {**_operation("forget_device", "Forget a device", answers), "parameters": [_DEVICE], "requestBody": body}


def _ready() -> dict[str, Any]:
    answers = {200: _json(contract.Ready, "Ready, perhaps degraded."), 503: _json(contract.Ready, "Not ready.")}
    return _operation("ready", "Can comments be kept?", answers)


def _operation(name: str, summary: str, answers: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "responses": {str(status): answer for status, answer in answers.items()},
    }


def _parameter(name: str, where: str, words: str, rules: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    schema = {"type": "string", **rules}
    return {"name": name, "in": where, "description": words, "required": required, "schema": schema}


def _json(model: type[BaseModel], words: str = "") -> dict[str, Any]:
    return {"description": words or str(model.__doc__), "content": {JSON: _schema(model)}}


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return {"schema": PydanticSchema.model_validate({"schema_class": model})}


_WORDS = {
    400: "It cannot be read.",
    403: "The thread is closed.",
    404: "There is no such site or receipt.",
    409: "The comment does not take this any more.",
    413: "It is too large.",
    415: "It is of another type, or compressed.",
    422: "Some fields need a change: see `errors`. Or an Idempotency-Key came back with another comment.",
    429: "Too many in a short time.",
    503: "It cannot be kept now.",
}


def _problems(*statuses: int) -> dict[int, dict[str, Any]]:
    found = {}
    for status in statuses:
        found[status] = {"description": _WORDS[status], "content": {_PROBLEM: _schema(contract.ProblemBody)}}
        if status in {429, 503}:
            found[status]["headers"] = _RETRY
    return found
