"""Search: by all words, with and without marks, in the list where the comment stands, and gone when the words are."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, update

from comments import schema
from comments.queue_query import Queue, QueueQuery
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.database import Database
from tests import factories
from tests.together import together

_comments = schema.comments


def found(store: Store, words: str, queue: Queue = Queue.REVIEW) -> list[int]:
    page = store.desk_reads.page(QueueQuery(queue, words=words), scope=EVERY_SITE, now=factories.NOW)
    assert page.total == len(page.cards)
    return sorted(card.id for card in page.cards)


def change(store: Store, comment_id: int, **values: object) -> None:
    """Change a comment past the application, as other code might."""
    with store.database.write() as connection:
        connection.execute(update(_comments).where(_comments.c.id == comment_id).values(**values))


def decide(store: Store, comment_id: int, status: Status) -> None:
    ada = factories.a_moderator(store)
    card = store.desk_reads.card(comment_id, scope=EVERY_SITE, now=factories.NOW)
    store.desk.decide(
        comment_id, status, version=card.version, moderator_id=ada.id, scope=EVERY_SITE, now=factories.NOW
    )


def test_all_words_must_be_there_and_the_last_may_go_on(store: Store) -> None:
    loans = factories.a_held_comment(store, text="Cheap loans for everybody!", name="Dr Loan").id
    factories.a_held_comment(store, text="Cheap words")

    assert found(store, "cheap loan") == [loans]
    assert found(store, "LOANS, cheap?") == [loans]
    assert found(store, "loa che") == []
    assert found(store, "everybody dr") == [loans], "the name is searched like the text"


@pytest.mark.parametrize("typed", ["ojo", "ọjọ", "Ọjọ́", "ÒJÒ", "ilu ojo", "ìlú ojo"])
def test_tone_marks_and_dots_do_not_matter(store: Store, typed: str) -> None:
    comment = factories.a_held_comment(store, text="Ní ọjọ́ kan ní ìlú o").id

    assert found(store, typed) == [comment]


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        '"loan',
        "loan*",
        "loan AND",
        "NOT loan",
        "NEAR(loan)",
        "-loan",
        "words:loan",
        "loan'",
        "loan & !x",
        ":*",
        "loan\\",
    ],
)
def test_what_is_typed_is_no_language(store: Store, typed: str) -> None:
    comment = factories.a_held_comment(store, text="not near x and words: a loan").id

    # Every sign is left out; the words beside it are there.
    assert found(store, typed) == ([comment] if "loan" in typed else [])


@pytest.mark.parametrize("typed", ["ada.obi@example.org", "obi", "example", "org", "ada obi", "example org"])
def test_an_address_in_a_text_cannot_be_found(store: Store, typed: str) -> None:
    factories.a_held_comment(store, name="Ngozi", text="Write to ada.obi@example.org or ada.obi at example dot org")

    assert found(store, "write") != [], "else this proves nothing"
    assert found(store, typed) == []


def test_common_words_are_found_one_by_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comments.store.held_lists.MANY", 1)
    comments = [factories.a_held_comment(store, text=f"A bad loan {number}").id for number in range(3)]
    factories.a_held_comment(store, text="A badly made alone")

    assert found(store, "bad loa") == comments
    assert found(store, "loan bad ") == comments


def test_words_follow_a_comment_from_list_to_list(store: Store) -> None:
    comment = factories.a_held_comment(store, text="A loan").id

    for status, queue in (
        (Status.APPROVED, Queue.APPROVED),
        (Status.REJECTED, Queue.REJECTED),
        (Status.HELD, Queue.REVIEW),
    ):
        decide(store, comment, status)
        for other in (Queue.REVIEW, Queue.APPROVED, Queue.REJECTED):
            assert found(store, "loan", other) == ([comment] if other is queue else [])


def test_a_pending_comment_is_not_searched(store: Store) -> None:
    factories.accept(store, text="A loan")

    assert [found(store, "loan", queue) for queue in Queue] == [[]] * len(Queue)
    assert store.search.index_waiting(factories.NOW) == 0


class TestWhatOtherCodeDoes:
    def test_a_comment_that_was_decided_by_older_code_is_found_after_a_chore(self, store: Store) -> None:
        # given: the status alone, as code writes it that knows no search
        comment = factories.accept(store, text="A loan").id
        change(store, comment, status="held")
        assert found(store, "loan") == []

        # when
        assert store.search.index_waiting(factories.NOW) == 1

        # then
        assert found(store, "loan") == [comment]
        assert store.search.index_waiting(factories.NOW) == 0

    def test_an_imported_comment_is_found_after_a_chore(self, store: Store) -> None:
        old = factories.a_held_comment(store, text="A loan").id
        with store.database.write() as connection:
            row = connection.execute(select(_comments).where(_comments.c.id == old)).one()._asdict()
            receipt = {"id": 77, "receipt_hash": b"7" * 32}
            connection.execute(insert(_comments).values({**row, **receipt, "text": "Another loan"}))

        assert store.search.index_waiting(factories.NOW) == 1
        with store.database.read() as connection:
            assert connection.execute(select(func.count()).select_from(schema.search_texts)).scalar_one() == 2

    def test_other_words_are_found_and_the_old_ones_are_not(self, store: Store) -> None:
        comment = factories.a_held_comment(store, text="A loan").id

        change(store, comment, text="A cake")
        assert found(store, "loan") == []
        store.search.index_waiting(factories.NOW)

        assert (found(store, "cake"), found(store, "loan")) == ([comment], [])

    def test_nothing_is_found_of_what_was_erased_or_removed(self, store: Store) -> None:
        erased, removed = (factories.a_held_comment(store, text=f"A loan {each}").id for each in "ab")
        change(store, erased, status="erased")
        with store.database.write() as connection:
            connection.execute(delete(_comments).where(_comments.c.id == removed))

        assert found(store, "loan") == []
        with store.database.read() as connection:
            assert connection.execute(select(func.count()).select_from(schema.search_texts)).scalar_one() == 0
        assert store.search.index_waiting(factories.NOW) == 0

    def test_two_sweepers_index_every_comment_once(self, store: Store) -> None:
        comments = [factories.accept(store, text=f"A loan {number}").id for number in range(20)]
        for comment in comments:
            change(store, comment, status="held")

        together([lambda: store.search.index_waiting(factories.NOW)] * 3)

        assert found(store, "loan") == comments


def test_the_words_of_an_erased_comment_leave_the_file(sqlite_store: Store, sqlite_url: str, now: datetime) -> None:
    # given: a word that has been in two lists, in segments of their own
    store = sqlite_store
    comment = factories.a_held_comment(store, text="Zanzibarzanzibar").id
    for number in range(20):
        factories.a_held_comment(store, text=f"Something else {number}")
    decide(store, comment, Status.APPROVED)
    assert b"zanzibarzanzibar" in _bytes_of(store.database, sqlite_url)

    # when
    decide(store, comment, Status.ERASED)
    store.search.forget_gone(now)

    # then
    assert b"zanzibarzanzibar" not in _bytes_of(store.database, sqlite_url).lower()
    assert store.search.forget_gone(now) == 0, "it is done"
    assert found(store, "something") != []


def _bytes_of(database: Database, url: str) -> bytes:
    with database.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]  # sqlite3's own
    return Path(url.removeprefix("sqlite:///")).read_bytes()


def test_what_nobody_can_say_apart_is_no_error(store: Store) -> None:
    comment = factories.a_held_comment(store, text="𞤀𞤣𞤤𞤢𞤥 漢字 नमस्ते ok " + "x" * 3000).id

    for typed in ("𞤀𞤣𞤤𞤢𞤥", "漢字", "नमस्ते", "x" * 200):
        assert found(store, typed) == [comment]
