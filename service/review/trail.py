"""The audit trail for auditors: every decision and event, filtered, with its place in the chain, and as a file."""

import re

from flask import Blueprint, Response, abort, render_template, request, url_for

from comments.audit_export import Format, write
from comments.proof import LONGEST_WAIT
from comments.roles import Permission, Scope
from comments.store.trail import Cursor, TrailPage
from comments.submission import MAX_ID
from comments.trail_query import TrailQuery, read_trail_query
from service.parts import parts
from service.review import trail_words
from service.review.guard import needs, scope, session

EXPORTED = "trail exported"
_CURSOR = re.compile(r"(\d{0,19})-(\d{0,19})", re.ASCII)
_MEDIA_TYPES = {Format.CSV: "text/csv; charset=utf-8", Format.JSON_LINES: "application/jsonl; charset=utf-8"}


def register(blueprint: Blueprint) -> None:
    """Add the trail and its files."""
    blueprint.add_url_rule("/trail", "trail", _trail)
    blueprint.add_url_rule("/trail/export", "trail_export", _export, methods=["POST"])
    for word in (trail_words.what, trail_words.who, trail_words.details):
        blueprint.add_app_template_filter(word, f"trail_{word.__name__}")


@needs(Permission.AUDIT)
def _trail() -> str:
    query, inside = read_trail_query(request.args), scope(Permission.AUDIT)
    after = _read_cursor(request.args.get("after", ""))
    page = parts().store.trail.page(query, scope=inside, after=after or Cursor())
    return render_template(
        "review/trail.html",
        page=page,
        asked=query,
        is_first=after is None,
        first_page=url_for("review.trail", **query.fields()),  # type: ignore[arg-type]  # all of them are strings
        next_page=_next_page(query, page),
        sites=[site for site in parts().store.sites.all() if inside.covers(site.id)],
        moderators=parts().store.trail.moderators(inside),
        kinds=trail_words.kind_names(),
        actors=trail_words.who_names(),
        sealed_up_to=parts().store.chain.head().position,
        unsealed_is_late_at=parts().now() - LONGEST_WAIT,
    )


@needs(Permission.AUDIT)
def _export() -> Response:
    """Send the trail that was asked for as a file; that somebody took it is an event of the trail itself."""
    query, inside = read_trail_query(request.form), scope(Permission.AUDIT)
    wanted = request.form.get("format", "")
    if wanted not in set(Format):
        abort(400)
    form = Format(wanted)
    _record_export(query, inside, form)
    lines = parts().store.trail.stream(query, scope=inside)
    answer = Response(write(lines, form), content_type=_MEDIA_TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="replydesk-trail-{parts().now():%Y-%m-%d}.{form}"'
    return answer


def _record_export(query: TrailQuery, inside: Scope, form: Format) -> None:
    site = parts().store.sites.find(query.site_key) if query.site_key else None
    site_id = site.id if site is not None and inside.covers(site.id) else None
    detail = {"format": form.value, "asked_for": query.fields()}
    parts().store.events.add(site_id, session().moderator.id, EXPORTED, detail, parts().now())


def _next_page(query: TrailQuery, page: TrailPage) -> str | None:
    if page.next_cursor is None:
        return None
    cursor = "-".join("" if each is None else str(each) for each in page.next_cursor)
    return url_for("review.trail", **query.fields(), after=cursor)  # type: ignore[arg-type]  # all of them are strings


def _read_cursor(raw: str) -> Cursor | None:
    found = _CURSOR.fullmatch(raw)
    if found is None:
        return None
    ids = [int(each) if each else None for each in found.groups()]
    return None if any(each is not None and each > MAX_ID for each in ids) else Cursor(*ids)
