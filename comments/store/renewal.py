"""After a rotation of the root key: what is kept of an author moves to the current key when they write again.

Nobody can turn an old hash into a new one; only the address can, and it is here for one request. The statements are as
many and the same whoever writes, so that nothing tells whether an address is known. A row's `kid` names the key of its
strict hash; its loose one is of that key or a later one.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, bindparam, select, update

from comments import schema
from comments.identity import Identity
from comments.store.bans import copy_bans

_identities = schema.identities


def _written_under(column: Column[bytes]) -> ColumnElement[bool]:
    """Locked in the order of their numbers, so that two arrivals of one author do not block each other for ever."""
    rows = (
        select(_identities.c.comment_id)
        .where(_identities.c.site_id == bindparam("of_site"), column.in_(bindparam("old", expanding=True)))
        .order_by(_identities.c.comment_id)
        .with_for_update()
    )
    return _identities.c.comment_id.in_(rows)


# Under names of their own: SQLAlchemy keeps those of the columns for itself.
_RENEW_LOOSE = update(_identities).where(_written_under(_identities.c.loose_key)).values(loose_key=bindparam("new"))
_RENEW_STRICT = (
    update(_identities)
    .where(_written_under(_identities.c.strict_key))
    .values(strict_key=bindparam("new"), kid=bindparam("new_kid"))
)


def renew(connection: Connection, site_id: int, current: Identity, others: Sequence[Identity], now: datetime) -> None:
    """Bring an author's rows under the current key, and have their bans stand under it too.

    Bans are copied and not moved: a process that knows the earlier key alone must still find them. Safe to do twice.
    """
    place = {"of_site": site_id}
    copy_bans(connection, site_id, (current.loose, current.kid), [each.loose for each in others], now)
    connection.execute(_RENEW_LOOSE, {**place, "new": current.loose, "old": [each.loose for each in others]})
    strict = {"new": current.strict, "old": [each.strict for each in others]}
    connection.execute(_RENEW_STRICT, {**place, **strict, "new_kid": current.kid})
