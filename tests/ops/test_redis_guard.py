"""Who else may write to Redis; and the rights that docs/redis.md gives are enough for the service and its workers."""

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from comments.identity import RootKey
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.wakeup import Wakeup, connect_quickly, ring_to_learn
from ops.redis_guard import may_do_everything, open_socket
from service.rate_limits import NETWORK, RateLimits
from tests.factories import accept
from tests.servers.valkey import Valkey
from tests.workers import opinions
from workers import runtime
from workers.heartbeat import Heartbeat, Pulse
from workers.runtime import Runtime
from workers.worker import Worker

DOCUMENT = Path(__file__).parents[2] / "docs" / "redis.md"
FORBIDDEN = (
    *("FLUSHALL", "FLUSHDB", "CONFIG GET dir", "CONFIG SET dir /tmp", "SCRIPT FLUSH", "KEYS *", "DEBUG SLEEP 0"),
    *("MODULE LIST", "REPLICAOF NO ONE", "SAVE", "ACL LIST", "CLIENT LIST", "SHUTDOWN NOSAVE", "MONITOR"),
    *("SET foreign 1", "GET session:1", "PUBLISH elsewhere x", "EVAL return(redis.call('get','foreign')) 0"),
)


@pytest.fixture
def limited(valkey: str, redis: Redis) -> Iterator[str]:
    """The address of a user with the rights that the document gives."""
    found = re.search(r"^user replydesk on >A-LONG-SECRET (.+)$", DOCUMENT.read_text(), re.MULTILINE)
    assert found
    redis.execute_command("ACL", "SETUSER", "replydesk", "on", ">secret", *found[1].split())
    yield valkey.replace("unix://", "unix://replydesk:secret@")
    redis.execute_command("ACL", "DELUSER", "replydesk")


def test_documented_rights_are_enough(sqlite_store: Store, limited: str, now: datetime, root_key: RootKey) -> None:
    with contextlib.closing(connect_quickly(limited)) as client:
        comment_id = accept(sqlite_store).id
        runtime.use(
            Runtime(
                sqlite_store,
                client,
                opinions.approve,
                60,
                Heartbeat(sqlite_store, "worker/test", Pulse(), lambda: now),
                lambda: now,
            )
        )

        assert Wakeup(client).ring()
        assert ring_to_learn(client)
        limits = RateLimits(client, root_key, is_on=True)
        limits.count(NETWORK, b"network")
        Worker(limited, "test", runtime.current().beat).work(burst=True, logging_level="CRITICAL")
        runtime.use(None)

        assert sqlite_store.desk.card(comment_id, now=now, scope=EVERY_SITE).status is Status.APPROVED
        assert list(client.scan_iter("replydesk:limit*")), "the limits were counted elsewhere"


@pytest.mark.parametrize("command", FORBIDDEN)
def test_documented_rights_are_no_more(limited: str, command: str) -> None:
    with contextlib.closing(connect_quickly(limited)) as client, pytest.raises(RedisError, match=r"permission|allowed"):
        client.execute_command(*command.split(" "))


def test_guard_tells_a_user_with_all_rights_from_one_with_few(valkey: str, limited: str) -> None:
    assert may_do_everything(valkey)
    assert not may_do_everything(limited)


def test_guard_finds_a_socket_that_others_reach(valkey_server: Valkey) -> None:
    path = valkey_server.directory / "valkey.sock"
    assert open_socket(valkey_server.url) is None
    try:
        path.chmod(0o777)
        assert open_socket(valkey_server.url) is None, "nobody else enters its directory"
        valkey_server.directory.chmod(0o755)

        assert open_socket(valkey_server.url) == path
        assert open_socket(f"unix://name:secret@{path}") == path
    finally:
        path.chmod(0o700)
        valkey_server.directory.chmod(0o700)
