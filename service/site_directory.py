"""The sites as a web process knows them: read once every few seconds instead of with every request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from comments.store import Store, StoreUnavailable
from comments.store.records import Site
from comments.submission import SITE_KEY

KEEP_SECONDS = 3


@dataclass(frozen=True, slots=True)
class _Known:
    sites: dict[str, Site]
    origins: frozenset[str]
    until_at: datetime


class SiteDirectory:
    """Sites by key, and every origin that may read an answer of the API."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._known: _Known | None = None

    def find(self, key: str) -> Site | None:
        """Return the site, or None. One that is new is found at once; a change shows after KEEP_SECONDS."""
        if not SITE_KEY.fullmatch(key):
            return None  # PostgreSQL would not even take some of them into a query
        return self._current().sites.get(key) or self._store.sites.find(key)

    def knows(self, key: str) -> bool:
        """Say whether there is such a site, without a look at the database for one that is not among those known."""
        try:
            return key in self._current().sites
        except StoreUnavailable:
            return False

    def only(self) -> Site | None:
        """Return the site of an installation that has one."""
        sites = self._current().sites
        return next(iter(sites.values())) if len(sites) == 1 else None

    def longest_kept_days(self) -> tuple[int, int] | None:
        """Return how many days rejected words and authors are kept on any site at most; None without a site."""
        sites = self._current().sites.values()
        if not sites:
            return None
        return max(each.rejected_text_days for each in sites), max(each.identity_days for each in sites)

    def origins(self) -> frozenset[str]:
        """Return the origins of all sites."""
        return self._current().origins

    def _current(self) -> _Known:
        now = self._now()
        known = self._known
        # Two threads may both read; the last one wins and both are right.
        if known is None or now >= known.until_at:
            sites = {site.key: site for site in self._store.sites.all()}
            origins = frozenset(origin for site in sites.values() for origin in site.origins)
            known = self._known = _Known(sites, origins, now + timedelta(seconds=KEEP_SECONDS))
        return known
