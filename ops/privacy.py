"""`replydesk privacy`: what is kept of whom, and what an author may ask for. An address is read from stdin alone."""

import getpass
import sys
import time
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from comments.access_file import written_out
from comments.erasure_journal import load_journal
from comments.identity import AuthorKeys, RootKey, author_keys, load_root_key
from comments.inventory import as_markdown, lines
from comments.settings import Settings, load_settings
from comments.store import Store
from comments.store.leftovers import leftovers, overwrite
from comments.store.records import Site
from comments.store.rights import Gone
from ops.clock import utc_now
from ops.opened import opened_store
from ops.problems import Problem
from ops.sites import find_site
from workers.sealing import load_notary, seal_new

# Another process may be reading just then; its page is done in a moment.
_TRIES, _PAUSE_SECONDS = 20, 0.25

app = typer.Typer(no_args_is_help=True, help="What is kept of whom, and what an author may ask for.")

# Taken only to be refused: a usage error would repeat what was typed.
Typed = Annotated[list[str] | None, typer.Argument(hidden=True)]
OneSite = Annotated[str, typer.Option(help="The key of a site; default: all.")]


@app.command("inventory")
def inventory(
    markdown: Annotated[bool, typer.Option("--markdown", help="As the table of docs/privacy.md.")] = False,
) -> None:
    """List every table and column: what it says of a person, what it is for, and how long it stays."""
    if markdown:
        sys.stdout.write(as_markdown())
        return
    table = Table("Column", "Class", "What for", "How long", box=None)
    for line in lines():
        table.add_row(f"{line.table}.{line.column}", line.is_a.value, line.purpose, line.how_long)
    Console().print(table)


@app.command("access")
def access(site: OneSite = "", typed_here: Typed = None) -> None:
    """Print as JSON all that is kept of the author whose address is on stdin. Make sure first that it is theirs."""
    root = load_root_key(load_settings().root_key_path)
    typed = read_address_typed(typed_here)
    now = utc_now()
    with opened_store() as store:
        found = {each.key: store.rights.access(each.id, keys, now) for each, keys in _keys(store, root, typed, site)}
    sys.stdout.write(written_out(now, found))


@app.command("erase")
def erase(
    site: OneSite = "",
    typed_here: Typed = None,
    compact: Annotated[
        bool,
        typer.Option("--compact", help="Rewrite the whole database too; nobody can write meanwhile. See docs."),
    ] = False,
) -> None:
    """Erase all comments of the author whose address is on stdin, and every byte of them. It cannot be undone."""
    settings = load_settings()
    root = load_root_key(settings.root_key_path)
    typed = read_address_typed(typed_here)
    with opened_store() as store:
        gone = [store.rights.erase(each.id, keys, utc_now()) for each, keys in _keys(store, root, typed, site)]
        _write_journal(settings, store)
        _forget_trail_words(settings, store, gone)
        done = _make_sure(store, gone, compact=compact)
    count = sum(len(each.comment_ids) for each in gone)
    Console().print(f"Erased {count} comments{' on ' + site if site else ''}. {done}", markup=False, soft_wrap=True)


def read_address_typed(typed_here: list[str] | None) -> str:
    """Read an address that nobody sees: it is in no process list, no history and no log. Raises Problem."""
    if typed_here:
        raise Problem("type the address on standard input, never as an argument: others can see those")
    typed = getpass.getpass("Address: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not typed.strip():
        raise Problem("type the address on standard input, never as an argument")
    return typed.strip()


def sites_of(store: Store, key: str) -> tuple[Site, ...]:
    """Return the site that is named, or all. Raises Problem."""
    return (find_site(store, key),) if key else store.sites.all()


def _keys(store: Store, root: RootKey, typed: str, site: str) -> Iterator[tuple[Site, tuple[AuthorKeys, ...]]]:
    for each in sites_of(store, site):
        keys = author_keys(typed, each.key, root)
        if keys is None:
            raise Problem("that is no email address")
        yield each, keys


def _write_journal(settings: Settings, store: Store) -> None:
    """Write the journal here and now. A worker does so again, and has it in its log: this may not be its machine."""
    load_journal(settings).add(store.erasures.waiting(), utc_now())


def _forget_trail_words(settings: Settings, store: Store, gone: list[Gone]) -> None:
    """Forget what moderators wrote and rules said of the erased comments; only what is sealed can lose its words."""
    notary = load_notary(settings)
    seal_new(store.chain, notary, utc_now())
    ids = [comment_id for each in gone for comment_id in each.comment_ids]
    store.trail_words.forget_of(notary.key, ids, earlier=notary.earlier)


def _make_sure(store: Store, gone: list[Gone], *, compact: bool) -> str:
    """Have the bytes overwritten, look for them, and return what is to be said of it."""
    if not any(each.comment_ids for each in gone):
        return "Nothing is kept of this address there."
    store.search.forget_gone(utc_now())
    overwrite(store.database, compact=compact)
    for _ in range(_TRIES):
        if store.database.empty_log():
            break
        time.sleep(_PAUSE_SECONDS)
    else:
        return "The database's log could not be emptied while others read; the sweeper does it within the hour."
    if not store.database.is_sqlite:
        return "PostgreSQL keeps old pages in its log and, without --compact, between its rows; see docs/privacy.md."
    left = leftovers(store.database, [value for each in gone for value in each.values])
    if left:
        return f"{left} of the erased values are still in the file, perhaps in somebody else's words: try --compact."
    return "Not a byte of them is left in the database and its log."
