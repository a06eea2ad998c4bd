"""One's own account: the password, the sessions that are open, and where the second factor stands."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from comments.roles import Permission
from service.auth.cookies import KNOWN, SESSION, known_browser, read_cookie, set_cookie
from service.auth.login import MustWait, check_own_password, idle_time, is_fresh
from service.auth.oidc import provider
from service.auth.passwords import hash_password
from service.language import gettext
from service.parts import parts
from service.review.guard import needs, session
from service.review.plain_form import password_problems, wait_words
from service.review.role_words import where_words


def register(blueprint: Blueprint) -> None:
    """Add the account page and what can be done there."""
    blueprint.add_url_rule("/account", "account", _account)
    blueprint.add_url_rule("/account/password", "password", _password, methods=["POST"])
    blueprint.add_url_rule("/account/sessions/<name>/end", "end_session", _end_session, methods=["POST"])
    blueprint.add_url_rule("/account/sessions/end-others", "end_sessions", _end_sessions, methods=["POST"])


def account_page(status: int = 200, **context: object) -> Response:
    """Show the account of the moderator who asks."""
    token = read_cookie(request, SESSION)
    sessions = parts().store.sessions.of(session().moderator.id, token=token, idle=idle_time(), now=parts().now())
    page = render_template(
        "review/account.html",
        moderator=session().moderator,
        roles=where_words(session().moderator.grants),
        sessions=sessions,
        provider=provider(),
        is_fresh=is_fresh(session()),
        news=_news(),
        **context,
    )
    return make_response(page, status)


def back_to_account(done: str) -> AnyResponse:
    """Go back to the account page and say what was done."""
    return redirect(url_for("review.account", done=done), 303)


def identity_problem() -> str | None:
    """Say why whoever sends this form must show again who they are, or None when that is clear enough.

    A login of the last minutes is; else the password that was typed with the form.
    """
    if is_fresh(session()):
        return None
    if not session().moderator.password_hash:
        return gettext("You logged in a while ago. Log out and in again, then do this.")
    found = check_own_password(session().moderator, request.form.get("password", ""))
    if isinstance(found, MustWait):
        return wait_words(found)
    return None if found else gettext("That is not your password.")


@needs(Permission.OWN)
def _account() -> Response:
    return account_page()


@needs(Permission.OWN)
def _password() -> AnyResponse:
    """Change the password. Every other session ends, and no other browser is a known one any more."""
    moderator, form = session().moderator, request.form
    problems = password_problems(form.get("password", ""), form.get("again", ""), login=moderator.login)
    if not problems:
        found = check_own_password(moderator, form.get("current", ""))
        if isinstance(found, MustWait):
            problems["current"] = wait_words(found)
        elif not found:
            problems["current"] = gettext("That is not your password.")
    if problems:
        return account_page(400, problems=problems)
    token, new = read_cookie(request, SESSION), hash_password(form["password"])
    parts().store.moderators.set_password(moderator.id, new, keep_token=token, now=parts().now())
    response = back_to_account("password")
    keep_known(response)
    return response


@needs(Permission.OWN)
def _end_session(name: str) -> AnyResponse:
    parts().store.sessions.end(session().moderator.id, name)
    return back_to_account("session")


@needs(Permission.OWN)
def _end_sessions() -> AnyResponse:
    parts().store.sessions.end_others(session().moderator.id, keep_token=read_cookie(request, SESSION))
    return back_to_account("sessions")


def keep_known(response: AnyResponse) -> None:
    """Let this browser stay a known one after the password or the second factor has changed."""
    moderator = parts().store.moderators.find(session().moderator.login)
    if moderator is not None:
        set_cookie(request, response, KNOWN, known_browser(parts().key, moderator))


def _news() -> str | None:
    """Say what was just done."""
    return {
        "password": gettext("Your password is changed. Every other session has ended."),
        "session": gettext("That session has ended."),
        "sessions": gettext("Every other session has ended."),
        "factor": gettext("Your second factor is removed."),
        "linked": gettext("You can log in with that account from now on."),
        "unlinked": gettext("That account does not open the desk any more."),
    }.get(request.args.get("done", ""))
