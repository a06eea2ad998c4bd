"""What a moderator gets back: a page or a redirect, or for htmx only the pieces of the open page that changed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from comments.roles import Permission
from comments.status import ForbiddenMove
from comments.store.desk import NotThere, OwnDecision, StaleDecision
from comments.store.outcomes import Batch, Item, Problem
from comments.store.records import Card, DecisionRecord
from service.language import gettext, ngettext
from service.parts import parts
from service.review.addresses import desk_address, number, with_news
from service.review.frame import list_counts, totals
from service.review.guard import scope
from service.review.wishes import BadForm

REFUSALS = (BadForm, NotThere, StaleDecision, ForbiddenMove)


@dataclass(frozen=True, slots=True)
class Left:
    """A comment that was left as it is: a sentence, and the decision that stands where there is one to tell."""

    comment_id: int
    sentence: str
    latest: DecisionRecord | None = None


def decided(decision_id: int, comment_id: int, *, leaves: bool = True) -> Response:
    """Answer a decision. A card that does not leave the list comes back as it is now."""
    if not wants_pieces():
        return redirect(with_news(back(), decision_id, number(request.form.get("next"))), 303)
    news = parts().store.desk.decision(decision_id, scope=scope())
    fresh = [] if leaves else [card_of(comment_id)]
    return _pieces("review/swap.html", news=news, gone=[comment_id] if leaves else [], fresh=fresh)


def undone(decision_id: int, comment_id: int) -> Response:
    """Answer an undoing: the card comes back to its place, if the page still has one for it."""
    if not wants_pieces():
        return redirect(with_news(back(), decision_id, comment_id), 303)
    news = parts().store.desk.decision(decision_id, scope=scope())
    restored = [] if request.form.get("without_card") else [card_of(comment_id)]
    return _pieces("review/swap.html", news=news, restored=restored)


def batch(made: Batch, left: Sequence[Left] = (), *, is_undoing: bool = False, cards: Iterable[int] = ()) -> Response:
    """Answer a decision on many comments, or its undoing: what was done, and each comment that was left with why.

    `cards` are those that stand on the page for what was decided.
    """
    all_left = [*left, *(_left(item) for item in made.problems)]
    waiting = [item.comment_id for item in made.items if item.waits_for_second]
    first = next((item.decision_id for item in made.decided), None)
    context: dict[str, object] = {
        "made": made,
        "news": None if first is None else parts().store.desk.decision(first, scope=scope()),
        "left": all_left,
        "is_undoing": is_undoing,
    }
    status = 409 if all_left and not made.decided else 200
    if not wants_pieces():
        return make_response(render_template("review/batch.html", back=back(), **totals(), **context), status)
    done = {item.comment_id for item in made.decided} - set(waiting)
    gone = [] if is_undoing else [each for each in cards if each in done]
    stale = [each for each in all_left if each.latest is not None] if not is_undoing else []
    fresh = [card_of(each) for each in cards if each in {*waiting, *(one.comment_id for one in stale)}]
    return _pieces("review/swap.html", status, gone=gone, fresh=fresh, notices=stale, **context)


def refused(refusal: Exception, comment_id: int) -> Response:
    """Answer a decision that was not applied."""
    match refusal:
        case BadForm():
            return bad_form(refusal)
        case StaleDecision(latest=latest):
            return conflict(Left(latest.comment_id, "", latest))
        case OwnDecision():
            return conflict(_left(Item(comment_id, problem=Problem.OWN_DECISION, latest=_latest(comment_id))))
        case ForbiddenMove():
            return conflict(Left(comment_id, "", _latest(comment_id)))
    return not_there()


def conflict(left: Left) -> Response:
    """Say who was first, with what and when, and show the comment as it is now."""
    card = card_of(left.comment_id)
    if wants_pieces():
        return _pieces("review/swap.html", 409, fresh=[card], notices=[left])
    return make_response(render_template("review/conflict.html", left=left, card=card, back=back(), **totals()), 409)


def held_by(comment_id: int, holder: str) -> Response:
    """Say that somebody else has the comment open, and how to decide all the same."""
    if wants_pieces():
        sentence = gettext("%(login)s has this open. Once more to decide all the same.") % {"login": holder}
        return _pieces("review/swap.html", 409, held={"comment": comment_id, "holder": holder}, sentence=sentence)
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf", "despite"}]
    return make_response(render_template("review/held_by.html", holder=holder, sent=sent, back=back(), **totals()), 409)


def said(sentence: str, *, comment_id: int | None = None) -> Response:
    """Answer what changed nothing of the list; `comment_id` brings that card anew."""
    if not wants_pieces():
        return redirect(back() + (f"#comment-{comment_id}" if comment_id else ""), 303)
    fresh = [card_of(comment_id)] if comment_id and not request.form.get("without_card") else []
    return _pieces("review/swap.html", sentence=sentence, fresh=fresh)


def bad_form(bad: BadForm) -> Response:
    """Say what to mend. Nothing has been changed."""
    if wants_pieces():
        return _pieces("review/swap.html", 400, sentence=str(bad))
    return make_response(render_template("review/bad_form.html", problem=str(bad), back=back()), 400)


def not_there() -> Response:
    """Say that there is nothing of the kind, for this moderator."""
    if wants_pieces():
        return _pieces("review/swap.html", 404, sentence=gettext("There is no such comment or decision any more."))
    return make_response(render_template("review/not_there.html"), 404)


def card_of(comment_id: int) -> Card:
    """Return the comment as it is now. Raises NotThere."""
    return parts().store.desk.card(comment_id, scope=scope(), now=parts().now())


def counts() -> dict[str, int]:
    """Return how many comments each list has, by the name of the list."""
    return asdict(list_counts())


def back() -> str:
    """Return the list that the form came from."""
    return desk_address(request.form.get("back"))


def wants_pieces() -> bool:
    """Say whether htmx asks, which changes the open page instead of loading another."""
    return request.headers.get("HX-Request") == "true"


def approved_before() -> str:
    """Return what to say to who approves the same comment of a sensitive thread twice."""
    return gettext("You have approved it already. It waits for a second moderator.")


def _pieces(template: str, status: int = 200, *, held: object = None, **context: object) -> Response:
    answer = make_response(render_template(template, back=back(), **context), status)
    events: dict[str, object] = {"desk:counts": counts()}
    if held is not None:
        events["desk:held"] = held
    answer.headers["HX-Trigger"] = json.dumps(events)
    return answer


def _latest(comment_id: int) -> DecisionRecord:
    return parts().store.desk.history(comment_id, scope=scope(Permission.DECIDE))[-1]


def _left(item: Item) -> Left:
    sentences = {
        Problem.OWN_DECISION: gettext("You rejected it yourself: somebody else answers the author's appeal."),
        Problem.NOT_THERE: gettext("There is no such comment any more."),
    }
    return Left(item.comment_id, "" if item.problem is None else sentences.get(item.problem, ""), item.latest)


def counted(count: int) -> str:
    """Return "1 comment", "38 comments"."""
    return ngettext("%(count)s comment", "%(count)s comments", count) % {"count": f"{count:,}"}
