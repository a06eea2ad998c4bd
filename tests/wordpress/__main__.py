"""A real WordPress beside ours: `python -m tests.wordpress record` asks it everything and writes its answers down.

`journey` sends a reader's browser to it, with Replydesk behind; `start` runs one until it is interrupted.
"""

import argparse
import json
import signal
import sys
from pathlib import Path

from tests.servers.wordpress import NoWordpress, Wordpress, running_wordpress
from tests.wordpress.journey import RESULT, travel
from tests.wordpress.recorder import RECORDED, record


def main() -> int:
    """Do what was asked for. Returns 1 where no WordPress can run."""
    given = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # what was started is ended on the way out
    steps = {"start": [wait], "record": [write_down], "journey": [go], "all": [write_down, go]}[given.command]
    try:
        with running_wordpress(given.port) as wordpress:
            _say(f"WordPress {wordpress.version} on {wordpress.url}/, its files in {wordpress.directory}")
            for step in steps:
                step(wordpress)
    except NoWordpress as why:
        sys.stderr.write(f"{why}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def wait(_: Wordpress) -> None:
    """Wait until somebody interrupts."""
    signal.pause()


def write_down(wordpress: Wordpress) -> None:
    """Ask everything and keep the answers in the repository."""
    recorded = record(wordpress)
    _write(RECORDED, recorded)
    _say(f"{len(recorded['answers'])} answers in {RECORDED}")


def go(wordpress: Wordpress) -> None:
    """Send readers and a moderator on their way and keep what they saw in the repository."""
    seen = travel(wordpress)
    _write(RESULT, seen)
    _say(f"{len(seen['ways'])} ways, with script and without: {RESULT}")


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.wordpress", description=__doc__)
    commands = ("start", "record", "journey", "all")
    parser.add_argument("command", choices=commands, nargs="?", default="all")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; default: any that is free")
    return parser


if __name__ == "__main__":
    sys.exit(main())
