"""The overview: how the desk fares, in numbers, drawings and the tables they are made from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from flask import Blueprint, render_template, request

from comments.intervals import wilson
from comments.roles import Permission
from comments.store.overview_records import Overview, Pace, Period, Taught
from comments.store.records import Site
from service.language import gettext
from service.parts import parts
from service.review import drawing
from service.review.guard import needs, scope

# A curve is as clear with so many points as with more.
MOST_POINTS = 60
_MINUTES_OF_HOUR = 60


def register(blueprint: Blueprint) -> None:
    """Add the page."""
    blueprint.add_url_rule("/overview", "overview", _overview)
    blueprint.add_app_template_filter(duration, "overview_duration")
    blueprint.add_app_template_filter(percent, "overview_percent")


@dataclass(frozen=True, slots=True)
class Curve:
    """What one head of one site's model learned, drawn."""

    site: str
    head: str
    points: tuple[Taught, ...]
    loss: str
    shipped_loss: str
    most: float


@needs(Permission.SEE)
def _overview() -> str:
    sites = [site for site in parts().store.sites.all() if scope().covers(site.id)]
    period, site = _period(), next((site for site in sites if site.key == request.args.get("site")), None)
    found = parts().store.overviews.look(
        scope=scope(), site_id=None if site is None else site.id, period=period, now=parts().now()
    )
    return render_template(
        "review/overview.html",
        found=found,
        sites=sites,
        site=site,
        period=period,
        periods=_period_names(),
        bars=drawing.stacked_bars([_per_hour(pace, period) for pace in found.paces]),
        busiest=_busiest(found, period),
        step_hours=period.step // timedelta(hours=1),
        curves=list(_curves(found.taught, sites)),
        box=(drawing.WIDTH, drawing.HEIGHT),
        share_width=drawing.share_width,
        overturned_between=_overturned_between,
    )


def _period() -> Period:
    asked = request.args.get("period", "")
    return Period(asked) if asked in set(Period) else Period.WEEK


def _period_names() -> dict[Period, str]:
    return {
        Period.DAY: gettext("last 24 hours"),
        Period.WEEK: gettext("last 7 days"),
        Period.MONTH: gettext("last 30 days"),
    }


def _per_hour(pace: Pace, period: Period) -> tuple[float, float]:
    hours = period.step / timedelta(hours=1)
    return pace.people / hours, pace.machine / hours


def _busiest(found: Overview, period: Period) -> float:
    return max((sum(_per_hour(pace, period)) for pace in found.paces), default=0.0)


def _overturned_between(overturned: int, decided: int) -> tuple[float, float]:
    return wilson(overturned / decided, decided)


def _curves(taught: tuple[Taught, ...], sites: list[Site]) -> Iterator[Curve]:
    names = {site.id: site.name for site in sites}
    measured = [one for one in taught if one.loss is not None and one.shipped_loss is not None]
    for (site_id, head), lessons in groupby(
        sorted(measured, key=lambda one: (one.site_id, one.head)), key=lambda one: (one.site_id, one.head)
    ):
        points = _thinned(tuple(lessons))
        most = max(max(one.loss or 0, one.shipped_loss or 0) for one in points) or 1.0
        yield Curve(
            site=names.get(site_id, ""),
            head=head,
            points=points,
            loss=drawing.line([one.loss or 0 for one in points], most),
            shipped_loss=drawing.line([one.shipped_loss or 0 for one in points], most),
            most=most,
        )


def _thinned(points: tuple[Taught, ...]) -> tuple[Taught, ...]:
    """Return at most so many points, evenly, and always the last."""
    step = -(-len(points) // MOST_POINTS)
    return points[::-1][::step][::-1]


def duration(passed: timedelta) -> str:
    """Return a length of time in one or two units: "< 1 min", "12 min", "3 h 20 min", "2 d 4 h"."""
    minutes = passed // timedelta(minutes=1)
    if minutes < 1:
        return gettext("< 1 min")
    hours, minutes = divmod(minutes, _MINUTES_OF_HOUR)
    if not hours:
        return gettext("%(count)d min") % {"count": minutes}
    days, left = divmod(hours, 24)
    if not days:
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return gettext("%(days)d d %(hours)d h") % {"days": days, "hours": left}


def percent(share: float) -> str:
    """Return a share as people read it: "0.4 %", "12 %"; the space before the sign does not break."""
    return f"{100 * share:.1f}\u00a0%" if 0 < share < 0.1 else f"{100 * share:.0f}\u00a0%"
