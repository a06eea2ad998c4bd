"""Everything on one machine: migrate, Valkey, workers, web, in this order, and back."""

import contextlib
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

from redis.exceptions import RedisError
from rich.console import Console

from comments.settings import EmailMode, Settings
from comments.store import Store, StoreUnavailable, open_store
from comments.store.leases import NOTIFIER, WORKER
from comments.wakeup import connect_quickly
from ops.clock import utc_now
from ops.log_files import LogFiles
from ops.logs import configure_logs
from ops.notifier import open_desk
from ops.opened import require_checkers, require_notifications
from ops.panel import Welcome, print_welcome
from ops.prepare import prepare
from ops.problems import Problem
from ops.sites import ensure_demo_site
from ops.standing import reachable
from ops.supervisor import Child, Supervisor
from ops.valkey import private_valkey
from ops.wsgi import DEMO
from workers.stop_flag import StopFlag

# The web server answers what was begun; a worker finishes its batch; Valkey writes its file.
WEB_STOP_SECONDS, WORKER_STOP_SECONDS, VALKEY_STOP_SECONDS = 15.0, 50.0, 10.0
# It finishes the message it is at; a mail server that says nothing is left after 30 seconds.
NOTIFIER_STOP_SECONDS = 40.0
LISTENER_STOP_SECONDS = 5.0
ANSWER_SECONDS = 2.0
PRIVATE_FILES = 0o077
SETUP_LINK_LASTS = timedelta(minutes=15)


def up(settings: Settings, *, is_demo: bool) -> None:
    """Run everything until SIGTERM or SIGINT. Raises Problem when something cannot start."""
    require_free_port(settings.host, settings.port)
    if settings.ops_port is not None:
        require_free_port(settings.ops_host, settings.ops_port)
    os.umask(PRIVATE_FILES)
    require_notifications(settings)
    require_checkers(settings)
    prepare(settings)
    configure_logs("error" if sys.stderr.isatty() else settings.log_level)
    with contextlib.ExitStack() as stack:
        stack.enter_context(alone_in(settings.data_dir))
        stop = StopFlag()
        store = open_store(settings.database)
        stack.callback(store.close)
        if is_demo:
            ensure_demo_site(store)
        logs = LogFiles(settings.data_dir) if sys.stderr.isatty() else None
        children = list(_children(settings, stack, store, logs, is_demo=is_demo))
        supervisor = Supervisor(children, stop.wait)
        stack.callback(supervisor.stop)
        if supervisor.start():
            welcome(settings, store, logs, is_demo=is_demo)
            supervisor.watch(logs.cut if logs else lambda: None)


def _children(
    settings: Settings, stack: contextlib.ExitStack, store: Store, logs: LogFiles | None, *, is_demo: bool
) -> Iterator[Child]:
    redis_url = settings.redis
    if redis_url is not None:
        require_redis(redis_url)

    def output(name: str) -> IO[bytes] | None:
        return stack.enter_context(logs.open(name)) if logs else None

    if redis_url is None:
        valkey = stack.enter_context(private_valkey(settings.data_dir))
        redis_url = valkey.url
        # Its news is nobody's: without files for logs it writes to stdout, which is the operator's.
        own_output = output("valkey") or stack.enter_context(open(os.devnull, "ab", buffering=0))  # noqa: PTH123, SIM115 - the stack closes it
        yield Child("Valkey", valkey.command, valkey.is_ready, VALKEY_STOP_SECONDS, output=own_output, comes_first=True)
    environment = _environment(settings, redis_url, is_demo=is_demo)
    ops = [sys.executable, "-m", "ops"]
    # It stops last, to tell how the others end, and nobody waits for it: comments are kept without it.
    yield Child(
        "the listener", [*ops, "listener"], lambda: True, LISTENER_STOP_SECONDS, environment, output=output("listener")
    )
    has_worker = partial(has_sign_of_life, store, WORKER)
    yield Child("the worker", [*ops, "worker"], has_worker, WORKER_STOP_SECONDS, environment, output=output("worker"))
    if settings.notice_private_key_file is not None and settings.email_mode is EmailMode.SEALED:
        open_desk(settings)  # what is missing is told now, and not by a process that dies again and again
        has_notifier = partial(has_sign_of_life, store, NOTIFIER)
        command = [*ops, "notifier"]
        yield Child(
            "the notifier", command, has_notifier, NOTIFIER_STOP_SECONDS, environment, output=output("notifier")
        )
    answers = partial(is_answering, settings)
    yield Child("the web server", [*ops, "web"], answers, WEB_STOP_SECONDS, environment, output=output("web"))


def _environment(settings: Settings, redis_url: str, *, is_demo: bool) -> dict[str, str]:
    """Return what the children must know beyond what they read for themselves, as we do."""
    return {
        "REPLYDESK_DATA_DIR": str(settings.data_dir.absolute()),
        "REPLYDESK_REDIS_URL": redis_url,
        "REPLYDESK_HOST": settings.host,
        "REPLYDESK_PORT": str(settings.port),
        "REPLYDESK_OPS_PORT": str(settings.ops_listener_port),
        "REPLYDESK_WORKERS": str(settings.workers),
        DEMO: "1" if is_demo else "0",
    }


@contextlib.contextmanager
def alone_in(data_dir: Path) -> Iterator[None]:
    """Hold the data directory for this `up` alone: two would fight over its Valkey. Raises Problem."""
    with (data_dir / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Problem(
                f"another `replydesk up` runs in {data_dir}; stop it, or name another directory with --data"
            ) from None
        yield


def require_free_port(host: str, port: int) -> None:
    """Raise Problem if nobody could listen there now."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise Problem(f"{host} is no address of this machine; name one with --host") from None
    with socket.socket(family, kind, protocol) as probe:
        # As a server does it: a connection of the last run that is still being wound up does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen()
        except OSError as error:
            raise Problem(
                f"cannot listen on {host} port {port}: {error.strerror}; choose another with --port"
            ) from None


def require_redis(url: str) -> None:
    """Raise Problem unless the configured Redis answers. Later it may go away; at the start it is a wrong address."""
    client = connect_quickly(url)
    try:
        client.ping()
    except (RedisError, OSError) as error:
        raise Problem(
            f"the Redis of REPLYDESK_REDIS_URL does not answer ({type(error).__name__}); "
            "start it, correct the address, or unset it to have one started for you"
        ) from None
    finally:
        client.close()


def is_answering(settings: Settings) -> bool:
    """Say whether the web server answers."""
    connection = HTTPConnection(reachable(settings.host), settings.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def has_sign_of_life(store: Store, prefix: str) -> bool:
    """Say whether a process whose lease begins so has given a sign of life."""
    try:
        return store.leases.count_alive(prefix, utc_now()) > 0
    except StoreUnavailable:
        return False


def welcome(settings: Settings, store: Store, logs: LogFiles | None, *, is_demo: bool) -> None:
    """Tell the operator where everything is."""
    base = settings.public_url or f"http://{reachable(settings.host)}:{settings.port}"
    token = store.moderators.new_setup_link(lasts=SETUP_LINK_LASTS, now=utc_now())
    where = Welcome(base.rstrip("/"), token, logs.directory if logs else None, is_demo=is_demo)
    print_welcome(Console(), where)
