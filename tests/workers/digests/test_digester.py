"""A digest goes out once a period, says numbers alone, and one says what several would have said."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from tests import factories
from tests.servers.smtp import running_smtp
from tests.together import together
from tests.workers.external.servers import Received, Server, Talk, answering, running
from workers.digests.digester import Digester
from workers.digests.receivers import Chat, Digest, Receiver
from workers.digests.schedule import read_schedule
from workers.notifications_file import digests, load_notifications

HOUR = timedelta(hours=1)
NAME, TEXT, ADDRESS = "Zqx Name", "Zqx said this.", "zqx@zqx-domain.example"


def a_digest(to: Receiver, *, name: str = "digest/slack", when_quiet: bool = False) -> Digest:
    return Digest("demo", name, read_schedule("1h"), to, when_quiet=when_quiet)


def a_digester(store: Store, at: datetime, *listed: Digest) -> Digester:
    return Digester(store, listed, lambda: at, public_url="https://comments.example/", allows_private=True)


def send(store: Store, at: datetime, *listed: Digest) -> int:
    return a_digester(store, at, *listed).send_due()


def a_held_comment(store: Store, **more: object) -> int:
    return factories.a_held_comment(store, name=NAME, text=TEXT + str(more), email=ADDRESS, **more).id


def said(received: Received) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(received.body)
    return found


def decide(store: Store, comment_id: int, new: Status, at: datetime, reason: Reason | None = None) -> int:
    made = store.desk.decide(
        comment_id,
        new,
        version=store.desk.card(comment_id, scope=EVERY_SITE, now=at).version,
        moderator_id=factories.a_moderator(store).id,
        scope=EVERY_SITE,
        now=at,
        reason=reason,
    )
    assert made.decision_id is not None
    return made.decision_id


def test_a_chat_is_told_once_a_period_from_the_next_one_on(store: Store, now: datetime) -> None:
    a_held_comment(store)
    with running(answering(200, b"ok")) as chat:
        digest = a_digest(Chat(f"{chat.url}/services/secret"))
        first = send(store, now, digest)
        early = send(store, now + HOUR - timedelta(seconds=1), digest)
        due = send(store, now + HOUR, digest)
        again = send(store, now + HOUR + timedelta(minutes=59), digest)
        next_one = send(store, now + 2 * HOUR, digest)

    assert (first, early, due, again, next_one) == (0, 0, 1, 0, 1)
    assert len(chat.received) == 2
    message = said(chat.received[0])
    assert "1 comment waits for review, the oldest for 1 hour" in message["text"]
    assert "https://comments.example/review/?site=demo" in message["text"]
    assert [block["type"] for block in message["blocks"]] == ["section", "section"]


def test_it_is_told_in_numbers_alone(store: Store, now: datetime) -> None:
    factories.a_site(store)
    store.digests.claim(factories.a_site(store).id, "digest/slack", now, now)
    [_, approved, rejected, taken_down, undone] = [
        a_held_comment(store, thread=f"story-{number}") for number in range(5)
    ]
    moderator_id = factories.a_moderator(store).id
    decide(store, approved, Status.APPROVED, now + timedelta(minutes=1))
    decide(store, rejected, Status.REJECTED, now + timedelta(minutes=1), Reason.SPAM)
    decide(store, taken_down, Status.APPROVED, now + timedelta(minutes=1))
    decide(store, taken_down, Status.REJECTED, now + timedelta(minutes=2))
    back = decide(store, undone, Status.APPROVED, now + timedelta(minutes=1))
    store.desk.undo(back, moderator_id=moderator_id, scope=EVERY_SITE, now=now + timedelta(minutes=2))
    with running(answering(200)) as chat:
        send(store, now + HOUR, a_digest(Chat(chat.url)))

    [received] = chat.received
    text = said(received)["text"]
    assert "Waiting for review: 2" in text
    assert "by the checks: 5 (5 held)" in text
    assert "by moderators: 4 (2 published, 2 rejected)" in text
    assert "taken down after they were public: 1" in text
    for private in ("zqx", "said this", "ada"):
        assert private not in received.body.decode().lower()


def test_what_is_suspected_appealed_and_overrun_is_counted(store: Store, now: datetime) -> None:
    site = factories.a_site(store)
    factories.a_held_comment(store)
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE comments SET suspected = 'spam'")
        until = int((now + 2 * HOUR).timestamp() * 1_000_000)
        connection.exec_driver_sql(f"UPDATE threads SET burst_until = {until}")  # noqa: S608 - a number
    factories.a_held_comment(store, thread="quiet")
    rejected = factories.a_rejected_comment(store)
    store.appeals.open(rejected.id, "Why?", now)

    numbers = store.digests.numbers(site.id, since=now, now=now + HOUR)

    assert (numbers.held, numbers.suspected_spam, numbers.suspected_abuse) == (2, 1, 0)
    assert (numbers.appeals, numbers.overrun_stories) == (1, 1)
    assert numbers.oldest_held_at == now
    assert (numbers.by_policy.held, numbers.by_policy.rejected) == (2, 1)


def test_nothing_is_sent_when_nothing_waits_unless_it_is_wanted(store: Store, now: datetime) -> None:
    factories.an_approved_comment(store)
    with running(answering(200)) as chat:
        quiet, always = a_digest(Chat(chat.url)), a_digest(Chat(chat.url), name="always/slack", when_quiet=True)
        send(store, now, quiet, always)
        sent = send(store, now + HOUR, quiet, always)

    assert sent == 1
    assert "no comment waits" in said(chat.received[0])["text"]


def test_what_a_quiet_period_decided_is_in_the_next_digest(sqlite_store: Store, now: datetime) -> None:
    factories.a_site(sqlite_store)
    with running(answering(200)) as chat:
        digest = a_digest(Chat(chat.url))
        send(sqlite_store, now, digest)
        factories.an_approved_comment(sqlite_store, now=now + timedelta(minutes=1))
        quiet = send(sqlite_store, now + HOUR, digest)
        factories.a_held_comment(sqlite_store, now=now + HOUR + timedelta(minutes=1))
        send(sqlite_store, now + 2 * HOUR, digest)

    assert quiet == 0
    [received] = chat.received
    assert "by the checks: 2 (1 published, 1 held)" in said(received)["text"]


def test_what_was_decided_is_in_one_digest_alone(sqlite_store: Store, now: datetime) -> None:
    factories.a_site(sqlite_store)
    with running(answering(200)) as chat:
        digest = a_digest(Chat(chat.url), when_quiet=True)
        send(sqlite_store, now, digest)
        for minutes in (0, 59, 60, 61):
            factories.an_approved_comment(sqlite_store, now=now + timedelta(minutes=minutes))
        send(sqlite_store, now + HOUR, digest)
        send(sqlite_store, now + 2 * HOUR, digest)

    first, second = (said(received)["text"] for received in chat.received)
    assert "by the checks: 2 (2 published)" in first
    assert "by the checks: 2 (2 published)" in second


def test_after_a_long_silence_there_is_one(store: Store, now: datetime) -> None:
    a_held_comment(store)
    with running(answering(200)) as chat:
        digest = a_digest(Chat(chat.url))
        send(store, now, digest)
        sent = [send(store, now + timedelta(hours=30, seconds=each), digest) for each in (1, 2, 3)]

    assert sent == [1, 0, 0]
    assert len(chat.received) == 1


def test_many_sweepers_send_one(store: Store, now: datetime) -> None:
    a_held_comment(store)
    with running(answering(200)) as chat:
        digest = a_digest(Chat(chat.url))
        together([lambda: send(store, now, digest)] * 4)
        sent = together([lambda: send(store, now + HOUR, digest)] * 4)

    assert sum(sent) == 1
    assert len(chat.received) == 1


def test_a_chat_that_is_away_is_told_later_once(store: Store, now: datetime) -> None:
    a_held_comment(store)
    is_broken = True
    with running(lambda talk: talk.answer(500 if is_broken else 200)) as chat:
        digest = a_digest(Chat(chat.url))
        send(store, now, digest)
        failed = send(store, now + HOUR, digest)
        resting = send(store, now + HOUR + timedelta(seconds=59), digest)
        is_broken = False
        mended = send(store, now + HOUR + timedelta(seconds=60), digest)
        again = send(store, now + HOUR + timedelta(seconds=61), digest)

    assert (failed, resting, mended, again) == (0, 0, 1, 0)
    assert len(chat.received) == 2


def test_a_killed_sender_is_followed_by_one_that_says_the_same(store: Store, now: datetime, tmp_path: Path) -> None:
    a_held_comment(store)
    site = factories.a_site(store)
    secret = tmp_path / "secret"
    secret.write_text("whsec_" + b64encode(b"s" * 32).decode())
    with running(answering(204)) as program:
        file = tmp_path / "notifications.toml"
        file.write_text(
            '[[digest]]\nsite = "demo"\nevery = "1h"\n'
            f'webhook_url = "{program.url}"\nwebhook_secret_file = "{secret}"\n'
        )
        [digest] = digests(load_notifications(file))
        send(store, now, digest)
        claimed = store.digests.claim(site.id, digest.name, digest.schedule.period_at(now + HOUR), now + HOUR)
        at_once = send(store, now + HOUR + timedelta(seconds=1), digest)
        later = send(store, now + HOUR + timedelta(seconds=120), digest)

    [received] = program.received
    body = said(received)
    assert claimed is not None
    assert (at_once, later) == (0, 1)
    assert body["type"] == "desk.digest"
    assert received.headers["webhook-id"] == body["id"]
    assert received.headers["webhook-signature"].startswith("v1,")
    assert (body["data"]["held"], body["data"]["site"]) == (1, "demo")
    assert body["data"]["by_policy"] == {"approved": 0, "held": 1, "rejected": 0}


def test_a_mailbox_gets_the_same_in_plain_text(sqlite_store: Store, now: datetime, tmp_path: Path) -> None:
    a_held_comment(sqlite_store)
    with running_smtp() as server:
        file = tmp_path / "notifications.toml"
        file.write_text(
            f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\ntls = "none"\nfrom = "The Daily <desk@news.example>"\n'
            '[[digest]]\nsite = "demo"\nevery = "1h"\nmail_to = ["ada@news.example", "bola@news.example"]\n'
        )
        listed = digests(load_notifications(file))
        send(sqlite_store, now, *listed)
        sent = send(sqlite_store, now + HOUR, *listed)

    assert sent == 2
    assert sorted(each.message["To"] for each in server.received) == ["ada@news.example", "bola@news.example"]
    [first, _] = server.received
    assert first.message["Subject"] == "The demo news: 1 comment waits for review, the oldest for 1 hour"
    assert "The desk: https://comments.example/review/?site=demo" in first.body
    assert "zqx" not in first.content.decode().lower()


def test_one_receiver_that_is_away_is_no_concern_of_the_other(sqlite_store: Store, now: datetime) -> None:
    a_held_comment(sqlite_store)
    with running(answering(500)) as broken, running(answering(200)) as sound:
        both = [a_digest(Chat(broken.url)), a_digest(Chat(sound.url), name="other/slack")]
        send(sqlite_store, now, *both)
        send(sqlite_store, now + HOUR, *both)
        send(sqlite_store, now + HOUR + timedelta(minutes=2), *both)

    assert (len(broken.received), len(sound.received)) == (2, 1)


def test_the_sweeper_does_not_wait_for_a_chat_that_hangs(sqlite_store: Store, now: datetime) -> None:
    a_held_comment(sqlite_store)

    def hang(talk: Talk) -> None:
        talk.is_over.wait()

    with running(hang) as chat:
        digest = a_digest(Chat(chat.url))
        send(sqlite_store, now, digest)
        digester = a_digester(sqlite_store, now + HOUR, digest)
        begun = [digester.start(), digester.start()]
        wait_for(chat)
    assert digester.wait(20)

    assert begun == [1, 0]
    assert len(chat.received) == 1


def wait_for(chat: Server) -> None:
    until = datetime.now(UTC) + timedelta(seconds=20)
    while not chat.received:
        assert datetime.now(UTC) < until


def test_a_site_that_is_gone_or_not_there_yet_is_passed_over(sqlite_store: Store, now: datetime) -> None:
    assert send(sqlite_store, now, a_digest(Chat("https://hooks.example/"))) == 0


@pytest.mark.parametrize("name", ["<!channel> & co", "The *News*"])
def test_a_name_is_no_mention(sqlite_store: Store, now: datetime, name: str) -> None:
    factories.a_site(sqlite_store, name=name)
    a_held_comment(sqlite_store)
    with running(answering(200)) as chat:
        digest = a_digest(Chat(chat.url))
        send(sqlite_store, now, digest)
        send(sqlite_store, now + HOUR, digest)

    assert "<!" not in said(chat.received[0])["text"]
