"""Who may do what at the desk, and on which sites."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What a page or a form of the desk needs."""

    OWN = "own"  # one's own account: everybody who is logged in
    SEE = "see"  # queues, cards, authors' histories, the overview
    DECIDE = "decide"  # approve, reject, undo, claim, write notes
    SPEAK = "speak"  # reply in the newsroom's name
    TUNE = "tune"  # a site's settings and lists, closing threads, bursts
    AUDIT = "audit"  # the audit trail, its export and its proof
    ACCOUNTS = "accounts"  # invitations, roles, other people's sessions


class Role(StrEnum):
    """What somebody is on a site."""

    VIEWER = "viewer"
    MODERATOR = "moderator"
    EDITOR = "editor"
    ADMIN = "admin"
    AUDITOR = "auditor"


ALLOWS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.OWN, Permission.SEE}),
    Role.MODERATOR: frozenset({Permission.OWN, Permission.SEE, Permission.DECIDE}),
    Role.EDITOR: frozenset(Permission) - {Permission.ACCOUNTS},
    Role.ADMIN: frozenset(Permission),
    Role.AUDITOR: frozenset({Permission.OWN, Permission.SEE, Permission.AUDIT}),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The sites somebody may act on; None for every site, an empty set for none."""

    site_ids: frozenset[int] | None

    def __bool__(self) -> bool:
        return self.site_ids is None or bool(self.site_ids)

    def covers(self, site_id: int) -> bool:
        """Say whether this site is among them."""
        return self.site_ids is None or site_id in self.site_ids


EVERY_SITE = Scope(None)
NO_SITE = Scope(frozenset())


@dataclass(frozen=True, slots=True)
class Grant:
    """A role on one site, or on every site when `site_id` is None."""

    role: Role
    site_id: int | None = None


def scope_of(grants: Iterable[Grant], permission: Permission) -> Scope:
    """Return the sites on which these grants allow something."""
    allowing = [grant.site_id for grant in grants if permission in ALLOWS[grant.role]]
    if None in allowing:
        return EVERY_SITE
    return Scope(frozenset(site_id for site_id in allowing if site_id is not None))
