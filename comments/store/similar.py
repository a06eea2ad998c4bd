"""What came before a comment: earlier ones with nearly the same words, and how its author fared."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, Select, and_, bindparam, case, func, or_, select, union_all

from comments import schema
from comments.status import Status
from comments.store.bans import banned_among
from comments.store.database import Database
from comments.store.devices import device_pasts
from comments.store.records import Claimed, History, Similar

_comments, _identities, _fingerprints = schema.comments, schema.identities, schema.fingerprints

HISTORY_DEPTH = 200
EXACT_BAND = 0
# Of the four near bands: two shared ones mean about nine words in ten are the same (workers/fingerprint.py).
NEAR_BANDS_SHARED = 2
MAX_SIMILAR = 50
# Of those that share one band so many are looked at, the latest: a text may have been sent ten thousand times.
MOST_OF_A_BAND = 4 * MAX_SIMILAR

LOOSE_KEY = select(_identities.c.loose_key).where(_identities.c.comment_id == bindparam("comment_id"))
_LOOSE_KEYS = select(_identities.c.comment_id, _identities.c.loose_key).where(
    _identities.c.comment_id.in_(bindparam("ids", expanding=True))
)
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


def author_histories(connection: Connection, claims: Sequence[Claimed], now: datetime) -> dict[int, History]:
    """Count, for each comment, its author's last ones before it by what became of them."""
    ids = [claimed.id for claimed in claims]
    loose = {row.comment_id: row.loose_key for row in connection.execute(_LOOSE_KEYS, {"ids": ids})}
    authors = {claimed.id: (claimed.site.id, loose[claimed.id]) for claimed in claims if claimed.id in loose}
    banned = banned_among(connection, set(authors.values()), now)
    devices = device_pasts(connection, ids)
    return {
        claimed.id: replace(
            # Who has written nothing before has no past to look up: most authors of a busy story.
            _past(connection, *authors[claimed.id], claimed.id, now)
            if claimed.id in authors and claimed.author_number != claimed.id
            else History(0, 0, 0, 0),
            is_banned=authors.get(claimed.id) in banned,
            device=devices.get(claimed.id),
        )
        for claimed in claims
    }


def _past(connection: Connection, site_id: int, loose_key: bytes, before_id: int, now: datetime) -> History:
    values = {"site_id": site_id, "loose_key": loose_key, "before_id": before_id}
    rows = connection.execute(_EARLIER, values).all()
    counts = Counter(Status(row.status) for row in rows)
    recent = sum(row.created_at > now - timedelta(minutes=10) for row in rows)
    approved = counts[Status.APPROVED]
    is_known = bool(approved) and connection.execute(_KNOWN, {"comment_id": before_id}).first() is not None
    return History(approved, counts[Status.HELD], counts[Status.REJECTED], recent, is_known)


def may_be_similar(database: Database, claimed: Claimed, bands: Sequence[tuple[int, int]]) -> bool:
    """Say whether any earlier comment of the site shares a band, which few do."""
    return database.glance(_any_similar(len(bands)), _sought(claimed, bands)) is not None


def similar_to(connection: Connection, claimed: Claimed, bands: Sequence[tuple[int, int]]) -> tuple[Similar, ...]:
    """Return the latest earlier comments with the same exact band, or with enough of the near ones, newest first."""
    loose = connection.execute(LOOSE_KEY, {"comment_id": claimed.id}).scalar_one_or_none()
    values = _sought(claimed, bands)
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
    matching = union_all(*(_with_band(number) for number in range(band_count))).subquery("matching")
    exact = func.max(case((matching.c.band == EXACT_BAND, 1), else_=0))
    shared = (
        select(matching.c.comment_id, exact.label("exact"))
        .group_by(matching.c.comment_id)
        .having(or_(exact == 1, func.count() >= NEAR_BANDS_SHARED))
        .order_by(matching.c.comment_id.desc())
        .limit(MAX_SIMILAR)
        .subquery()
    )
    return (
        select(shared.c.comment_id, shared.c.exact, _comments.c.thread_id, _comments.c.status, _identities.c.loose_key)
        .join(_comments, _comments.c.id == shared.c.comment_id)
        .outerjoin(_identities, _identities.c.comment_id == shared.c.comment_id)
        .order_by(shared.c.comment_id.desc())
    )


@cache
def _any_similar(band_count: int) -> Select[Any]:
    matching = union_all(*(_with_band(number, most=1) for number in range(band_count))).subquery("matching")
    return select(matching.c.comment_id).limit(1)


def _with_band(number: int, *, most: int = MOST_OF_A_BAND) -> Select[Any]:
    """Return the latest with one of the bands. Each by itself: asked for all of them at once, SQLite reads the site."""
    latest = (
        select(_fingerprints.c.comment_id, _fingerprints.c.band)
        .where(
            _fingerprints.c.site_id == bindparam("site_id"),
            _fingerprints.c.band == bindparam(f"sought_band_{number}", type_=Integer),
            _fingerprints.c.value == bindparam(f"sought_value_{number}", type_=BigInteger),
            _fingerprints.c.comment_id < bindparam("before_id"),
        )
        .order_by(_fingerprints.c.comment_id.desc())
        .limit(most)
        .subquery(f"with_band_{number}")
    )
    return select(latest.c.comment_id, latest.c.band)


def _sought(claimed: Claimed, bands: Sequence[tuple[int, int]]) -> dict[str, int]:
    values = {"site_id": claimed.site.id, "before_id": claimed.id}
    for number, (band, value) in enumerate(bands):
        values |= {f"sought_band_{number}": band, f"sought_value_{number}": value}
    return values
