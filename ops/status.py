"""`replydesk status`: on one screen what the listener tells programs."""

import json

from rich.console import Console
from rich.table import Table
from rich.text import Text

from comments.identity import load_root_key
from comments.settings import Settings, load_settings
from comments.store import open_store
from comments.wakeup import Wakeup, connect_quickly
from ops.clock import utc_now
from ops.examinations import redis_url
from ops.opened import require_database
from ops.standing import VERSION, Observer, Standing, as_json
from service.parts import Parts
from service.readiness import Health

_SIGNS = {Health.OK: ("✓", "green"), Health.DEGRADED: ("!", "yellow"), Health.UNAVAILABLE: ("✗", "bold red")}
_WORDS = {
    Health.OK: "All is well.",
    Health.DEGRADED: "Comments are kept, but something is late.",
    Health.UNAVAILABLE: "Comments cannot be kept.",
}


def show(*, in_json: bool, asks_web: bool) -> bool:
    """Print how everything stands. Returns False unless all is well. Raises Problem, KeyFileProblem, BadSettings."""
    settings = load_settings()
    require_database(settings)
    standing = look_once(settings, asks_web=asks_web)
    if in_json:
        print(json.dumps(as_json(standing), indent=1))
    else:
        console = Console()
        for piece in draw(standing):
            console.print(piece)
    return standing.health is Health.OK


def look_once(settings: Settings, *, asks_web: bool) -> Standing:
    """Return how everything stands now."""
    store = open_store(settings.database)
    url = redis_url(settings)
    redis = connect_quickly(url) if url else None
    try:
        parts = Parts(settings, store, load_root_key(settings.root_key_path), Wakeup(None), now=utc_now)
        return Observer(parts, redis, asks_web=asks_web).look()
    finally:
        store.close()
        if redis is not None:
            redis.close()


def draw(standing: Standing) -> tuple[Text, Table, Table]:
    """Return the verdict, the parts and the numbers; a sign says what each colour says."""
    sign, style = _SIGNS[standing.health]
    parts = Table(box=None, pad_edge=False, show_header=False)
    for name, check in standing.checks.items():
        mark, colour = _SIGNS[check.status]
        parts.add_row(Text(mark, style=colour), name, Text(check.reason))
    numbers = Table(box=None, pad_edge=False, show_header=False)
    for name, said in _numbers(standing).items():
        numbers.add_row(name, said)
    return Text(f"{sign} {_WORDS[standing.health]} Replydesk {VERSION}", style=style), parts, numbers


def _numbers(standing: Standing) -> dict[str, str]:
    said = {"alive": ", ".join(f"{number} {role}" for role, number in standing.alive.items()) or "nobody known"}
    if standing.free_bytes is not None:
        said["free on the disk"] = f"{standing.free_bytes / 1e9:.1f} GB"
    reading = standing.reading
    if reading is None:
        return said
    for name, waiting in (("wait for checks", reading.pending), ("wait for a moderator", reading.held)):
        age = f", the oldest for {_length(standing.age_seconds(waiting.since))}" if waiting.number else ""
        said[name] = f"{waiting.number}{age}"
    said["letters that wait"] = ", ".join(f"{each.number} {kind}" for kind, each in reading.letters.items())
    said["webhooks"] = ", ".join(f"{number} {state}" for state, number in reading.webhooks.items())
    if standing.turned_away.posts:
        said["turned away"] = _flooding(standing)
    return said


def _flooding(standing: Standing) -> str:
    found = standing.turned_away
    posts, floods = _count(found.posts, "post"), _count(found.floods, "flood")
    return f"{posts} in {floods} this hour and the last, the latest {_length(standing.age_seconds(found.last_at))} ago"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _length(seconds: float) -> str:
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} seconds"
