"""The web server: granian with blocking threads, without an access log, and with limits for slow clients."""

from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from comments.settings import Settings

TARGET = "ops.wsgi:build"
# A browser sends its head at once. Whoever takes longer holds a connection and no thread.
HEADER_READ_MILLISECONDS = 10_000
# Requests in one process that may wait for a thread; more wait in the kernel's queue.
WAITING_PER_THREAD = 8
STOP_SECONDS = 10
_LEVELS = {"debug": LogLevels.debug, "info": LogLevels.warning}  # its own news is nobody's; ours are in our log


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; what was begun is answered."""
    Server(
        TARGET,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        backpressure=settings.web_threads * WAITING_PER_THREAD,
        loop=Loops.asyncio,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_READ_MILLISECONDS),
        websockets=False,
        log_level=_LEVELS.get(settings.log_level, LogLevels.error),
        log_dictconfig=_LOGGING,
        log_access=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()


# Granian would replace the handlers of the root logger and write to stdout.
_LOGGING = {
    "version": 1,
    "incremental": False,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}, "granian.access": {"handlers": []}},
}
