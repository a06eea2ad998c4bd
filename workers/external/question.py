"""What an external checker is asked about, and what makes an answer unusable."""

from dataclasses import dataclass

from comments.store.records import Claimed
from workers.external.exchange import NoAnswer


@dataclass(frozen=True, slots=True)
class Question:
    """One revision of one comment. There is no address here and no network, because there is none to be had."""

    site: str
    comment_id: int
    revision: int
    name: str
    text: str
    thread_title: str
    thread_url: str


def question_of(claimed: Claimed) -> Question:
    """Return what may be asked about a claimed comment."""
    return Question(
        site=claimed.site.key,
        comment_id=claimed.id,
        revision=claimed.revision,
        name=claimed.name,
        text=claimed.text,
        thread_title=claimed.thread_title,
        thread_url=claimed.thread_url,
    )


class CheckerFailed(NoAnswer):
    """Raised with a few words that say why there is no answer. They never repeat what the checker sent.

    `pause_seconds` is how long the checker asked to be left alone.
    """

    def __init__(self, why: str, *, pause_seconds: float = 0.0) -> None:
        super().__init__(why)
        self.pause_seconds = pause_seconds
