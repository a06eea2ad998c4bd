"""Devices: which browser a comment came from, where its reader asked for that, and how its comments fared.

What a device earned is counted from its comments as they stand now, so an undone rejection is none. Two things end
it: a rejected comment, as long as it stands, and 180 days without use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, insert, select, update

from comments import schema
from comments.device import DEVICE_LASTS
from comments.status import Status
from comments.store.database import Database
from comments.store.records import DevicePast

_devices, _identities, _comments = schema.devices, schema.identities, schema.comments

# As far back as an author's history goes.
HISTORY_DEPTH = 200
FORGOTTEN_AT_ONCE = 200
_DIGIT = 1000
_KNOWN = select(_devices.c.id, _devices.c.last_used_on, _devices.c.token_hash).where(
    _devices.c.site_id == bindparam("site_id"),
    _devices.c.token_hash.in_(bindparam("token_hashes", expanding=True)),
    _devices.c.last_used_on >= bindparam("since"),
    _devices.c.revoked_at.is_(None),
)
_USE = (
    update(_devices)
    .where(_devices.c.id == bindparam("device_id"))
    .values(last_used_on=bindparam("used_on"), token_hash=bindparam("current_hash"))
)
_REVOKE = (
    update(_devices)
    .where(
        _devices.c.revoked_at.is_(None),
        _devices.c.id.in_(
            select(_identities.c.device_id).where(_identities.c.comment_id.in_(bindparam("ids", expanding=True)))
        ),
    )
    .values(revoked_at=bindparam("now"))
)
_earlier, _past = _identities.alias("earlier"), _comments.alias("past")
_LAST = (
    select(_past.c.status)
    .join(_earlier, _earlier.c.comment_id == _past.c.id)
    .where(_earlier.c.device_id == _identities.c.device_id, _earlier.c.comment_id < _identities.c.comment_id)
    .order_by(_earlier.c.comment_id.desc())
    .limit(HISTORY_DEPTH)
    .correlate(_identities)
    .subquery("last")
)
# Two counts in one number, because a subquery gives one: none of them reaches a thousand. It belongs to `identities`.
DEVICE_FARED = (
    select(
        func.sum(
            case(
                (_LAST.c.status == Status.APPROVED.value, 1), (_LAST.c.status == Status.REJECTED.value, _DIGIT), else_=0
            )
        )
    )
    .correlate(_identities)
    .scalar_subquery()
)
_PASTS = (
    select(_identities.c.comment_id, _identities.c.device_id, _devices.c.revoked_at, DEVICE_FARED.label("device_fared"))
    .join(_devices, _devices.c.id == _identities.c.device_id)
    .where(_identities.c.comment_id.in_(bindparam("ids", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class DeviceArrival:
    """What a submission says of its device: the hashes of the token it shows, under the current root key first, and
    the hash of the one it gets if it is to get one.

    A shown token that is not known is never taken over: somebody else may have planted it.
    """

    shown: tuple[bytes, ...] = ()
    new: bytes | None = None


class Devices:
    """The browsers that readers asked to be remembered on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_known(self, site_key: str, token_hashes: tuple[bytes, ...], now: datetime) -> bool:
        """Say whether a site knows this device now."""
        site_id = select(schema.sites.c.id).where(schema.sites.c.key == site_key).scalar_subquery()
        known = select(_devices.c.id).where(
            _devices.c.site_id == site_id,
            _devices.c.token_hash.in_(token_hashes),
            _devices.c.last_used_on >= _day(now - DEVICE_LASTS),
            _devices.c.revoked_at.is_(None),
        )
        with self._database.read() as connection:
            return connection.execute(known).first() is not None

    def forget_unused(self, now: datetime) -> int:
        """Forget the devices that count for nothing any more. Returns how many; do it regularly."""
        unused = (
            select(_devices.c.id).where(_devices.c.last_used_on < _day(now - DEVICE_LASTS)).limit(FORGOTTEN_AT_ONCE)
        )
        forgotten = 0
        while True:
            with self._database.read() as connection:
                ids = connection.execute(unused).scalars().all()
            if not ids:
                return forgotten
            with self._database.write() as connection:
                # Again, as whoever writes the next comment may have come with one of them meanwhile.
                still = _devices.c.id.in_(ids) & (_devices.c.last_used_on < _day(now - DEVICE_LASTS))
                gone = connection.execute(delete(_devices).where(still).returning(_devices.c.id)).scalars().all()
                mine = _identities.c.device_id.in_(gone)
                connection.execute(update(_identities).where(mine).values(device_id=None))
            forgotten += len(gone)

    def forget(self, token_hashes: tuple[bytes, ...]) -> bool:
        """Forget a device: its comments stay and belong to none any more. Returns False when it was not there."""
        with self._database.read() as connection:
            found = connection.execute(select(_devices.c.id).where(_devices.c.token_hash.in_(token_hashes))).scalar()
        if found is None:
            return False
        with self._database.write() as connection:
            connection.execute(update(_identities).where(_identities.c.device_id == found).values(device_id=None))
            connection.execute(delete(_devices).where(_devices.c.id == found))
            return True


def use_device(connection: Connection, site_id: int, device: DeviceArrival, now: datetime) -> tuple[int | None, bool]:
    """Return the device a new comment comes from, None for none, and whether it was made just now."""
    today = _day(now)
    if device.shown:
        values = {"site_id": site_id, "token_hashes": device.shown, "since": _day(now - DEVICE_LASTS)}
        known = connection.execute(_KNOWN, values).one_or_none()
        if known is not None:
            current = device.shown[0]
            if known.last_used_on != today or known.token_hash != current:
                connection.execute(_USE, {"device_id": known.id, "used_on": today, "current_hash": current})
            return known.id, False
    if device.new is None:
        return None, False
    made = {"site_id": site_id, "token_hash": device.new, "created_at": now, "last_used_on": today}
    return connection.execute(insert(_devices).returning(_devices.c.id), made).scalar_one(), True


def revoke_devices(connection: Connection, comment_ids: Sequence[int], now: datetime) -> None:
    """End the trust in the devices these comments came from, before the comments let go of them."""
    if comment_ids:
        connection.execute(_REVOKE, {"ids": list(comment_ids), "now": now})


def device_pasts(connection: Connection, comment_ids: Sequence[int]) -> dict[int, DevicePast]:
    """Return how the devices of these comments fared before each; a comment without a device is left out."""
    rows = connection.execute(_PASTS, {"ids": list(comment_ids)}).all()
    pasts = {row.comment_id: device_past_of(row) for row in rows}
    return {comment_id: past for comment_id, past in pasts.items() if past is not None}


def device_past_of(row: Any) -> DevicePast | None:
    """Turn `device_id`, `device_fared` and `revoked_at` into a past; None where there is no device."""
    if row.device_id is None:
        return None
    rejected, approved = divmod(int(row.device_fared or 0), _DIGIT)
    return DevicePast(approved, rejected, is_revoked=row.revoked_at is not None)


def _day(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
