"""The ways in and out: the one-time setup link, login, logout."""

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from comments.roles import Permission
from comments.store.records import Moderator
from service.auth.cookies import FORM, KNOWN, SESSION, clear_cookie, known_browser, read_cookie, set_cookie
from service.auth.forms import form_token, is_form_token, new_binding
from service.auth.login import MustWait, close_session, find_session, log_in, open_session
from service.auth.passwords import hash_password, login_problem, password_problem, tidy_login
from service.parts import parts
from service.review.addresses import desk_address
from service.review.guard import needs

STALE_FORM = "This form stood open for too long. Please send it again."
WRONG = "That login and password do not belong together."


@dataclass(frozen=True, slots=True)
class _Form:
    """One of the two forms without a session: its template and what ties its token to it."""

    template: str
    purpose: str

    def page(self, status: int = 200, **context: object) -> Response:
        """Show the form with a fresh token for this browser."""
        binding = read_cookie(request, FORM) or new_binding()
        token = form_token(parts().key, binding, self.purpose, parts().now())
        response = make_response(render_template(self.template, token=token, **context), status)
        set_cookie(request, response, FORM, binding)
        return response

    def is_genuine(self) -> bool:
        """Say whether the form that was sent is the one this browser was shown within the last hour."""
        binding = read_cookie(request, FORM)
        return is_form_token(request.form.get("token", ""), parts().key, binding, self.purpose, now=parts().now())


def register(blueprint: Blueprint) -> None:
    """Add the ways in and out."""
    blueprint.add_url_rule("/login", "login", _login, methods=["GET", "POST"])
    blueprint.add_url_rule("/logout", "logout", _logout, methods=["POST"])
    blueprint.add_url_rule("/setup/<token>", "setup", _setup, methods=["GET", "POST"])


def _login() -> AnyResponse:
    form = _Form("review/login.html", "login")
    back = desk_address(request.values.get("back"))
    if request.method != "POST":
        return redirect(back, 303) if find_session(request) else form.page(back=back)
    login = request.form.get("login", "")
    if not form.is_genuine():
        return form.page(400, back=back, login=login, problem=STALE_FORM)
    found = log_in(request, login, request.form.get("password", ""))
    if isinstance(found, MustWait):
        seconds = max(1, round(found.wait.total_seconds()))
        response = form.page(429, back=back, login=login, problem=_wait_words(seconds))
        response.headers["Retry-After"] = str(seconds)
        return response
    if found is None:
        return form.page(401, back=back, login=login, problem=WRONG)
    return _enter(found, back)


@needs(Permission.OWN)
def _logout() -> AnyResponse:
    close_session(request)
    response = redirect(url_for("review.login"), 303)
    clear_cookie(request, response, SESSION)
    return response


def _setup(token: str) -> AnyResponse:
    """Make the first moderator. Looking at the link changes nothing, so a mail scanner's visit does not use it up."""
    store, form = parts().store.moderators, _Form("review/setup.html", f"setup/{token}")
    if not store.is_setup_link(token, now=parts().now()):
        return make_response(render_template("review/setup_gone.html"), 404)
    if request.method != "POST":
        return _unreferred(form.page(token_in_link=token))
    login, password = tidy_login(request.form.get("login", "")), request.form.get("password", "")
    problems = _problems(login, password, request.form.get("again", ""), is_genuine=form.is_genuine())
    if problems:
        return _unreferred(form.page(400, token_in_link=token, login=login, problems=problems))
    made = store.use_setup_link(token, login, hash_password(password), now=parts().now())
    if made is None:
        return make_response(render_template("review/setup_gone.html"), 404)
    return _enter(made, desk_address(None))


def _problems(login: str, password: str, again: str, *, is_genuine: bool) -> dict[str, str]:
    """Return what to mend, by field; empty when nothing is wrong."""
    found = {
        "form": None if is_genuine else STALE_FORM,
        "login": login_problem(login),
        "password": password_problem(password, login=login),
        "again": None if again == password else "The two passwords are not the same.",
    }
    return {field: problem for field, problem in found.items() if problem}


def _enter(moderator: Moderator, where: str) -> AnyResponse:
    response = redirect(where, 303)
    set_cookie(request, response, SESSION, open_session(request, moderator))
    set_cookie(request, response, KNOWN, known_browser(parts().key, moderator))
    clear_cookie(request, response, FORM)
    return response


def _unreferred(response: Response) -> Response:
    # The link is a secret: the browser must not name it when it fetches the style sheet.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _wait_words(seconds: int) -> str:
    wait = f"{seconds} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"
    return f"Too many wrong passwords. Try again in {wait}."
