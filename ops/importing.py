"""`replydesk import`: comments of WordPress, Disqus or Isso, brought in once and completely."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from disposable_email_domains import blocklist
from rich.console import Console
from rich.progress import Progress, TaskID

from comments.identity import load_root_key
from comments.imported import Source
from comments.settings import load_settings
from comments.store.records import Site
from ops.clock import utc_now
from ops.imports.bring_in import Import, identifier
from ops.imports.disqus import read_disqus
from ops.imports.isso import read_isso
from ops.imports.raw import Identify, RawComment, RawThread
from ops.imports.report import Report
from ops.imports.safe_xml import BadFile
from ops.imports.staging import NoRoom
from ops.imports.wxr import read_wxr
from ops.opened import opened_store
from ops.problems import Problem
from ops.sites import find_site


def bring(  # noqa: PLR0917 - typer makes an option of each
    source: Annotated[Source, typer.Argument(help="What made the file.")],
    file: Annotated[Path, typer.Argument(help="WordPress's or Disqus's XML, or Isso's database.")],
    site: Annotated[str, typer.Option(help="Key of the site.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and compare all of it; write nothing.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the report as JSON, with the number of each.")] = None,
    pingbacks: Annotated[bool, typer.Option("--pingbacks", help="WordPress: pingbacks and trackbacks too.")] = False,
) -> None:
    """Bring in another system's comments. Doing it twice changes nothing. Exit code 1 unless the numbers add up."""
    settings = load_settings()
    key = load_root_key(settings.root_key_path)
    if not file.is_file():
        raise Problem(f"there is no file {file}")
    if report is not None and not report.absolute().parent.is_dir():
        raise Problem(f"there is no folder for the report {report}")
    now = utc_now()
    with opened_store() as store, _bars() as bars:
        there = find_site(store, site)
        work = Import(store, key, there, source, now, is_dry_run=dry_run)
        pieces = _Reading(source, file, there, with_pingbacks=pingbacks, bars=bars)
        identify = identifier(key, site, now, frozenset(blocklist))
        keeping = bars.add_task("Comparing" if dry_run else "Keeping", total=None, start=False)
        try:
            told = work.run(
                pieces.read(identify, now),
                lambda total: _begin(bars, keeping, total),
                lambda count: bars.advance(keeping, count),
            )
        except BadFile as bad:
            raise Problem(f"{file} is not taken, and nothing was changed: {bad}") from None
        except NoRoom as full:
            raise Problem(str(full)) from None
    _tell(told, report)
    raise typer.Exit(0 if told.adds_up else 1)


class _Reading:
    """A file with the bar that shows how far it was read."""

    def __init__(self, source: Source, path: Path, site: Site, *, with_pingbacks: bool, bars: Progress) -> None:
        self._source = source
        self._path = path
        self._site = site
        self._with_pingbacks = with_pingbacks
        self._bars = bars
        size = None if source is Source.ISSO else path.stat().st_size
        self._bar = bars.add_task("Reading", total=size)

    def read(self, identify: Identify, now: datetime) -> Iterator[RawThread | RawComment]:
        """Yield what the file holds. Raises BadFile."""
        if self._source is Source.ISSO:
            origin = self._site.origins[0] if self._site.origins else ""
            yield from read_isso(self._path, identify, now=now, origin=origin, on_rows=self._advance)
            return
        with self._path.open("rb") as file:
            if self._source is Source.WXR:
                pingbacks = self._with_pingbacks
                yield from read_wxr(file, identify, now=now, with_pingbacks=pingbacks, on_bytes=self._advance)
            else:
                yield from read_disqus(file, identify, now=now, on_bytes=self._advance)

    def _advance(self, amount: int) -> None:
        self._bars.advance(self._bar, amount)


def _bars() -> Progress:
    console = Console(stderr=True)
    return Progress(console=console, disable=not console.is_terminal)


def _begin(bars: Progress, task: TaskID, total: int) -> None:
    bars.start_task(task)
    bars.update(task, total=total)


def _tell(told: Report, path: Path | None) -> None:
    if path is not None:
        path.write_text(json.dumps(told.as_json(), indent=1) + "\n", encoding="utf-8")
    console = Console(soft_wrap=True, highlight=False)
    for line in told.lines():
        console.print(line, markup=False)
