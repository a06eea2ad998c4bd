"""The ways in and out: the one-time setup link, login with password and code, logout."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from comments.roles import Permission
from comments.store.records import Moderator
from service.auth.cookies import FORM, KNOWN, SESSION, clear_cookie, known_browser, set_cookie
from service.auth.login import MustWait, check_code, close_session, find_session, log_in, open_session
from service.auth.oidc import provider
from service.auth.passwords import hash_password, shown_login, tidy_login
from service.language import gettext
from service.parts import parts
from service.review.addresses import desk_address
from service.review.guard import needs, session
from service.review.plain_form import PlainForm, account_problems, seconds_of, stale_form, unreferred, wait_words

LOGIN_FORM = PlainForm("review/login.html", "login")


def register(blueprint: Blueprint) -> None:
    """Add the ways in and out."""
    blueprint.add_url_rule("/login", "login", _login, methods=["GET", "POST"])
    blueprint.add_url_rule("/login/code", "code", _code, methods=["GET", "POST"])
    blueprint.add_url_rule("/logout", "logout", _logout, methods=["POST"])
    blueprint.add_url_rule("/setup/<token>", "setup", _setup, methods=["GET", "POST"])


def enter(moderator: Moderator, where: str, *, has_shown_code: bool = False) -> AnyResponse:
    """Open a session for somebody who has shown who they are, and go on; to the code first where one is due."""
    awaits_code = moderator.has_second_factor and not has_shown_code
    response = redirect(url_for("review.code", back=where) if awaits_code else where, 303)
    set_cookie(request, response, SESSION, open_session(request, moderator, has_shown_code=has_shown_code))
    if not awaits_code:  # half a login makes no browser a known one
        set_cookie(request, response, KNOWN, known_browser(parts().key, moderator))
    clear_cookie(request, response, FORM)
    return response


def login_page(status: int = 200, **context: object) -> Response:
    """Show the login form."""
    return LOGIN_FORM.page(status, provider=provider(), **context)


def _login() -> AnyResponse:
    back = desk_address(request.values.get("back"))
    if request.method != "POST":
        return redirect(back, 303) if find_session(request) else login_page(back=back)
    login = request.form.get("login", "")
    again = {"back": back, "login": shown_login(login)}
    if not LOGIN_FORM.is_genuine():
        return login_page(400, **again, problem=stale_form())
    found = log_in(request, login, request.form.get("password", ""))
    if isinstance(found, MustWait):
        return _waiting(login_page(429, **again, problem=wait_words(found)), found)
    if found is None:
        problem = gettext("That login and password do not belong together.")
        return login_page(401, **again, problem=problem)
    return enter(found, back)


@needs(Permission.OWN)
def _code() -> AnyResponse:
    """Ask whoever has shown the password for a code of their phone, or one that they kept on paper."""
    back = desk_address(request.values.get("back"))
    if not session().awaits_code:
        return redirect(back, 303)
    if request.method != "POST":
        return make_response(render_template("review/login_code.html", back=back))
    found = check_code(request, session(), request.form.get("code", ""))
    if isinstance(found, MustWait):
        page = make_response(render_template("review/login_code.html", back=back, problem=wait_words(found)), 429)
        return _waiting(page, found)
    if not found:
        problem = gettext("That code is not right, or it was used before. Wait for the next one.")
        return make_response(render_template("review/login_code.html", back=back, problem=problem), 401)
    return enter(session().moderator, back, has_shown_code=True)


@needs(Permission.OWN)
def _logout() -> AnyResponse:
    close_session(request)
    response = redirect(url_for("review.login"), 303)
    clear_cookie(request, response, SESSION)
    return response


def _setup(token: str) -> AnyResponse:
    """Make the first moderator. Looking at the link changes nothing, so a mail scanner's visit does not use it up."""
    store, form = parts().store.moderators, PlainForm("review/setup.html", f"setup/{token}")
    if not store.is_setup_link(token, now=parts().now()):
        return make_response(render_template("review/setup_gone.html"), 404)
    if request.method != "POST":
        return unreferred(form.page(token_in_link=token))
    login, password = tidy_login(request.form.get("login", "")), request.form.get("password", "")
    problems = account_problems(login, password, request.form.get("again", ""), is_genuine=form.is_genuine())
    if problems:
        return unreferred(form.page(400, token_in_link=token, login=shown_login(login), problems=problems))
    made = store.use_setup_link(token, login, hash_password(password), now=parts().now())
    if made is None:
        return make_response(render_template("review/setup_gone.html"), 404)
    return enter(made, desk_address(None))


def _waiting(response: Response, wait: MustWait) -> Response:
    response.headers["Retry-After"] = str(seconds_of(wait))
    return response
