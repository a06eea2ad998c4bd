"""A real WordPress beside ours: `python -m tests.wordpress start` runs one until it is interrupted."""

import argparse
import signal
import sys

from tests.servers.wordpress import NoWordpress, running_wordpress


def main() -> int:
    """Do what was asked for. Returns 1 where no WordPress can run."""
    given = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # what was started is ended on the way out
    try:
        start(given.port)
    except NoWordpress as why:
        sys.stderr.write(f"{why}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def start(port: int) -> None:
    """Run a WordPress until somebody interrupts."""
    with running_wordpress(port) as wordpress:
        sys.stdout.write(f"WordPress {wordpress.version} on {wordpress.url}/, its files in {wordpress.directory}\n")
        sys.stdout.flush()
        signal.pause()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.wordpress", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("start", help="a private WordPress until it is interrupted")
    one.add_argument("--port", type=int, default=0, help="on 127.0.0.1; default: any that is free")
    return parser


if __name__ == "__main__":
    sys.exit(main())
