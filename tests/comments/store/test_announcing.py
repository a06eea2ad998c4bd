"""Whatever is decided, by whom and in whatever way, is kept for the site's webhooks with the decision itself."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from comments import schema
from comments.reasons import Reason
from comments.receipt import receipt_hash
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.moves import Move, apply_moves
from comments.store.outbox import UNDO_WINDOW
from comments.store.pending import Settlement
from comments.store.records import Accepted
from comments.verdict import Verdict
from comments.webhook import EVERYTHING, Announcement
from tests import factories

URL = "https://hooks.example/replydesk"
SOON = timedelta(seconds=30)


def a_webhook(store: Store, site: str = "demo", url: str = URL, wants: tuple[Announcement, ...] = EVERYTHING) -> int:
    return store.webhooks.add(factories.a_site(store, site).id, url, wants, b"sealed", now=factories.NOW)


def letters(store: Store) -> list[Any]:
    with store.database.read() as connection:
        return list(connection.execute(select(schema.webhook_letters).order_by(schema.webhook_letters.c.id)))


def told(store: Store) -> list[tuple[str, str]]:
    """Return what waits: (type, status)."""
    bodies = [json.loads(row.body) for row in letters(store)]
    return [(body["type"], body["data"]["comment"]["status"]) for body in bodies]


def decide(
    store: Store, comment_id: int, new: Status, now: datetime, *, reason: Reason | None = None, login: str = "ada"
) -> int:
    made = store.desk.decide(
        comment_id,
        new,
        version=store.desk.card(comment_id, scope=EVERY_SITE, now=now).version,
        moderator_id=factories.a_moderator(store, login).id,
        scope=EVERY_SITE,
        now=now,
        reason=reason,
    )
    assert made.decision_id is not None
    return made.decision_id


def undo(store: Store, decision_id: int, now: datetime) -> int:
    moderator_id = factories.a_moderator(store).id
    return store.desk.undo(decision_id, moderator_id=moderator_id, scope=EVERY_SITE, now=now).id


def test_a_verdict_is_told_at_once_without_a_word_of_its_author(store: Store, now: datetime) -> None:
    a_webhook(store)
    parent = factories.an_approved_comment(store)
    reply = factories.an_approved_comment(
        store, parent=parent.id, name="Zqx Name", text="Zqx text.", email="zqx@x.example"
    )

    *_, letter = letters(store)

    body = json.loads(letter.body)
    assert letter.due_at == now
    assert body == {
        "id": letter.message_id,
        "type": "comment.published",
        "timestamp": now.isoformat(),
        "data": {
            "site": "demo",
            "thread": {"key": "border-strikes", "url": "https://news.example/border-strikes"},
            "comment": {
                "id": reply.id,
                "parent": parent.id,
                "revision": 1,
                "version": body["data"]["comment"]["version"],
                "status": "approved",
                "link": f"https://news.example/border-strikes#comment-{reply.id}",
            },
            "reason": None,
            "made_by": "policy",
        },
    }
    assert "zqx" not in letter.body.lower()
    assert "203.0.113" not in letter.body


@pytest.mark.parametrize(
    ("make", "announced"),
    [
        (factories.an_approved_comment, ("comment.published", "approved")),
        (factories.a_held_comment, ("comment.held", "held")),
        (factories.a_rejected_comment, ("comment.rejected", "rejected")),
    ],
)
def test_each_verdict_has_its_word(
    sqlite_store: Store, make: Callable[[Store], Accepted], announced: tuple[str, str]
) -> None:
    a_webhook(sqlite_store)

    make(sqlite_store)

    assert told(sqlite_store) == [announced]


def test_what_a_moderator_decides_waits_for_the_undo_window(store: Store, now: datetime) -> None:
    comment = factories.a_held_comment(store)
    a_webhook(store)

    decide(store, comment.id, Status.REJECTED, now, reason=Reason.SPAM)

    [letter] = letters(store)
    body = json.loads(letter.body)
    assert letter.due_at == now + UNDO_WINDOW
    assert (body["type"], body["data"]["reason"], body["data"]["made_by"]) == ("comment.rejected", "spam", "moderator")
    assert store.webhook_letters.take(letter.webhook_id, now + UNDO_WINDOW - SOON, limit=5) == ()
    assert len(store.webhook_letters.take(letter.webhook_id, now + UNDO_WINDOW, limit=5)) == 1


def test_what_was_undone_before_it_left_is_never_told(store: Store, now: datetime) -> None:
    comment = factories.a_held_comment(store)
    a_webhook(store)

    made = decide(store, comment.id, Status.APPROVED, now)
    undone = undo(store, made, now + SOON)
    after_undo = told(store)
    undo(store, undone, now + 2 * SOON)

    assert after_undo == []
    assert told(store) == [("comment.published", "approved")], "to do it again is to decide"


def test_what_may_have_arrived_is_taken_back_in_words(store: Store, now: datetime) -> None:
    comment = factories.a_held_comment(store)
    webhook_id = a_webhook(store)
    made = decide(store, comment.id, Status.APPROVED, now)
    [letter] = store.webhook_letters.take(webhook_id, now + UNDO_WINDOW, limit=1)
    store.webhook_letters.delivered(letter, now + UNDO_WINDOW)

    undo(store, made, now + UNDO_WINDOW + SOON)

    assert told(store) == [("comment.unpublished", "held")]


def test_a_letter_under_way_counts_as_seen(store: Store, now: datetime) -> None:
    comment = factories.a_held_comment(store)
    webhook_id = a_webhook(store)
    made = decide(store, comment.id, Status.APPROVED, now)
    assert len(store.webhook_letters.take(webhook_id, now + UNDO_WINDOW, limit=1)) == 1

    undo(store, made, now + UNDO_WINDOW + SOON)

    assert told(store) == [("comment.published", "approved"), ("comment.unpublished", "held")]


@pytest.mark.parametrize("new", [Status.HELD, Status.REJECTED])
def test_what_was_public_is_told_to_be_gone(sqlite_store: Store, now: datetime, new: Status) -> None:
    comment = factories.an_approved_comment(sqlite_store)
    a_webhook(sqlite_store)

    decide(sqlite_store, comment.id, new, now)

    assert told(sqlite_store) == [("comment.unpublished", new.value)]


def test_what_its_author_takes_back_is_told_at_once(store: Store, now: datetime) -> None:
    comment = factories.an_approved_comment(store)
    a_webhook(store)

    store.revisions.withdraw(receipt_hash(factories.receipt_of(comment)), now=now)

    [letter] = letters(store)
    assert told(store) == [("comment.withdrawn", "erased")]
    assert letter.due_at == now


def test_an_erasure_by_request_is_told(store: Store, now: datetime) -> None:
    comment = factories.an_approved_comment(store)
    a_webhook(store)

    with store.database.write() as connection:
        apply_moves(connection, [Move(comment.id, Status.APPROVED, Status.ERASED, "system")], now)

    assert told(store) == [("comment.erased", "erased")]


def test_an_edit_is_told_when_its_new_words_are_public(store: Store, now: datetime) -> None:
    comment = factories.an_approved_comment(store)
    a_webhook(store)
    store.revisions.edit(receipt_hash(factories.receipt_of(comment)), "Mended.", now=now)
    while_checked = told(store)

    [claimed] = store.pending.claim_edits(now, lease_seconds=60)
    assert store.pending.settle([Settlement(claimed, Verdict(Status.APPROVED, (), ()))], now) == 1

    [letter] = letters(store)
    body = json.loads(letter.body)
    assert while_checked == []
    assert (body["type"], body["data"]["comment"]["revision"]) == ("comment.published", 2)


def test_later_news_of_a_comment_has_a_higher_version(sqlite_store: Store, now: datetime) -> None:
    a_webhook(sqlite_store)
    comment = factories.a_held_comment(sqlite_store)
    decide(sqlite_store, comment.id, Status.APPROVED, now)
    decide(sqlite_store, comment.id, Status.REJECTED, now)

    versions = [json.loads(row.body)["data"]["comment"]["version"] for row in letters(sqlite_store)]

    assert len(versions) == 3
    assert versions == sorted(set(versions))
    assert versions[-1] == sqlite_store.desk.card(comment.id, scope=EVERY_SITE, now=now).version


def test_a_first_approval_of_two_is_not_told(sqlite_store: Store, now: datetime) -> None:
    comment = factories.a_held_comment(sqlite_store)
    with sqlite_store.database.write() as connection:
        connection.exec_driver_sql("UPDATE threads SET is_sensitive = 1")
    a_webhook(sqlite_store)

    decide(sqlite_store, comment.id, Status.APPROVED, now)
    after_first = told(sqlite_store)
    decide(sqlite_store, comment.id, Status.APPROVED, now, login="bola")

    assert after_first == []
    assert told(sqlite_store) == [("comment.published", "approved")]


def test_a_batch_of_120_is_120_letters_in_as_few_statements_as_of_three(store: Store, now: datetime) -> None:
    comments = [factories.accept(store) for _ in range(123)]
    held = Verdict(Status.HELD, (), ())
    store.pending.settle([Settlement(factories.a_claimed(store, each), held) for each in comments], now)
    moderator_id = factories.a_moderator(store).id
    a_webhook(store)
    statements: list[str] = []
    event.listen(store.database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    def decide_all(chosen: list[Accepted]) -> int:
        seen = [(each.id, version) for each in chosen]
        statements.clear()
        made = store.bulk.decide(seen, Status.APPROVED, moderator_id=moderator_id, scope=EVERY_SITE, now=now)
        assert all(item.decision_id for item in made.items)
        return len([each for each in statements if "webhook" in each])

    version = store.desk.card(comments[0].id, scope=EVERY_SITE, now=now).version
    few, many = decide_all(comments[:3]), decide_all(comments[3:])

    rows = letters(store)
    assert len(rows) == 123
    assert len({row.message_id for row in rows}) == 123
    assert few <= 3
    assert many <= few + 2, "inserts of many rows go in a few pages"


def test_an_undone_batch_takes_its_letters_back(store: Store, now: datetime) -> None:
    comments = [factories.a_held_comment(store) for _ in range(3)]
    moderator_id = factories.a_moderator(store).id
    a_webhook(store)
    seen = [(each.id, store.desk.card(each.id, scope=EVERY_SITE, now=now).version) for each in comments]
    batch = store.bulk.decide(seen, Status.APPROVED, moderator_id=moderator_id, scope=EVERY_SITE, now=now)
    before = told(store)

    store.bulk.undo(batch.batch_id or 0, moderator_id=moderator_id, scope=EVERY_SITE, now=now + SOON)

    assert before == [("comment.published", "approved")] * 3
    assert told(store) == []


def test_each_webhook_of_the_site_hears_what_it_asked_for_and_no_other_site(sqlite_store: Store, now: datetime) -> None:
    everything = a_webhook(sqlite_store)
    published = a_webhook(sqlite_store, url=f"{URL}/2", wants=(Announcement.PUBLISHED,))
    a_webhook(sqlite_store, site="other", url=URL)

    factories.a_held_comment(sqlite_store)
    factories.an_approved_comment(sqlite_store)

    heard = [(row.webhook_id, json.loads(row.body)["type"]) for row in letters(sqlite_store)]
    assert sorted(heard) == sorted(
        [(everything, "comment.held"), (everything, "comment.published"), (published, "comment.published")]
    )
    [one, two] = [row.message_id for row in letters(sqlite_store) if "published" in row.body]
    assert one == two, "it is the same announcement"


def test_what_is_decided_is_told_or_neither_is(store: Store, now: datetime) -> None:
    comment = factories.a_held_comment(store)
    a_webhook(store)

    def fail_at_last() -> None:
        with store.database.write() as connection:
            apply_moves(connection, [Move(comment.id, Status.HELD, Status.APPROVED, "policy")], now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_at_last()

    assert told(store) == []


def test_a_site_without_a_webhook_keeps_nothing(sqlite_store: Store, now: datetime) -> None:
    comment = factories.a_held_comment(sqlite_store)

    decide(sqlite_store, comment.id, Status.APPROVED, now)

    assert letters(sqlite_store) == []


def test_a_story_that_is_closed_and_opened_by_hand_is_told(store: Store, now: datetime) -> None:
    factories.an_approved_comment(store)
    a_webhook(store)
    moderator_id = factories.a_moderator(store).id

    for closed_at in (now, now, None):
        store.thread_settings.set(
            _thread(store),
            {"closed_at": closed_at, "section": "World"},
            moderator_id=moderator_id,
            scope=EVERY_SITE,
            now=now,
        )

    bodies = [json.loads(row.body) for row in letters(store)]
    assert [body["type"] for body in bodies] == ["thread.closed", "thread.reopened"]
    assert bodies[0]["data"]["thread"]["key"] == "border-strikes"


def _thread(store: Store) -> int:
    with store.database.read() as connection:
        return connection.execute(select(schema.threads.c.id)).scalar_one()
