"""Some hundred comments written to a real Isso by its own HTTP API, imported from its database, and compared.

Isso runs once as delivered (what is written is public) and once with its moderation on (what is written waits).
"""

import contextlib
import json
import random
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.ops.imports.installation import Installation, told_briefly

COMMENTS = 300
ADDRESS = "Zqx.Marker+{n}@zqx-domain.example"
ORIGIN = "http://127.0.0.1:8899"
_STATUSES = {1: "approved", 2: "held", 4: "erased"}


def prove(isso: Path) -> dict[str, Any]:
    """Return the reconciliation."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "comments.db"
        chance = random.Random(6)
        cookies: dict[int, str] = {}
        with _running(isso, database, is_moderated=False) as url:
            for n in range(COMMENTS):
                number, cookie = _write(url, n, chance, sorted(cookies))
                cookies[number] = cookie
            gone = [_delete(url, number, cookies[number]) for number in chance.sample(sorted(cookies), 30)]
        with _running(isso, database, is_moderated=True) as url:
            for n in range(COMMENTS, COMMENTS + 50):
                _write(url, n, chance, [])
        ours = Installation(Path(folder) / "data")
        ours.start(ORIGIN)
        reports = {
            "dry_run": ours.bring("isso", database, "--dry-run"),
            "first": ours.bring("isso", database),
            "again": ours.bring("isso", database),
        }
        there = _rows(database)
        wrong = _compare(there, ours)
        faults = [*ours.faults(), *ours.leaks(*(ADDRESS.format(n=n) for n in (1, 200, 349)))]
        version = subprocess.run([isso, "--version"], capture_output=True, text=True, check=False)
        return {
            "isso": (version.stdout or version.stderr).strip(),
            "comments_in_isso": len(there),
            "modes_in_isso": {mode: sum(row["mode"] == mode for row in there) for mode in _STATUSES},
            "replies_in_isso": sum(row["parent"] is not None for row in there),
            "deleted_by_their_authors": len(gone),
            "reports": {name: told_briefly(report) for name, report in reports.items()},
            "not_as_they_were": wrong,
            "faults": faults,
            "is_complete": not wrong and not faults and all(each["adds_up"] for each in reports.values()),
        }


@contextlib.contextmanager
def _running(isso: Path, database: Path, *, is_moderated: bool) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = database.with_suffix(".cfg")
    config.write_text(
        f"[general]\ndbpath = {database}\nhost = {ORIGIN}/\nlog-file = {database}.log\n"
        f"[server]\nlisten = http://127.0.0.1:{port}/\n[guard]\nenabled = false\n"
        f"[moderation]\nenabled = {str(is_moderated).lower()}\n"
    )
    process = subprocess.Popen([isso, "-c", config, "run"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/info", timeout=5):
                break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _write(url: str, n: int, chance: random.Random, numbers: list[int]) -> tuple[int, str]:
    place = n % 6
    above = [number for number in numbers if number % 6 == (place + 1) % 6]
    said: dict[str, Any] = {
        "author": None if n % 11 == 0 else f"Ọlá & Reader {n}",
        "email": ADDRESS.format(n=n) if n % 3 else None,
        "website": "https://reader.example/",
        "text": f"Words *number* {n}: Ṣé ó dára? <b>not bold</b> & so on.\n\n> said\n- one",
        "parent": chance.choice(above) if above and chance.random() < 0.4 else None,
    }
    asked = urllib.request.Request(
        f"{url}/new?uri={quote(f'/story-{place}/')}",
        json.dumps(said | {"title": f"Story {place} & more"}).encode(),
        {"Content-Type": "application/json", "Origin": ORIGIN},
    )
    with urllib.request.urlopen(asked, timeout=20) as answer:
        kept = json.load(answer)
        return int(kept["id"]), answer.headers.get("Set-Cookie", "").split(";")[0]


def _delete(url: str, number: int, cookie: str) -> int:
    headers = {"Cookie": cookie, "Origin": ORIGIN, "Content-Type": "application/json"}
    asked = urllib.request.Request(f"{url}/id/{number}", headers=headers, method="DELETE")
    with urllib.request.urlopen(asked, timeout=20):
        return number


def _rows(database: Path) -> list[sqlite3.Row]:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(
            "SELECT c.*, t.uri, t.title FROM comments AS c JOIN threads AS t ON t.id = c.tid ORDER BY c.id"
        ).fetchall()


def _compare(there: list[sqlite3.Row], ours: Installation) -> list[str]:
    """Return a sentence for each comment that is missing or not as Isso has it."""
    numbers, comments = ours.numbers("isso"), ours.comments()
    wrong = [f"{row['id']}: missing" for row in there if str(row["id"]) not in numbers]
    for row in there:
        comment = comments.get(numbers.get(str(row["id"]), 0))
        if comment is None:
            continue
        is_gone = row["mode"] == 4
        expected = {
            "status": _STATUSES[row["mode"]],
            "thread": (row["uri"], ORIGIN + row["uri"], row["title"]),
            "name": "" if is_gone else unescape(row["author"] or "Anonymous"),
            "text": "" if is_gone else row["text"],
            "parent": numbers.get(str(row["parent"])),
            "at": round(row["created"], 3),
        }
        found = {
            "status": comment.status.value,
            "thread": (comment.thread.key, comment.thread.url, comment.thread.title),
            "name": comment.name,
            "text": comment.text,
            "parent": comment.parent_id,
            "at": round(comment.created_at.timestamp(), 3),
        }
        wrong += [f"{row['id']}: {name} is not as it was" for name in expected if expected[name] != found[name]]
    return wrong
