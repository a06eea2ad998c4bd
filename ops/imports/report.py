"""What an import tells: sums that must add up, and the other system's numbers of what was left out or changed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """The end of an import, or of a dry run. It names comments by number alone."""

    source: str
    site: str
    is_dry_run: bool
    read: int
    stored: int
    already_there: int
    skipped: Mapping[str, Sequence[str]]
    changed: Mapping[str, Sequence[str]]
    states: Mapping[str, int]
    threads_added: int
    missing: Sequence[str]  # should be in the database now and are not

    @property
    def adds_up(self) -> bool:
        """Say whether everything that was read is accounted for, and in the database what should be."""
        return self.read == self.stored + self.already_there + self.skipped_count and not self.missing

    @property
    def skipped_count(self) -> int:
        """How many were left out, for whatever reason."""
        return sum(len(ids) for ids in self.skipped.values())

    def as_json(self) -> dict[str, object]:
        """Return the file that `--report` writes."""
        return {"format": "replydesk import report 1"} | asdict(self) | {"adds_up": self.adds_up}

    def lines(self) -> list[str]:
        """Return it for a person."""
        would = "would be stored" if self.is_dry_run else "stored"
        verdict = "" if self.adds_up else ": THIS DOES NOT ADD UP"
        parts = f"{self.stored:,} {would} + {self.already_there:,} already there + {self.skipped_count:,} skipped"
        said = [f"{self.read:,} comments read = {parts}{verdict}"]
        said += [f"  skipped, {_words(why)}: {_some(ids)}" for why, ids in self.skipped.items()]
        said += [f"  changed, {_words(what)}: {_some(ids)}" for what, ids in self.changed.items()]
        said += [f"  MISSING in the database: {_some(self.missing)}"] if self.missing else []
        states = ", ".join(f"{number:,} {state}" for state, number in self.states.items())
        return [*said, f"  as they stood there: {states or 'none'}; {self.threads_added:,} threads are new"]


_SHOWN = 10


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _SHOWN:,} more" if len(ids) > _SHOWN else ""
    return f"{len(ids):,} ({', '.join(ids[:_SHOWN])}{more})"


def _words(code: str) -> str:
    return code.replace("_", " ")
