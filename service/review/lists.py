"""The lists: what waits, what is published, what was rejected, what was decided, and one comment with its past."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for

from comments.reasons import Reason
from comments.status import Status
from comments.store.desk import NotThere
from comments.store.records import DecisionRecord
from comments.submission import MAX_ID, SITE_KEY
from service.parts import parts
from service.review.addresses import back_to_here, number
from service.review.guard import session
from service.review.words import REASONS

COMMENT = f"/comments/<int(max={MAX_ID}):comment_id>"
MAX_NOTE_CHARS = 500


def register(blueprint: Blueprint) -> None:
    """Add the lists."""
    blueprint.add_url_rule("/", "queue", _list, defaults={"status": Status.HELD.value})
    blueprint.add_url_rule("/<any(approved, rejected):status>", "list", _list)
    blueprint.add_url_rule("/decided", "decided", _decided)
    blueprint.add_url_rule(COMMENT, "comment", _comment)
    blueprint.context_processor(_for_every_page)


def _list(status: str) -> str:
    shown, site_key = Status(status), request.args.get("site", "")
    site_key = site_key if SITE_KEY.fullmatch(site_key) else ""
    after = number(request.args.get("after"))
    desk, now = parts().store.desk, parts().now()
    # What waits longest comes first; what is done is looked at from its end.
    page = desk.queue(shown, now=now, site_key=site_key, newest_first=shown is not Status.HELD, after=after)
    everywhere = page.total if shown is Status.HELD and not site_key else desk.count(Status.HELD)
    return render_template(
        "review/queue.html",
        page=page,
        status=shown,
        site_key=site_key,
        after=after,
        sites=parts().store.sites.all(),
        held_total=everywhere,
        news=_news(),
        next_page=None if page.next_after is None else _here(site_key, page.next_after),
        first_page=_here(site_key),
    )


def _decided() -> str:
    before = number(request.args.get("before"))
    desk = parts().store.desk
    decided = desk.decided(before=before)
    following = desk.decided(before=decided[-1].decision.id, limit=1) if decided else ()
    return render_template(
        "review/decided.html",
        decided=decided,
        before=before,
        held_total=desk.count(Status.HELD),
        news=_news(),
        next_page=url_for("review.decided", before=decided[-1].decision.id) if following else None,
    )


def _comment(comment_id: int) -> tuple[str, int]:
    desk = parts().store.desk
    try:
        card = desk.card(comment_id, now=parts().now())
    except NotThere:
        return render_template("review/not_there.html"), 404
    trail = desk.history(comment_id)
    return render_template(
        "review/comment.html", card=card, trail=trail, held_total=desk.count(Status.HELD), news=_news()
    ), 200


def _here(site_key: str, after: int | None = None) -> str:
    query = {name: value for name, value in (("site", site_key), ("after", after)) if value}
    return f"{request.path}?{urlencode(query)}" if query else request.path


def _news() -> DecisionRecord | None:
    """Return the decision this moderator has just made, read from the record: an address cannot invent one."""
    decision_id = number(request.args.get("done"))
    if decision_id is None:
        return None
    try:
        decision = parts().store.desk.decision(decision_id)
    except NotThere:
        return None
    return decision if decision.moderator == session().moderator.login else None


def _for_every_page() -> dict[str, object]:
    return {
        "reasons": {reason.value: REASONS[reason] for reason in Reason},
        "max_note_chars": MAX_NOTE_CHARS,
        "moderator_session": session,
        "here": lambda: back_to_here(request),
    }
