"""The web server: granian, without an access log, and with limits that only slow clients meet."""

import ctypes
import resource

from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes
from granian.http import HTTP1Settings
from granian.log import LogLevels

from comments.settings import Settings
from ops.handover import HandoverServer

TARGET = "ops.wsgi:build_bridge"
# A browser sends its head at once. Whoever takes longer is cut off.
HEADER_READ_MILLISECONDS = 10_000
# Granian's backpressure counts open connections, idle ones too. They cost no thread (ops/bridge.py), so the limit is
# what the process may have open, less what it needs itself.
MAX_CONNECTIONS = 10_000
OWN_FILES = 200
STOP_SECONDS = 10
# Between being told to leave and being ended (ops/handover.py): who talks to us meanwhile is told to connect anew.
LEAVING_SECONDS = 1.0
# Of glibc's malloc (malloc.h). Threads of Python seldom ask for memory at the same moment, so one arena is enough. What
# is free at its end goes back to the system, as long answers do at once, whatever was freed before.
_MALLOC = {"M_ARENA_MAX": (-8, 1), "M_TRIM_THRESHOLD": (-1, 128 * 1024), "M_MMAP_THRESHOLD": (-3, 128 * 1024)}
_LEVELS = {"debug": LogLevels.debug, "info": LogLevels.warning}  # its own news is nobody's; ours are in our log


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; what was begun is answered. SIGHUP replaces the processes one by one."""
    keep_little_memory()
    HandoverServer(
        TARGET,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        factory=True,
        workers=settings.web_workers,
        backpressure=allow_connections(),
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_READ_MILLISECONDS),
        loop=Loops.asyncio,
        runtime_mode=RuntimeModes.mt,
        websockets=False,
        log_level=_LEVELS.get(settings.log_level, LogLevels.error),
        log_dictconfig=_LOGGING,
        log_access=False,
        respawn_failed_workers=True,
        respawn_interval=LEAVING_SECONDS,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()


def keep_little_memory() -> bool:
    """Have the threads of this process, and of those it forks, share their memory. Returns whether glibc could be told.

    By itself it gives each thread an arena of its own, and each keeps what was freed in it: some 10 MB a process.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all(mallopt(option, value) for option, value in _MALLOC.values())


def allow_connections() -> int:
    """Raise this process's limit on open files as far as it may, and return how many connections that allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + OWN_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed - OWN_FILES


# Granian would replace the handlers of the root logger and write to stdout.
_LOGGING = {
    "version": 1,
    "incremental": False,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}, "granian.access": {"handlers": []}},
}
