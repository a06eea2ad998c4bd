"""The news of what this moderator has just decided, read from the record: an address cannot invent one."""

from flask import request

from comments.store.desk import NotThere
from comments.store.records import DecisionRecord
from service.parts import parts
from service.review.addresses import number
from service.review.guard import scope, session


def news() -> DecisionRecord | None:
    """Return the decision that the address of the page names, if the moderator who asks has made it."""
    decision_id = number(request.args.get("done"))
    if decision_id is None:
        return None
    try:
        decision = parts().store.desk.decision(decision_id, scope=scope())
    except NotThere:
        return None
    return decision if decision.moderator == session().moderator.login else None
