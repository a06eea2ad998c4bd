"""One courier's round: what is due to one webhook, until nothing is, the time is up, or its receiver fails."""

import time
from collections.abc import Callable
from datetime import datetime

import structlog

from comments.store import Store
from comments.store.webhook_letters import WebhookLetter
from comments.store.webhooks import Webhook
from comments.webhook import host_of
from workers.webhooks.delivery import GONE, SLOW_DOWN, Undelivered

log = structlog.get_logger()

# A courier comes back after so long and one delivery, so that every webhook gets its turn.
BUDGET_SECONDS = 5.0
# Taken together, to be sent well within their lease: ten answers that take a second each.
BATCH = 10
# Who refuses so many in a row would refuse the next one, too.
MOST_REFUSALS = 3

# Returns when a letter arrived; raises Undelivered.
Deliver = Callable[[WebhookLetter], None]


def serve(
    store: Store,
    webhook: Webhook,
    deliver: Deliver,
    now: Callable[[], datetime],
    *,
    monotonic: Callable[[], float] = time.monotonic,
) -> int:
    """Deliver what is due to one webhook. Returns how many letters arrived. Raises StoreUnavailable.

    Safe to do twice, in two places at once and to be killed in: a letter is taken under a lease, and forgotten when it
    arrived. One that is refused does not stop the next; no answer at all does.
    """
    ends_at, arrived, refused = monotonic() + BUDGET_SECONDS, 0, 0
    problem = Undelivered("")
    while letters := store.webhook_letters.take(webhook.id, now(), limit=BATCH):
        for position, letter in enumerate(letters):
            if monotonic() >= ends_at:
                store.webhook_letters.give_back(letters[position:])
                return arrived
            try:
                deliver(letter)
            except Undelivered as why:
                store.webhook_letters.put_off(letter, now())
                problem, refused = why, refused + 1
                if refused >= MOST_REFUSALS or not _is_about_the_letter(why):
                    store.webhook_letters.give_back(letters[position + 1 :])
                    _leave_alone(store, webhook, why, now())
                    return arrived
            else:
                store.webhook_letters.delivered(letter, now())
                arrived, refused = arrived + 1, 0
    if refused and not arrived:
        _leave_alone(store, webhook, problem, now())
    return arrived


def _is_about_the_letter(problem: Undelivered) -> bool:
    return problem.status is not None and problem.status not in {GONE, *SLOW_DOWN}


def _leave_alone(store: Store, webhook: Webhook, problem: Undelivered, now: datetime) -> None:
    if problem.status == GONE:
        store.webhook_letters.pause(webhook.id, str(problem), now)
        left = store.webhooks.find(webhook.id)
    else:
        left = store.webhook_letters.failed(webhook.id, str(problem), now, rest=problem.rest)
    is_paused = left is not None and left.paused_at is not None
    tell = log.error if is_paused else log.warning
    said = "webhook paused" if is_paused else "webhook failed"
    tell(said, webhook_id=webhook.id, site=webhook.site_key, host=host_of(webhook.url), why=str(problem))
