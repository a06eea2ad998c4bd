"""The way to the OpenID provider and back: to log in, to link an account, to follow an invitation.

Rule: what comes back opens an account only if a moderator linked it while logged in, or followed an invitation with it.
No account is made by itself, and none is found by an address.
"""

import structlog
from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from comments.roles import Permission
from comments.store.invitations import NoSuchInvitation
from comments.store.moderators import NO_PASSWORD, LoginTaken, SubjectTaken
from service.auth.cookies import PROVIDER, clear_cookie, read_cookie, set_cookie
from service.auth.login import find_session
from service.auth.oidc import (
    NotLoggedIn,
    Provider,
    Ticket,
    Visitor,
    address_at_provider,
    new_ticket,
    provider,
    read_ticket,
    seal_ticket,
    visitor_of,
)
from service.auth.oidc_metadata import ProviderAway
from service.auth.passwords import login_problem, shown_login, tidy_login
from service.language import gettext
from service.parts import parts
from service.review.account import account_page, back_to_account, identity_problem
from service.review.addresses import desk_address
from service.review.entrance import LOGIN_FORM, enter, login_page
from service.review.guard import needs, session
from service.review.invitation import gone, invitation_form, invitation_page
from service.review.plain_form import stale_form

log = structlog.get_logger()


def register(blueprint: Blueprint) -> None:
    """Add the ways there and the one back."""
    blueprint.add_url_rule("/oidc/login", "oidc_login", _login, methods=["POST"])
    blueprint.add_url_rule("/account/oidc/link", "oidc_link", _link, methods=["POST"])
    blueprint.add_url_rule("/account/oidc/unlink", "oidc_unlink", _unlink, methods=["POST"])
    blueprint.add_url_rule("/invitations/<token>/oidc", "oidc_invitation", _invitation, methods=["POST"])
    blueprint.add_url_rule("/oidc/callback", "oidc_callback", _callback)


def _login() -> AnyResponse:
    chosen, back = provider(), desk_address(request.form.get("back"))
    if chosen is None:
        return _not_there()
    if not LOGIN_FORM.is_genuine():
        return login_page(400, back=back, problem=stale_form())
    return _go(chosen, new_ticket("login", back=back))


@needs(Permission.OWN)
def _link() -> AnyResponse:
    chosen = provider()
    if chosen is None:
        return _not_there()
    problem = identity_problem()
    if problem:
        return account_page(400, problems={"provider": problem})
    return _go(chosen, new_ticket("link", moderator_id=session().moderator.id))


@needs(Permission.OWN)
def _unlink() -> AnyResponse:
    """Let the provider's account open the desk no more, unless it is the only way in."""
    if not session().moderator.password_hash:
        problem = gettext("This is your only way in. Ask whoever runs the service for a password first.")
        return account_page(409, problems={"provider": problem})
    parts().store.moderators.link_subject(session().moderator.id, None, now=parts().now())
    return back_to_account("unlinked")


def _invitation(token: str) -> AnyResponse:
    chosen = provider()
    if chosen is None:
        return _not_there()
    login = tidy_login(request.form.get("login", ""))
    try:
        found = parts().store.invitations.find(token, now=parts().now())
    except NoSuchInvitation:
        return gone()
    wrong = {"form": None if invitation_form(token).is_genuine() else stale_form(), "login": login_problem(login)}
    problems = {field: problem for field, problem in wrong.items() if problem}
    if problems:
        return invitation_page(token, found, 400, login=shown_login(login), problems=problems)
    return _go(chosen, new_ticket("invitation", token=token, login=login))


def _callback() -> AnyResponse:
    """Take the provider's answer, once: the ticket goes with it, whatever it says."""
    chosen = provider()
    if chosen is None:
        return _not_there()
    ticket = read_ticket(parts().key, read_cookie(request, PROVIDER), now=parts().now())
    response = _failed("no ticket") if ticket is None else _arrive(chosen, ticket)
    clear_cookie(request, response, PROVIDER)
    return response


def _arrive(chosen: Provider, ticket: Ticket) -> AnyResponse:
    try:
        visitor = visitor_of(chosen, ticket, request.args.to_dict())
    except NotLoggedIn as refusal:
        return _failed(str(refusal))
    except ProviderAway as refusal:
        return _away(str(refusal))
    return {"login": _arrive_to_log_in, "link": _arrive_to_link, "invitation": _arrive_invited}[ticket.purpose](
        ticket, visitor
    )


def _arrive_to_log_in(ticket: Ticket, visitor: Visitor) -> AnyResponse:
    moderator = parts().store.moderators.find_by_subject(visitor.subject)
    if moderator is None or moderator.is_disabled:
        log.warning("login by provider refused", moderator_id=moderator and moderator.id)
        problem = gettext("That account opens no desk. Log in with your password and link it on your account page.")
        return login_page(403, back=ticket.back, problem=problem)
    return enter(moderator, desk_address(ticket.back), has_shown_code=visitor.has_shown_two_factors)


def _arrive_to_link(ticket: Ticket, visitor: Visitor) -> AnyResponse:
    """Link the account, if whoever set out is still logged in here."""
    held = find_session(request)
    if held is None or held.awaits_code or held.moderator.id != ticket.moderator_id:
        return _failed("another session")
    try:
        parts().store.moderators.link_subject(held.moderator.id, visitor.subject, now=parts().now())
    except SubjectTaken:
        return _failed("subject taken")
    return back_to_account("linked")


def _arrive_invited(ticket: Ticket, visitor: Visitor) -> AnyResponse:
    try:
        found = parts().store.invitations.find(ticket.token, now=parts().now())
        try:
            made = parts().store.invitations.accept_as_new(
                ticket.token, ticket.login, NO_PASSWORD, subject=visitor.subject, now=parts().now()
            )
        except LoginTaken:
            problems = {"login": gettext("Somebody has this login already.")}
            return invitation_page(ticket.token, found, 400, login=ticket.login, problems=problems)
        except SubjectTaken:
            problems = {"form": gettext("Somebody here uses that account already. Log in with it instead.")}
            return invitation_page(ticket.token, found, 409, login=ticket.login, problems=problems)
    except NoSuchInvitation:
        return gone()
    return enter(made, desk_address(None), has_shown_code=visitor.has_shown_two_factors)


def _go(chosen: Provider, ticket: Ticket) -> AnyResponse:
    """Send the browser to the provider by a page that goes on by itself.

    A redirect would be refused: a form of ours may end at no other origin.
    """
    try:
        address = address_at_provider(chosen, ticket)
    except ProviderAway as refusal:
        return _away(str(refusal))
    response = make_response(render_template("review/oidc_go.html", address=address, provider=chosen))
    set_cookie(request, response, PROVIDER, seal_ticket(parts().key, ticket))
    return response


def _failed(why: str) -> Response:
    log.warning("answer of the provider refused", why=why)
    return make_response(render_template("review/oidc_failed.html"), 400)


def _away(why: str) -> Response:
    log.error("the provider cannot be used", why=why)
    return make_response(render_template("review/oidc_failed.html", is_away=True), 502)


def _not_there() -> Response:
    return make_response(render_template("review/not_there.html"), 404)
