"""All the external checkers of an installation, asked about a batch of comments at once."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from comments.signal import Signal
from workers.external.checker import Asks, Guarded
from workers.external.question import Question

AT_ONCE = 8


class Panel:
    """Which checkers each site asks. Empty unless an operator named some."""

    def __init__(self, checkers: Mapping[str, Sequence[Asks]]) -> None:
        """Take {site key: its checkers}. A checker of several sites has one breaker."""
        guarded = {id(checker): Guarded(checker) for named in checkers.values() for checker in named}
        self._sites = {site: tuple(guarded[id(checker)] for checker in named) for site, named in checkers.items()}

    def asks_for(self, site: str) -> bool:
        """Say whether this site's comments go to any checker."""
        return bool(self._sites.get(site))

    def sites(self) -> frozenset[str]:
        """Return the keys of the sites that ask anybody."""
        return frozenset(self._sites)

    def checkers(self, site: str) -> tuple[Asks, ...]:
        """Return the checkers that a site asks."""
        return tuple(guarded.checker for guarded in self._sites.get(site, ()))

    def ask(self, questions: Sequence[Question], now: datetime) -> dict[int, tuple[Signal, ...]]:
        """Return {comment id: signals}, for all the comments of sites that ask. Never raises for a checker's sake.

        Takes at most (comments × checkers ÷ 8) timeouts, and far less once a breaker has opened.
        """
        asked = [(question, guarded) for question in questions for guarded in self._sites.get(question.site, ())]
        if not asked:
            return {}
        with ThreadPoolExecutor(min(AT_ONCE, len(asked)), thread_name_prefix="panel") as threads:
            answers = list(threads.map(lambda pair: pair[1].signals(pair[0], now), asked))
        found: dict[int, tuple[Signal, ...]] = {}
        for (question, _), signals in zip(asked, answers, strict=True):
            found[question.comment_id] = found.get(question.comment_id, ()) + signals
        return found


NOBODY = Panel({})
"""What an installation has where no operator named a checker."""
