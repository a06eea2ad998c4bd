"""Tries a site's new settings for the review desk: the web process asks, what the workers use answers.

The models are loaded with the first word list that is tried, and only one change is tried at a time, so that readers
and the other moderators go on being answered.
"""

import os
import time
from threading import Lock
from typing import TYPE_CHECKING

from comments.preview import Preview, PreviewBusy
from comments.settings import Settings
from comments.store import Store
from comments.store.records import Site

if TYPE_CHECKING:
    from workers.reader import Reader

LAST = 500
# A moderator waits for the page; what could not be tried by then is said.
BUDGET_SECONDS = 4.0


class Trials:
    """What one web process tries changes with."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._lock = Lock()
        self._reader: Reader | None = None

    def __call__(self, old: Site, new: Site) -> Preview:
        """Return what the change would do to what was decided last. Raises PreviewBusy and StoreUnavailable."""
        from workers.preview import preview  # noqa: PLC0415 - a web process that tries nothing needs no checks

        if not self._lock.acquire(blocking=False):
            raise PreviewBusy
        try:
            ends_at = time.monotonic() + BUDGET_SECONDS
            pasts = self._store.replays.last(old.id, LAST)
            return preview(
                pasts, old, new, lambda *asked: self._read().read(*asked), lambda: time.monotonic() >= ends_at
            )
        finally:
            self._lock.release()

    def _read(self) -> "Reader":
        if self._reader is None:
            os.environ.setdefault(
                "OPENBLAS_NUM_THREADS", "1"
            )  # before numpy: a pool of threads would fight the server's
            from workers.learning.learner import SiteLearner  # noqa: PLC0415 - numpy must not come before the line above
            from workers.reader import Reader, load_models  # noqa: PLC0415 - as above
            from workers.second_opinion import SecondOpinion  # noqa: PLC0415 - as above

            models = load_models(SecondOpinion(self._settings.second_stage))
            self._reader = Reader(models, SiteLearner(self._store.learning, models.version))
        return self._reader
