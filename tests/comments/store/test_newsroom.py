"""The newsroom's replies: marked, published by the one door, undone like everything else, and nobody behind them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from comments import schema
from comments.queue_query import Queue, QueueQuery
from comments.receipt import receipt_token
from comments.roles import EVERY_SITE, NO_SITE, Scope
from comments.status import Status
from comments.store import Store
from comments.store.audit import NotThere
from comments.store.newsroom import WRITTEN, NotPublic, Said, SaidBefore
from comments.store.overview_records import Period
from comments.store.records import PublicComment
from comments.store.unsound import what_is_unsound
from tests import factories
from tests.together import together

LATER = factories.NOW + timedelta(minutes=1)


def speak(store: Store, comment_id: int, text: str = "We have corrected the figure.", **named: object) -> Said:
    moderator = factories.a_moderator(store)
    named = {"moderator_id": moderator.id, "scope": EVERY_SITE, "now": LATER} | named
    return store.newsroom.reply(comment_id, text, **named)  # type: ignore[arg-type]  # its own keywords


def public(store: Store, thread: str = "border-strikes") -> list[PublicComment]:
    page = store.threads.page("demo", thread, now=LATER)
    return [comment for each in page.conversations for comment in (each.root, *each.replies)]


def status(store: Store, comment_id: int) -> Status:
    return store.desk.card(comment_id, scope=EVERY_SITE, now=LATER).status


def test_reply_is_public_marked_and_under_what_it_answers(store: Store) -> None:
    asked = factories.an_approved_comment(store)

    said = speak(store, asked.id)

    [_, reply] = public(store)
    assert (reply.id, reply.parent_id, reply.name) == (said.comment_id, asked.id, "The demo news")
    assert (reply.text, reply.by_newsroom) == ("We have corrected the figure.", True)
    assert not public(store)[0].by_newsroom
    assert what_is_unsound(store.database) == ()


def test_reply_to_a_reply_stays_in_the_conversation(store: Store) -> None:
    first = factories.an_approved_comment(store)
    second = factories.an_approved_comment(store, parent=first.id)

    speak(store, second.id)
    answer = factories.an_approved_comment(store, parent=public(store)[-1].id, now=LATER)

    assert [each.id for each in public(store)][-1] == answer.id


def test_trail_says_who_wrote_and_who_approved(store: Store) -> None:
    said = speak(store, factories.an_approved_comment(store).id)

    written, approved = store.desk.history(said.comment_id, scope=EVERY_SITE)
    assert (written.old_status, written.new_status, written.made_by) == (None, Status.HELD, "system")
    assert (written.moderator, written.explanation) == ("ada", (WRITTEN,))
    assert (approved.id, approved.new_status, approved.made_by) == (said.decision_id, Status.APPROVED, "moderator")
    assert approved.moderator == "ada"


def test_undoing_takes_it_off_the_page_and_again_puts_it_back(store: Store) -> None:
    said = speak(store, factories.an_approved_comment(store).id)
    moderator = factories.a_moderator(store)

    undone = store.desk.undo(said.decision_id, moderator_id=moderator.id, scope=EVERY_SITE, now=LATER)
    assert len(public(store)) == 1
    assert status(store, said.comment_id) is Status.HELD

    store.desk.undo(undone.id, moderator_id=moderator.id, scope=EVERY_SITE, now=LATER)
    assert [each.by_newsroom for each in public(store)] == [False, True]
    assert what_is_unsound(store.database) == ()


def test_lists_count_it_like_every_other_comment(store: Store) -> None:
    said = speak(store, factories.an_approved_comment(store).id)

    counts = store.desk_reads.counts(EVERY_SITE)
    assert (counts.review, counts.approved) == (0, 2)
    page = store.desk_reads.page(QueueQuery(Queue.APPROVED), scope=EVERY_SITE, now=LATER)
    assert said.comment_id in {card.id for card in page.cards}


@pytest.mark.parametrize("make", [factories.a_held_comment, factories.a_rejected_comment, factories.accept])
def test_only_what_is_public_is_answered(store: Store, make: object) -> None:
    comment = make(store)  # type: ignore[operator]  # one of the factories
    with pytest.raises(NotPublic):
        speak(store, comment.id)
    assert public(store) == []


@pytest.mark.parametrize("scope", [NO_SITE, Scope(frozenset({4711}))])
def test_another_sites_comment_is_not_there(store: Store, scope: Scope) -> None:
    comment = factories.an_approved_comment(store)
    for asked in (comment.id, 4711):
        with pytest.raises(NotThere):
            speak(store, asked, scope=scope)
    assert len(public(store)) == 1


def test_the_same_sent_twice_at_once_is_one_reply(store: Store) -> None:
    asked = factories.an_approved_comment(store)
    factories.a_moderator(store)

    def send() -> bool:
        try:
            speak(store, asked.id)
        except SaidBefore:
            return False
        return True

    assert sum(together([send] * 4)) == 1
    assert len(public(store)) == 2
    # Other words, and the same elsewhere, are replies of their own.
    speak(store, asked.id, "And the map.")
    speak(store, factories.an_approved_comment(store).id)
    assert sum(each.by_newsroom for each in public(store)) == 3


def test_in_a_sensitive_thread_a_second_moderator_agrees(store: Store) -> None:
    asked = factories.an_approved_comment(store)
    with store.database.write() as connection:
        connection.execute(update(schema.threads).values(is_sensitive=True))

    said = speak(store, asked.id)
    assert said.waits_for_second
    assert len(public(store)) == 1

    second = factories.a_moderator(store, "bisi")
    version = store.desk.card(said.comment_id, scope=EVERY_SITE, now=LATER).version
    store.desk.decide(
        said.comment_id, Status.APPROVED, version=version, moderator_id=second.id, scope=EVERY_SITE, now=LATER
    )
    assert [each.by_newsroom for each in public(store)] == [False, True]
    assert what_is_unsound(store.database) == ()


def test_nobody_stands_behind_it_and_nobody_has_its_receipt(store: Store) -> None:
    said = speak(store, factories.an_approved_comment(store).id)

    with store.database.read() as connection:
        identities = connection.execute(select(schema.identities.c.comment_id)).scalars().all()
        row = connection.execute(select(schema.comments).where(schema.comments.c.id == said.comment_id)).one()
    assert said.comment_id not in identities
    assert store.receipts.find(receipt_token(factories.ROOT_KEY, row.receipt_nonce)) is None

    # The desk copes: its card, its author's page, the thread around it.
    card = store.desk_reads.card(said.comment_id, scope=EVERY_SITE, now=LATER)
    assert (card.pseudonym, card.by_newsroom, card.author.approved) == ("Newsroom", True, 0)
    author = store.desk_reads.author(said.comment_id, scope=EVERY_SITE, now=LATER)
    assert (author.pseudonym, [one.id for one in author.cards]) == ("Newsroom", [said.comment_id])
    assert store.desk_reads.conversation(said.comment_id, scope=EVERY_SITE).ancestors


def test_it_teaches_the_models_nothing_and_tells_no_checker(store: Store) -> None:
    held = factories.a_held_comment(store)
    moderator = factories.a_moderator(store)
    version = store.desk.card(held.id, scope=EVERY_SITE, now=LATER).version
    store.desk.decide(held.id, Status.APPROVED, version=version, moderator_id=moderator.id, scope=EVERY_SITE, now=LATER)

    said = speak(store, held.id)

    site = factories.a_site(store)
    lessons = store.learning.lessons(site.id, limit=10)
    assert [lesson.comment_id for lesson in lessons] == [held.id]
    with store.database.read() as connection:
        told = set(connection.execute(select(schema.outbox.c.comment_id)).scalars())
    assert told == {held.id}
    assert said.comment_id not in told


def test_the_overview_counts_one_decision_and_no_wait(store: Store) -> None:
    speak(store, factories.an_approved_comment(store).id)

    seen = store.overviews.look(scope=EVERY_SITE, site_id=None, period=Period.DAY, now=LATER)

    assert sum(pace.people for pace in seen.paces) == 1
    assert sum(pace.machine for pace in seen.paces) == 1, "the comment that was answered"
    assert seen.waits is None


def test_erased_it_leaves_nothing(store: Store) -> None:
    said = speak(store, factories.an_approved_comment(store).id)
    moderator = factories.a_moderator(store)
    version = store.desk.card(said.comment_id, scope=EVERY_SITE, now=LATER).version
    store.desk.decide(
        said.comment_id, Status.ERASED, version=version, moderator_id=moderator.id, scope=EVERY_SITE, now=LATER
    )
    assert len(public(store)) == 1
    assert what_is_unsound(store.database) == ()
