"""Following an invitation: make an account, or take the role with the one that is there. Looking changes nothing."""

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from comments.store.invitations import HasRole, NoSuchInvitation
from comments.store.moderators import LoginTaken
from comments.store.records import Invitation, Session
from service.auth.forms import same_secret
from service.auth.login import find_session
from service.auth.oidc import provider
from service.auth.passwords import hash_password, shown_login, tidy_login
from service.language import gettext
from service.parts import parts
from service.review.addresses import desk_address
from service.review.entrance import enter
from service.review.plain_form import PlainForm, account_problems, stale_form, unreferred
from service.review.role_words import role_words


def register(blueprint: Blueprint) -> None:
    """Add the page an invitation leads to."""
    address = "/invitations/<token>"
    blueprint.add_url_rule(address, "invitation", _invitation, methods=["GET", "POST"])
    blueprint.add_url_rule(f"{address}/accept", "accept_invitation", _accept, methods=["POST"])


def invitation_form(token: str) -> PlainForm:
    """Return the form of one invitation."""
    return PlainForm("review/invitation.html", f"invitation/{token}")


def invitation_page(token: str, found: Invitation, status: int = 200, **context: object) -> Response:
    """Show what somebody is invited to."""
    return unreferred(
        invitation_form(token).page(
            status,
            token_in_link=token,
            invitation=found,
            role=role_words()[found.role],
            provider=provider(),
            logged_in=_whole_session(),
            **context,
        )
    )


def gone() -> Response:
    """Say that a link is spent, without saying which of the reasons it is."""
    return make_response(render_template("review/invitation_gone.html"), 404)


def _invitation(token: str) -> AnyResponse:
    invitations = parts().store.invitations
    try:
        found = invitations.find(token, now=parts().now())
        if request.method != "POST":
            return invitation_page(token, found)
        login, password = tidy_login(request.form.get("login", "")), request.form.get("password", "")
        is_genuine = invitation_form(token).is_genuine()
        problems = account_problems(login, password, request.form.get("again", ""), is_genuine=is_genuine)
        if problems:
            return invitation_page(token, found, 400, login=shown_login(login), problems=problems)
        try:
            made = invitations.accept_as_new(token, login, hash_password(password), now=parts().now())
        except LoginTaken:
            problems = {"login": gettext("Somebody has this login already.")}
            return invitation_page(token, found, 400, login=shown_login(login), problems=problems)
    except NoSuchInvitation:
        return gone()
    return enter(made, desk_address(None))


def _accept(token: str) -> AnyResponse:
    """Give the role to whoever is logged in here."""
    held, invitations = _whole_session(), parts().store.invitations
    try:
        found = invitations.find(token, now=parts().now())
        if held is None:
            return invitation_page(token, found, 403)
        csrf = request.form.get("csrf", "")
        if not invitation_form(token).is_genuine() or not same_secret(held.csrf_token, csrf):
            return invitation_page(token, found, 400, problems={"form": stale_form()})
        invitations.accept(token, held.moderator.id, now=parts().now())
    except NoSuchInvitation:
        return gone()
    except HasRole:
        problem = gettext("You have a role there already. An admin can change it.")
        return invitation_page(token, found, 409, problems={"form": problem})
    return redirect(desk_address(None), 303)


def _whole_session() -> Session | None:
    """Return the session of this browser unless something is still to be shown or set up before it serves."""
    held = find_session(request)
    return None if held is None or held.awaits_code or held.must_enrol else held
