"""One story at the desk: close and open it, have two moderators approve, hold what comes, say what it is about."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from comments.masking import mask_addresses
from comments.policy import BurstMode
from comments.roles import Permission
from comments.status import Status
from comments.store.audit import NotThere
from comments.store.thread_settings import Story
from comments.submission import MAX_ID, MAX_LEAD_CHARS, MAX_SECTION_CHARS
from comments.thread_state import KEPT_OPEN_AT, UNWATCHED_AT
from comments.typed_text import has_forbidden_character
from service.language import gettext
from service.parts import parts
from service.review.guard import needs, scope, session

# Long enough to come back to it, short enough that nobody forgets it.
BURST_BY_HAND = timedelta(hours=1)
MOST_OVERRUN = 5
_STORY = f"/threads/<int(max={MAX_ID}):thread_id>"


def register(blueprint: Blueprint) -> None:
    """Add the story's page."""
    blueprint.add_url_rule(_STORY, "thread", _show)
    blueprint.add_url_rule(_STORY, "change_thread", _change, methods=["POST"])
    blueprint.context_processor(lambda: {"overrun": _overrun})


def _overrun() -> list[tuple[Story, bool]]:
    """Return the stories whose comments all wait just now, each with whether the moderator may set it."""
    inside = scope(Permission.TUNE)
    found = parts().store.thread_settings.held_now(scope(), parts().now(), limit=MOST_OVERRUN)
    return [(story, inside.covers(story.site_id)) for story in found]


@needs(Permission.TUNE)
def _show(thread_id: int) -> Response:
    try:
        return _page(parts().store.thread_settings.find(thread_id, scope(Permission.TUNE)))
    except NotThere:
        return make_response(render_template("review/not_there.html"), 404)


@needs(Permission.TUNE)
def _change(thread_id: int) -> AnyResponse:
    inside, store, now = scope(Permission.TUNE), parts().store.thread_settings, parts().now()
    try:
        story = store.find(thread_id, inside)
        change = _wanted(story, now)
        if change is None:
            return _page(story, 400, problem=gettext("Use one of the buttons of this page."))
        store.set(thread_id, change, moderator_id=session().moderator.id, scope=inside, now=now)
    except NotThere:
        return make_response(render_template("review/not_there.html"), 404)
    return redirect(url_for("review.thread", thread_id=thread_id, saved=1), 303)


def _wanted(story: Story, now: datetime) -> dict[str, Any] | None:
    """Return what the button that was pressed sets, None when there is no such button."""
    name = request.form.get("wish", "")
    if name == "describe":
        return {
            "section": _text(request.form.get("section", ""), MAX_SECTION_CHARS),
            "lead": _text(request.form.get("lead", ""), MAX_LEAD_CHARS),
        }
    is_closed, is_burst = story.is_closed(now), story.is_burst(now)
    # Where it would close by itself at once, opening it by hand keeps it open until somebody closes it.
    opened_at = KEPT_OPEN_AT if story.close_after_days is not None else None
    wishes: dict[str, dict[str, Any]] = {
        "close": {} if is_closed else {"closed_at": now},
        "open": {"closed_at": opened_at} if is_closed else {},
        "sensitive": {"is_sensitive": True},
        "ordinary": {"is_sensitive": False},
        "hold": {"burst_until": now + BURST_BY_HAND},
        "end": {"burst_until": now} if is_burst else {},
        "leave": {"burst_until": UNWATCHED_AT},
        "watch": {} if story.is_watched else {"burst_until": None},
    }
    return wishes.get(name)


def _text(typed: str, max_chars: int) -> str:
    said = " ".join(typed.split())[:max_chars].rstrip()
    return "" if has_forbidden_character(said) else mask_addresses(said)


def _page(story: Story, status: int = 200, problem: str = "") -> Response:
    site = parts().store.sites.find(story.site_key)
    counts = parts().store.thread_settings.counts(story.id)
    return make_response(
        render_template(
            "review/thread.html",
            story=story,
            now=parts().now(),
            kept_open=story.closed_at == KEPT_OPEN_AT,
            is_auto=site is not None and site.burst_mode is BurstMode.AUTO,
            counts=[(each, counts[each]) for each in Status if counts.get(each)],
            max_section_chars=MAX_SECTION_CHARS,
            max_lead_chars=MAX_LEAD_CHARS,
            is_saved="saved" in request.args,
            problem=problem,
        ),
        status,
    )
