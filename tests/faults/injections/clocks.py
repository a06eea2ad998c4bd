"""R-14: clocks that jump ahead and back, that disagree, and that are put right while a dead worker holds comments."""

import contextlib
import random
from collections.abc import Callable, Iterator, Mapping

from comments.failpoints import Point
from tests.faults.installation import give_order
from tests.faults.keeper import Service
from tests.faults.ledger import read_ledger
from tests.faults.reader import Reader
from tests.faults.stage import Stage

HOUR, DAY = 3600.0, 86_400.0
POSTED = 4
DECIDED_SECONDS = 60.0

# What each service's clock is wrong by, given its number and a chance.
ERRORS: dict[str, Callable[[int, random.Random], float]] = {
    "a day ahead": lambda *_: DAY,
    "an hour behind": lambda *_: -HOUR,
    "five minutes apart": lambda number, _: 300.0 if number % 2 else -300.0,
    "a leap second": lambda *_: -1.0,
    "anything within a day": lambda _, chance: chance.uniform(-DAY, DAY),
}


def shift_clocks(stage: Stage) -> None:
    """R-14: what comes in under a wrong clock is decided under it; so is what a worker held that died, put right."""
    stage.pause(0.5)
    running = stage.installation
    error = list(ERRORS.values())[stage.cycle % len(ERRORS)]
    services = [*running.webs, *running.workers]
    with wrong_clocks(stage, {service: error(number, stage.chance) for number, service in enumerate(services)}):
        posted = [stage.post(stage.write_down("I looked at my watch.")) for _ in range(POSTED)]
        stage.wait_until_decided(posted, seconds=DECIDED_SECONDS)
        _look(stage)
        stage.die_at(Point.CLAIMED)
    posted = [stage.post(stage.write_down("I looked at my watch again.")) for _ in range(POSTED)]
    stage.wait_until_decided(posted, seconds=DECIDED_SECONDS)
    _look(stage)


@contextlib.contextmanager
def wrong_clocks(stage: Stage, errors: Mapping[Service, float]) -> Iterator[None]:
    """Have clocks be wrong for the length of the block."""
    for service, seconds in errors.items():
        give_order(stage.installation.clock(service), str(seconds))
    try:
        yield
    finally:
        for service in errors:
            stage.installation.clock(service).unlink()


def _look(stage: Stage) -> None:
    """Look at a page, and only then at the approvals: no clock is needed to tell which was first."""
    with contextlib.closing(Reader(stage.installation.urls, stage.journal, stage.chance)) as reader:
        page = reader.public(stage.article)
    conversations = page["comments"] if page else []
    shown = [int(conversation["id"]) for conversation in conversations]
    # By the times that are shown: a reader knows no other, however wrong the clock was that told them.
    times = [conversation["created_at"] for conversation in conversations]
    if times != sorted(times, reverse=True):
        stage.journal.problem(f"the newest do not come first: {times}")
    trails = read_ledger(stage.installation.database_url).trails
    for comment_id in shown:
        if not any(entry.new == "approved" for entry in trails[comment_id]):
            stage.journal.problem(f"{comment_id} was public before its approval")
