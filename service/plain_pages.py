"""Pages of words: how an address is treated, and the API's description for people."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from comments.store import StoreUnavailable
from comments.store.inbox import NETWORK_DAYS
from comments.store.records import Site
from service.answers import html_answer, json_answer
from service.door import door
from service.language import use_language
from service.parts import parts
from service.problems import PROBLEM_CODES

plain_pages = Blueprint("plain_pages", __name__)

_FOR_AN_HOUR = "public, max-age=3600"


@plain_pages.get("/privacy")
def explain_privacy() -> Response:
    """Answer with what becomes of an address on a site, in the language of the page that led here (`lang`).

    Without a site it says what is true of every one: how long things are kept at most.
    """
    key, code = request.args.get("site", ""), request.args.get("lang", "")
    site, days = _kept_on(key)
    use_language(code or (site.language if site else ""))
    page = render_template(
        "privacy.html", is_sealed=parts().sealing_key is not None, site=site, days=days, network_days=NETWORK_DAYS
    )
    return html_answer(page, cache=_FOR_AN_HOUR)


def _kept_on(key: str) -> tuple[Site | None, tuple[int, int] | None]:
    """Return the site that is meant, and for how many days it keeps rejected words and authors, where that is known."""
    sites = door().sites
    try:
        site = sites.find(key) if key else sites.only()
        days = (site.rejected_text_days, site.identity_days) if site else sites.longest_kept_days()
    except StoreUnavailable:  # the rest of the page is true all the same
        return None, None
    return site, days


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
