"""The keeper of the erasure journal: whatever was erased, at the desk or by its author, is written down elsewhere.

And whoever needs a key of the root key's to forget: the trail's words.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog

from comments.erasure_journal import LOGGED_AS, Erased, ErasureJournal
from comments.store import Store
from workers.kept_log import kept_log
from workers.sealing import Notary, renewed, seal_new

log = structlog.get_logger()

JOURNAL_EVERY_SECONDS = 5.0
CLEAN_EVERY_SECONDS = 5.0


def write_journal(store: Store, journal: ErasureJournal | None, now: datetime) -> int:
    """Write down what was erased and is not in the journal yet, in its file and in the log. Returns how many.

    A journal that cannot be written is told in the log; what belongs into it waits in the database.
    Raises StoreUnavailable.
    """
    if journal is None:
        return 0
    try:
        return store.erasures.journal(lambda erased: _write(journal, erased, now))
    except OSError as problem:
        log.error("erasure journal not written", error=type(problem).__name__)  # noqa: TRY400 - a traceback would tell no more
        return 0


def _write(journal: ErasureJournal, erased: Sequence[Erased], now: datetime) -> None:
    for entry in journal.add(erased, now):
        kept_log.info(LOGGED_AS, **entry)


def clean_up(store: Store, journal: ErasureJournal | None, notary: Notary | None, now: datetime) -> int:
    """Have overwritten at once what a reader had erased by the link of a privacy request, as the command does.

    Otherwise it would wait for the hourly chores. Returns how many requests are done with; while somebody reads,
    SQLite's log cannot be emptied, and it is tried again. Raises StoreUnavailable.
    """
    if notary is None or not store.privacy_requests.wait_for_cleaning():
        return 0
    write_journal(store, journal, now)
    seal_new(store.chain, notary, now)  # only what is sealed can lose its words
    notary = renewed(notary)
    store.trail_words.forget_of(notary.key, store.erasures.with_words(), earlier=notary.earlier)
    store.search.forget_gone(now)
    return store.privacy_requests.cleaned(now) if store.database.empty_log() else 0


def forget_trail_words(store: Store, notary: Notary | None, now: datetime) -> int:
    """Forget what the trail said in words more than a year ago, or of what was erased. Raises StoreUnavailable."""
    if notary is None:
        return 0
    notary = renewed(notary)
    erased = store.erasures.with_words()
    forget, earlier = store.trail_words, notary.earlier
    return forget.forget_of(notary.key, erased, earlier=earlier) + forget.forget_old(notary.key, now, earlier=earlier)
