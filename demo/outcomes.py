"""What became of the posted replies, and how that is told in a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table
from rich.text import Text

from demo.replies import Expectation, Reply

PENDING = "pending"
REFUSED = "refused"  # the service did not accept it, and said why
FIRST_CHARS = 42


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one reply: a status of the service, or `refused`; `why` in the service's words."""

    reply: Reply
    became: str
    why: str = ""
    comment_id: str = ""
    receipt_url: str = ""

    @property
    def is_decided(self) -> bool:
        return self.became in tuple(Expectation)

    @property
    def is_as_expected(self) -> bool:
        return self.became == self.reply.expect

    @property
    def is_harmful(self) -> bool:
        """Published although a moderator would not have: the costly kind of error."""
        return self.became == Expectation.APPROVED != self.reply.expect


def draw_table(outcomes: Sequence[Outcome]) -> Table:
    """One row for each reply; the sign says what the colour says."""
    first_words = Column("First words", max_width=FIRST_CHARS, no_wrap=True)
    table = Table("Kind", "In", "Name", first_words, "Expected", "Became", "Why", box=SIMPLE_HEAD, pad_edge=False)
    for outcome in outcomes:
        reply = outcome.reply
        style = _style(outcome)
        table.add_row(
            Text(reply.kind.replace("_", " ")),
            Text(reply.language),
            Text(reply.name, overflow="ellipsis", no_wrap=True),
            Text(reply.text, overflow="ellipsis", no_wrap=True),
            Text(reply.expect),
            Text(f"{_sign(outcome)} {outcome.became}", style=style, no_wrap=True),
            Text(outcome.why),
        )
    return table


def summarise(outcomes: Sequence[Outcome]) -> str:
    """The table in two sentences."""
    expected = sum(outcome.is_as_expected for outcome in outcomes)
    harmful = sum(outcome.is_harmful for outcome in outcomes)
    waiting = sum(outcome.reply.expect is Expectation.APPROVED and outcome.became == "held" for outcome in outcomes)
    undecided = sum(not outcome.is_decided for outcome in outcomes)
    return (
        f"{expected} of {len(outcomes)} became what a good moderator would want. "
        f"Published though unwanted: {harmful}; fair but waiting for a person: {waiting}; not decided: {undecided}."
    )


def _sign(outcome: Outcome) -> str:
    if outcome.is_as_expected:
        return "✓"
    return "‼" if outcome.is_harmful else "·"


def _style(outcome: Outcome) -> str:
    if outcome.is_as_expected:
        return "green"
    return "bold red" if outcome.is_harmful else "yellow"
