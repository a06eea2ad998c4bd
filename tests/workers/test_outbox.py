"""The postman sends what is due, once, and tells Akismet only what it had got wrong."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import pytest
import structlog

from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.signal import Weight
from comments.status import Status
from comments.store import Store
from comments.store.outbox import GIVE_UP_AFTER, UNDO_WINDOW, Letter, NewLetter, put
from tests import factories
from tests.workers.external.servers import Server, answering, running
from workers.external.akismet import Akismet
from workers.external.panel import NOBODY, Panel
from workers.outbox import NotNow, Post, send_due

TAKEN = answering(200, b"Thanks for making the web a better place.")
AKISMET_SPAM = factories.a_signal(check="external:akismet", weight=Weight.SOFT)


@pytest.fixture
def server() -> Iterator[Server]:
    with running(TAKEN) as running_server:
        yield running_server


def post_to(store: Store, url: str) -> Post:
    return Post(store, Panel({"demo": [Akismet("key-1", "https://news.example", url=url)]}))


def held(store: Store, *, called_spam: bool) -> int:
    accepted = factories.accept(store)
    signals = (AKISMET_SPAM,) if called_spam else (factories.a_signal(),)
    assert factories.settle(store, accepted, Status.HELD, signals=signals) == 1
    return accepted.id


def decide(store: Store, comment_id: int, new: Status, now: datetime, reason: Reason | None = None) -> int | None:
    moderator = factories.a_moderator(store)
    version = store.desk.card(comment_id, scope=EVERY_SITE, now=now).version
    return store.desk.decide(
        comment_id, new, version=version, moderator_id=moderator.id, scope=EVERY_SITE, now=now, reason=reason
    ).decision_id


def send(post: Post, at: datetime) -> int:
    return send_due(post, lambda: at)


def test_akismet_hears_of_the_good_comment_it_called_spam(sqlite_store: Store, server: Server, now: datetime) -> None:
    comment_id = held(sqlite_store, called_spam=True)
    decide(sqlite_store, comment_id, Status.APPROVED, now)

    sent = send(post_to(sqlite_store, server.url), now + UNDO_WINDOW)

    [received] = server.received
    fields = parse_qs(received.body.decode(), strict_parsing=True)
    assert sent == 1
    assert received.path == "/1.1/submit-ham"
    assert fields["comment_content"] == [sqlite_store.desk.card(comment_id, scope=EVERY_SITE, now=now).text]
    assert fields["user_ip"] == ["127.0.0.1"]
    assert not {"comment_author_email", "comment_author"} & set(fields)
    assert b"ada.obi" not in received.body


def test_akismet_hears_of_the_spam_it_let_through(store: Store, server: Server, now: datetime) -> None:
    decide(store, held(store, called_spam=False), Status.REJECTED, now, Reason.SPAM)

    send(post_to(store, server.url), now + UNDO_WINDOW)

    assert [received.path for received in server.received] == ["/1.1/submit-spam"]
    assert store.outbox.count() == 0


@pytest.mark.parametrize(
    ("called_spam", "decided"), [(True, (Status.REJECTED, Reason.SPAM)), (False, (Status.APPROVED, None))]
)
def test_who_was_right_hears_nothing(
    sqlite_store: Store, server: Server, now: datetime, called_spam: bool, decided: tuple[Status, Reason | None]
) -> None:
    new, reason = decided
    decide(sqlite_store, held(sqlite_store, called_spam=called_spam), new, now, reason)

    send(post_to(sqlite_store, server.url), now + UNDO_WINDOW)

    assert server.received == []
    assert sqlite_store.outbox.count() == 0


def test_nothing_leaves_within_the_undo_window_nor_after_an_undo(
    sqlite_store: Store, server: Server, now: datetime
) -> None:
    made = decide(sqlite_store, held(sqlite_store, called_spam=True), Status.APPROVED, now)
    post = post_to(sqlite_store, server.url)
    assert made is not None

    early = send(post, now + UNDO_WINDOW - timedelta(seconds=1))
    sqlite_store.desk.undo(
        made, moderator_id=factories.a_moderator(sqlite_store).id, scope=EVERY_SITE, now=now + timedelta(seconds=90)
    )
    late = send(post, now + timedelta(hours=1))

    assert (early, late) == (0, 0)
    assert server.received == []


def test_a_site_without_akismet_tells_nobody(sqlite_store: Store, now: datetime) -> None:
    decide(sqlite_store, held(sqlite_store, called_spam=True), Status.APPROVED, now)

    assert send(Post(sqlite_store, NOBODY), now + UNDO_WINDOW) == 1
    assert sqlite_store.outbox.count() == 0


def test_akismet_that_is_away_is_told_later(sqlite_store: Store, now: datetime) -> None:
    decide(sqlite_store, held(sqlite_store, called_spam=True), Status.APPROVED, now)
    with running(answering(503)) as broken:
        assert send(post_to(sqlite_store, broken.url), now + UNDO_WINDOW) == 0
        assert len(broken.received) == 1

    with running(TAKEN) as mended:
        soon = send(post_to(sqlite_store, mended.url), now + UNDO_WINDOW + timedelta(seconds=59))
        later = send(post_to(sqlite_store, mended.url), now + UNDO_WINDOW + timedelta(seconds=60))

    assert (soon, later) == (0, 1)
    assert [received.path for received in mended.received] == ["/1.1/submit-ham"]


def test_akismet_that_stays_away_is_given_up_in_the_trail(sqlite_store: Store, now: datetime) -> None:
    comment_id = held(sqlite_store, called_spam=True)
    decide(sqlite_store, comment_id, Status.APPROVED, now)

    with running(answering(503)) as broken, structlog.testing.capture_logs() as logged:
        send(post_to(sqlite_store, broken.url), now + GIVE_UP_AFTER)

    assert sqlite_store.outbox.count() == 0
    assert [(line["event"], line["log_level"]) for line in logged] == [("letter given up", "error")]
    with sqlite_store.database.read() as connection:
        told = connection.exec_driver_sql("SELECT kind, detail FROM events").all()
    assert [kind for kind, _ in told] == ["delivery given up"]
    assert f'"comment_id": {comment_id}' in told[0][1]


def test_words_that_were_edited_since_are_not_sent(sqlite_store: Store, server: Server, now: datetime) -> None:
    comment_id = held(sqlite_store, called_spam=True)
    decide(sqlite_store, comment_id, Status.APPROVED, now)
    with sqlite_store.database.write() as connection:
        connection.exec_driver_sql("UPDATE comments SET revision = 2")

    send(post_to(sqlite_store, server.url), now + UNDO_WINDOW)

    assert server.received == []


def a_letter(store: Store, kind: str, now: datetime) -> None:
    site = factories.a_site(store)
    with store.database.write() as connection:
        put(connection, [NewLetter(site.id, kind, {})], now)


def test_a_new_kind_needs_only_its_way(sqlite_store: Store, now: datetime) -> None:
    a_letter(sqlite_store, "webhook", now)
    seen: list[Letter] = []

    sent = send_due(
        Post(sqlite_store, NOBODY), lambda: now + UNDO_WINDOW, ways={"webhook": lambda _, letter: seen.append(letter)}
    )

    assert sent == 1
    assert [letter.kind for letter in seen] == ["webhook"]


def test_a_kind_of_a_later_version_waits_for_it(sqlite_store: Store, now: datetime) -> None:
    a_letter(sqlite_store, "carrier pigeon", now)

    assert send(Post(sqlite_store, NOBODY), now + UNDO_WINDOW) == 0
    assert sqlite_store.outbox.count() == 1


def test_sending_stops_when_its_time_is_up(sqlite_store: Store, now: datetime) -> None:
    for _ in range(3):
        a_letter(sqlite_store, "test", now)
    clock = iter([0.0, 1.0, 6.0])

    sent = send_due(
        Post(sqlite_store, NOBODY),
        lambda: now + UNDO_WINDOW,
        ways={"test": lambda _, __: None},
        monotonic=lambda: next(clock),
    )

    assert sent == 2
    assert sqlite_store.outbox.count() == 1


def test_one_letter_that_fails_does_not_stop_the_next(sqlite_store: Store, now: datetime) -> None:
    for kind in ("bad", "good"):
        a_letter(sqlite_store, kind, now)

    def fail(_: Post, __: Letter) -> None:
        raise NotNow("as told")

    sent = send_due(
        Post(sqlite_store, NOBODY), lambda: now + UNDO_WINDOW, ways={"bad": fail, "good": lambda _, __: None}
    )

    assert sent == 1
