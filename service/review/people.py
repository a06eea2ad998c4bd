"""People: an admin gives, changes and takes roles on the admin's own sites, and invites."""

from datetime import timedelta

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from comments.roles import Permission, Role
from comments.store.invitations import NoSuchInvitation
from comments.store.people import LastAdmin, NoSuchPerson, OwnAccount, covers
from comments.store.records import Site
from comments.submission import MAX_ID
from service.language import gettext
from service.links import public_base
from service.parts import parts
from service.review.guard import needs, scope, session
from service.review.role_words import role_names, role_words

INVITATION_LASTS = timedelta(days=7)
EVERYWHERE = ""
_PERSON = f"/people/<int(max={MAX_ID}):moderator_id>"


def register(blueprint: Blueprint) -> None:
    """Add the people page and what can be done there."""
    blueprint.add_url_rule("/people", "people", _people)
    blueprint.add_url_rule(f"{_PERSON}/role", "set_role", _set_role, methods=["POST"])
    blueprint.add_url_rule(f"{_PERSON}/disable", "disable", _disable, methods=["POST"], defaults={"disabled": True})
    blueprint.add_url_rule(f"{_PERSON}/enable", "enable", _disable, methods=["POST"], defaults={"disabled": False})
    blueprint.add_url_rule("/people/invitations", "invite", _invite, methods=["POST"])
    invitation = f"/people/invitations/<int(max={MAX_ID}):invitation_id>/revoke"
    blueprint.add_url_rule(invitation, "revoke", _revoke, methods=["POST"])
    blueprint.add_url_rule("/people/second-factor", "require_factor", _require_factor, methods=["POST"])


@needs(Permission.ACCOUNTS)
def _people() -> Response:
    return _page()


@needs(Permission.ACCOUNTS)
def _set_role(moderator_id: int) -> AnyResponse:
    site_id, typed = _site_id(), request.form.get("role", "")
    role = Role(typed) if typed in set(Role) else None
    if role is None and typed:
        abort(404)
    store, by = parts().store.people, session().moderator.id
    try:
        store.set_role(moderator_id, site_id, role, made_by_id=by, now=parts().now())
    except (NoSuchPerson, OwnAccount, LastAdmin) as refusal:
        return _refused(refusal)
    return _back("role")


@needs(Permission.ACCOUNTS)
def _disable(moderator_id: int, *, disabled: bool) -> AnyResponse:
    store, by = parts().store.people, session().moderator.id
    try:
        store.set_disabled(moderator_id, disabled=disabled, made_by_id=by, now=parts().now())
    except (NoSuchPerson, OwnAccount, LastAdmin) as refusal:
        return _refused(refusal)
    return _back("disabled" if disabled else "enabled")


@needs(Permission.ACCOUNTS)
def _invite() -> AnyResponse:
    """Make an invitation and show its link, this once: only its hash is kept."""
    site_id, typed = _site_id(), request.form.get("role", "")
    if typed not in set(Role):
        abort(404)
    by = session().moderator.id
    try:
        token = parts().store.invitations.add(
            site_id, Role(typed), invited_by_id=by, lasts=INVITATION_LASTS, now=parts().now()
        )
    except NoSuchPerson as refusal:
        return _refused(refusal)
    link = public_base() + url_for("review.invitation", token=token)
    role = role_names()[Role(typed)]
    page = render_template("review/people_invited.html", link=link, role=role, site=_name(site_id))
    return make_response(page, 201)


@needs(Permission.ACCOUNTS)
def _revoke(invitation_id: int) -> AnyResponse:
    try:
        parts().store.invitations.revoke(invitation_id, made_by_id=session().moderator.id, now=parts().now())
    except NoSuchInvitation:
        return _page(404, problem=gettext("There is no such invitation; it may have been followed already."))
    return _back("revoked")


@needs(Permission.ACCOUNTS)
def _require_factor() -> AnyResponse:
    """Make everybody with a role on a site set up a second factor before anything else, or no longer."""
    site_id = _site_id()
    if site_id is None or not covers(scope(Permission.ACCOUNTS), site_id):
        abort(404)
    parts().store.second_factors.require(
        site_id, required=request.form.get("required") == "yes", made_by_id=session().moderator.id, now=parts().now()
    )
    return _back("factor")


def _page(status: int = 200, problem: str | None = None) -> Response:
    within, store = scope(Permission.ACCOUNTS), parts().store
    page = render_template(
        "review/people.html",
        people=store.people.within(within),
        invitations=store.invitations.waiting(within, now=parts().now()),
        sites=_sites(),
        may_everywhere=covers(within, None),
        required_by=store.second_factors.required_by(),
        roles=role_words(),
        names=role_names(),
        me=session().moderator,
        problem=problem,
        news=_news(),
    )
    return make_response(page, status)


def _refused(refusal: NoSuchPerson | OwnAccount | LastAdmin) -> Response:
    if isinstance(refusal, OwnAccount):
        return _page(409, gettext("Nobody changes their own role. Ask another admin."))
    if isinstance(refusal, LastAdmin):
        return _page(409, gettext("They are the last admin there. Make somebody else one first."))
    return _page(404, gettext("There is nobody here whom this could be about."))


def _back(done: str) -> AnyResponse:
    return redirect(url_for("review.people", done=done), 303)


def _sites() -> tuple[Site, ...]:
    within = scope(Permission.ACCOUNTS)
    return tuple(site for site in parts().store.sites.all() if covers(within, site.id))


def _site_id() -> int | None:
    """Return the site of the form that was sent, None for all of them. Answers 404 for one of somebody else's."""
    key = request.form.get("site")
    if key == EVERYWHERE:
        return None
    found = next((site.id for site in _sites() if site.key == key), None)
    if found is None:
        abort(404)
    return found


def _name(site_id: int | None) -> str | None:
    return next((site.name for site in _sites() if site.id == site_id), None)


def _news() -> str | None:
    """Say what was just done."""
    return {
        "role": gettext("The role is changed, from the next click on."),
        "disabled": gettext("They are out: every session of theirs has ended."),
        "enabled": gettext("They may log in again."),
        "revoked": gettext("That invitation does not work any more."),
        "factor": gettext("That is changed, from the next click on."),
    }.get(request.args.get("done", ""))
