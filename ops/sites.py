"""`replydesk site`: the websites whose comments are kept here."""

from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from comments.policy import Mode
from comments.store import Store
from comments.store.records import Site
from comments.store.sites import SiteExists
from comments.submission import SITE_KEY
from demo.stories import SITE_KEY as DEMO_KEY
from ops.clock import utc_now
from ops.opened import opened_store
from ops.problems import Problem

app = typer.Typer(no_args_is_help=True, help="The websites whose comments are kept here.")

Origins = Annotated[
    list[str] | None, typer.Option("--origin", help="A web origin of the site, as https://news.example; repeat it.")
]
Key = Annotated[str, typer.Argument(help="Short name in addresses: small letters, digits and dashes.")]


@app.command("add")
def add(key: Key, name: Annotated[str, typer.Argument(help="As readers know it.")], origins: Origins = None) -> None:
    """Add a site with the default policy."""
    if not SITE_KEY.fullmatch(key):
        raise Problem("a site's key has 1 to 40 small letters, digits and dashes, and no dash at its ends")
    with opened_store() as store:
        try:
            store.sites.add(key, name, origins=tuple(origins or ()), now=utc_now())
        except SiteExists:
            raise Problem(f"there is a site {key} already; change it with: replydesk site set {key}") from None
    Console().print(f"Added {key}.", markup=False)


@app.command("list")
def show() -> None:
    """List the sites."""
    table = Table("Key", "Name", "Mode", "Holds at", "Origins", box=None)
    with opened_store() as store:
        for site in store.sites.all():
            table.add_row(
                site.key, site.name, site.policy.mode.value, f"{site.policy.hold_at:g}", " ".join(site.origins)
            )
    Console().print(table)


@app.command("set")
def change(  # noqa: PLR0917 - typer makes an option of each
    key: Key,
    name: Annotated[str | None, typer.Option(help="As readers know it.")] = None,
    mode: Annotated[Mode | None, typer.Option(help="Which clean comments wait for a moderator.")] = None,
    hold_at: Annotated[float | None, typer.Option(min=0, max=1, help="From which score on a comment is held.")] = None,
    origins: Origins = None,
    blocked_words: Annotated[
        list[str] | None, typer.Option("--block", help="A word that rejects a comment; repeat it, replaces the list.")
    ] = None,
    held_words: Annotated[
        list[str] | None, typer.Option("--hold", help="A word that holds a comment; repeat it, replaces the list.")
    ] = None,
    shadow_checks: Annotated[
        list[str] | None,
        typer.Option("--shadow", help="A check to record without counting it; repeat it, replaces the list."),
    ] = None,
) -> None:
    """Change what is given; the policy gets a new version."""
    with opened_store() as store:
        site = find_site(store, key)
        policy = replace(
            site.policy,
            mode=mode or site.policy.mode,
            hold_at=site.policy.hold_at if hold_at is None else hold_at,
        )
        changed = replace(
            site,
            name=name or site.name,
            policy=policy,
            origins=site.origins if origins is None else tuple(origins),
            blocked_words=site.blocked_words if blocked_words is None else tuple(blocked_words),
            held_words=site.held_words if held_words is None else tuple(held_words),
            shadow_checks=site.shadow_checks if shadow_checks is None else tuple(shadow_checks),
        )
        version = store.sites.set(changed).policy.version
    Console().print(f"Changed {key}; its policy is version {version} now.", markup=False)


def find_site(store: Store, key: str) -> Site:
    """Return the site with this key. Raises Problem."""
    site = store.sites.find(key)
    if site is None:
        raise Problem(f"there is no site {key}; see: replydesk site list")
    return site


def ensure_demo_site(store: Store) -> None:
    """Add the demo newspaper's site unless it is there."""
    if store.sites.find(DEMO_KEY) is None:
        store.sites.add(DEMO_KEY, "The demo newspaper", now=utc_now())
