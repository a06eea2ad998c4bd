"""`replydesk key`: a new root key, without losing bans, histories and erasure; and the end of an old one."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from comments.identity import RootKey, load_root_key
from comments.root_key_file import KeyRing, load_key_ring, prepare_key, retire_key, rotate_key
from comments.settings import load_settings
from comments.store import Store
from comments.store.root_keys import GIVEN_UP, RETIRED, ROTATED, KeyUse
from comments.webhook import seal_secret as seal_webhook
from comments.webhook import unseal_secret as unseal_webhook
from ops.clock import utc_now
from ops.opened import opened_store
from ops.problems import Problem
from service.auth.codes import seal_secret as seal_factor
from service.auth.codes import unseal_secret as unseal_factor

# A machine that was not restarted at once may have used a device under the key before.
_ROLLING = timedelta(days=1)

app = typer.Typer(no_args_is_help=True, help="The root key: a new one, and the end of an old one.")


@app.command("rotate")
def rotate(
    prepare: Annotated[
        bool,
        typer.Option("--prepare", help="Only make it known. For several machines: restart all, then rotate."),
    ] = False,
) -> None:
    """Write everything under a new root key from the next start on; the one before is looked up under until retired."""
    path = load_settings().root_key_path
    with opened_store() as store:
        if prepare:
            _say(f"Key {prepare_key(path).kid} comes next. Restart every process, then: replydesk key rotate")
            return
        ring = rotate_key(path, utc_now())
        old, new = ring.previous[0].kid, ring.current.kid
        store.events.add(None, None, ROTATED, {"old_key": old, "new_key": new}, utc_now())
    _say(f"The root key is {new} now. Restart every process, and keep a copy of {path} apart from the database.")
    _say(f"Key {old} is looked up under until: replydesk key retire")


@app.command("list")
def show() -> None:
    """List the root keys, and what still needs each."""
    ring = load_key_ring(load_settings().root_key_path)
    with opened_store() as store:
        uses = store.root_keys.uses()
    table = Table("Key", "Is", "Until", "Authors of comments", "Bans", box=None)
    for kid, role, until in (*_roles(ring), *((kid, "not here", None) for kid in sorted(uses.keys() - _kids(ring)))):
        use = uses.get(kid, KeyUse())
        table.add_row(kid, role, "" if until is None else f"{until:%Y-%m-%d}", str(use.comments), str(use.bans))
    Console().print(table)


@app.command("retire")
def retire(
    key: Annotated[str, typer.Option(help="The public name of a key; default: the oldest.")] = "",
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Also if bans and authors still need it: they are forgotten.")
    ] = False,
) -> None:
    """Forget an earlier root key once nothing needs it. Every process must have been restarted since the rotation."""
    path, now = load_settings().root_key_path, utc_now()
    ring = load_key_ring(path)
    with opened_store() as store:
        old = _to_retire(ring, store, key)
        if not give_up:
            _require_unneeded(store, ring, old)
        _seal_anew(store, path)
        gone = store.root_keys.let_go(old)
        retire_key(path, old)
        kind = RETIRED if old in _kids(ring) else GIVEN_UP
        store.events.add(None, None, kind, {"key": old, "comments": gone.comments, "bans": gone.bans}, now)
    _say(f"Key {old} is no more. {gone.comments} comments lost their author, {gone.bans} bans ended.")


def _to_retire(ring: KeyRing, store: Store, named: str) -> str:
    """Return which. The oldest goes first: a row that names a key may still have a hash of a later one."""
    if named and named not in _kids(ring) and named in store.root_keys.uses():
        return named  # its key was lost, and its rows are of no use
    if not ring.previous:
        raise Problem("there is no earlier root key")
    oldest = ring.previous[-1].kid
    if named not in {"", oldest}:
        raise Problem(f"the oldest earlier root key is {oldest}; it is retired first")
    return oldest


def _require_unneeded(store: Store, ring: KeyRing, old: str) -> None:
    use = store.root_keys.uses().get(old, KeyUse())
    until = next((each.until for each in ring.previous if each.kid == old), None)
    devices = 0 if until is None else store.root_keys.devices_unseen_since(until + _ROLLING)
    needs = [
        f"{number} {name}"
        for name, number in (("comments", use.comments), ("bans", use.bans), ("devices", devices))
        if number
    ]
    if needs:
        raise Problem(
            f"key {old} is still needed by {', '.join(needs)}: comments and devices are let go by retention (180 days "
            "by default), a ban by replydesk ban remove; or forget them all now with --give-up"
        )


def _seal_anew(store: Store, path: Path) -> None:
    """Seal the secrets that are sealed with an earlier key with the current one."""
    known = load_root_key(path)
    current = load_key_ring(path).current

    def webhook(site_id: int, url: str, sealed: bytes) -> bytes | None:
        secret = None if unseal_webhook(current, site_id, url, sealed) else unseal_webhook(known, site_id, url, sealed)
        return None if secret is None else seal_webhook(current, site_id, url, secret)

    def factor(moderator_id: int, sealed: bytes) -> bytes | None:
        secret = None if unseal_factor(current, moderator_id, sealed) else unseal_factor(known, moderator_id, sealed)
        return None if secret is None else seal_factor(current, moderator_id, secret)

    store.root_keys.seal_anew(webhook, factor)


def _roles(ring: KeyRing) -> list[tuple[str, str, datetime | None]]:
    coming: tuple[RootKey, ...] = () if ring.coming is None else (ring.coming,)
    return [
        (ring.current.kid, "current", None),
        *((each.kid, "next", None) for each in coming),
        *((each.kid, "earlier", each.until) for each in ring.previous),
        *((each.kid, "retired", each.until) for each in ring.retired),
    ]


def _kids(ring: KeyRing) -> set[str]:
    return {kid for kid, _, _ in _roles(ring)}


def _say(sentence: str) -> None:
    Console().print(sentence, markup=False, soft_wrap=True, highlight=False)
