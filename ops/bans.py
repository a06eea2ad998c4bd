"""`replydesk ban`: whose comments are always read before they are published. An address is read from stdin alone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from comments.identity import AuthorKeys, RootKey, author_keys, load_root_key
from comments.settings import load_settings
from comments.store import Store
from ops.clock import utc_now
from ops.opened import opened_store
from ops.privacy import Typed, read_address_typed, sites_of
from ops.problems import Problem

MAX_DAYS = 3650

app = typer.Typer(no_args_is_help=True, help="Whose comments are always read before they are published.")

OneSite = Annotated[str, typer.Option(help="The key of a site; default: all there are now.")]


@app.command("add")
def add(
    site: OneSite = "",
    typed_here: Typed = None,
    days: Annotated[int | None, typer.Option(min=1, max=MAX_DAYS, help="For how long; default: until removed.")] = None,
) -> None:
    """Hold whatever comes from the address on stdin, and from its other spellings. Nobody who writes can tell."""
    root, typed, now = load_root_key(load_settings().root_key_path), read_address_typed(typed_here), utc_now()
    until = None if days is None else now + timedelta(days=days)
    with opened_store() as store:
        found = list(_keys(store, root, typed, site))
        for site_id, keys in found:
            store.bans.add(site_id, keys, until=until, now=now)
    Console().print(f"Banned on {len(found)} sites.", markup=False)


@app.command("list")
def show() -> None:
    """List the bans; whose they are is not known."""
    table = Table("Ban", "Site", "Since", "Until", "Key", box=None)
    with opened_store() as store:
        for ban in store.bans.all(utc_now()):
            until = "removed" if ban.until_at is None else f"{ban.until_at:%Y-%m-%d}"
            table.add_row(str(ban.id), ban.site_key, f"{ban.created_at:%Y-%m-%d}", until, " ".join(ban.kids))
    Console().print(table)


@app.command("remove")
def remove(site: OneSite = "", typed_here: Typed = None) -> None:
    """End the ban of the address on stdin."""
    root, typed, now = load_root_key(load_settings().root_key_path), read_address_typed(typed_here), utc_now()
    with opened_store() as store:
        ended = sum(store.bans.end(site_id, keys, now) for site_id, keys in _keys(store, root, typed, site))
    Console().print(f"Ended {ended} bans.", markup=False)


def _keys(store: Store, root: RootKey, typed: str, site: str) -> Iterator[tuple[int, tuple[AuthorKeys, ...]]]:
    for each in sites_of(store, site):
        keys = author_keys(typed, each.key, root)
        if keys is None:
            raise Problem("that is no email address")
        yield each.id, keys
