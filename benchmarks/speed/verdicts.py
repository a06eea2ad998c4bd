"""From the moment a comment is sent until its verdict can be read in the database by anybody."""

import contextlib
import json
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from benchmarks.speed.ours import Ours

_LOOK_SECONDS = 0.004
_LONGEST_SECONDS = 60.0


def wait_for_verdicts(ours: Ours, *, rate: float, seconds: float) -> dict[str, object]:
    """Post at a rate and return how long the verdicts took, from when each comment was due."""
    posted_to = ours.database.parent / "posted.json"
    command = [sys.executable, "-m", "benchmarks.speed.poster", ours.url, str(rate), str(seconds)]
    with contextlib.closing(sqlite3.connect(ours.database, timeout=10)) as connection, posted_to.open("wb") as output:
        watcher = _Watcher(connection)
        poster = subprocess.Popen(command, stdout=output)
        watcher.watch(lambda: poster.poll() is not None)
        posted = json.loads(posted_to.read_bytes())
        accepted = [(comment_id, due_at) for comment_id, due_at in posted if comment_id]
        wanted = {comment_id for comment_id, _ in accepted}
        ends_at = time.monotonic() + _LONGEST_SECONDS
        watcher.watch(lambda: wanted <= watcher.seen.keys() or time.monotonic() > ends_at)
    waited = [1000 * (watcher.seen[comment_id] - due_at) for comment_id, due_at in accepted]
    return _figures(waited, rate=rate, seconds=seconds, refused=len(posted) - len(accepted))


class _Watcher:
    """Reads what was decided since it last looked, as anybody could."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._last = connection.execute("SELECT coalesce(max(id), 0) FROM decisions").fetchone()[0]
        self.seen: dict[int, float] = {}

    def watch(self, is_over: Callable[[], bool]) -> None:
        """Look until it is over."""
        while not is_over():
            rows = self._connection.execute(
                "SELECT id, comment_id, old_status FROM decisions WHERE id > ? ORDER BY id", (self._last,)
            ).fetchall()
            at = time.monotonic()
            for self._last, comment_id, old_status in rows:
                if old_status is not None:
                    self.seen.setdefault(comment_id, at)
            time.sleep(_LOOK_SECONDS)


def _figures(waited: Sequence[float], *, rate: float, seconds: float, refused: int) -> dict[str, object]:
    in_order = statistics.quantiles(waited, n=1000, method="inclusive")
    return {
        "rate": round(rate, 1),
        "seconds": seconds,
        "comments": len(waited),
        "refused": refused,
        "p50_ms": round(in_order[499], 1),
        "p99_ms": round(in_order[989], 1),
        "max_ms": round(max(waited), 1),
    }
