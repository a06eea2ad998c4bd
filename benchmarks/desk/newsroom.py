"""An invented newsroom of any size: the same shares of everything, so that only the size differs. Seeded.

A story has about 500 comments, an author a dozen, one comment in a hundred waits, and a third of those are campaigns.
"""

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from comments.schema import EPOCH

Row = dict[str, object]

SITES = (("wazobia", "Wazobia News", 0.6), ("harmattan", "The Harmattan", 0.3), ("creeks", "Creeks Weekly", 0.1))
SECTIONS = ("Africa", "Business", "Health", "Opinion", "Politics", "Science", "Sport", "World")
COMMENTS_A_STORY = 500
HELD_SHARE, REJECTED_SHARE, SAMPLE_SHARE = 0.01, 0.09, 0.01
# What waits came lately: within this share of all comments.
LATELY = 0.2
CAMPAIGN_SHARE = 0.3
LARGEST_CAMPAIGN = 60
ONE_TIMERS = 0.4
COMMENTS_A_REGULAR = 12
VOCABULARY = 40_000
LANGUAGES = ("en", "en", "en", "en", "en", "pcm", "ha", "yo", "ig", "fr", "")
REASONS = ("off_topic", "insult", "hate", "spam", "advertising", "other")
# (check, category, suspected of, detail) and how often.
FINDINGS = (
    ("links", "spam", "spam", "two links, one through a shortener", 5),
    ("templates", "spam", "spam", "the words of a loan advertisement", 3),
    ("duplicates", "spam", "spam", "the same words as 3 earlier comments", 2),
    ("models", "insult", "abuse", "reads like an insult", 4),
    ("slurs", "identity_attack", "abuse", "a slur against a group", 1),
    ("threats", "threat", "abuse", "a threat of violence", 1),
    ("contact_details", "personal_data", "", "a phone number", 2),
    ("shouting", "style", "", "capitals throughout", 2),
)
BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)
LASTS = timedelta(days=300)


