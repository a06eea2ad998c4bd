"""The judge: holds what the witnesses noted against what the database says. Pure; it knows nothing of the faults."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from tests.faults.journal import Evidence
from tests.faults.ledger import Ledger, utc
from tests.faults.texts import Expected

FINAL = {"approved", "held", "rejected"}


@dataclass
class Findings:
    """What was found. Only `accepted` may be other than zero; `problems` says everything in sentences."""

    accepted: int = 0
    lost: int = 0
    duplicated: int = 0
    early_public: int = 0
    stuck: int = 0
    problems: list[str] = field(default_factory=list)

    def note(self, count_of: str, sentence: str) -> None:
        """Count one and say it."""
        setattr(self, count_of, getattr(self, count_of) + 1)
        self.problems.append(sentence)


def judge(
    evidence: Evidence, ledger: Ledger, public: set[tuple[int, str]] | None = None, *, clocks_agree: bool = True
) -> Findings:
    """Return what contradicts the promises. `public` is all that can be read in the end, if that was asked for.

    Where clocks were made to disagree, times do not say what came first (the fault itself looks at the order then).
    """
    findings = Findings(accepted=len({promise.key for promise in evidence.promises}))
    findings.problems.extend(evidence.problems)
    _nothing_is_lost(evidence, ledger, findings)
    _nothing_is_double(evidence, ledger, findings)
    _nothing_is_early(evidence, ledger, findings, clocks_agree=clocks_agree)
    _every_trail_adds_up(ledger, findings)
    if public is not None:
        _public_is_what_is_approved(ledger, public, findings)
    return findings


def _nothing_is_lost(evidence: Evidence, ledger: Ledger, findings: Findings) -> None:
    rows = {row.id: row for row in ledger.rows}
    for promise in evidence.promises:
        row = rows.get(promise.id)
        if row is None:
            findings.note("lost", f"{promise.key}: accepted at {utc(promise.at)} as {promise.id}, and it is gone")
        elif row.text != promise.text and (row.id, row.text) not in evidence.edits:
            findings.note("lost", f"{promise.key}: {promise.id} holds another text than the one accepted")
        elif row.status not in FINAL:
            findings.note("stuck", f"{promise.key}: {promise.id} is still {row.status}")
        elif promise.expected is Expected.NOT_APPROVED and row.status == "approved":
            findings.note("early_public", f"{promise.key}: {promise.id} was approved and must not be")
    known = evidence.sent_texts | {promise.text for promise in evidence.promises} | {text for _, text in evidence.edits}
    findings.problems.extend(f"{row.id}: nobody sent this" for row in ledger.rows if row.text not in known)


def _nothing_is_double(evidence: Evidence, ledger: Ledger, findings: Findings) -> None:
    for text, count in Counter(row.text for row in ledger.rows).items():
        if count > 1:
            findings.note("duplicated", f"{text[-30:]!r} is there {count} times")
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for promise in evidence.promises:
        ids[promise.key].add(promise.id)
    for key, numbers in ids.items():
        if len(numbers) > 1:
            findings.note("duplicated", f"{key}: one key, several comments: {sorted(numbers)}")


def _nothing_is_early(evidence: Evidence, ledger: Ledger, findings: Findings, *, clocks_agree: bool) -> None:
    texts = {row.id: row.text for row in ledger.rows}
    for sighting in evidence.sightings:
        approvals = [entry.made_at for entry in ledger.trails.get(sighting.id, ()) if entry.new == "approved"]
        if not approvals or (clocks_agree and min(approvals) > sighting.at):
            findings.note("early_public", f"{sighting.id} was public at {utc(sighting.at)}, before any approval")
        is_edited = any(comment_id == sighting.id for comment_id, _ in evidence.edits)
        if sighting.id in texts and texts[sighting.id] != sighting.text and not is_edited:
            findings.problems.append(f"{sighting.id} was public with another text")


def _every_trail_adds_up(ledger: Ledger, findings: Findings) -> None:
    for row in ledger.rows:
        trail = ledger.trails.get(row.id, [])
        if not trail or trail[0].old is not None or trail[0].new != "pending":
            findings.problems.append(f"{row.id}: its trail does not begin with its arrival")
            continue
        if any(before.new != after.old for before, after in pairwise(trail)):
            findings.note("duplicated", f"{row.id}: its trail has a gap or a decision made twice")
        if trail[-1].new != row.status:
            findings.problems.append(f"{row.id} is {row.status}, its trail says {trail[-1].new}")
        approval = next((entry for entry in trail if entry.id == row.approval_id), None)
        if (row.status == "approved") != (approval is not None and approval.new == "approved"):
            findings.problems.append(f"{row.id} is {row.status}, its approval is {approval}")
    orphans = set(ledger.trails) - {row.id for row in ledger.rows}
    findings.problems.extend(f"{comment_id}: a trail without a comment" for comment_id in orphans)


def _public_is_what_is_approved(ledger: Ledger, public: set[tuple[int, str]], findings: Findings) -> None:
    approved = {(row.id, row.text) for row in ledger.rows if row.status == "approved"}
    for comment_id, _ in public - approved:
        findings.note("early_public", f"{comment_id} can be read and is not approved")
    findings.problems.extend(f"{comment_id} is approved and cannot be read" for comment_id, _ in approved - public)
