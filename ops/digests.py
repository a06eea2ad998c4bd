"""`replydesk digest`: what the newsroom is told of its desk now and then."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console

from comments.settings import Settings, load_settings
from comments.store import Store
from comments.store.records import Site
from ops.clock import utc_now
from ops.opened import opened_store
from ops.problems import Problem
from ops.sites import find_site
from workers.digests.digester import Digester, load_digester
from workers.digests.receivers import Digest, NotTold, tell
from workers.notifications_file import BadNotifications

app = typer.Typer(no_args_is_help=True, help="What the newsroom is told of its desk; see docs/webhooks.md.")

SiteKey = Annotated[str, typer.Option(help="The key of the site.")]
_TOLD_OF = timedelta(days=1)


@app.command("show")
def show(site: SiteKey) -> None:
    """Print what a site's digests would say of the last 24 hours; nothing is sent."""
    settings = load_settings()
    with opened_store() as store:
        found, digester = find_site(store, site), _digester(settings, store)
        now = utc_now()
        for digest in _of(digester, found)[:1]:
            told, is_quiet = digester.compose(found, digest, now - _TOLD_OF, now, "")
            _say(f"{told.subject}\n\n{told.body}")
            if is_quiet and not digest.when_quiet:
                _say("\n(Nothing waits, so this one would not be sent.)")


@app.command("test")
def test(site: SiteKey) -> None:
    """Send each digest of a site at once, whatever waits, and say what became of it."""
    settings = load_settings()
    with opened_store() as store:
        found, digester = find_site(store, site), _digester(settings, store)
        told = [_try(digester, found, each, settings) for each in _of(digester, found)]
    if not all(told):
        raise Problem("not every digest arrived")


def _try(digester: Digester, site: Site, digest: Digest, settings: Settings) -> bool:
    now = utc_now()
    told, _ = digester.compose(site, digest, now - _TOLD_OF, now, f"dig_test_{int(now.timestamp())}")
    try:
        tell(digest.receiver, told, now, allows_private=settings.webhook_private_addresses)
    except NotTold as problem:
        _say(f"✗ {digest.name}: {problem}")
        return False
    _say(f"✓ {digest.name}")
    return True


def _of(digester: Digester, site: Site) -> tuple[Digest, ...]:
    found = tuple(each for each in digester.listed if each.site_key == site.key)
    if not found:
        raise Problem(f"REPLYDESK_NOTIFICATIONS_FILE names no digest of {site.key}")
    return found


def _digester(settings: Settings, store: Store) -> Digester:
    try:
        return load_digester(settings, store, utc_now)
    except BadNotifications as problem:
        raise Problem(str(problem)) from None


def _say(words: str) -> None:
    Console(soft_wrap=True, highlight=False).print(words, markup=False)
