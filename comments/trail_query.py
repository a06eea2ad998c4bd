"""What is asked of the audit trail: a filter that is read from and written to a query string."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from comments.submission import MAX_ID, SITE_KEY

MAX_LOGIN_CHARS = 80
# An export keeps what was asked for: no address may get into the trail that way.
_LOGIN = re.compile(rf"[\w.-]{{1,{MAX_LOGIN_CHARS}}}")
_Choice = TypeVar("_Choice", bound=StrEnum)


class Who(StrEnum):
    """Who acted."""

    ANYBODY = ""
    PEOPLE = "people"  # moderators
    MACHINE = "machine"  # the policy and the system
    READERS = "readers"  # authors, about their own comments


class Kind(StrEnum):
    """What was done."""

    ANYTHING = ""
    DECISIONS = "decisions"
    RECEIVED = "received"
    APPROVED = "approved"
    HELD = "held"
    REJECTED = "rejected"
    ERASED = "erased"
    UNDONE = "undone"
    EVENTS = "events"  # what was done to settings and accounts


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """A filter; every empty part means "all". `since` and `until` are whole days (UTC), both included."""

    site_key: str = ""
    moderator: str = ""
    who: Who = Who.ANYBODY
    kind: Kind = Kind.ANYTHING
    since: date | None = None
    until: date | None = None
    comment_id: int | None = None

    @property
    def from_at(self) -> datetime | None:
        """When the first day begins."""
        return None if self.since is None else datetime.combine(self.since, time(), UTC)

    @property
    def before_at(self) -> datetime | None:
        """When the last day is over; None also for a last day after which the calendar has no other."""
        if self.until is None or self.until == date.max:
            return None
        return datetime.combine(self.until + timedelta(days=1), time(), UTC)

    def fields(self) -> dict[str, str]:
        """Return the parts that are not empty, as `read_trail_query` reads them."""
        written = {
            "site": self.site_key,
            "moderator": self.moderator,
            "who": self.who.value,
            "kind": self.kind.value,
            "since": "" if self.since is None else self.since.isoformat(),
            "until": "" if self.until is None else self.until.isoformat(),
            "comment": "" if self.comment_id is None else str(self.comment_id),
        }
        return {name: value for name, value in written.items() if value}


def read_trail_query(given: Mapping[str, str]) -> TrailQuery:
    """Return the filter that was asked for; what cannot be read is as if it had not been given."""
    site_key, moderator = given.get("site", ""), given.get("moderator", "").strip()
    return TrailQuery(
        site_key=site_key if SITE_KEY.fullmatch(site_key) else "",
        moderator=moderator if _LOGIN.fullmatch(moderator) else "",
        who=_one_of(Who, given.get("who", "")),
        kind=_one_of(Kind, given.get("kind", "")),
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
        comment_id=_number(given.get("comment", "")),
    )


def _one_of(kinds: type[_Choice], raw: str) -> _Choice:
    return kinds(raw) if raw in {kind.value for kind in kinds} else kinds("")


def _day(raw: str) -> date | None:
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        return None
    return day if day.year >= 1970 else None


def _number(raw: str) -> int | None:
    if not (raw.isascii() and raw.isdigit()) or len(raw) > len(str(MAX_ID)) or int(raw) > MAX_ID:
        return None
    return int(raw)
