"""What a moderator asks a list for, parsed from an address and written back to one, so that it can be shared."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from comments.submission import MAX_ID, SITE_KEY

MAX_WORDS_CHARS = 200
MAX_VALUE_CHARS = 80
MAX_AGE_MINUTES = 60 * 24 * 366 * 10
_CODE = re.compile(rf"[\w.-]{{1,{MAX_VALUE_CHARS}}}", re.ASCII)


class Queue(StrEnum):
    """The lists of the desk. Spam and abuse are parts of what needs review."""

    REVIEW = "review"
    SPAM = "spam"
    ABUSE = "abuse"
    APPEALS = "appeals"
    AUDIT = "audit"
    APPROVED = "approved"
    REJECTED = "rejected"


class Order(StrEnum):
    """What comes first: what came first or last, what the checks are surest of, or what belongs to one story."""

    OLDEST = "oldest"
    NEWEST = "newest"
    RISK = "risk"
    STORY = "story"


HELD_QUEUES = frozenset({Queue.REVIEW, Queue.SPAM, Queue.ABUSE})
# These grow without end, so they have only the orders that cost the same at any size.
_ENDLESS_QUEUES = frozenset({Queue.APPROVED, Queue.REJECTED, Queue.AUDIT})

_Choice = TypeVar("_Choice", bound=StrEnum)


def orders_of(queue: Queue) -> tuple[Order, ...]:
    """Return the orders a list may have, its own first: what waits from the oldest on, what is done from its end."""
    by_time = (
        (Order.NEWEST, Order.OLDEST) if queue in {Queue.APPROVED, Queue.REJECTED} else (Order.OLDEST, Order.NEWEST)
    )
    return by_time if queue in _ENDLESS_QUEUES else (*by_time, Order.RISK, Order.STORY)


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """One list with its filters; an empty value filters nothing.

    `reason` is a category that the checks found (comments.signal.Category); in the list of the rejected it is the
    reason a moderator gave (comments.reasons.Reason). Scores are 0-1, ages count from when the comment came.
    """

    queue: Queue = Queue.REVIEW
    site_key: str = ""
    thread_id: int | None = None
    section: str = ""
    check: str = ""
    reason: str = ""
    language: str = ""
    min_score: float | None = None
    min_age_minutes: int | None = None
    max_age_minutes: int | None = None
    words: str = ""
    order: Order = Order.OLDEST

    @property
    def is_filtered(self) -> bool:
        """Say whether anything but the site narrows the list."""
        return any(getattr(self, name) not in ("", None) for name in _FILTERS)

    def arguments(self, *, with_queue: bool = True) -> dict[str, str]:
        """Return the arguments of its address in one fixed order; what filters nothing is left out."""
        found = {"queue": self.queue.value} if with_queue else {}
        for name, argument in _ARGUMENTS.items():
            value = getattr(self, name)
            if value not in ("", None):
                found[argument] = str(value)
        if self.order is not orders_of(self.queue)[0]:
            found["order"] = self.order.value
        return found

    def query_string(self, *, with_queue: bool = True) -> str:
        """Return the same, encoded."""
        return urlencode(self.arguments(with_queue=with_queue))


_ARGUMENTS = {
    "site_key": "site",
    "thread_id": "story",
    "section": "section",
    "check": "check",
    "reason": "reason",
    "language": "language",
    "min_score": "min_score",
    "min_age_minutes": "min_age",
    "max_age_minutes": "max_age",
    "words": "q",
}
_FILTERS = tuple(name for name in _ARGUMENTS if name != "site_key")


def parse_query(arguments: Mapping[str, str], queue: Queue | None = None) -> QueueQuery:
    """Read the arguments of an address. What makes no sense filters nothing; `queue` may also stand in the path."""
    queue = queue or _choice(arguments.get("queue"), tuple(Queue))
    site_key = arguments.get("site", "")
    return QueueQuery(
        queue=queue,
        site_key=site_key if SITE_KEY.fullmatch(site_key) else "",
        thread_id=_number(arguments.get("story"), 1, MAX_ID),
        section=_short(arguments.get("section")),
        check=_code(arguments.get("check")),
        reason=_code(arguments.get("reason")),
        language=_code(arguments.get("language")),
        min_score=_score(arguments.get("min_score")),
        min_age_minutes=_number(arguments.get("min_age"), 0, MAX_AGE_MINUTES),
        max_age_minutes=_number(arguments.get("max_age"), 0, MAX_AGE_MINUTES),
        words=" ".join(arguments.get("q", "").replace("\0", " ").split())[:MAX_WORDS_CHARS].strip(),
        order=_choice(arguments.get("order"), orders_of(queue)),
    )


def _choice(value: str | None, allowed: tuple[_Choice, ...]) -> _Choice:
    return next((choice for choice in allowed if choice == value), allowed[0])


def _short(value: str | None) -> str:
    value = (value or "").strip()
    return value if len(value) <= MAX_VALUE_CHARS and value.isprintable() else ""


def _code(value: str | None) -> str:
    """Return a name of ours, one of what checks are called for instance; the page shows it again, so nothing else."""
    value = (value or "").strip()
    return value if _CODE.fullmatch(value) else ""


def _number(value: str | None, least: int, most: int) -> int | None:
    if not value or len(value) > len(str(MAX_ID)) or not (value.isascii() and value.isdigit()):
        return None
    return int(value) if least <= int(value) <= most else None


def _score(value: str | None) -> float | None:
    try:
        score = float(value or "nan")
    except ValueError:
        return None
    return score if math.isfinite(score) and 0 < score <= 1 else None
