"""`replydesk audit`: the trail of decisions and events, proved and handed out."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from comments.anchors import FILE_NAME, Anchor, read_anchors
from comments.identity import RootKey, load_root_key
from comments.proof import Proof, prove
from comments.seal import seal_key
from comments.settings import load_settings
from ops.clock import utc_now
from ops.opened import opened_store
from ops.problems import Problem

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
        proof = prove(store.chain, seal_key(root), known, utc_now())
    _tell(proof)
    raise typer.Exit(0 if proof.is_sound else 1)


def _anchors(given: Path | None, usual: Path, root: RootKey) -> tuple[Anchor, ...]:
    if given is None and not usual.is_file():
        return ()
    found = read_anchors(given or usual)
    if given is not None and not found:
        raise Problem(f"there is no anchor in {given}")
    strange = next((anchor.kid for anchor in found if anchor.kid != root.kid), None)
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