@dataclass
class Newsroom:
    """Its comments one after the other, each with the rows that belong to it."""

    comments: int
    seed: int = 7
    chance: random.Random = field(init=False)
    words: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.words = _vocabulary(self.chance)
        self._weights = tuple(itertools.accumulate(1 / (rank + 3) for rank in range(len(self.words))))
        self._held = self._choose_held()
        self._campaign_left, self._campaign, self._campaign_text = 0, 0, ""
        self._decision_id = 0

    @property
    def stories(self) -> int:
        """How many stories there are."""
        return max(self.comments // COMMENTS_A_STORY, len(SITES))

    def site_rows(self) -> Iterator[tuple[str, str]]:
        """Yield key and name of every site."""
        for key, name, _ in SITES:
            yield key, name

    def thread_rows(self) -> Iterator[Row]:
        """Yield the stories, the oldest first."""
        for number in range(1, self.stories + 1):
            title = " ".join(self.chance.choices(self.words[200:5000], k=7)).capitalize()
            yield {
                "id": number,
                "site_id": self._site_of(number),
                "key": f"story-{number}",
                "url": f"https://news.example/story-{number}",
                "title": title,
                "version": 1,
                "section": SECTIONS[number % len(SECTIONS)],
                "created_at": self._moment(number / self.stories),
            }

    def comment_rows(self) -> Iterator[tuple[Row, list[tuple[str, Row]]]]:
        """Yield each comment with the rows of other tables that belong to it."""
        for number in range(1, self.comments + 1):
            yield self._comment(number)

    def _comment(self, number: int) -> tuple[Row, list[tuple[str, Row]]]:
        choose = self.chance
        status = self._status(number)
        at = self._moment(number / self.comments)
        # A story is talked about while it is new.
        story = min(int(number / self.comments * self.stories) + choose.randrange(6), self.stories - 1) + 1
        found = [] if status == "approved" and choose.random() < 0.8 else self._findings()
        cluster, text = self._campaign_of(number) if status == "held" else (None, "")
        self._decision_id += 2
        row = {
            "id": number,
            "site_id": self._site_of(story),
            "thread_id": story,
            "revision": 1,
            "version": 2,
            "status": status,
            "name": " ".join(choose.choices(self.words[:4000], k=2)).title(),
            "text": text or self._text(),
            "created_at": at,
            "decided_at": at + 1_000_000,
            "approval_id": self._decision_id if status == "approved" else None,
            "honeypot_filled": False,
            "attempts": 1,
            "receipt_nonce": number.to_bytes(16, "big"),
            "receipt_hash": number.to_bytes(32, "big"),
            "cluster_id": cluster,
            "suspected": next((each[2] for each in found), "") if status != "approved" else "",
            "risk": round(max((self._score(each[0]) for each in found), default=0.0), 4),
            "language": choose.choice(LANGUAGES),
            "found": _found(found),
        }
        return row, [*self._identity(number, row), *self._signals(number, found, at), *self._decisions(number, row)]

    def _choose_held(self) -> frozenset[int]:
        first = int(self.comments * (1 - LATELY))
        return frozenset(self.chance.sample(range(first, self.comments + 1), round(self.comments * HELD_SHARE)))

    def _status(self, number: int) -> str:
        if number in self._held:
            return "held"
        return "rejected" if self.chance.random() < REJECTED_SHARE else "approved"

    def _campaign_of(self, number: int) -> tuple[int | None, str]:
        """Return the campaign a held comment belongs to and what all of it says."""
        if self._campaign_left:
            self._campaign_left -= 1
            return self._campaign, self._campaign_text
        mean = LARGEST_CAMPAIGN / 2
        if self.chance.random() < CAMPAIGN_SHARE / mean / (1 - CAMPAIGN_SHARE):
            self._campaign_left = self.chance.randrange(1, LARGEST_CAMPAIGN)
            self._campaign, self._campaign_text = number, self._text()
            return number, self._campaign_text
        return None, ""

    def _findings(self) -> list[tuple[str, str, str, str]]:
        weights = [each[-1] for each in FINDINGS]
        chosen = self.chance.choices(FINDINGS, weights=weights, k=self.chance.choice((1, 1, 2, 3)))
        return list(dict.fromkeys(each[:4] for each in chosen))

    def _identity(self, number: int, row: Row) -> list[tuple[str, Row]]:
        regulars = max(self.comments // COMMENTS_A_REGULAR, 10)
        once = self.chance.random() < ONE_TIMERS
        author = regulars + number if once else self.chance.randrange(regulars)
        key = author.to_bytes(16, "big")
        identity = {
            "comment_id": number,
            "site_id": row["site_id"],
            "strict_key": key,
            "loose_key": key,
            "network_key": None,
            "kid": "1",
            "normalisation": 1,
            "disposable": False,
            "idempotency_hash": number.to_bytes(16, "big"),
            "request_digest": number.to_bytes(16, "big"),
            "created_at": row["created_at"],
        }
        return [("identities", identity)]

    def _signals(self, number: int, found: list[tuple[str, str, str, str]], at: int) -> list[tuple[str, Row]]:
        return [
            (
                "signals",
                {
                    "comment_id": number,
                    "revision": 1,
                    "check_name": check,
                    "check_version": "1",
                    "category": category,
                    "score": self._score(check),
                    "weight": "soft",
                    "detail": detail,
                    "spans": json.dumps([[0, 5, "text", ""]]),
                    "microseconds": 40,
                    "shadow": False,
                    "created_at": at,
                },
            )
            for check, category, _, detail in found
        ]

    def _decisions(self, number: int, row: Row) -> list[tuple[str, Row]]:
        common = {"comment_id": number, "site_id": row["site_id"], "revision": 1, "explanation": "[]"}
        received = {
            **common,
            "id": self._decision_id - 1,
            "old_status": None,
            "new_status": "pending",
            "made_by": "reader",
            "moderator_id": None,
            "reason": None,
            "made_at": row["created_at"],
        }
        by_moderator = row["status"] != "held" and self.chance.random() < 0.1
        is_rejected = row["status"] == "rejected"
        decided = {
            **common,
            "id": self._decision_id,
            "old_status": "pending",
            "new_status": row["status"],
            "made_by": "moderator" if by_moderator else "policy",
            "moderator_id": 1 if by_moderator else None,
            "reason": self.chance.choice(REASONS) if is_rejected and self.chance.random() < 0.4 else None,
            "explanation": json.dumps([] if row["status"] == "approved" else ["It contains two links."]),
            "made_at": row["decided_at"],
        }
        rows = [("decisions", received), ("decisions", decided)]
        if row["status"] == "approved" and self.chance.random() < SAMPLE_SHARE:
            sample = {
                "comment_id": number,
                "site_id": row["site_id"],
                "rate": 0.01,
                "created_at": row["created_at"],
                "decided_at": None,
            }
            rows.append(("audit_samples", sample))
        if is_rejected and number % max(self.comments // 400, 1) == 0:
            appeal = {
                "comment_id": number,
                "decision_id": self._decision_id,
                "text": "I did not mean it like that.",
                "made_at": row["decided_at"],
            }
            rows.append(("appeals", appeal))
        return rows

    def _text(self) -> str:
        count = self.chance.choice((6, 12, 20, 30, 30, 45, 70))
        words = self.chance.choices(self.words, cum_weights=self._weights, k=count)
        return " ".join(words).capitalize() + "."

    def _site_of(self, story: int) -> int:
        shares = itertools.accumulate(share for *_, share in SITES)
        place = (story * 0.618_033_988_75) % 1
        return 1 + next(index for index, share in enumerate(shares) if place < share or share > 0.999)

    def _score(self, check: str) -> float:
        return round(0.4 + (hash_of(check) + self.chance.random() * 0.6) % 0.6, 4)

    def _moment(self, share: float) -> int:
        return int((BEGAN_AT + LASTS * share - EPOCH) / timedelta(microseconds=1))


def hash_of(check: str) -> float:
    """Return a number for a name, the same in every process."""
    return sum(map(ord, check)) % 60 / 100


def _found(found: list[tuple[str, str, str, str]]) -> str:
    words = sorted({each[0] for each in found} | {f"#{each[1]}" for each in found})
    return f" {' '.join(words)} " if words else ""


def _vocabulary(choose: random.Random) -> tuple[str, ...]:
    """Return invented words, the frequent ones short, as in any language."""
    syllables = [consonant + vowel for consonant in "bdfghjklmnprstwyz" for vowel in "aeiouẹọ"]
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        length = 1 if len(found) < 60 else 2 if len(found) < 3000 else choose.choice((3, 4))
        found["".join(choose.choices(syllables, k=length))] = None
    return tuple(found)
