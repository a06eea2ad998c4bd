"""Posts the demo replies through the public door and tells what became of each."""

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from http.client import HTTPException
from itertools import groupby

from rich.console import Console

from demo.exchange import Answer, Service
from demo.outcomes import PENDING, REFUSED, Outcome, draw_table, summarise
from demo.replies import Reply, load_replies
from demo.stories import SITE_KEY, STORIES

FOUND, ACCEPTED = 200, 202
POLL_SECONDS = 0.5
FILE_WIDTH_CHARS = 150  # a pipe has no width, and at rich's 80 the table would be all line breaks
STORY_BY_KEY = {story.key: story for story in STORIES}


def main(url: str) -> int:
    """Post everything to the service at `url` and print the table.

    Returns 0 if each reply was accepted and decided, 1 if some were not, 2 if nobody answers there.
    """
    console = Console(width=None if sys.stdout.isatty() else FILE_WIDTH_CHARS)

    def pause(seconds: float) -> None:
        if seconds > POLL_SECONDS:
            console.print(f"The service asks to wait {seconds:g} s …", style="dim")
        time.sleep(seconds)

    try:
        outcomes = post_replies(url, pause=pause)
    except (OSError, HTTPException) as error:
        console.print(f"No service answers at {url}: {error}", style="red", markup=False)
        return 2
    console.print(draw_table(outcomes))
    console.print(summarise(outcomes))
    return 0 if all(outcome.is_decided for outcome in outcomes) else 1


def post_replies(
    base_url: str,
    *,
    site: str = SITE_KEY,
    wait_seconds: float = 60.0,
    pause: Callable[[float], None] = time.sleep,
) -> list[Outcome]:
    """Post every demo reply and wait up to `wait_seconds`, for each generation, until it is decided.

    Parents go first, since only a published comment can be replied to. Safe to run twice: while the service remembers
    idempotency keys, the second run finds the comments of the first. Raises OSError if nobody answers.
    """
    service = Service(base_url.rstrip("/"), pause)
    outcomes: dict[str, Outcome] = {}
    for generation in generations(load_replies()):
        sent = [_post(service, site, reply, outcomes.get(reply.parent or "")) for reply in generation]
        outcomes |= {outcome.reply.id: outcome for outcome in _settle(service, sent, wait_seconds)}
    return [outcomes[reply.id] for reply in load_replies()]


def generations(replies: Sequence[Reply]) -> Iterator[list[Reply]]:
    """First the replies without a parent, then the replies to those, and so on."""
    depth: dict[str, int] = {}
    for reply in replies:
        depth[reply.id] = depth[reply.parent] + 1 if reply.parent else 0
    for _, generation in groupby(sorted(replies, key=lambda reply: depth[reply.id]), lambda reply: depth[reply.id]):
        yield list(generation)


def _post(service: Service, site: str, reply: Reply, parent: Outcome | None) -> Outcome:
    """Under an unpublished parent nobody can reply: then the reply goes under the article itself."""
    fields = _submission(service.base_url, site, reply)
    if parent and parent.became == "approved":
        fields |= {"parent": parent.comment_id}
    answer = service.post("/api/v1/comments", fields, idempotency_key=_idempotency_key(reply, fields))
    if answer.status != ACCEPTED:
        return Outcome(reply, REFUSED, why=_explain(answer))
    return Outcome(
        reply,
        became=PENDING,
        comment_id=str(answer.fields["id"]),
        receipt_url=str(answer.fields["receipt_url"]),
    )


def _submission(base_url: str, site: str, reply: Reply) -> dict[str, object]:
    story = STORY_BY_KEY[reply.thread]
    thread = {"key": story.key, "url": base_url + story.path, "title": story.headline}
    return {"site": site, "thread": thread, "name": reply.name, "email": reply.email, "text": reply.text}


def _idempotency_key(reply: Reply, fields: Mapping[str, object]) -> str:
    """The same for the same body: a key used again with another body would be refused."""
    digest = hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
    return f"demo-{reply.id}-{digest[:16]}"


def _explain(answer: Answer) -> str:
    words = [str(answer.fields[name]) for name in ("title", "detail") if answer.fields.get(name)]
    return f"{answer.status} {': '.join(words)}".strip()


def _settle(service: Service, sent: Sequence[Outcome], wait_seconds: float) -> list[Outcome]:
    """Ask for each receipt until it is no longer pending, or the time is up."""
    settled = list(sent)
    waited_seconds = 0.0
    while True:
        settled = [_refresh(service, outcome) for outcome in settled]
        if waited_seconds >= wait_seconds or all(outcome.became != PENDING for outcome in settled):
            return settled
        service.pause(POLL_SECONDS)
        waited_seconds += POLL_SECONDS


def _refresh(service: Service, outcome: Outcome) -> Outcome:
    if outcome.became != PENDING:
        return outcome
    receipt = service.get(outcome.receipt_url)
    if receipt.status != FOUND:  # busy or restarting; a problem's `status` is a number, not the comment's
        return outcome
    return replace(outcome, became=str(receipt.fields["status"]), why=str(receipt.fields.get("reason") or ""))
