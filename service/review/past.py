"""One comment with its whole past, and what moderators decided lately: everything that can be looked up and undone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, render_template, request, url_for

from comments.roles import Permission
from comments.store.desk import NotThere
from comments.store.records import Decided
from service.parts import parts
from service.review.addresses import COMMENT, number
from service.review.changes import changes
from service.review.frame import totals
from service.review.guard import needs, scope
from service.review.news import news


@dataclass(frozen=True, slots=True)
class Step:
    """What a moderator decided in one step: one comment, or the comments of a batch that stand beside each other."""

    decided: tuple[Decided, ...]

    @property
    def batch_id(self) -> int | None:
        """What undoes all of it at once; None for a decision on one comment alone."""
        return self.decided[0].decision.batch_id


def register(blueprint: Blueprint) -> None:
    """Add both pages."""
    blueprint.add_url_rule("/decided", "decided", _decided)
    blueprint.add_url_rule(COMMENT, "comment", _comment)
    blueprint.add_app_template_global(changes, "desk_changes")


@needs(Permission.SEE)
def _decided() -> str:
    before = number(request.args.get("before"))
    desk = parts().store.desk
    decided = desk.decided(scope=scope(), before=before)
    following = desk.decided(scope=scope(), before=decided[-1].decision.id, limit=1) if decided else ()
    return render_template(
        "review/decided.html",
        steps=tuple(_steps(decided)),
        before=before,
        **totals(),
        news=news(),
        next_page=url_for("review.decided", before=decided[-1].decision.id) if following else None,
    )


def _steps(decided: Sequence[Decided]) -> Iterator[Step]:
    for batch_id, found in groupby(decided, key=lambda one: one.decision.batch_id):
        if batch_id is None:
            yield from (Step((one,)) for one in found)
        else:
            yield Step(tuple(found))


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
