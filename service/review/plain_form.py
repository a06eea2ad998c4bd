"""Forms that are shown before there is a session: each tied to one browser and one purpose for an hour."""

from dataclasses import dataclass

from flask import Response, make_response, render_template, request

from service.auth.cookies import FORM, read_cookie, set_cookie
from service.auth.forms import form_token, is_form_token, new_binding
from service.auth.login import MustWait
from service.auth.passwords import login_problem, password_problem
from service.language import gettext, ngettext
from service.parts import parts


def stale_form() -> str:
    """Say that a form cannot be taken any more."""
    return gettext("This form stood open for too long. Please send it again.")


@dataclass(frozen=True, slots=True)
class PlainForm:
    """A form without a session: its template and what ties its token to it."""

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


def unreferred(response: Response) -> Response:
    """Keep the browser from naming this address, which is a secret, when it fetches the style sheet."""
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def account_problems(login: str, password: str, again: str, *, is_genuine: bool) -> dict[str, str]:
    """Return what to mend in a form that makes an account, by field; empty when nothing is wrong."""
    found = {"form": None if is_genuine else stale_form(), "login": login_problem(login)}
    found |= password_problems(password, again, login=login)
    return {field: problem for field, problem in found.items() if problem}


def password_problems(password: str, again: str, *, login: str) -> dict[str, str]:
    """Return what is wrong with a new password that was typed twice, by field."""
    found = {
        "password": password_problem(password, login=login),
        "again": None if again == password else gettext("The two passwords are not the same."),
    }
    return {field: problem for field, problem in found.items() if problem}


def seconds_of(wait: MustWait) -> int:
    """Return a wait in whole seconds, one at least."""
    return max(1, round(wait.wait.total_seconds()))


def wait_words(wait: MustWait) -> str:
    """Say how long to wait after too many wrong tries."""
    seconds = seconds_of(wait)
    if seconds < 120:
        said = ngettext(
            "Too many wrong tries. Try again in %(n)d second.",
            "Too many wrong tries. Try again in %(n)d seconds.",
            seconds,
        )
        return said % {"n": seconds}
    minutes = round(seconds / 60)
    said = ngettext(
        "Too many wrong tries. Try again in %(n)d minute.", "Too many wrong tries. Try again in %(n)d minutes.", minutes
    )
    return said % {"n": minutes}
