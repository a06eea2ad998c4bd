"""The keeper of the erasure journal: whatever was erased, at the desk or by its author, is written down elsewhere.

And whoever needs a key of the root key's to forget: the trail's words.
"""

from datetime import datetime

import structlog

from comments.erasure_journal import ErasureJournal
from comments.store import Store
from workers.sealing import Notary, renewed

log = structlog.get_logger()

JOURNAL_EVERY_SECONDS = 5.0


def write_journal(store: Store, journal: ErasureJournal | None, now: datetime) -> int:
    """Write down what was erased and is not in the journal yet. Returns how many.

    A journal that cannot be written is told in the log; what belongs into it waits in the database.
    Raises StoreUnavailable.
    """
    if journal is None:
        return 0
    try:
        return store.erasures.journal(lambda erased: journal.add(erased, now))
    except OSError as problem:
        log.error("erasure journal not written", error=type(problem).__name__)  # noqa: TRY400 - a traceback would tell no more
        return 0


def forget_trail_words(store: Store, notary: Notary | None, now: datetime) -> int:
    """Forget what the trail said in words more than a year ago, or of what was erased. Raises StoreUnavailable."""
    if notary is None:
        return 0
    notary = renewed(notary)
    erased = store.erasures.with_words()
    forget, earlier = store.trail_words, notary.earlier
    return forget.forget_of(notary.key, erased, earlier=earlier) + forget.forget_old(notary.key, now, earlier=earlier)
