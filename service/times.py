"""Times in words, in UTC where they are exact: the page does not know where its reader is."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date
from flask import Flask

from service.language import gettext, language, ngettext

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_DAYS_IN_WORDS = 7
# The names of months are CLDR's. Newspapers in Pidgin write the English ones, and ours puts the day first.
_LOCALES = {"en": "en_GB", "pcm": "en_GB"}


def register(app: Flask) -> None:
    """Give the templates `ago`, `exact` and `machine`."""
    app.jinja_env.filters.update(ago=ago, exact=exact, machine=machine)


def ago(then: datetime, now: datetime) -> str:
    """Return "2 hours ago", or the day when it is more than a week past."""
    seconds = int((now - then).total_seconds())
    if seconds < _MINUTE:
        return gettext("just now")
    if seconds < _HOUR:
        return _counted(seconds // _MINUTE, ngettext("%(num)d minute ago", "%(num)d minutes ago", seconds // _MINUTE))
    if seconds < _DAY:
        return _counted(seconds // _HOUR, ngettext("%(num)d hour ago", "%(num)d hours ago", seconds // _HOUR))
    if seconds < _DAYS_IN_WORDS * _DAY:
        return _counted(seconds // _DAY, ngettext("%(num)d day ago", "%(num)d days ago", seconds // _DAY))
    return day(then)


def exact(then: datetime) -> str:
    """Return "18 January 2024, 14:02 UTC"."""
    return gettext("%(day)s, %(time)s UTC") % {"day": day(then), "time": f"{then:%H:%M}"}


def day(then: datetime) -> str:
    """Return "18 January 2024"."""
    return _name_of(then.date(), _LOCALES.get(language(), language()))


@lru_cache(maxsize=1_000)  # a long thread names few days, and each of them twice for every comment
def _name_of(then: date, locale: str) -> str:
    return str(format_date(then, "long", locale=locale))


def machine(then: datetime) -> str:
    """Return the time as HTML's `datetime` takes it."""
    return f"{then:%Y-%m-%dT%H:%MZ}"


def _counted(number: int, words: str) -> str:
    return words % {"num": number}
