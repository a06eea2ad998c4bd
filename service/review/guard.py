"""Before any page of the desk: a session, and for everything that changes something proof that our page sent it."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from comments.roles import Permission, Scope
from comments.store.records import Session
from service.auth.forms import is_from_our_page, same_secret
from service.auth.login import find_session
from service.review.addresses import back_to_here

# These come before there is a session and have form tokens of their own (entrance.py).
OPEN_ENDPOINTS = frozenset({"review.login", "review.setup"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# A reason, a note and a token: nothing here needs more.
MAX_FORM_BYTES = 32 * 1024

_View = TypeVar("_View", bound=Callable[..., Any])


def register(blueprint: Blueprint) -> None:
    """Stand before every route of the desk."""
    blueprint.before_request(_admit)
    blueprint.after_request(_keep_private)


def needs(permission: Permission) -> Callable[[_View], _View]:
    """Say what a view needs. One that names nothing is shown to nobody."""

    def mark(view: _View) -> _View:
        view.permission = permission  # type: ignore[attr-defined]  # a note on the function, read by _admit
        return view

    return mark


def scope(permission: Permission = Permission.SEE) -> Scope:
    """Return the sites on which the moderator who asks may do something."""
    return session().moderator.scope(permission)


def session() -> Session:
    """Return the session of the moderator who asks; every guarded view has one."""
    found: Session = g.review_session
    return found


def refuse() -> Response:
    """Answer a form that cannot be shown to come from our page. Nothing has been changed."""
    return make_response(render_template("review/refused.html"), 403)


def _admit() -> AnyResponse | None:
    request.max_content_length = MAX_FORM_BYTES
    is_unsafe = request.method not in SAFE_METHODS
    if request.endpoint in OPEN_ENDPOINTS:
        return refuse() if is_unsafe and not is_from_our_page(request) else None
    found = find_session(request)
    if found is None:
        where = None if is_unsafe else back_to_here(request)
        return redirect(url_for("review.login", back=where), 303)
    g.review_session = found
    wanted = getattr(current_app.view_functions[str(request.endpoint)], "permission", None)
    if wanted is None or not found.moderator.may(wanted):
        return make_response(render_template("review/not_allowed.html"), 403)
    if is_unsafe and not (is_from_our_page(request) and same_secret(found.csrf_token, request.form.get("csrf", ""))):
        return refuse()
    return None


def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Cookie")
    response.headers["X-Robots-Tag"] = "noindex"
    # The article's site must not learn the desk's address; our own forms still send their Origin.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response
