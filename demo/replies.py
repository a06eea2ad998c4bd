"""The replies written for the demo newspaper, with what a good moderator would want of each (`replies.toml`)."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

REPLIES_FILE = Path(__file__).with_name("replies.toml")


class Kind(StrEnum):
    """What a reply was written to show."""

    FAIR = "fair"
    SHOUTING = "shouting"
    SPAM = "spam"
    ABUSE = "abuse"
    THREAT = "threat"
    OBFUSCATED = "obfuscated"
    DUPLICATE = "duplicate"
    PERSONAL_DATA = "personal_data"


class Expectation(StrEnum):
    """What should become of a reply; the values are the service's statuses."""

    APPROVED = "approved"
    HELD = "held"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Reply:
    """One invented reader's reply; `thread` is a story's key, `parent` another reply's id."""

    id: str
    kind: Kind
    language: str
    thread: str
    name: str
    email: str
    text: str
    expect: Expectation
    parent: str | None = None


def load_replies() -> tuple[Reply, ...]:
    """Every reply, in the order of posting: a parent always comes before its replies."""
    rows = tomllib.loads(REPLIES_FILE.read_text("utf-8"))["reply"]
    return tuple(Reply(**{**row, "kind": Kind(row["kind"]), "expect": Expectation(row["expect"])}) for row in rows)
