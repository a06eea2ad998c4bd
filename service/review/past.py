"""One comment with its whole past, and what moderators decided lately: everything that can be looked up and undone."""

from flask import Blueprint, render_template, request, url_for

from comments.roles import Permission
from comments.store.desk import NotThere
from service.parts import parts
from service.review.addresses import COMMENT, number
from service.review.changes import changes
from service.review.frame import totals
from service.review.guard import needs, scope
from service.review.news import news

PAGE_STEPS = 25


def register(blueprint: Blueprint) -> None:
    """Add both pages."""
    blueprint.add_url_rule("/decided", "decided", _decided)
    blueprint.add_url_rule(COMMENT, "comment", _comment)
    blueprint.add_app_template_global(changes, "desk_changes")


@needs(Permission.SEE)
def _decided() -> str:
    before = number(request.args.get("before"))
    # One more than is shown tells whether another page follows.
    found = parts().store.steps.page(scope=scope(), before=before, limit=PAGE_STEPS + 1)
    steps = found[:PAGE_STEPS]
    return render_template(
        "review/decided.html",
        steps=steps,
        before=before,
        **totals(),
        news=news(),
        next_page=url_for("review.decided", before=steps[-1].latest.decision.id) if len(found) > PAGE_STEPS else None,
    )


@needs(Permission.SEE)
def _comment(comment_id: int) -> tuple[str, int]:
    store = parts().store
    try:
        card = store.desk_reads.card(comment_id, scope=scope(), now=parts().now())
        around = store.desk_reads.conversation(comment_id, scope=scope())
    except NotThere:
        return render_template("review/not_there.html"), 404
    trail = store.desk.history(comment_id, scope=scope())
    earlier = store.earlier.texts(comment_id, scope=scope())
    page = render_template(
        "review/comment.html",
        card=card,
        around=around,
        trail=trail,
        edits=tuple(zip(earlier, [*(text.text for text in earlier[1:]), card.text], strict=True)) if earlier else (),
        notes=store.notes.of(comment_id, scope=scope()),
        **totals(),
        news=news(),
    )
    return page, 200
