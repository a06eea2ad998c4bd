"""What the witness sends: every comment is made from the run's seed and its number, so a run can be replayed."""

import hashlib
import random
from dataclasses import dataclass
from enum import StrEnum

ARTICLE_COMMENTS = 150
# An address that must be nowhere afterwards: the whole data directory is searched for this domain.
CANARY_DOMAIN = "canary-inbox.example.org"
SPAM_SHARE = 0.1

_WHO = """The ministers|My neighbours|Both unions|The drivers|Several traders|The councillors|Our teachers|The nurses
The engineers|Two of my cousins|The customs officers|Market women here|The local reporters|Old fishermen|Students
The governors|Some shopkeepers|The railway clerks|Retired judges|The night watchmen""".replace("\n", "|").split("|")
_DID = """should have picked up the telephone|never read the agreement|kept their word|were asked too late|know better
walked out for a reason|paid for this mistake|warned about it in spring|counted every lorry|waited at the crossing
deserve a straight answer|have seen this before|repaired the bridge themselves|wrote to the paper|lost a whole season
carried the costs alone|asked for the minutes|found another road|trusted the timetable|closed their stalls""".replace(
    "\n", "|"
).split("|")
_WHERE = """in the border towns|at the harbour|up in the hills|behind the station|along the coast road|in the capital
at the old market|near the customs house|on both banks|in our street|at the depot|outside the ministry|on the ferry
by the water works|in the northern districts|at the crossroads|around the stadium|at the toll gate|in the valley
beyond the airport""".replace("\n", "|").split("|")
_SO = """and nobody is surprised now|so the figures are no mystery|which the article leaves out
but that is another story
and the rain did the rest|so I would read the report twice|though prices tell the same tale|and the winter was long
because the fuel ran out|so let them explain it|while the radio played music|and the ledger shows it|as my father said
before the elections|and it cost us a week|which is worth remembering|though some call it progress
and the queue goes round the block|so the map needs redrawing|but the bread was good""".replace("\n", "|").split("|")


class Expected(StrEnum):
    """What must become of a comment."""

    ANY = "any"  # whatever the policy says
    NOT_APPROVED = "not approved"


@dataclass(frozen=True, slots=True)
class Sample:
    """One comment to send. `key` is its Idempotency-Key, the same at every try."""

    key: str
    text: str
    article: str
    expected: Expected

    def fields(self) -> dict[str, object]:
        """Return the body of the request."""
        return {
            "site": "demo",
            "thread": {"key": self.article, "url": "", "title": "An article"},
            "name": "Ada Reader",
            "email": f"{self.key}@{CANARY_DOMAIN}",
            "text": self.text,
        }


def sample(seed: int, number: int) -> Sample:
    """Return the comment of this number: a fair one, now and then spam."""
    chance = random.Random(f"{seed}/text/{number}")
    words = f"{chance.choice(_WHO)} {chance.choice(_DID)} {chance.choice(_WHERE)}, {chance.choice(_SO)}."
    key, article = f"k{seed}-{number}", article_of(seed, number)
    if chance.random() < SPAM_SHARE:
        spam = f"{words} Guaranteed loan, no collateral! WhatsApp +234 803 000 0000 or visit bit.ly/loan-{number}"
        return Sample(key, spam, article, Expected.NOT_APPROVED)
    return Sample(key, f"{words} (Page {number})", article, Expected.ANY)


def address_of(key: str) -> str:
    """Return where the reader of this key sits: each one somewhere else."""
    first, second, third, fourth = hashlib.sha256(key.encode()).digest()[:4]
    return f"{first % 100 + 11}.{second}.{third}.{fourth}"


def article_of(seed: int, number: int) -> str:
    """Return the key of the thread that this comment belongs to."""
    return f"article-{seed}-{number // ARTICLE_COMMENTS}"
