"""The numbers of the overview, as the page gets them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from comments.intervals import Estimate
from comments.store.floods import Flooding


class Period(StrEnum):
    """How far back is looked; each is drawn in a few dozen steps."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def step(self) -> timedelta:
        """How much time one bar of a drawing stands for."""
        return {Period.DAY: timedelta(hours=1), Period.WEEK: timedelta(hours=6), Period.MONTH: timedelta(days=1)}[self]

    @property
    def steps(self) -> int:
        """How many bars a drawing has."""
        return {Period.DAY: 24, Period.WEEK: 28, Period.MONTH: 30}[self]


@dataclass(frozen=True, slots=True)
class Pace:
    """How many decisions were made from a time on, for one step of the period."""

    begins_at: datetime
    people: int
    machine: int


@dataclass(frozen=True, slots=True)
class Waits:
    """How long comments waited from being held to a moderator's decision."""

    number: int
    median: timedelta
    ninth_tenth: timedelta  # nine of ten waited no longer


@dataclass(frozen=True, slots=True)
class CheckFate:
    """What became of the comments for which a check had asked. `overturned` were approved after all."""

    check: str
    held: int
    decided: int
    overturned: int


@dataclass(frozen=True, slots=True)
class Taught:
    """One version of what a site taught: its loss beside that of the shipped model, lower is better.

    A loss is None while too few comments have been decided to measure it.
    """

    site_id: int
    head: str
    at: datetime
    comments: int
    loss: float | None
    shipped_loss: float | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page shows, from one moment."""

    held: int
    oldest_held_at: datetime | None
    paces: tuple[Pace, ...]
    waits: Waits | None
    holds: int  # that were looked at for `checks`
    checks: tuple[CheckFate, ...]
    audit: Estimate | None
    taught: tuple[Taught, ...]
    turned_away: Flooding
