"""The pages that are timed: every list and order, each filter, searches, a card, an author, as moderators open them."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import text

from comments.queue_query import Order, Queue, QueueQuery, orders_of
from comments.store import Store

# Words of every frequency: nearly everybody's, one comment's in ten, in a hundred, in thousands, nobody's.
RANKS = (0, 5, 20, 100, 400, 2_000, 10_000)
_REVIEW = "/review/"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of page; `address` gives the address of the next one."""

    name: str
    address: Callable[[], str]


def kinds(store: Store, words: tuple[str, ...], seed: int) -> tuple[Kind, ...]:
    """Return the kinds of pages of one database."""
    chance = random.Random(seed)
    facts = _Facts(store)
    return (
        tuple(_lists(chance, facts))
        + tuple(_filters(chance, facts))
        + tuple(_searches(chance, words))
        + (
            Kind("an author's page", lambda: f"/review/authors/{chance.choice(facts.held)}"),
            Kind("one comment", lambda: f"/review/comments/{chance.choice(facts.held)}"),
            Kind("decided", lambda: "/review/decided"),
        )
    )


class _Facts:
    """What there is to filter by."""

    def __init__(self, store: Store) -> None:
        with store.database.read() as connection:
            self.held = [row[0] for row in connection.execute(text("SELECT id FROM comments WHERE status = 'held'"))]
            stories = text("SELECT DISTINCT thread_id FROM comments WHERE status = 'held'")
            self.stories = [row[0] for row in connection.execute(stories)]
            self.cursors = self.held[:: max(len(self.held) // 50, 1)]


def address(query: QueueQuery, cursor: str = "") -> str:
    """Return the address of a list, or of a page further on in it."""
    path = _REVIEW if query.queue is Queue.REVIEW else f"{_REVIEW}{query.queue.value}"
    string = query.query_string(with_queue=False)
    after = f"after={cursor}" if cursor else ""
    asked = "&".join(part for part in (string, after) if part)
    return f"{path}?{asked}" if asked else path


def _lists(chance: random.Random, facts: _Facts) -> Iterator[Kind]:
    for queue in Queue:
        for order in orders_of(queue):
            query = QueueQuery(queue, order=order)
            yield Kind(f"{queue}, {order} first", lambda query=query: address(query))  # type: ignore[misc]  # bound now
    query = QueueQuery()
    yield Kind("review, a page further on", lambda: address(query, str(chance.choice(facts.cursors))))


def _filters(chance: random.Random, facts: _Facts) -> Iterator[Kind]:
    choices: dict[str, Callable[[], dict[str, object]]] = {
        "site": lambda: {"site_key": chance.choice(("wazobia", "harmattan", "creeks"))},
        "story": lambda: {"thread_id": chance.choice(facts.stories)},
        "section": lambda: {"section": chance.choice(("Politics", "Sport"))},
        "check": lambda: {"check": chance.choice(("links", "models", "threats"))},
        "reason": lambda: {"reason": chance.choice(("spam", "insult", "threat"))},
        "language": lambda: {"language": chance.choice(("en", "yo"))},
        "score": lambda: {"min_score": chance.choice((0.5, 0.9))},
        "age": lambda: {"max_age_minutes": chance.choice((60 * 24 * 30, 60 * 24 * 200))},
    }
    for queue in (Queue.REVIEW, Queue.SPAM, Queue.APPROVED, Queue.REJECTED, Queue.AUDIT):
        plain = QueueQuery(queue, order=orders_of(queue)[0])
        for name, choose in choices.items():
            yield Kind(
                f"{queue} by {name}",
                lambda plain=plain, choose=choose: address(replace(plain, **choose())),  # type: ignore[misc]  # bound now
            )
    risky = QueueQuery(order=Order.RISK)
    yield Kind("review by check, risk first", lambda: address(replace(risky, **choices["check"]())))  # type: ignore[arg-type]  # its fields


def _searches(chance: random.Random, words: tuple[str, ...]) -> Iterator[Kind]:
    def any_word() -> str:
        return words[chance.choice(RANKS)]

    searches: dict[str, Callable[[], str]] = {
        "for a word": lambda: f"{any_word()} ",
        "for two words": lambda: f"{any_word()} {any_word()} ",
        "for the beginning of a word": lambda: words[chance.choice(RANKS[3:])][:4],
        "for what nobody wrote": lambda: "qqqqqq",
    }
    for queue in (Queue.REVIEW, Queue.ABUSE, Queue.APPROVED, Queue.REJECTED, Queue.AUDIT):
        plain = QueueQuery(queue, order=orders_of(queue)[0])
        for name, choose in searches.items():
            yield Kind(
                f"{queue} searched {name}",
                lambda plain=plain, choose=choose: address(replace(plain, words=choose())),  # type: ignore[misc]  # bound now
            )
