"""The page on which a browser is forgotten again, and the same for programs."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from comments.phrases import phrase
from comments.submission import FieldError, InvalidSubmission
from service.answers import html_answer, json_answer
from service.body import FORMS, JSON, read_form, read_json, unsupported_type
from service.devices import HEADER, forget, forget_cookies, is_remembered, sites_of_browser
from service.door import door
from service.headers import keep_private
from service.language import use_accepted_language, use_language

device_page = Blueprint("device_page", __name__)


@device_page.get("/devices/forget")
def show_devices() -> Response:
    """Answer with the sites this browser is remembered on."""
    keep_private()
    found = [site for key in sites_of_browser() if is_remembered(key) and (site := door().sites.find(key))]
    if found:
        use_language(found[0].language)
    else:
        use_accepted_language()
    return html_answer(render_template("devices.html", names=[site.name for site in found]))


@device_page.post("/devices/forget")
def forget_devices() -> Response:
    """Forget this browser everywhere, or a program's device on one site."""
    keep_private()
    if request.mimetype in FORMS:
        read_form()
        return forget_cookies(redirect(url_for("device_page.show_devices"), 303))
    if request.mimetype != JSON:
        raise unsupported_type(JSON, *sorted(FORMS))
    site_key = read_json().get("site")
    if not isinstance(site_key, str):
        raise InvalidSubmission([FieldError("site", "required", phrase("Say which site this is for."))])
    return json_answer({"forgotten": forget(site_key, request.headers.get(HEADER, ""))})
