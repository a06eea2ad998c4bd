"""Pages of words: how an address is treated, and the API's description for people."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from service.answers import html_answer, json_answer
from service.language import use_language
from service.parts import parts
from service.problems import PROBLEM_CODES

plain_pages = Blueprint("plain_pages", __name__)

_FOR_AN_HOUR = "public, max-age=3600"


@plain_pages.get("/privacy")
def explain_privacy() -> Response:
    """Answer with what becomes of an email address, in the language of the page that led here (`lang`)."""
    use_language(request.args.get("lang", ""))
    return html_answer(render_template("privacy.html", is_sealed=parts().sealing_key is not None), cache=_FOR_AN_HOUR)


@plain_pages.get("/api/v1/openapi.json")
def describe_for_programs() -> Response:
    """Answer with the OpenAPI description."""
    return json_answer(_describe(), cache=_FOR_AN_HOUR)


@plain_pages.get("/docs")
def describe_for_people() -> Response:
    """Answer with the same description as a page."""
    return html_answer(render_template("docs.html", api=_describe(), codes=PROBLEM_CODES), cache=_FOR_AN_HOUR)


def _describe() -> dict[str, Any]:
    from service.openapi import describe  # noqa: PLC0415 - 4 MB in every web process, and hardly anybody asks

    return describe()
