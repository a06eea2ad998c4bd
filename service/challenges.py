"""Challenges for a proof of work, one for each comment that a browser means to send."""

from flask import Blueprint, Response, request

from comments.store.inbox import UnknownSite
from service.answers import json_answer
from service.cross_origin import readable_by
from service.door import door
from service.parts import parts
from service.proof_of_work import make_challenge
from service.thread_page import read_thread_key

challenges = Blueprint("challenges", __name__, url_prefix="/api/v1")


@challenges.get("/challenge")
def give_challenge() -> Response:
    """Answer with a challenge, whether the site asks for one just now or not: a story may be overrun any moment."""
    site_key, thread_key = request.args.get("site", ""), read_thread_key(request.args)
    site = door().sites.find(site_key)
    if site is None:
        raise UnknownSite
    readable_by(site)
    max_number = parts().settings.proof_max_number
    return json_answer(make_challenge(parts().key, site.key, thread_key, parts().now(), max_number=max_number))
