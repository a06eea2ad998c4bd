"""Read a whole file, then bring it in: nothing is written before all of it has been understood.

Killed half-way, it has kept whole batches, and running it again keeps the rest.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from comments.identity import Identity, RootKey, identify_imported, network_key
from comments.imported import ImportedComment, ImportedThread, Kept, Source
from comments.reasons import Reason
from comments.receipt import new_receipt
from comments.status import Status
from comments.store import Store
from comments.store.inbox import NETWORK_DAYS
from comments.store.records import Site
from ops.imports.raw import Change, Identify, RawComment, RawThread, Skip, State
from ops.imports.report import Report
from ops.imports.staging import Staging, as_time, identity_of

# So many in one transaction: SQLite's other writers wait a quarter of a second for it.
BATCH_COMMENTS = 500
_BATCH_THREADS = 200

_FROM = {Source.WXR: "a WordPress export", Source.DISQUS: "a Disqus export", Source.ISSO: "an Isso database"}
_STATUSES = {
    State.APPROVED: (Status.APPROVED, None, "it was approved there"),
    State.WAITING: (Status.HELD, None, "it was awaiting moderation there"),
    State.UNKNOWN: (Status.HELD, None, "its state there is not known here"),
    State.SPAM: (Status.REJECTED, Reason.SPAM, "it was marked as spam there"),
    State.TRASH: (Status.REJECTED, Reason.OTHER, "it was in the trash there"),
    State.GONE: (Status.ERASED, None, "it had been deleted there"),
}
_NOT_PUBLIC = "it was approved there, under an article that was not public"


@dataclass(frozen=True, slots=True)
class Import:
    """One import: where to, from what, and when."""

    store: Store
    key: RootKey
    site: Site
    source: Source
    now: datetime
    is_dry_run: bool = False

    def run(
        self, found: Iterable[RawThread | RawComment], on_read: Callable[[int], None], on_kept: Callable[[int], None]
    ) -> Report:
        """Bring in what a parser yields. `on_read` is told how many there are to keep, `on_kept` how many were.

        Safe to do twice, and to be killed in. Raises BadFile, and nothing was written then, NoRoom or StoreUnavailable.
        """
        with Staging() as staging:
            read = staging.take(found)
            staging.resolve()
            on_read(staging.count())
            threads_added = 0 if self.is_dry_run else self._add_threads(staging)
            stored = known = 0
            for rows in staging.batches(BATCH_COMMENTS):
                kept = self._keep(staging, rows)
                stored, known = stored + len(kept.new), known + len(kept.known)
                on_kept(len(rows))
            return Report(
                source=self.source.value,
                site=self.site.key,
                is_dry_run=self.is_dry_run,
                read=read,
                stored=stored,
                already_there=known,
                skipped=staging.skipped(),
                changed=staging.changed(),
                states=staging.states(),
                threads_added=threads_added,
                missing=() if self.is_dry_run else tuple(self._missing(staging)),
            )

    def _add_threads(self, staging: Staging) -> int:
        threads = (_thread(row) for row in staging.threads())
        added = 0
        while batch := list(islice(threads, _BATCH_THREADS)):
            added += self.store.imports.add_threads(self.site.id, batch, self.now)
        return added

    def _keep(self, staging: Staging, rows: list[Any]) -> Kept:
        batch = [self._comment(row) for row in rows]
        imports = self.store.imports
        if self.is_dry_run:
            kept = imports.compare(self.site.id, self.source, batch)
        else:
            kept = imports.keep(self.site.id, self.source, batch, self.now)
        staging.skip(kept.taken, Skip.NUMBER_TAKEN)
        outside = {row["source_id"] for row in rows if row["may_be_here"]}
        staging.change([each for each in kept.orphans if each in outside], Change.PARENT_MISSING)
        hidden = [row["source_id"] for row in rows if row["state"] == State.APPROVED and not row["is_public"]]
        staging.change(hidden, Change.ARTICLE_NOT_PUBLIC)
        return kept

    def _missing(self, staging: Staging) -> Iterator[str]:
        """Look for every comment again: what was said to be kept must be there."""
        for rows in staging.batches(BATCH_COMMENTS):
            yield from self.store.imports.compare(self.site.id, self.source, [self._comment(row) for row in rows]).new

    def _comment(self, row: Any) -> ImportedComment:
        state = State(row["state"])
        status, reason, said = _STATUSES[state]
        if state is State.APPROVED and not row["is_public"]:
            status, said = Status.HELD, _NOT_PUBLIC
        is_gone = status is Status.ERASED
        source_id = row["source_id"]
        mark = f"{self.site.key}/{self.source.value}/{source_id}"
        return ImportedComment(
            source_id=source_id,
            thread_key=row["key"],
            parent_source_id=row["keeper_id"] or (row["parent"] if row["may_be_here"] else ""),
            status=status,
            reason=reason.value if reason else None,
            explanation=f"Imported from {_FROM[self.source]}: {said}.",
            name="" if is_gone else row["name"],
            text="" if is_gone else row["text"],
            created_at=as_time(row["at"]) or self.now,
            has_time=bool(row["has_time"]),
            identity=None if is_gone else identity_of(row),
            receipt=new_receipt(self.key),
            mark=self.key.digest("import", mark.encode()),
        )


def identifier(key: RootKey, site_key: str, now: datetime, disposable_domains: frozenset[str]) -> Identify:
    """Return what turns an address and a network into keyed hashes; a network older than seven days is dropped."""

    def identify(address: str, client_ip: str, created_at: datetime | None) -> Identity | None:
        if not address:
            return None
        is_fresh = created_at is not None and now - created_at < timedelta(days=NETWORK_DAYS)
        network = network_key(key, site_key, client_ip, created_at) if is_fresh and created_at else None
        return identify_imported(address, site_key, key, network=network, disposable_domains=disposable_domains)

    return identify


def _thread(row: Any) -> ImportedThread:
    times = [each for each in (as_time(row["at"]), as_time(row["first_at"])) if each is not None]
    return ImportedThread(
        key=row["key"],
        url=row["url"] or "",
        title=row["title"] or "",
        is_closed=bool(row["is_closed"]),
        created_at=min(times, default=None),
    )
