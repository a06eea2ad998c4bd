"""The sealer: gives every new line of the audit trail its place in the chain, and writes the end down elsewhere."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from comments.anchors import FILE_NAME, LOGGED_AS, anchor_of, append_anchor, last_anchor
from comments.identity import KeyFileProblem, load_root_key
from comments.seal import EarlierKey, earlier_seal_keys, seal_key
from comments.settings import Settings
from comments.store.chain import BATCH_ROWS, Chain
from workers.kept_log import kept_log

log = structlog.get_logger()

SEAL_EVERY_SECONDS = 2.0
ANCHOR_EVERY_SECONDS = 600.0
# The sweeper has comments to rescue; what is left over is sealed the next time.
BUDGET_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Notary:
    """What sealing needs beside the chain: the key, its public name, those before it, and the file of the anchors.

    `key_path` is where the root key is read anew, so that a rotation counts here at once: what a process seals with the
    old key for more than a day nobody can prove.
    """

    key: bytes
    kid: str
    anchors_path: Path
    earlier: tuple[EarlierKey, ...] = ()
    key_path: Path | None = None

    def __repr__(self) -> str:
        return f"Notary(kid={self.kid})"


def load_notary(settings: Settings) -> Notary:
    """Return the notary of an installation. Raises KeyFileProblem."""
    return _load(settings.root_key_path, settings.data_dir / FILE_NAME)


def renewed(notary: Notary) -> Notary:
    """Return the notary with the root key as it is now; the same one while its file cannot be read."""
    if notary.key_path is None:
        return notary
    try:
        return _load(notary.key_path, notary.anchors_path)
    except KeyFileProblem:
        return notary


def _load(key_path: Path, anchors_path: Path) -> Notary:
    root = load_root_key(key_path)
    return Notary(seal_key(root), root.kid, anchors_path, earlier_seal_keys(root), key_path)


def seal_new(
    chain: Chain,
    notary: Notary | None,
    now: datetime,
    *,
    everything: bool = False,
    monotonic: Callable[[], float] = time.monotonic,
) -> int:
    """Seal batch after batch until nothing is new or the time is up. Returns how many lines were sealed.

    Safe to do twice and to be killed in, as `Chain.seal_next` is. Raises StoreUnavailable.
    """
    if notary is None:
        return 0
    notary = renewed(notary)
    ends_at, sealed = monotonic() + BUDGET_SECONDS, 0
    while batch := chain.seal_next(notary.key, now, everything=everything):
        sealed += batch
        if batch < BATCH_ROWS or monotonic() >= ends_at:
            break
    return sealed


def drop_anchor(chain: Chain, notary: Notary | None, now: datetime) -> int:
    """Write the chain's end to the file and the log if it has moved. Returns how many anchors were dropped: 0 or 1.

    A file that cannot be written is told in the log, which has the anchor then. Raises StoreUnavailable.
    """
    if notary is None:
        return 0
    notary = renewed(notary)
    head, last = chain.head(), _last_position(notary)
    if head.position < last:
        log.error("audit chain is shorter than its last anchor", position=head.position, anchored=last)
    if head.position <= last:
        return 0
    anchor = anchor_of(head.position, head.seal, notary.kid, now)
    kept_log.info(LOGGED_AS, **anchor.fields())
    try:
        append_anchor(notary.anchors_path, anchor)
    except OSError as problem:
        log.error("anchor not written", error=type(problem).__name__)  # noqa: TRY400 - a traceback would tell no more
    return 1


def _last_position(notary: Notary) -> int:
    try:
        last = last_anchor(notary.anchors_path)
    except OSError:
        return 0
    return 0 if last is None else last.position
