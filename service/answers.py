"""Answers: JSON, HTML and problems, in the form the client reads."""

import json
from collections.abc import Mapping

from flask import Response, g, render_template, request

from service.language import said, use_accepted_language
from service.problems import Answer

NO_STORE = "no-store"
_PROBLEM_TYPE = "application/problem+json"


def json_answer(payload: Mapping[str, object], status: int = 200, *, cache: str = NO_STORE) -> Response:
    """Return a JSON answer. Nobody keeps it unless `cache` says so."""
    answer = Response(_dump(payload), status, mimetype="application/json")
    answer.headers["Cache-Control"] = cache
    return answer


def json_bytes(payload: object) -> bytes:
    """Return anything as JSON, for the answers that are not our own shape."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def html_answer(html: str, status: int = 200, *, cache: str = NO_STORE) -> Response:
    """Return an HTML answer. Nobody keeps it unless `cache` says so."""
    answer = Response(html, status, mimetype="text/html")
    answer.headers["Cache-Control"] = cache
    return answer


def problem_answer(problem: Answer) -> Response:
    """Return a problem as a page for a browser, as RFC 9457 JSON for everyone else.

    A page speaks the site's language once that is known; a program is answered in English or in what it accepts.
    """
    if wants_html():
        answer = html_answer(render_template("problem.html", problem=problem), problem.status)
    else:
        use_accepted_language()
        answer = Response(_dump(_problem_fields(problem)), problem.status, mimetype=_PROBLEM_TYPE)
        answer.headers["Cache-Control"] = NO_STORE
        answer.vary.add("Accept-Language")
    answer.headers.update(problem.headers)
    return answer


def wants_html() -> bool:
    """Say whether the client asks for HTML in so many words, as browsers do and fetch() does not."""
    accepted = request.accept_mimetypes
    if "text/html" not in accepted.values():
        return False
    return accepted["text/html"] >= accepted["application/json"]


def _problem_fields(problem: Answer) -> dict[str, object]:
    fields: dict[str, object] = {
        "type": f"/docs#{problem.code}",
        "title": said(problem.title),
        "status": problem.status,
        "detail": said(problem.detail),
        "instance": g.get("request_id", ""),
        "code": problem.code,
    }
    if problem.errors:
        fields["errors"] = [{"field": e.field, "code": e.code, "message": said(e.message)} for e in problem.errors]
    return fields


def _dump(payload: Mapping[str, object]) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
