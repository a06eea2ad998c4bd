"""`replydesk export`: everything of a site as a file that others can read."""

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

import typer
from rich.console import Console

from comments.store import Store
from ops.clock import utc_now
from ops.exports.json_lines import write_json_lines
from ops.exports.wxr import write_wxr
from ops.opened import opened_store
from ops.sites import find_site

_STDOUT = Path("-")


class Format(StrEnum):
    """The kinds of file."""

    JSON_LINES = "jsonl"
    WXR = "wxr"


def export(
    site: Annotated[str, typer.Option(help="Key of the site.")],
    file: Annotated[Path, typer.Argument(help="Where to write it; - or nothing: to stdout.")] = _STDOUT,
    form: Annotated[Format, typer.Option("--format", help="For programs, or for WordPress.")] = Format.JSON_LINES,
) -> None:
    """Write every comment of a site, in every state, as of one moment and without addresses."""
    with opened_store() as store:
        pieces = _pieces(store, site, form)
        if file == _STDOUT:
            for piece in pieces:
                sys.stdout.write(piece)
            return
        written = _write(file, pieces)
    Console(stderr=True).print(f"Wrote {written:,} bytes to {file}.", markup=False, highlight=False)


def _pieces(store: Store, key: str, form: Format) -> Iterator[str]:
    site = find_site(store, key)
    write = write_json_lines if form is Format.JSON_LINES else write_wxr
    return write(site, store.exports.stream(site.id), utc_now())


def _write(file: Path, pieces: Iterator[str]) -> int:
    """Write the file whole or not at all, for its owner alone: unpublished comments are in it. Returns its bytes."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=file.absolute().parent, prefix=".export-", delete=False) as half:
        path = Path(half.name)
        try:
            half.writelines(pieces)
            half.flush()
            path.replace(file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return file.stat().st_size
