"""`replydesk drill`: whether a backup comes back, tried out beside the running service.

A backup that nobody has restored is a hope. This one is put back by the code that would put it back in earnest, into a
database of its own, and held against what was counted in the service's database at the moment of the copy.
"""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from comments.anchors import FILE_NAME as ANCHORS
from comments.anchors import Anchor, read_anchors
from comments.erasure_journal import ErasureJournal, load_journal
from comments.identity import load_root_key
from comments.proof import Proof, prove
from comments.seal import earlier_seal_keys, seal_key
from comments.settings import Settings
from comments.store import Store, StoreUnavailable, open_store
from comments.store.scratch import scratch_database
from comments.store.soundness import why_miscounted
from comments.store.tallies import Contents
from ops.backup import back_up
from ops.backup_file import Manifest, read_file
from ops.prepare import make_private
from ops.problems import Problem
from ops.restore import bring_up_to_date, count, differing, put_back, require_fitting
from ops.working_copies import held_back, working_directory

# An anchor that was written just before the copy may name a place that came just after it.
ANCHOR_MARGIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Erasures:
    """What the journal did: comments it names, those the backup still had, and those it left behind."""

    in_journal: int
    erased_again: int
    left: int


@dataclass(frozen=True, slots=True)
class Drill:
    """What came of it. `found` was counted before anything was migrated or erased again; `proof` afterwards.

    `proof` is None when the backup is older than the audit chain.
    """

    manifest: Manifest
    found: Contents
    erasures: Erasures
    proof: Proof | None
    miscounted: str | None
    backup_seconds: float
    restore_seconds: float

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that is not as it must be, in sentences."""
        faults = [f"table {name} is not what was saved" for name in differing(self.found, self.manifest)]
        if self.manifest.statuses and dict(self.manifest.statuses) != self.found.statuses:
            faults.append("the comments have other statuses than were saved")
        if self.erasures.left:
            faults.append(f"{self.erasures.left} comments are back that the journal says were erased")
        if self.miscounted:
            faults.append(self.miscounted)
        return (*faults, *(self.proof.findings if self.proof else ()))


def drill(settings: Settings, file: Path | None, journals: Sequence[Path] = ()) -> Drill:
    """Back up, or take a backup that is there, put it back beside the service, and compare.

    `journals` are erasure journals that are kept elsewhere and read beside the installation's own.
    The service's database is only read, and with a file not even that. Raises Problem, KeyFileProblem, NewerDatabase
    or StoreUnavailable.
    """
    make_private(settings)
    with working_directory(settings.data_dir, "drill") as directory:
        began_at = time.monotonic()
        saved = file or directory / "backup.zip"
        if file is None:
            back_up(settings, saved)
        backup_seconds = time.monotonic() - began_at
        copy = directory / "copy"
        manifest = read_file(saved, copy)
        require_fitting(settings, manifest)
        with _scratch(settings, directory) as beside:
            done = _try_out(beside, manifest, copy, load_journal(settings, journals))
    return replace(done, backup_seconds=backup_seconds if file is None else 0.0)


@contextlib.contextmanager
def _scratch(settings: Settings, directory: Path) -> Iterator[Settings]:
    """Give the settings with an empty database in the place of the service's. Raises Problem when none can be made."""
    with contextlib.ExitStack() as stack:
        try:
            with held_back():
                url = stack.enter_context(scratch_database(settings.database, directory))
        except StoreUnavailable as problem:
            raise Problem(
                f"no database to try the backup in could be made ({problem}); let the user of REPLYDESK_DATABASE_URL "
                "make one (ALTER ROLE … CREATEDB), or name another server there and a backup to try"
            ) from None
        yield settings.model_copy(update={"database_url": SecretStr(url)})


def _try_out(beside: Settings, manifest: Manifest, copy: Path, journal: ErasureJournal) -> Drill:
    began_at = time.monotonic()
    put_back(beside.database, copy)
    store = open_store(beside.database)
    try:
        found = count(store)
        if list(differing(found, manifest)):
            return Drill(manifest, found, Erasures(0, 0, 0), None, None, 0.0, time.monotonic() - began_at)
        erasures = _erase_again(store, journal)
        took = time.monotonic() - began_at
        return Drill(
            manifest, found, erasures, _prove(beside, store, manifest), why_miscounted(store.database), 0.0, took
        )
    finally:
        store.close()


def _erase_again(store: Store, journal: ErasureJournal) -> Erasures:
    marks = journal.marks()
    erased_again = bring_up_to_date(store, journal)
    left = store.erasures.still_there(marks, lambda erased: journal.names(erased, marks[erased.comment_id]))
    return Erasures(len(marks), erased_again, left)


def _prove(beside: Settings, store: Store, manifest: Manifest) -> Proof | None:
    if "audit_chain" not in manifest.tables:
        return None
    root = load_root_key(beside.root_key_path)
    kids = {each.kid for each in root.known} | {each.kid for each in root.retired}
    made_at = datetime.fromisoformat(manifest.made_at)
    anchors = [
        anchor
        for anchor in _anchors(beside.data_dir / ANCHORS)
        if anchor.kid in kids and datetime.fromisoformat(anchor.at) < made_at - ANCHOR_MARGIN
    ]
    return prove(store.chain, seal_key(root), anchors, made_at, earlier=earlier_seal_keys(root))


def _anchors(path: Path) -> tuple[Anchor, ...]:
    return read_anchors(path) if path.is_file() else ()
