"""Who besides us may write to Redis: a socket that others reach, or a user that may do more than the service needs."""

import contextlib
import stat
from pathlib import Path
from urllib.parse import urlsplit

from redis.exceptions import NoPermissionError

from comments.wakeup import connect_quickly


def open_socket(url: str) -> Path | None:
    """Return the socket when other users of this machine can write to it, else None."""
    parts = urlsplit(url)
    path = Path(parts.path)
    if parts.scheme != "unix" or not path.exists():
        return None
    others_write = path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    others_enter = path.parent.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH)
    return path if others_write and others_enter else None


def may_do_everything(url: str) -> bool:
    """Say whether the user we connect as may change the server itself. Raises RedisError and OSError."""
    with contextlib.closing(connect_quickly(url)) as client:
        try:
            client.acl_getuser(str(client.acl_whoami()))
        except NoPermissionError:
            return False
    return True
