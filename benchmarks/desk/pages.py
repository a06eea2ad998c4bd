"""The pages that are timed: every list and order, each filter, searches, a card, an author, as moderators open them.

The same questions at both sizes, and where an answer can fill a page it fills one at both: 25 cards take longer to show
than two, however they were found.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import text

from comments.queue_query import Order, Queue, QueueQuery, orders_of
from comments.store import Store

# Places of words by how often they are written: in every second comment, and in one of twenty.
COMMON, USUAL = range(4), range(20, 90)
_REVIEW = "/review/"
# Where most cards wait, a campaign being one: among a hundred, not every section fills a page.
_FULLEST_SECTIONS = text("""
    SELECT threads.section FROM comments JOIN threads ON threads.id = comments.thread_id
    WHERE comments.status = 'held' GROUP BY threads.section
    ORDER BY count(DISTINCT coalesce(-comments.cluster_id, comments.id)) DESC LIMIT 2
""")

_Choose = Callable[[], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of page; `address` gives the address of the next one."""

    name: str
    address: Callable[[], str]


class _World:
    """What there is to ask for in one database."""

    def __init__(self, store: Store, words: tuple[str, ...], seed: int) -> None:
        self.chance = random.Random(seed)
        self.words = words
        with store.database.read() as connection:
            held = text("SELECT id, thread_id FROM comments WHERE status = 'held' ORDER BY id")
            rows = connection.execute(held).all()
            fullest = connection.execute(_FULLEST_SECTIONS).scalars().all()
        self.held = [row.id for row in rows]
        self.stories = sorted({row.thread_id for row in rows})
        self.sections = fullest
        # Words that a handful of those who wait wrote: the more wait, the rarer the words.
        self.rare = range(len(rows), 4 * len(rows))

    def word(self, places: range) -> str:
        """Return a word of these places."""
        return self.words[self.chance.choice(places)]

    def kind(self, name: str, query: QueueQuery, choose: _Choose) -> Kind:
        """Return the pages of a list that is filtered in some way."""
        return Kind(name, lambda: address(replace(query, **choose())))  # type: ignore[arg-type]  # its fields


def kinds(store: Store, words: tuple[str, ...], seed: int) -> tuple[Kind, ...]:
    """Return the kinds of pages of one database."""
    world = _World(store, words, seed)
    return (
        *_lists(world),
        *_filters(world),
        *_searches(world),
        Kind("an author's page", lambda: f"/review/authors/{world.chance.choice(world.held)}"),
        Kind("one comment", lambda: f"/review/comments/{world.chance.choice(world.held)}"),
        Kind("decided", lambda: "/review/decided"),
    )


def address(query: QueueQuery, cursor: str = "") -> str:
    """Return the address of a list, or of a page further on in it."""
    path = _REVIEW if query.queue is Queue.REVIEW else f"{_REVIEW}{query.queue.value}"
    string = query.query_string(with_queue=False)
    asked = "&".join(part for part in (string, f"after={cursor}" if cursor else "") if part)
    return f"{path}?{asked}" if asked else path


def _lists(world: _World) -> Iterator[Kind]:
    for queue in Queue:
        for order in orders_of(queue) if queue is Queue.REVIEW else orders_of(queue)[:1]:
            yield world.kind(f"{queue}, {order} first", QueueQuery(queue, order=order), dict)
    middle = world.held[len(world.held) // 5 : len(world.held) // 2]
    yield Kind("review, a page further on", lambda: address(QueueQuery(), str(world.chance.choice(middle))))


def _filters(world: _World) -> Iterator[Kind]:
    choose = world.chance.choice
    choices: dict[str, _Choose] = {
        "site": lambda: {"site_key": choose(("wazobia", "harmattan"))},
        "story": lambda: {"thread_id": choose(world.stories)},
        "section": lambda: {"section": choose(world.sections)},
        "check": lambda: {"check": choose(("links", "models"))},
        "reason": lambda: {"reason": choose(("spam", "insult"))},
        "language": lambda: {"language": "en"},
        "score": lambda: {"min_score": choose((0.5, 0.8))},
        "age": lambda: {"max_age_minutes": 60 * 24 * choose((20, 30))},
    }
    for queue in (Queue.REVIEW, Queue.APPROVED, Queue.REJECTED):
        plain = QueueQuery(queue, order=orders_of(queue)[0])
        for name, chosen in choices.items():
            yield world.kind(f"{queue} by {name}", plain, chosen)
    yield world.kind("review by check, risk first", QueueQuery(order=Order.RISK), choices["check"])
    yield world.kind("audit by language", QueueQuery(Queue.AUDIT), choices["language"])


def _searches(world: _World) -> Iterator[Kind]:
    searches: dict[str, _Choose] = {
        "a word that many wrote": lambda: {"words": f"{world.word(COMMON)}"},
        "two words that many wrote": lambda: {"words": f"{world.word(COMMON)} {world.word(COMMON)}"},
        "what nobody wrote": lambda: {"words": "qqqqqq"},
    }
    few: dict[str, _Choose] = {
        "a word that few wrote": lambda: {"words": world.word(world.rare)},
        "the beginning of a rare word": lambda: {"words": world.word(world.rare)[:-1]},
    }
    usual: dict[str, _Choose] = {
        "a usual word": lambda: {"words": world.word(USUAL)},
        "the beginning of a usual word": lambda: {"words": world.word(USUAL)[:3]},
    }
    for queue in (Queue.REVIEW, Queue.APPROVED, Queue.REJECTED):
        plain = QueueQuery(queue, order=orders_of(queue)[0])
        for name, chosen in {**searches, **(few if queue is Queue.REVIEW else usual)}.items():
            yield world.kind(f"{queue} searched for {name}", plain, chosen)
