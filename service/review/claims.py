"""Claims: who has which comment open, so that two people do not do the same work. A claim warns and locks nothing."""

from flask import Blueprint, jsonify, redirect, request
from werkzeug.wrappers import Response

from comments.roles import Permission
from service.parts import parts
from service.review.addresses import COMMENT, desk_address, number
from service.review.guard import needs, scope, session


def register(blueprint: Blueprint) -> None:
    """Add the claims."""
    blueprint.add_url_rule(f"{COMMENT}/claim", "claim", _claim, methods=["POST"])
    blueprint.add_url_rule(f"{COMMENT}/release", "release", _release, methods=["POST"])


@needs(Permission.DECIDE)
def _claim(comment_id: int) -> Response:
    """Take or renew a claim, and give the one back that it comes instead of. Says who has it if it is somebody else."""
    claims, me, now = parts().store.claims, session().moderator, parts().now()
    left = number(request.form.get("instead"))
    if left is not None:
        claims.release([left], me.id)
    holder = claims.take([comment_id], me.id, scope=scope(Permission.DECIDE), now=now).get(comment_id)
    return _answer(None if holder == me.login else holder)


@needs(Permission.DECIDE)
def _release(comment_id: int) -> Response:
    parts().store.claims.release([comment_id], session().moderator.id)
    return _answer(None)


def _answer(holder: str | None) -> Response:
    if request.accept_mimetypes.best == "application/json":
        return jsonify({"holder": holder})
    return redirect(desk_address(request.form.get("back")), 303)
