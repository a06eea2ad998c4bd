"""Times in words, in UTC where they are exact: the page does not know where its reader is."""

from datetime import datetime

from flask import Flask

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_DAYS_IN_WORDS = 7


def register(app: Flask) -> None:
    """Give the templates `ago`, `exact` and `machine`."""
    app.jinja_env.filters.update(ago=ago, exact=exact, machine=machine)


def ago(then: datetime, now: datetime) -> str:
    """Return "2 hours ago", or the day when it is more than a week past."""
    seconds = int((now - then).total_seconds())
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return _count(seconds // _MINUTE, "minute")
    if seconds < _DAY:
        return _count(seconds // _HOUR, "hour")
    if seconds < _DAYS_IN_WORDS * _DAY:
        return _count(seconds // _DAY, "day")
    return f"{then.day} {then:%B %Y}"


def exact(then: datetime) -> str:
    """Return "18 January 2024, 14:02 UTC"."""
    return f"{then.day} {then:%B %Y, %H:%M} UTC"


def machine(then: datetime) -> str:
    """Return the time as HTML's `datetime` takes it."""
    return f"{then:%Y-%m-%dT%H:%MZ}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'} ago"
