"""The proof of the audit trail: walks the chain from its first place and says what is not as it was sealed."""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from comments.anchors import Anchor
from comments.seal import NO_SEAL, EarlierKey, Line, has_words, reseal, seal, seal_keys_of
from comments.store.chain import Chain, Sealed

PAGE_ROWS = 4_000
# The sealer comes every few seconds; what waits longer has no sealer, or was not written by us.
LONGEST_WAIT = timedelta(minutes=10)
# Clocks of several machines differ, and a transaction takes its time.
CLOCK_TOLERANCE_US = 3_600_000_000
MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class Proof:
    """What a walk along the chain found. `findings` are sentences, the first in the chain's order first.

    `remarks` are no proof of anything, and somebody should look at them.
    """

    places: int
    findings: tuple[str, ...]
    remarks: tuple[str, ...]
    anchors: int

    @property
    def is_sound(self) -> bool:
        """Say that nothing was altered, removed, moved or left unsealed."""
        return not self.findings


def prove(
    chain: Chain, key: bytes, anchors: Sequence[Anchor], now: datetime, *, earlier: Sequence[EarlierKey] = ()
) -> Proof:
    """Walk the whole chain. Constant memory; a million places take seconds.

    `earlier` proves what was sealed before the root key was rotated.
    """
    walk = _Walk(key, earlier, {anchor.position: anchor for anchor in anchors})
    along = walk.findings(chain)
    findings = list(islice(along, MOST_FINDINGS))
    if len(findings) < MOST_FINDINGS:
        findings += [*walk.cut_off(), *_left_out(chain, now)]
    if walk.mismatches and walk.mismatches == walk.places:
        findings.insert(0, "no seal matches: is this the root key that the trail was sealed with?")
    return Proof(walk.places, tuple(findings[:MOST_FINDINGS]), tuple(walk.remarks), len(anchors))


@dataclass
class _Walk:
    """Where the walk along the chain has come to."""

    key: bytes
    earlier: Sequence[EarlierKey]
    anchors: Mapping[int, Anchor]
    places: int = 0
    position: int = 0
    before: bytes | None = NO_SEAL  # None when the place before is gone, so that nobody knows
    mismatches: int = 0
    remarks: list[str] = field(default_factory=list)
    _latest_us: dict[str, int] = field(default_factory=dict)

    def findings(self, chain: Chain) -> Iterator[str]:
        while page := chain.page(self.position, limit=PAGE_ROWS):
            for place in page:
                yield from self._look_at(place)

    def cut_off(self) -> Iterator[str]:
        for anchor in self.anchors.values():
            if anchor.position > self.position:
                yield (
                    f"the end of the chain is gone: it ends at place {self.position}, "
                    f"and reached place {anchor.position} by {anchor.at}"
                )
                return

    def _look_at(self, place: Sealed) -> Iterator[str]:
        if place.position != self.position + 1:
            yield f"the chain has no places {self.position + 1} to {place.position - 1}: they were removed"
            self.before = None
        if place.line is None:
            yield f"{place.source} {place.source_id}, sealed at place {place.position}, was removed"
        elif self.before is not None and not self._is_as_sealed(self.before, place, place.line):
            self.mismatches += 1
            yield (
                f"{place.source} {place.source_id} is not what was sealed at place {place.position}: "
                "it, its place or its seal was changed"
            )
        else:
            self._note_time(place.line)
        anchor = self.anchors.get(place.position)
        if anchor is not None and anchor.seal != place.seal:
            yield f"place {place.position} had another seal on {anchor.at}: the chain was made anew, there or before"
        self.places, self.position, self.before = self.places + 1, place.position, place.seal

    def _is_as_sealed(self, before: bytes, place: Sealed, line: Line) -> bool:
        keys = seal_keys_of(self.key, self.earlier, line.sealed_at_us)
        if any(hmac.compare_digest(seal(key, before, line), place.seal) for key in keys):
            return True
        # Its words were forgotten since, by who has the key and found it as it was sealed; the rest of it is proved.
        return (
            place.reseal is not None
            and not has_words(line)
            and any(hmac.compare_digest(reseal(key, place.seal, line), place.reseal) for key in keys)
        )

    def _note_time(self, line: Line) -> None:
        made_us = int(str(line.content["made_at"]))
        latest_us = self._latest_us.get(line.source, made_us)
        if made_us < latest_us - CLOCK_TOLERANCE_US and len(self.remarks) < MOST_FINDINGS:
            self.remarks.append(
                f"{line.source} {line.source_id} (place {line.position}) says it was made long before "
                "what was sealed before it: a clock was put back, or somebody added it later"
            )
        self._latest_us[line.source] = max(made_us, latest_us)


def _left_out(chain: Chain, now: datetime) -> Iterator[str]:
    for row in chain.unsealed(made_before=now - LONGEST_WAIT, limit=MOST_FINDINGS):
        yield (
            f"{row.source} {row.id} of {row.made_at:%Y-%m-%d %H:%M} UTC was never sealed: "
            "no worker has run since, or it was added by hand"
        )
