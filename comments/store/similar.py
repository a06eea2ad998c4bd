"""What came before a comment: earlier ones with nearly the same words, and how its author fared."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, Select, and_, bindparam, case, func, or_, select

from comments import schema
from comments.status import Status
from comments.store.bans import is_banned
from comments.store.records import Claimed, History, Similar

_comments, _identities, _fingerprints = schema.comments, schema.identities, schema.fingerprints

HISTORY_DEPTH = 200
EXACT_BAND = 0
# Of the four near bands: two shared ones mean about nine words in ten are the same (workers/fingerprint.py).
NEAR_BANDS_SHARED = 2
MAX_SIMILAR = 50

LOOSE_KEY = select(_identities.c.loose_key).where(_identities.c.comment_id == bindparam("comment_id"))
_EARLIER = (
    select(_comments.c.status, _comments.c.created_at)
    .join(_identities, _identities.c.comment_id == _comments.c.id)
    .where(
        _identities.c.site_id == bindparam("site_id"),
        _identities.c.loose_key == bindparam("loose_key"),
        _identities.c.comment_id < bindparam("before_id"),
    )
    .order_by(_identities.c.comment_id.desc())
    .limit(HISTORY_DEPTH)
)

_new, _earlier, _public = _identities.alias("new"), _identities.alias("earlier"), _comments.alias("public")
# By the strict key: the loose one is for what is held against somebody, never for what speaks for them.
_KNOWN = (
    select(_earlier.c.comment_id)
    .join(_new, and_(_new.c.site_id == _earlier.c.site_id, _new.c.strict_key == _earlier.c.strict_key))
    .join(_public, _public.c.id == _earlier.c.comment_id)
    .join(_comments, _comments.c.id == _new.c.comment_id)
    .where(
        _new.c.comment_id == bindparam("comment_id"),
        _earlier.c.comment_id < _new.c.comment_id,
        _public.c.status == Status.APPROVED.value,
        _public.c.name == _comments.c.name,
    )
    .limit(1)
)


def author_history(
    connection: Connection, site_id: int, loose_key: bytes | None, before_id: int, now: datetime
) -> History:
    """Count the author's last comments before this one by what became of them."""
    if loose_key is None:
        return History(0, 0, 0, 0)
    values = {"site_id": site_id, "loose_key": loose_key, "before_id": before_id}
    rows = connection.execute(_EARLIER, values).all()
    counts = {status: sum(row.status == status for row in rows) for status in Status}
    recent = sum(row.created_at > now - timedelta(minutes=10) for row in rows)
    approved = counts[Status.APPROVED]
    is_known = bool(approved) and connection.execute(_KNOWN, {"comment_id": before_id}).first() is not None
    return History(
        approved,
        counts[Status.HELD],
        counts[Status.REJECTED],
        recent,
        is_known,
        is_banned=is_banned(connection, site_id, loose_key, now),
    )


def similar_to(connection: Connection, claimed: Claimed, bands: Sequence[tuple[int, int]]) -> tuple[Similar, ...]:
    """Return the latest earlier comments with the same exact band, or with enough of the near ones, newest first."""
    loose = connection.execute(LOOSE_KEY, {"comment_id": claimed.id}).scalar_one_or_none()
    values: dict[str, int] = {"site_id": claimed.site.id, "before_id": claimed.id}
    for number, (band, value) in enumerate(bands):
        values |= {f"sought_band_{number}": band, f"sought_value_{number}": value}
    return tuple(
        Similar(
            comment_id=row.comment_id,
            thread_id=row.thread_id,
            status=Status(row.status),
            is_exact=bool(row.exact),
            same_author=loose is not None and row.loose_key == loose,
        )
        for row in connection.execute(_similar(len(bands)), values)
    )


@cache
def _similar(band_count: int) -> Select[Any]:
    """Build the statement for so many bands, once: building it takes longer than running it."""
    is_exact = case((_fingerprints.c.band == EXACT_BAND, 1), else_=0)
    pairs = [
        (bindparam(f"sought_band_{n}", type_=Integer), bindparam(f"sought_value_{n}", type_=BigInteger))
        for n in range(band_count)
    ]
    matches = or_(*(and_(_fingerprints.c.band == band, _fingerprints.c.value == value) for band, value in pairs))
    exact = func.max(is_exact)
    shared = (
        select(_fingerprints.c.comment_id, exact.label("exact"))
        .where(
            _fingerprints.c.site_id == bindparam("site_id"),
            matches,
            _fingerprints.c.comment_id < bindparam("before_id"),
        )
        .group_by(_fingerprints.c.comment_id)
        .having(or_(exact == 1, func.count() >= NEAR_BANDS_SHARED))
        .order_by(_fingerprints.c.comment_id.desc())
        .limit(MAX_SIMILAR)
        .subquery()
    )
    return (
        select(shared.c.comment_id, shared.c.exact, _comments.c.thread_id, _comments.c.status, _identities.c.loose_key)
        .join(_comments, _comments.c.id == shared.c.comment_id)
        .outerjoin(_identities, _identities.c.comment_id == shared.c.comment_id)
        .order_by(shared.c.comment_id.desc())
    )
