"""`python -m ops.alive [ROLE]`: whether the process beside us lives, by its exit code; for a container's health check.

Without a role it is that of the container's first process. A module of its own, so that it starts quickly: it is asked
again and again.
"""

import http.client
import sys
from collections.abc import Sequence
from pathlib import Path

from comments.settings import BadSettings, load_settings

FIRST_PROCESS = Path("/proc/1/cmdline")
SERVES = ("up", "web", "listener")
SHOWS_SIGNS = ("worker", "notifier")
ANSWER_SECONDS = 5.0
_REACHED_AT = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - compared, not bound


def main(arguments: Sequence[str]) -> int:
    """Return 0 when the process lives, 1 when not. A role that ends by itself, like `migrate`, is never dead."""
    role = arguments[0] if arguments else role_of(FIRST_PROCESS)
    if role in SERVES:
        return 0 if answers(is_listener=role == "listener") else 1
    if role in SHOWS_SIGNS:
        return 0 if gives_signs(role) else 1
    return 0


def role_of(command_line: Path) -> str | None:
    """Return which of our roles a process was started as, None when it is none of them."""
    words = command_line.read_text(errors="replace").split("\0")
    return next((word for word in words if word in SERVES + SHOWS_SIGNS), None)


def answers(*, is_listener: bool) -> bool:
    """Say whether the web server, or the operator's listener, answers where the settings put it."""
    settings = load_settings()
    host, port = (settings.ops_host, settings.ops_listener_port) if is_listener else (settings.host, settings.port)
    connection = http.client.HTTPConnection(_REACHED_AT.get(host, host), port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def gives_signs(role: str) -> bool:
    """Say whether a process of this role and of this host has a lease that runs.

    A database that is away says nothing about the process; a restart would not bring it back.
    """
    from comments.store import StoreUnavailable, open_store  # noqa: PLC0415 - a web server's check starts faster
    from comments.store.leases import BLIND_WORKER, WORKER  # noqa: PLC0415 - as above
    from ops.clock import utc_now  # noqa: PLC0415 - as above
    from workers.process_name import HERE  # noqa: PLC0415 - as above

    # One without its model lives: it holds every comment, and the same image would start without it again.
    prefixes = (WORKER, BLIND_WORKER) if role == "worker" else (f"{role}/",)
    store = open_store(load_settings().database)
    try:
        return any(store.leases.count_alive(f"{prefix}{HERE}_", utc_now()) for prefix in prefixes)
    except StoreUnavailable:
        return True
    finally:
        store.close()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BadSettings as problem:
        sys.exit(str(problem))
