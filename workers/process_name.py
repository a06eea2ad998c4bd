"""What a process calls itself in the database and in Redis: unlike any other, and beginning with its host's name."""

import os
import re
import socket
from secrets import token_hex

MAX_HOST_CHARS = 40  # of the 80 that a lease's name has

# In a container the host is the container, so that its health check finds its own process among all that are alive.
HERE = re.sub(r"[^A-Za-z0-9]+", "-", socket.gethostname())[-MAX_HOST_CHARS:].strip("-") or "host"


def new_process_name() -> str:
    """Return a name for the process that asks."""
    return f"{HERE}_{os.getpid()}_{token_hex(4)}"
