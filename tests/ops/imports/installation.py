"""An installation of ours for a proof, used by its command line alone, and what it then holds."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comments.identity import load_root_key
from comments.store import open_store
from comments.store.exports import ExportedComment
from comments.store.soundness import why_miscounted
from comments.store.unsound import what_is_unsound
from tests.contracts.leaks import needles_in_bytes


@dataclass(frozen=True)
class Installation:
    """A data directory with a migrated database and the site "courier"."""

    directory: Path

    def run(self, *arguments: str) -> str:
        """Run one command of ours and return what it printed. Raises CalledProcessError."""
        command = [sys.executable, "-m", "ops", *arguments]
        environment = os.environ | {"REPLYDESK_DATA_DIR": str(self.directory)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    def start(self, origin: str) -> None:
        """Make everything."""
        self.run("migrate")
        self.run("site", "add", "courier", "The Courier", "--origin", origin)

    def bring(self, source: str, path: Path, *options: str) -> dict[str, Any]:
        """Import a file and return its report, with the long lists as numbers."""
        report = self.directory / "report.json"
        self.run("import", source, str(path), "--site", "courier", "--report", str(report), *options)
        told: dict[str, Any] = json.loads(report.read_text())
        return told

    def comments(self) -> dict[int, ExportedComment]:
        """Return every comment by our number."""
        store = open_store(f"sqlite:///{self.directory}/replydesk.sqlite3")
        try:
            site = store.sites.find("courier")
            assert site is not None
            assert load_root_key(self.directory / "root.key")
            return {each.id: each for each in store.exports.stream(site.id) if isinstance(each, ExportedComment)}
        finally:
            store.close()

    def numbers(self, source: str) -> dict[str, int]:
        """Return our number of each imported comment by its number there."""
        import sqlite3

        with sqlite3.connect(self.directory / "replydesk.sqlite3") as connection:
            asked = "SELECT source_id, comment_id FROM imports WHERE source = ?"
            return dict(connection.execute(asked, (source,)).fetchall())

    def faults(self) -> list[str]:
        """Return what is wrong with the database by its own rules."""
        store = open_store(f"sqlite:///{self.directory}/replydesk.sqlite3")
        try:
            miscounted = why_miscounted(store.database)
            return [*what_is_unsound(store.database), *([miscounted] if miscounted else [])]
        finally:
            store.close()

    def leaks(self, *addresses: str) -> list[str]:
        """Return which of the addresses is anywhere in the installation's files, in any disguise."""
        written = [path.read_bytes() for path in sorted(self.directory.rglob("*")) if path.is_file()]
        return [
            found for address in addresses for content in written for found in needles_in_bytes(address).find(content)
        ]


def told_briefly(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report with numbers in place of its lists."""
    lists = {name: {why: len(ids) for why, ids in report[name].items()} for name in ("skipped", "changed")}
    kept = ("read", "stored", "already_there", "states", "threads_added", "adds_up")
    return {name: report[name] for name in kept} | lists | {"missing": len(report["missing"])}
