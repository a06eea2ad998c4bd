"""The postman: sends what waits in the outbox, one kind of letter after another's rules, as a chore of the sweeper."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from comments import metrics
from comments.status import Status
from comments.store import Store
from comments.store.corrections import CORRECTION, HAM, Corrected
from comments.store.outbox import Letter
from workers.external.akismet import Akismet
from workers.external.panel import Panel
from workers.external.question import Question

log = structlog.get_logger()

SEND_EVERY_SECONDS = 5.0
# The sweeper has comments to rescue. A receiver that does not answer costs its own timeout more at most.
BUDGET_SECONDS = 5.0


class NotNow(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised by a way of sending with a few words why it should be tried again later. They repeat nothing received."""


class NotBefore(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised by a way of sending when it is not time yet. Nothing has failed."""

    def __init__(self, until: datetime) -> None:
        super().__init__("not yet")
        self.until = until


@dataclass(frozen=True, slots=True)
class Post:
    """What ways of sending work with."""

    store: Store
    panel: Panel


# Returns when a letter was sent or nobody wants it; raises NotNow or NotBefore. A letter may come twice.
Send = Callable[[Post, Letter], None]


def send_due(
    post: Post,
    now: Callable[[], datetime],
    *,
    ways: Mapping[str, Send] | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> int:
    """Send what is due until nothing is, or the time is up. Returns how many letters were sent or turned out unwanted.

    Letters of a kind without a way are another process's, or another version's, and stay where they are.

    Safe to do twice, in two places at once and to be killed in: a letter is taken under a lease, and forgotten when
    it was sent. Raises StoreUnavailable.
    """
    ends_at, sent = monotonic() + BUDGET_SECONDS, 0
    known = WAYS if ways is None else ways
    # One at a time: what is taken and not sent before the time is up would wait for its lease to end.
    while letters := post.store.outbox.take(now(), limit=1, kinds=known):
        sent += sum(_send(post, letter, known[letter.kind], now) for letter in letters)
        if monotonic() >= ends_at:
            break
    return sent


def _send(post: Post, letter: Letter, way: Send, now: Callable[[], datetime]) -> bool:
    try:
        way(post, letter)
    except NotBefore as early:
        post.store.outbox.postpone(letter, early.until)
        return False
    except NotNow as problem:
        is_waiting = post.store.outbox.put_off(letter, now())
        tell = log.warning if is_waiting else log.error
        if not is_waiting:
            metrics.count_given_up(metrics.Post.OUTBOX)
        tell(
            "letter put off" if is_waiting else "letter given up",
            letter_id=letter.id,
            kind=letter.kind,
            attempts=letter.attempts,
            why=str(problem),
        )
        return False
    post.store.outbox.done(letter)
    return True


def tell_akismet(post: Post, letter: Letter) -> None:
    """Tell each Akismet of the site that was wrong about a comment. Raises NotNow.

    Nothing is told about words that have changed or gone since, nor to who was right.
    """
    comment = post.store.corrections.corrected(letter.comment_id) if letter.comment_id is not None else None
    if comment is None or comment.status is Status.ERASED or comment.revision != letter.content["revision"]:
        return
    is_ham = letter.content["verdict"] == HAM
    for checker in post.panel.checkers(comment.site_key):
        if isinstance(checker, Akismet) and is_ham is (f"external:{checker.name}" in comment.called_spam_by):
            question = _question(comment, letter.comment_id or 0)
            if not (checker.submit_ham(question) if is_ham else checker.submit_spam(question)):
                raise NotNow(f"{checker.name} did not take note")


def _question(comment: Corrected, comment_id: int) -> Question:
    return Question(
        site=comment.site_key,
        comment_id=comment_id,
        revision=comment.revision,
        name=comment.name,
        text=comment.text,
        thread_title=comment.thread_title,
        thread_url=comment.thread_url,
    )


# How each kind of letter is sent: a new kind is a name here and whoever puts it into the outbox.
WAYS: Mapping[str, Send] = {CORRECTION: tell_akismet}
