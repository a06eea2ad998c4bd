"""The RQ worker: takes drain jobs from one queue and trusts nothing else that it finds in Redis."""

import traceback
from collections.abc import Callable
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.intermediate_queue import IntermediateQueue
from rq.job import Job
from rq.serializers import JSONSerializer

from comments.wakeup import QUEUE
from workers import runtime
from workers.job import JOB_ID, DrainJob

log = structlog.get_logger()

# After so many jobs the process ends and its parent starts a new one, against slow leaks.
JOBS_PER_LIFE = 1_000
MAINTENANCE_SECONDS = 60
# RQ waits this less 15 s for a job before it looks around. At its default of 420 s neither maintenance nor a heartbeat
# would come in time; and its socket times out 10 s after that.
WORKER_TTL_SECONDS = 25
CONNECT_SECONDS = 2


class DrainQueue(Queue):
    """The queue, without what is no job's id: RQ ends on a name that it cannot decode, and again at every restart."""

    @classmethod
    def lmove(cls, connection: Redis, queue_key: str, timeout: int | None) -> tuple[str, bytes] | None:
        """Take the next id. Raises DequeueTimeout when none comes."""
        while True:
            taken: tuple[str, bytes] | None = super().lmove(connection, queue_key, timeout)
            if taken is None or JOB_ID.fullmatch(taken[1]):
                return taken
            connection.lrem(IntermediateQueue.get_intermediate_queue_key(queue_key), 0, taken[1])  # type: ignore[arg-type]  # bytes are what Redis has
            log.error("job refused", why="an id that RQ does not give")
            runtime.count_refusal()


class Worker(SimpleWorker):
    """One process that drains. `beat` is called whenever it looks at the queue, Redis or no Redis."""

    log_result_lifespan = False
    # An idle worker asks for Redis again after 1, 2, 2, … seconds. RQ's own limit of a minute would be felt.
    max_connection_wait_time = 2.0

    def __init__(self, url: str, name: str, beat: Callable[[], None]) -> None:
        self._beat = beat
        self._last_error = ""
        super().__init__(
            [QUEUE],
            name=name,
            connection=Redis.from_url(url, socket_connect_timeout=CONNECT_SECONDS),
            job_class=DrainJob,
            queue_class=DrainQueue,
            serializer=JSONSerializer,
            maintenance_interval=MAINTENANCE_SECONDS,
            worker_ttl=WORKER_TTL_SECONDS,
            log_job_description=False,
        )

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        """Tell our own watchers first: they want to know about this process, not about Redis."""
        self._beat()
        super().heartbeat(*args, **kwargs)

    def subscribe(self) -> None:
        """Listen to no commands over Redis; the parent has signals."""

    def check_for_suspension(self, burst: bool) -> None:
        """Never be suspended over Redis."""

    def set_shutdown_requested_date(self) -> None:
        """Write nothing from inside a signal handler: Redis may be away, and a comment is being judged."""

    def clean_registries(self) -> None:
        """Tidy up after dead workers; whatever stands there, the queue is still served."""
        try:
            super().clean_registries()  # type: ignore[no-untyped-call]  # rq gives it no types
        except (RedisError, OSError):
            raise
        except Exception as error:
            # Anything can stand in Redis, and would be repeated in the message.
            log.error("maintenance failed", error=type(error).__name__)  # noqa: TRY400 - as above

    def clean_group_registries(self) -> None:
        """Leave groups alone: we have none, and RQ would read their jobs with pickle."""

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log the class of the error alone: its message may repeat a text."""
        self._last_error = exc_info[0].__name__
        log.error("drain failed", job_id=job.id, error=self._last_error, where=_places(exc_info[2]))

    def handle_job_failure(self, job: Job, *args: Any, **kwargs: Any) -> None:
        """Let RQ keep the same in Redis."""
        super().handle_job_failure(job, *args, **{**kwargs, "exc_string": self._last_error})


def _places(trace: Any) -> list[str]:
    """Return the last places of a traceback: files and lines, no values."""
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in traceback.extract_tb(trace)[-4:]]


def work(url: str, name: str, beat: Callable[[], None]) -> bool:
    """Work until told to stop or until it is time for a new process. Returns False when Redis was the reason."""
    try:
        Worker(url, name, beat).work(logging_level="WARNING", max_jobs=JOBS_PER_LIFE)
    except (RedisError, OSError) as error:
        log.warning("worker lost redis", error=type(error).__name__)
        return False
    return True
