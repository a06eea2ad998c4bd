"""The two jobs there are. Whatever else stands in Redis under a job's name is refused before it is looked into.

Redis is not trusted. Whoever can write to it could otherwise have `os.system` imported and called, with a JSON payload
as well as with a pickle, as the job itself or as one of its callbacks, or could have the worker send web requests.
"""

import json
import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from rq.exceptions import NoSuchJobError
from rq.job import Job

from comments.wakeup import DRAIN, FAILURE_TTL_SECONDS, JOB_TIMEOUT_SECONDS, LEARN, QUEUE
from workers import runtime
from workers.drain import drain
from workers.learning.job import learn

log = structlog.get_logger()

ALLOWED: dict[str, Callable[[], None]] = {DRAIN: drain, LEARN: learn}
JOB_ID = re.compile(rb"[A-Za-z0-9_-]{1,64}")
# A drain job's payload is a few dozen bytes; anything long may be a compressed bomb.
MAX_PAYLOAD_BYTES = 256
# What RQ writes for a job of ours. Everything else must be empty: callbacks, webhooks, dependencies, groups, repeats,
# rate limits, and what later versions think of.
_HARMLESS_FIELDS = frozenset(
    {
        *("created_at", "enqueued_at", "started_at", "ended_at", "last_heartbeat", "worker_name", "status", "data"),
        *("origin", "description", "timeout", "result_ttl", "failure_ttl"),
        *("success_callback_timeout", "failure_callback_timeout", "stopped_callback_timeout"),
    }
)


class DrainJob(Job):
    """A job that is ours down to every field, or no job at all."""

    def restore(self, raw_data: Mapping[bytes, bytes]) -> None:
        """Read the job's hash. Raises NoSuchJobError, which RQ passes over, for one that we did not write."""
        why = why_refused(raw_data)
        if why is None:
            try:
                super().restore(raw_data)
            except Exception as error:
                why = f"unreadable: {type(error).__name__}"
        if why is not None:
            log.error("job refused", job_id=self.id, why=why)
            runtime.count_refusal()
            raise NoSuchJobError(why)
        self._use_our_own_limits()

    def _use_our_own_limits(self) -> None:
        self.origin, self.description, self.meta = QUEUE, "drain", {}
        self.timeout, self.result_ttl, self.failure_ttl = JOB_TIMEOUT_SECONDS, 0, FAILURE_TTL_SECONDS

    @property
    def func(self) -> Callable[[], None]:
        """The function, from our own list: a name is never imported."""
        return ALLOWED[self.func_name or ""]


def why_refused(fields: Mapping[bytes, bytes]) -> str | None:
    """Return what is wrong with a job's hash, None when it is a job as we enqueue it."""
    for name, value in fields.items():
        if value and name.decode("ascii", "replace") not in _HARMLESS_FIELDS:
            return "a field that we do not write"
    if _call_of(fields.get(b"data", b"")) not in [[name, None, [], {}] for name in ALLOWED]:
        return "a call that we do not make"
    return None


def _call_of(payload: bytes) -> Any:
    """Return [function name, instance, args, kwargs], or None for what is no short JSON."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        return None
    try:
        return json.loads(zlib.decompress(payload))
    except (zlib.error, ValueError, RecursionError):
        return None
