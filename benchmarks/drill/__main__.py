"""`python -m benchmarks.drill [--comments 100000] [--json FILE]`: the backup drill under write load, on both databases.

It fills a database, starts the whole service on it, has readers write all the time, and runs `replydesk drill`. Then it
makes a backup, erases authors who are in it, and drills that: none of them may come back. It fails at any difference.
"""

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.cluster import running_cluster
from benchmarks.desk.fill import fill
from benchmarks.desk.newsroom import Newsroom
from comments.clock import utc_now
from comments.identity import create_root_key, load_root_key
from comments.seal import seal_key
from comments.settings import Settings
from comments.store import open_store
from tests.servers.postgres import find_binaries
from tests.servers.replydesk import Replydesk, running_replydesk
from workers.sealing import Notary, seal_new

READERS = 2
# So many authors of the backup ask for their erasure after it was made.
ERASED = 10
WARM_UP_SECONDS = 3.0


def main() -> None:
    """Drill on both databases, write the figures down, and fail at any difference."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drill", description=__doc__)
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--json", type=Path, help="write every figure here")
    options = parser.parse_args()
    found = _kept(options) | {kind: _drill(kind, options.comments) for kind in options.databases}
    told = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "comments_filled": options.comments,
        "readers": READERS,
        "databases": found,
    }
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    faults = [f"{kind}: {fault}" for kind, each in found.items() for fault in each["faults"]]
    print("\n".join(faults) if faults else "Every row of every table came back as it was saved.")
    raise SystemExit(bool(faults))


def _kept(options: argparse.Namespace) -> dict[str, Any]:
    """Return what a run before wrote to the same file of databases that this one leaves alone, of as many comments."""
    if options.json is None or not options.json.is_file():
        return {}
    before = json.loads(options.json.read_text(encoding="utf-8"))
    return before["databases"] if before["comments_filled"] == options.comments else {}


def _drill(kind: str, comments: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="replydesk-drill-") as made, contextlib.ExitStack() as stack:
        directory = Path(made)
        directory.chmod(0o755)  # PostgreSQL's user has to get through
        url = f"sqlite:///{directory}/data/replydesk.sqlite3"
        if kind == "postgresql":
            cluster = stack.enter_context(running_cluster(directory / "postgres"))
            cluster.create("service")
            url = cluster.url("service")
        settings = _prepare(directory / "data", url, comments)
        running = stack.enter_context(
            running_replydesk(directory, database_url=url, rate_limits="off", log_level="error", workers="1")
        )
        return _under_load(running, settings, comments)


def _prepare(data: Path, url: str, comments: int) -> Settings:
    """Fill the database and seal its trail, as workers would have done while it grew."""
    data.mkdir(mode=0o700)
    settings = Settings.model_validate({"data_dir": data, "database_url": url})
    create_root_key(settings.root_key_path)
    fill(url, Newsroom(comments))
    root, store = load_root_key(settings.root_key_path), open_store(url)
    notary = Notary(seal_key(root), root.kid, data / "audit-anchors.jsonl")
    while seal_new(store.chain, notary, utc_now()):
        pass
    store.close()
    return settings


@dataclass
class _Readers:
    """Readers who write without a pause. Their comments are counted when they were answered with 202."""

    running: Replydesk
    accepted: list[str] = field(default_factory=list)
    refused: int = 0
    has_stopped: bool = False

    def write(self, reader: int) -> None:
        number = 0
        while not self.has_stopped:
            number += 1
            email = f"reader{reader}x{number}@example.org"
            answer = self.running.post(f"What do you make of it? I ask for the {number}th time.", email=email)
            if answer.status == 202:
                self.accepted.append(email)
            else:
                self.refused += 1


@contextlib.contextmanager
def _writing(running: Replydesk) -> Iterator[_Readers]:
    readers = _Readers(running)
    threads = [threading.Thread(target=readers.write, args=(number,)) for number in range(READERS)]
    for each in threads:
        each.start()
    try:
        time.sleep(WARM_UP_SECONDS)
        yield readers
    finally:
        readers.has_stopped = True
        for each in threads:
            each.join()


def _under_load(running: Replydesk, settings: Settings, comments: int) -> dict[str, Any]:
    run = _commands(settings)
    with _writing(running) as readers:
        before, began_at = len(readers.accepted), time.monotonic()
        first = json.loads(run("drill", "--json"))
        took_seconds, after = time.monotonic() - began_at, len(readers.accepted)
        file = settings.data_dir.parent / "backup.zip"
        run("backup", str(file))
        for email in readers.accepted[:ERASED]:
            run("privacy", "erase", "--site", "demo", typed=f"{email}\n")
        second = json.loads(run("drill", "--json", str(file)))
        refused = readers.refused
    saved = sum(each["saved"] for each in first["statuses"].values())
    faults = [*first["faults"], *second["faults"], *_missing(saved, comments + before, comments + after + READERS)]
    if second["erasures"]["erased_again"] != ERASED:
        faults.append(f"{second['erasures']['erased_again']} comments were erased again, and not {ERASED}")
    rows = sum(each["saved"][0] for each in first["tables"].values())
    speed = f"{after - before} comments accepted meanwhile, {(after - before) / took_seconds:.0f} a second"
    print(f"{first['database']}: {saved:,} comments, {rows:,} rows, {took_seconds:.0f} s; {speed}", flush=True)
    return {
        "faults": faults,
        "rows": rows,
        "seconds": round(took_seconds, 1),
        "accepted_meanwhile": after - before,
        "refused": refused,
        "under_load": first,
        "after_erasures": {
            name: second[name] for name in ("is_sound", "faults", "statuses", "erasures", "audit_chain")
        },
    }


def _missing(saved: int, least: int, most: int) -> list[str]:
    """Hold the backup against what readers were told was kept before it began, and until it ended."""
    if least <= saved <= most:
        return []
    return [f"the backup holds {saved} comments; {least} had been accepted before it and {most} at its end"]


def _commands(settings: Settings) -> Callable[..., str]:
    """Return what runs a command of ours as an operator would, and returns what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REPLYDESK_")}
    environment |= {
        "REPLYDESK_DATA_DIR": str(settings.data_dir),
        "REPLYDESK_DATABASE_URL": settings.database,
        "PATH": f"{find_binaries()}:{os.environ['PATH']}",
    }

    def run(*arguments: str, typed: str = "") -> str:
        command = [sys.executable, "-m", "ops", *arguments]
        done = subprocess.run(command, env=environment, input=typed, capture_output=True, text=True, check=False)
        if done.returncode and not done.stdout.startswith("{"):
            raise SystemExit(f"{' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    return run


if __name__ == "__main__":
    main()
