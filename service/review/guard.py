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

# These come before there is a session and have form tokens of their own (plain_form.py), or a sealed cookie (oidc.py).
OPEN_ENDPOINTS = frozenset(
    {
        "review.login",
        "review.setup",
        "review.invitation",
        "review.accept_invitation",
        "review.oidc_login",
        "review.oidc_invitation",
        "review.oidc_callback",
    }
)
# All that is open to whoever has shown the password and not yet the code …
_WITHOUT_CODE = frozenset({"review.code", "review.logout"})
# … and to whoever has a role on a site that asks for a second factor and none yet.
_WITHOUT_FACTOR = frozenset({"review.second_factor", "review.logout"})
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
    view = current_app.view_functions.get(str(request.endpoint))
    request.max_content_length = getattr(view, "max_form_bytes", MAX_FORM_BYTES)
    is_unsafe = request.method not in SAFE_METHODS
    if request.endpoint in OPEN_ENDPOINTS:
        return refuse() if is_unsafe and not is_from_our_page(request) else None
    found = find_session(request)
    if found is None:
        return _send_to(url_for("review.login", back=_back(is_unsafe=is_unsafe)))
    first = _what_comes_first(found)
    if first is not None:
        return _send_to(first)
    g.review_session = found
    wanted = getattr(current_app.view_functions[str(request.endpoint)], "permission", None)
    if wanted is None or not found.moderator.may(wanted):
        return make_response(render_template("review/not_allowed.html"), 403)
    if is_unsafe and not (is_from_our_page(request) and same_secret(found.csrf_token, request.form.get("csrf", ""))):
        return refuse()
    return None


def _what_comes_first(found: Session) -> str | None:
    """Return the page that this session must pass before anything else, None when it is whole."""
    if found.awaits_code and request.endpoint not in _WITHOUT_CODE:
        return url_for("review.code", back=_back(is_unsafe=request.method not in SAFE_METHODS))
    if found.must_enrol and request.endpoint not in _WITHOUT_FACTOR:
        return url_for("review.second_factor")
    return None


def _back(*, is_unsafe: bool) -> str | None:
    return None if is_unsafe else back_to_here(request)


def _send_to(address: str) -> AnyResponse:
    if request.headers.get("HX-Request") or request.accept_mimetypes.best == "application/json":
        # A script would follow a redirect and find a login form in place of what it asked for.
        return make_response("", 401, {"HX-Redirect": address})
    return redirect(address, 303)


def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Cookie")
    response.headers["X-Robots-Tag"] = "noindex"
    # The article's site must not learn the desk's address; our own forms still send their Origin.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response
