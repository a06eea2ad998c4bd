"""Setting up, renewing and removing one's own second factor."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from comments.roles import Permission
from comments.sealed_values import seal_text, unseal_text
from service.auth.codes import (
    app_address,
    in_groups,
    new_recovery_codes,
    new_secret,
    recovery_hash,
    seal_secret,
    square,
    step_of,
)
from service.auth.cookies import SESSION, read_cookie
from service.auth.login import MustWait, check_code, is_fresh
from service.language import gettext
from service.parts import parts
from service.review.account import account_page, back_to_account, identity_problem, keep_known
from service.review.guard import needs, session
from service.review.plain_form import wait_words

_OFFERED = "second-factor-offered"


def register(blueprint: Blueprint) -> None:
    """Add the page that sets up a second factor and the forms that renew and remove it."""
    blueprint.add_url_rule("/account/second-factor", "second_factor", _set_up, methods=["GET", "POST"])
    blueprint.add_url_rule("/account/second-factor/remove", "remove_factor", _remove, methods=["POST"])
    blueprint.add_url_rule("/account/second-factor/codes", "renew_codes", _renew, methods=["POST"])


@needs(Permission.OWN)
def _set_up() -> AnyResponse:
    """Offer a secret, and keep it once a code shows that the phone has it. Looking changes nothing.

    Until then the secret travels in the form, sealed for this moderator, so that a reload offers another one and
    nothing is left behind.
    """
    moderator = session().moderator
    if moderator.has_second_factor:
        return redirect(url_for("review.account"), 303)
    if request.method != "POST":
        return _offer(new_secret())
    secret = unseal_text(parts().key, _OFFERED, _place(), request.form.get("offered", ""))
    if secret is None:
        return _offer(new_secret(), 400, gettext("This page is from an earlier visit. Please scan the new square."))
    step = step_of(secret, request.form.get("code", ""), now=parts().now())
    problem = identity_problem() or (None if step else gettext("That code is not right. Type the one it shows now."))
    if problem or step is None:
        return _offer(secret, 400, problem)
    codes = new_recovery_codes()
    done = parts().store.second_factors.set(
        moderator.id,
        seal_secret(parts().key, moderator.id, secret),
        step=step,
        recovery=_hashes(codes),
        token=read_cookie(request, SESSION),
        now=parts().now(),
    )
    return _shown(codes, is_new=True) if done else redirect(url_for("review.account"), 303)


@needs(Permission.OWN)
def _remove() -> AnyResponse:
    problem = _code_problem()
    if problem:
        return account_page(400, problems={"remove": problem})
    parts().store.second_factors.remove(session().moderator.id, made_by_id=session().moderator.id, now=parts().now())
    response = back_to_account("factor")
    keep_known(response)
    return response


@needs(Permission.OWN)
def _renew() -> AnyResponse:
    problem = _code_problem()
    if problem:
        return account_page(400, problems={"renew": problem})
    codes = new_recovery_codes()
    parts().store.second_factors.renew_recovery(session().moderator.id, _hashes(codes), now=parts().now())
    return _shown(codes)


def _offer(secret: str, status: int = 200, problem: str | None = None) -> Response:
    page = render_template(
        "review/account_second_factor.html",
        square=square(app_address(secret, session().moderator.login)),
        secret=in_groups(secret),
        offered=seal_text(parts().key, _OFFERED, _place(), secret),
        problem=problem,
        is_fresh=is_fresh(session()),
        must=session().must_enrol,
    )
    return make_response(page, status)


def _shown(codes: tuple[str, ...], *, is_new: bool = False) -> Response:
    """Show recovery codes, this once."""
    response = make_response(render_template("review/account_recovery.html", codes=codes, is_new=is_new))
    keep_known(response)
    return response


def _code_problem() -> str | None:
    """Use up a code and say what is wrong with it, or None."""
    if not session().moderator.has_second_factor:
        return gettext("You have no second factor.")
    found = check_code(request, session(), request.form.get("code", ""))
    if isinstance(found, MustWait):
        return wait_words(found)
    return None if found else gettext("That code is not right, or it was used before. Wait for the next one.")


def _place() -> str:
    """Return what ties an offered secret to one session."""
    return f"{session().moderator.id}/{session().csrf_token}"


def _hashes(codes: tuple[str, ...]) -> list[str]:
    return [recovery_hash(parts().key, session().moderator.id, code) for code in codes]
