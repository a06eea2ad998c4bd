"""Many comments at once: those that were selected, or a whole campaign; one result for each, one undo for all."""

import structlog
from flask import Blueprint, request
from werkzeug.wrappers import Response

from comments.roles import Permission
from comments.store.outcomes import Batch
from comments.submission import MAX_ID
from service.language import gettext
from service.parts import parts
from service.review import results
from service.review.addresses import number
from service.review.decide import other_holder
from service.review.guard import needs, scope, session
from service.review.results import Left
from service.review.wishes import items, seen, wish

log = structlog.get_logger()


def register(blueprint: Blueprint) -> None:
    """Add the decisions on many."""
    campaign = f"/campaigns/<int(max={MAX_ID}):cluster_id>/decide"
    blueprint.add_url_rule("/bulk", "bulk", _bulk, methods=["POST"])
    blueprint.add_url_rule(campaign, "decide_campaign", _decide_campaign, methods=["POST"])
    blueprint.add_url_rule(f"/batches/<int(max={MAX_ID}):batch_id>/undo", "undo_batch", _undo_batch, methods=["POST"])
    blueprint.context_processor(lambda: {"counted": results.counted})


@needs(Permission.DECIDE)
def _bulk() -> Response:
    """Decide what was selected. What somebody else has open is left to them, and named."""
    try:
        wanted, selected = wish(), items()
    except results.REFUSALS as refusal:
        return results.refused(refusal, 0)
    may, me, now = scope(Permission.DECIDE), session().moderator.id, parts().now()
    holders = parts().store.live.holders([each for each, _ in selected], besides=me, scope=may, now=now)
    free = [(each, version) for each, version in selected if each not in holders]
    made = Batch(None, ())
    if free:
        made = parts().store.bulk.decide(
            free, wanted.status, reason=wanted.reason, note=wanted.note, moderator_id=me, scope=may, now=now
        )
    log.info("moderator decided in bulk", batch_id=made.batch_id, decided=len(made.decided))
    held = [Left(each, gettext("%(login)s has this open") % {"login": login}) for each, login in holders.items()]
    return results.batch(made, held, cards=[each for each, _ in selected])


@needs(Permission.DECIDE)
def _decide_campaign(cluster_id: int) -> Response:
    """Decide everything that is held of a campaign, up to the last comment the moderator was shown."""
    card = number(request.form.get("card")) or 0
    try:
        wanted, last = wish(), seen()
        holder = other_holder(card)
        if holder is not None:
            return results.held_by(card, holder)
        made = parts().store.bulk.decide_campaign(
            cluster_id,
            wanted.status,
            seen=last,
            reason=wanted.reason,
            note=wanted.note,
            moderator_id=session().moderator.id,
            scope=scope(Permission.DECIDE),
            now=parts().now(),
        )
    except results.REFUSALS as refusal:
        return results.refused(refusal, card)
    log.info("moderator decided a campaign", batch_id=made.batch_id, decided=len(made.decided))
    return results.batch(made, cards=[card])


@needs(Permission.DECIDE)
def _undo_batch(batch_id: int) -> Response:
    try:
        made = parts().store.bulk.undo(
            batch_id, moderator_id=session().moderator.id, scope=scope(Permission.DECIDE), now=parts().now()
        )
    except results.REFUSALS as refusal:
        return results.refused(refusal, 0)
    log.info("moderator undid a batch", batch_id=batch_id, undone=len(made.decided))
    return results.batch(made, is_undoing=True)
