"""The lists: what waits, the audit sample, what is published, rejected or decided, and one comment with its past."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for

from comments.reasons import Reason
from comments.roles import Permission
from comments.status import Status
from comments.store.desk import NotThere
from comments.store.records import DecisionRecord, QueuePage
from comments.submission import MAX_ID, SITE_KEY
from service.parts import parts
from service.review.addresses import back_to_here, number
from service.review.finding_words import reason
from service.review.guard import needs, scope, session

COMMENT = f"/comments/<int(max={MAX_ID}):comment_id>"
MAX_NOTE_CHARS = 500


def register(blueprint: Blueprint) -> None:
    """Add the lists."""
    blueprint.add_url_rule("/", "queue", _list, defaults={"status": Status.HELD.value})
    blueprint.add_url_rule("/<any(approved, rejected):status>", "list", _list)
    blueprint.add_url_rule("/audit", "audit", _audit)
    blueprint.add_url_rule("/decided", "decided", _decided)
    blueprint.add_url_rule(COMMENT, "comment", _comment)
    blueprint.context_processor(_for_every_page)


@needs(Permission.SEE)
def _list(status: str) -> str:
    shown, site_key, after = Status(status), _site_key(), number(request.args.get("after"))
    # What waits longest comes first; what is done is looked at from its end.
    page = parts().store.desk.queue(
        shown, scope=scope(), now=parts().now(), site_key=site_key, newest_first=shown is not Status.HELD, after=after
    )
    counts = totals()
    if shown is Status.HELD and not site_key:
        counts["held_total"] = page.total
    return render_template("review/queue.html", status=shown, **_shown(page, site_key, after), **counts)


@needs(Permission.SEE)
def _audit() -> str:
    site_key, after = _site_key(), number(request.args.get("after"))
    page = parts().store.desk.sample(scope=scope(), now=parts().now(), site_key=site_key, after=after)
    counts = totals()
    if not site_key:
        counts["audit_total"] = page.total
    return render_template("review/audit.html", **_shown(page, site_key, after), **counts)


@needs(Permission.SEE)
def _decided() -> str:
    before = number(request.args.get("before"))
    desk = parts().store.desk
    decided = desk.decided(scope=scope(), before=before)
    following = desk.decided(scope=scope(), before=decided[-1].decision.id, limit=1) if decided else ()
    return render_template(
        "review/decided.html",
        decided=decided,
        before=before,
        **totals(),
        news=_news(),
        next_page=url_for("review.decided", before=decided[-1].decision.id) if following else None,
    )


@needs(Permission.SEE)
def _comment(comment_id: int) -> tuple[str, int]:
    desk = parts().store.desk
    try:
        card = desk.card(comment_id, scope=scope(), now=parts().now())
    except NotThere:
        return render_template("review/not_there.html"), 404
    trail = desk.history(comment_id, scope=scope())
    return render_template("review/comment.html", card=card, trail=trail, **totals(), news=_news()), 200


def totals() -> dict[str, int]:
    """Return the numbers beside the names of the lists, for every page of the desk."""
    desk = parts().store.desk
    return {"held_total": desk.count(Status.HELD, scope=scope()), "audit_total": desk.sample_count(scope=scope())}


def _site_key() -> str:
    """Return the site that the list is asked for, empty for all."""
    site_key = request.args.get("site", "")
    return site_key if SITE_KEY.fullmatch(site_key) else ""


def _shown(page: QueuePage, site_key: str, after: int | None) -> dict[str, object]:
    return {
        "page": page,
        "site_key": site_key,
        "after": after,
        "sites": parts().store.sites.all(),
        "news": _news(),
        "next_page": None if page.next_after is None else _here(site_key, page.next_after),
        "first_page": _here(site_key),
    }


def _here(site_key: str, after: int | None = None) -> str:
    query = {name: value for name, value in (("site", site_key), ("after", after)) if value}
    return f"{request.path}?{urlencode(query)}" if query else request.path


def _news() -> DecisionRecord | None:
    """Return the decision this moderator has just made, read from the record: an address cannot invent one."""
    decision_id = number(request.args.get("done"))
    if decision_id is None:
        return None
    try:
        decision = parts().store.desk.decision(decision_id, scope=scope())
    except NotThere:
        return None
    return decision if decision.moderator == session().moderator.login else None


def _for_every_page() -> dict[str, object]:
    return {
        "reasons": {one.value: reason(one) for one in Reason},
        "max_note_chars": MAX_NOTE_CHARS,
        "moderator_session": session,
        "here": lambda: back_to_here(request),
    }
