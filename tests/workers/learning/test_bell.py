"""The learner's bell: one job without arguments, not more often than there is need."""

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from comments.wakeup import LEARN, QUEUE, connect_quickly, ring_to_learn
from workers.learning import job


def test_ringing_twice_enqueues_one_job_without_arguments(redis: Redis) -> None:
    assert ring_to_learn(redis)
    assert ring_to_learn(redis)

    [enqueued] = Queue(QUEUE, connection=redis, serializer=JSONSerializer).jobs
    assert (enqueued.func_name, enqueued.args, enqueued.kwargs) == (LEARN, [], {})


def test_name_on_the_queue_is_the_learner() -> None:
    module, _, function = LEARN.rpartition(".")

    assert (job.__name__, job.learn.__name__) == (module, function)


def test_redis_being_away_is_no_error() -> None:
    assert not ring_to_learn(connect_quickly("redis://127.0.0.1:1/0"))
