"""A moderator's scope in SQL: what lies outside it is, for them, not there."""

from sqlalchemy import ColumnElement, true

from comments.roles import Scope


def within(scope: Scope, site_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Say that a row belongs to a site of the scope."""
    return true() if scope.site_ids is None else site_id.in_(sorted(scope.site_ids))
