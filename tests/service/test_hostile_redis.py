"""Whatever stands in Redis where our own keys stand: nobody gets an error for it, and no comment is lost."""

from collections.abc import Callable

import pytest
from flask import Flask
from redis import Redis

from comments.store import Store
from comments.wakeup import QUEUE, Wakeup
from tests import factories
from tests.service.conftest import SITE_ORIGIN
from tests.service.review.conftest import OURS
from tests.service.review.pages import Page

FORGERIES: dict[str, Callable[[Redis, bytes], object]] = {
    "bytes that are no text": lambda redis, key: redis.set(key, b"\xff\xfe\x00"),
    "words": lambda redis, key: redis.set(key, "words:words"),
    "a huge number": lambda redis, key: redis.set(key, 2**63 - 1),
    "more digits than a number may have": lambda redis, key: redis.set(key, "9" * 5000 + ":1"),
    "a negative number": lambda redis, key: redis.set(key, -5),
    "a try in the far future": lambda redis, key: redis.set(key, "9:4102444800"),
    "a try at no time": lambda redis, key: redis.set(key, "9:nan"),
    "a try beyond all time": lambda redis, key: redis.set(key, "9:1e300"),
    "a list": lambda redis, key: redis.rpush(key, "x"),
    "a hash": lambda redis, key: redis.hset(key, "x", "y"),
    "a set": lambda redis, key: redis.sadd(key, "x"),
    "a sorted set": lambda redis, key: redis.zadd(key, {"x": 1.0}),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_values_give_nobody_an_error(
    make_app: Callable[..., Flask], sqlite_store: Store, valkey: str, redis: Redis, forgery: str
) -> None:
    # given: every key that posting and logging in make
    factories.a_site(sqlite_store, origins=(SITE_ORIGIN,))
    factories.a_moderator(sqlite_store, "ada")
    app = make_app(sqlite_store, Wakeup(redis), redis_url=valkey, rate_limits=True)
    client = app.test_client()
    form = Page(client.get("/review/login").text).forms[0]
    guess = {**form.fields, "login": "ada", "password": "a wrong one, and long"}

    def post(text: str) -> int:
        return client.post("/api/v1/comments", json=factories.a_body(text=text)).status_code

    assert post("first") == 202
    assert client.post(form.action, data=guess, headers=OURS).status_code == 401
    keys = redis.keys("replydesk:*")
    kinds = {key.split(b":")[1].split(b"/")[0] for key in keys}
    assert {b"wake", b"login", b"limit"} <= {kind[:5] for kind in kinds} | kinds, f"else this proves nothing: {kinds}"

    # when
    for key in (*keys, f"rq:queue:{QUEUE}".encode(), b"rq:queues"):
        redis.delete(key)
        FORGERIES[forgery](redis, key)

    # then
    assert post("second") in {202, 429}
    answer = client.post(form.action, data=guess, headers=OURS)
    assert answer.status_code in {401, 429}
    assert int(answer.headers.get("Retry-After", 0)) <= 15 * 60
    assert client.get("/readyz").status_code in {200, 503}
