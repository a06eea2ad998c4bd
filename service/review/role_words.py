"""Roles in plain words, and the sites they are on."""

from collections.abc import Iterable

from comments.roles import Grant, Role
from service.language import gettext
from service.parts import parts


def role_words() -> dict[Role, str]:
    """Return each role with what it may do, in the language of the request."""
    return {
        Role.VIEWER: gettext("Viewer: sees what waits and why"),
        Role.MODERATOR: gettext("Moderator: decides on comments"),
        Role.EDITOR: gettext("Editor: decides, replies as the newsroom, and changes a site's settings"),
        Role.ADMIN: gettext("Admin: everything, people too"),
        Role.AUDITOR: gettext("Auditor: sees everything, changes nothing"),
    }


def role_names() -> dict[Role, str]:
    """Return each role's name, in the language of the request."""
    return {
        Role.VIEWER: gettext("Viewer"),
        Role.MODERATOR: gettext("Moderator"),
        Role.EDITOR: gettext("Editor"),
        Role.ADMIN: gettext("Admin"),
        Role.AUDITOR: gettext("Auditor"),
    }


def where_words(grants: Iterable[Grant]) -> list[str]:
    """Return each role with where it holds."""
    names, sites = role_names(), {site.id: site.name for site in parts().store.sites.all()}
    return [
        gettext("%(role)s on every site") % {"role": names[grant.role]}
        if grant.site_id is None
        else gettext("%(role)s on %(site)s") % {"role": names[grant.role], "site": sites[grant.site_id]}
        for grant in grants
    ]
