"""News for open pages, asked for every few seconds: so cheap that nobody needs a connection of their own."""

import hashlib
import json

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from comments.queue_query import HELD_QUEUES, Queue, QueueQuery, parse_query
from comments.roles import Permission
from comments.store.live import Pulse
from comments.store.records import DecisionRecord
from service.language import gettext, language
from service.parts import parts
from service.review import results
from service.review.addresses import number
from service.review.guard import needs, scope, session
from service.review.words import done, made_by, moment

# More cards than a page ever shows.
_MAX_SHOWN = 500


def register(blueprint: Blueprint) -> None:
    """Add the news, and the number from which a page counts them."""
    blueprint.add_url_rule("/live", "live", _live, methods=["GET"])
    blueprint.context_processor(lambda: {"newest_number": parts().store.live.newest_decision})


@needs(Permission.SEE)
def _live() -> Response:
    pulse = parts().store.live.pulse(besides=session().moderator.id, scope=scope(), now=parts().now())
    tag = _tag(pulse)
    if tag in request.if_none_match:
        return _tagged(make_response("", 304), tag)
    answer = make_response(json.dumps(_news(pulse), ensure_ascii=False))
    answer.mimetype = "application/json"
    return _tagged(answer, tag)


def _news(pulse: Pulse) -> dict[str, object]:
    shown, since = _shown(), number(request.args.get("since"))
    settled: tuple[DecisionRecord, ...] = ()
    arrived = 0
    if since is not None and since < pulse.newest_decision:
        me, live = session().moderator.id, parts().store.live
        settled = live.settled(shown, since=since, besides=me, scope=scope())
        query = parse_query(request.args)
        if _can_count(query):
            suspected = "" if query.queue is Queue.REVIEW else query.queue.value
            arrived = live.arrived(
                shown, since=since, besides=me, scope=scope(), site_key=query.site_key, suspected=suspected
            )
    return {
        "counts": results.counts(),
        "present": _present(pulse),
        "held": {str(each): pulse.held_by[each] for each in shown if each in pulse.held_by},
        "settled": {str(record.comment_id): _told(record) for record in settled},
        "arrived": arrived,
    }


def _shown() -> list[int]:
    found = (number(raw) for raw in request.args.get("shown", "").split(".")[:_MAX_SHOWN])
    return [each for each in found if each is not None]


def _can_count(query: QueueQuery) -> bool:
    """A filter that only the list itself can apply: then nothing is said rather than something wrong."""
    return query.queue in HELD_QUEUES and not query.is_filtered and bool(request.args.get("queue"))


def _told(record: DecisionRecord) -> str:
    words = {"what": done(record), "who": made_by(record), "when": moment(record.made_at)}
    return gettext("%(what)s by %(who)s, %(when)s") % words


def _present(pulse: Pulse) -> str:
    others = sorted(set(pulse.held_by.values()))
    return gettext("Also here: %(logins)s") % {"logins": ", ".join(others)} if others else ""


def _tag(pulse: Pulse) -> str:
    said = (pulse.newest_decision, sorted(pulse.held_by.items()), request.query_string.decode("latin-1"), language())
    sites = scope().site_ids
    return hashlib.sha256(repr((said, None if sites is None else sorted(sites))).encode()).hexdigest()[:16]


def _tagged(answer: Response, tag: str) -> Response:
    answer.set_etag(tag)
    return answer
