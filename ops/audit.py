"""`replydesk audit`: the trail of decisions and events, proved and handed out."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from comments.anchors import FILE_NAME, Anchor, read_anchors
from comments.audit_export import Format, write
from comments.identity import RootKey, load_root_key
from comments.proof import Proof, prove
from comments.roles import EVERY_SITE
from comments.seal import earlier_seal_keys, seal_key
from comments.settings import load_settings
from comments.submission import MAX_ID
from comments.trail_query import Kind, TrailQuery, Who
from ops.clock import utc_now
from ops.opened import opened_store
from ops.problems import Problem
from ops.sites import find_site

app = typer.Typer(no_args_is_help=True, help="The trail of decisions and events.")


@app.command("verify")
def verify(
    anchors: Annotated[
        Path | None,
        typer.Option(help=f"Anchors, or a log that holds them; default: {FILE_NAME} in the data directory."),
    ] = None,
) -> None:
    """Prove that no line of the trail was altered, removed, moved or left unsealed. Exit code 1 if one was."""
    settings = load_settings()
    root = load_root_key(settings.root_key_path)
    known = _anchors(anchors, settings.data_dir / FILE_NAME, root)
    with opened_store() as store:
        proof = prove(store.chain, seal_key(root), known, utc_now(), earlier=earlier_seal_keys(root))
    _tell(proof)
    raise typer.Exit(0 if proof.is_sound else 1)


@app.command("export")
def export(  # noqa: PLR0917 - typer makes an option of each
    form: Annotated[Format, typer.Option("--format", help="For a spreadsheet, or for a program.")] = Format.JSON_LINES,
    site: Annotated[str, typer.Option(help="The key of a site; default: all.")] = "",
    moderator: Annotated[str, typer.Option(help="A moderator's login; default: anybody.")] = "",
    who: Annotated[Who, typer.Option(help="Who acted; default: anybody.")] = Who.ANYBODY,
    kind: Annotated[Kind, typer.Option(help="What was done; default: anything.")] = Kind.ANYTHING,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day (UTC).")] = None,
    comment: Annotated[int | None, typer.Option(min=1, max=MAX_ID, help="The number of a comment.")] = None,
) -> None:
    """Write the trail to stdout, oldest first, without an address of a reader."""
    first, last = since and since.date(), until and until.date()
    query = TrailQuery(site, moderator, who, kind, first, last, comment)
    with opened_store() as store:
        if site:
            find_site(store, site)
        for piece in write(store.trail.stream(query, scope=EVERY_SITE), form):
            sys.stdout.write(piece)


def _anchors(given: Path | None, usual: Path, root: RootKey) -> tuple[Anchor, ...]:
    if given is None and not usual.is_file():
        return ()
    found = read_anchors(given or usual)
    if given is not None and not found:
        raise Problem(f"there is no anchor in {given}")
    kids = {each.kid for each in root.known} | {each.kid for each in root.retired}
    strange = next((anchor.kid for anchor in found if anchor.kid not in kids), None)
    if strange is not None:
        raise Problem(f"the anchors were made with root key {strange}; this one is {root.kid}")
    return found


def _tell(proof: Proof) -> None:
    console = Console(soft_wrap=True, highlight=False)
    for sentence in proof.findings:
        console.print(f"✗ {sentence}", markup=False)
    for sentence in proof.remarks:
        console.print(f"· {sentence}", markup=False)
    if not proof.anchors:
        console.print("· no anchors to compare with: it would not be seen if the end had been cut off", markup=False)
    verdict = "all as it was sealed" if proof.is_sound else "NOT as it was sealed"
    console.print(f"{proof.places:,} lines, {proof.anchors:,} anchors: {verdict}.", markup=False)
