"""Bringing a file in: all of it, once, where it stood, on both databases."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from comments import schema
from comments.imported import Source
from comments.proof import prove
from comments.queue_query import Queue, QueueQuery
from comments.roles import EVERY_SITE
from comments.seal import seal_key
from comments.status import Status
from comments.store import Store, open_store
from comments.store.records import ThreadPage
from comments.store.soundness import why_miscounted
from comments.store.threads import Order
from comments.store.unsound import what_is_unsound
from ops.imports import bring_in
from ops.imports.bring_in import Import, identifier
from ops.imports.disqus import read_disqus
from ops.imports.report import Report
from ops.imports.safe_xml import BadFile
from ops.imports.wxr import read_wxr
from tests import factories
from tests.contracts.leaks import needles_in_bytes
from tests.ops.imports.files import ADDRESS, NETWORK, a_comment, a_post, a_thread, an_item, disqus, wxr
from tests.together import together

NOW = factories.NOW
STATES = wxr(
    an_item(
        7,
        [
            a_comment(1),
            a_comment(2, approved="0"),
            a_comment(3, approved="spam"),
            a_comment(4, approved="trash"),
            a_comment(5, approved="post-trashed"),
            a_comment(6, type="pingback"),
        ],
    )
)


def bring(
    store: Store,
    content: str,
    *,
    source: Source = Source.WXR,
    dry_run: bool = False,
    now: datetime = NOW,
    on_kept: Callable[[int], None] = lambda _: None,
) -> Report:
    """Bring a file in at the site "demo"."""
    site = factories.a_site(store)
    identify = identifier(factories.ROOT_KEY, site.key, now, frozenset())
    file = io.BytesIO(content.encode())
    if source is Source.WXR:
        found = read_wxr(file, identify, now=now, with_pingbacks=False, on_bytes=lambda _: None)
    else:
        found = read_disqus(file, identify, now=now, on_bytes=lambda _: None)
    work = Import(store, factories.ROOT_KEY, site, source, now, is_dry_run=dry_run)
    return work.run(found, lambda _: None, on_kept)


def rows(store: Store, *columns: Any) -> list[Any]:
    with store.database.read() as connection:
        return list(connection.execute(select(*columns).order_by(columns[0])))


def imported(store: Store) -> dict[str, int]:
    """Return our number of each comment by its number there."""
    return dict(rows(store, schema.imports.c.source_id, schema.imports.c.comment_id))


def parents(store: Store) -> dict[str, tuple[str | None, str | None]]:
    """Return parent and root of each imported comment, all by their numbers there."""
    there = {ours: theirs for theirs, ours in imported(store).items()}
    found = rows(store, schema.comments.c.id, schema.comments.c.parent_id, schema.comments.c.root_id)
    return {there[row.id]: (there.get(row.parent_id), there.get(row.root_id)) for row in found}


def everything(store: Store) -> dict[str, list[Any]]:
    """Return every row of every table."""
    with store.database.read() as connection:
        return {
            name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for name, table in schema.metadata.tables.items()
        }


def page(store: Store, key: str = "wp:7", **named: Any) -> ThreadPage:
    return store.threads.page("demo", key, now=NOW, **named)


def decide(store: Store, comment_id: int, new: Status) -> None:
    ada = factories.a_moderator(store)
    version = store.desk.card(comment_id, now=NOW, scope=EVERY_SITE).version
    store.desk.decide(comment_id, new, version=version, moderator_id=ada.id, now=NOW, scope=EVERY_SITE)


def test_every_comment_stands_where_it_stood(store: Store) -> None:
    told = bring(store, STATES)

    statuses = dict(rows(store, schema.comments.c.id, schema.comments.c.status))
    found = {theirs: statuses[ours] for theirs, ours in imported(store).items()}
    assert found == {"1": "approved", "2": "held", "3": "rejected", "4": "rejected", "5": "rejected"}
    assert (told.read, told.stored, told.already_there, dict(told.skipped)) == (6, 5, 0, {"pingback": ["6"]})
    assert told.adds_up


def test_what_was_imported_is_as_sound_as_what_was_written_here(store: Store) -> None:
    bring(store, STATES)
    key = seal_key(factories.ROOT_KEY)

    assert what_is_unsound(store.database) == ()
    assert why_miscounted(store.database) is None
    assert store.chain.seal_next(key, NOW) == 5
    assert prove(store.chain, key, (), NOW).is_sound


def test_each_has_a_line_of_record_that_says_so(store: Store) -> None:
    bring(store, STATES)

    lines = {
        (row.made_by, row.old_status, row.new_status, row.reason, row.explanation)
        for row in rows(store, *schema.decisions.c)
    }
    assert ("import", None, "approved", None, '["Imported from a WordPress export: it was approved there."]') in lines
    assert (
        "import",
        None,
        "rejected",
        "spam",
        '["Imported from a WordPress export: it was marked as spam there."]',
    ) in lines
    assert {line[0] for line in lines} == {"import"}


def test_the_approved_are_public_with_their_own_times_and_the_others_wait_at_the_desk(store: Store) -> None:
    bring(store, STATES)

    [conversation] = page(store).conversations
    waiting = store.desk_reads.page(QueueQuery(Queue.REVIEW), scope=EVERY_SITE, now=NOW)
    assert conversation.root.created_at == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert (page(store).title, page(store).url) == ("Post 7", "https://news.example/post-7/")
    assert [card.text for card in waiting.cards] == ["Comment number 2."]
    assert waiting.cards[0].last_decision.explanation == (
        "Imported from a WordPress export: it was awaiting moderation there.",
    )


def test_the_same_file_twice_changes_nothing(store: Store) -> None:
    bring(store, STATES)
    before = everything(store)

    told = bring(store, STATES, now=NOW + timedelta(days=1))

    assert everything(store) == before
    assert (told.stored, told.already_there, told.threads_added, told.adds_up) == (0, 5, 0, True)


def test_a_dry_run_says_the_same_and_changes_nothing(store: Store) -> None:
    factories.a_site(store)
    before = everything(store)
    replied = STATES.replace("</item>", f"{a_comment(8, parent=1)}{a_comment(9, parent=77)}</item>")

    dry = bring(store, replied, dry_run=True)
    assert everything(store) == before
    real = bring(store, replied)

    assert (dry.read, dry.stored, dry.skipped, dry.changed) == (real.read, real.stored, real.skipped, real.changed)
    assert dict(real.changed) == {"parent_missing": ["9"]}


def test_a_longer_export_adds_what_is_new(store: Store) -> None:
    bring(store, wxr(an_item(7, [a_comment(1)])))
    version = page(store).version

    told = bring(store, wxr(an_item(7, [a_comment(2, parent=1)]), an_item(8, [a_comment(3)])))

    assert (told.stored, told.already_there, told.threads_added, dict(told.changed)) == (2, 0, 1, {})
    assert parents(store)["2"] == ("1", "1")
    assert page(store).version > version


def test_what_was_decided_here_since_stays(store: Store) -> None:
    bring(store, STATES)
    ours = imported(store)
    decide(store, ours["1"], Status.REJECTED)
    decide(store, ours["2"], Status.APPROVED)
    decide(store, ours["3"], Status.ERASED)
    before = everything(store)

    told = bring(store, STATES)

    assert everything(store) == before
    assert told.already_there == 5
    assert what_is_unsound(store.database) == ()


class TestParents:
    def test_they_are_found_wherever_they_stand(self, store: Store) -> None:
        told = bring(store, wxr(an_item(7, [a_comment(3, parent=2), a_comment(2, parent=1), a_comment(1)])))

        assert parents(store) == {"1": (None, None), "2": ("1", "1"), "3": ("2", "1")}
        assert dict(told.changed) == {}

    def test_a_reply_that_is_older_than_its_parent_is_a_reply(self, store: Store) -> None:
        early = a_comment(2, parent=1, date_gmt="2020-01-01 00:00:00")
        bring(store, wxr(an_item(7, [early, a_comment(1)])))

        assert parents(store)["2"] == ("1", "1")
        assert what_is_unsound(store.database) == ()

    @pytest.mark.parametrize(
        ("items", "change"),
        [
            ([an_item(7, [a_comment(2, parent=77)])], "parent_missing"),
            ([an_item(7, [a_comment(2, parent=1)]), an_item(8, [a_comment(1)])], "parent_elsewhere"),
            ([an_item(7, [a_comment(2, parent=2)])], "parent_in_circle"),
        ],
    )
    def test_one_that_cannot_be_is_noted(self, store: Store, items: list[str], change: str) -> None:
        told = bring(store, wxr(*items))

        assert parents(store)["2"] == (None, None)
        assert dict(told.changed) == {change: ["2"]}

    def test_a_circle_is_opened_at_one_place(self, store: Store) -> None:
        around = [a_comment(1, parent=3), a_comment(2, parent=1), a_comment(3, parent=2), a_comment(4, parent=2)]
        told = bring(store, wxr(an_item(7, around)))

        assert told.stored == 4
        assert len(told.changed["parent_in_circle"]) == 1
        assert sum(root is None for _, root in parents(store).values()) == 1

    def test_a_reply_to_what_is_skipped_hangs_on_the_next_above(self, store: Store) -> None:
        chain = [
            a_comment(1),
            a_comment(2, parent=1, type="pingback"),
            a_comment(3, parent=2, content=""),
            a_comment(4, parent=3),
        ]
        bring(store, wxr(an_item(7, chain)))

        assert parents(store) == {"1": (None, None), "4": ("1", "1")}

    def test_deleted_ones_keep_their_place(self, store: Store) -> None:
        posts = [a_post(1, 5, isDeleted="true", message="<p>Sekret</p>"), a_post(2, 5, parent=1)]
        told = bring(store, disqus(a_thread(5, id="story"), *posts), source=Source.DISQUS)

        [conversation] = page(store, "story").conversations
        assert (told.stored, conversation.root.is_gone, len(conversation.replies)) == (2, True, 1)
        assert "Sekret" not in repr(everything(store))
        assert what_is_unsound(store.database) == ()


class TestThreads:
    def test_closed_stays_closed_and_open_stays_open(self, store: Store) -> None:
        bring(store, wxr(an_item(7, [a_comment(1)], comment_status="closed"), an_item(8, [a_comment(2)])))

        assert (page(store).is_closed, page(store, "wp:8").is_closed) == (True, False)

    def test_what_was_opened_here_is_not_closed_again(self, store: Store) -> None:
        closed = wxr(an_item(7, [a_comment(1)], comment_status="closed"))
        bring(store, closed)
        with store.database.write() as connection:
            connection.execute(schema.threads.update().values(closed_at=None))

        bring(store, closed)

        assert not page(store).is_closed

    def test_comments_come_to_the_thread_that_readers_write_in(self, store: Store) -> None:
        factories.an_approved_comment(store, thread={"key": "wp:7", "url": "", "title": ""})

        told = bring(store, wxr(an_item(7, [a_comment(1)])))

        assert (page(store).total, told.threads_added) == (2, 0)
        assert (page(store).title, page(store).url) == ("Post 7", "https://news.example/post-7/")

    def test_comments_on_what_was_not_public_are_held(self, store: Store) -> None:
        told = bring(store, wxr(an_item(7, [a_comment(1), a_comment(2, approved="spam")], status="private")))

        assert [row.status for row in rows(store, schema.comments.c.id, schema.comments.c.status)] == [
            "held",
            "rejected",
        ]
        assert dict(told.changed) == {"article_not_public": ["1"]}

    def test_one_page_under_several_links_is_one_thread(self, store: Store) -> None:
        threads = [
            a_thread(5, link="http://news.example/a/?utm_source=x"),
            a_thread(6, link="https://www.news.example/a", id="story"),
            a_thread(7, link="https://news.example/a/", isClosed="true"),
        ]
        posts = [a_post(1, 5), a_post(2, 6, parent=1), a_post(3, 7)]
        bring(store, disqus(*threads, *posts), source=Source.DISQUS)

        assert page(store, "story").total == 3
        assert parents(store)["2"] == ("1", "1")

    def test_a_comment_of_no_thread_is_skipped(self, store: Store) -> None:
        told = bring(store, disqus(a_post(1, 5)), source=Source.DISQUS)

        assert dict(told.skipped) == {"no_thread": ["1"]}
        assert told.adds_up


class TestOrder:
    def test_imported_comments_stand_by_their_times_among_newer_ones(self, store: Store) -> None:
        thread = {"key": "wp:7", "url": "", "title": ""}
        live = factories.an_approved_comment(store, thread=thread)
        bring(store, wxr(an_item(7, [a_comment(n, date_gmt=f"2024-03-0{n} 10:00:00") for n in (2, 1, 3)])))
        ours = imported(store)
        in_order = [ours["1"], ours["2"], ours["3"], live.id]

        for order, expected in ((Order.OLDEST, in_order), (Order.NEWEST, in_order[::-1])):
            found: list[int] = []
            after = None
            while True:
                read = page(store, order=order, after=after, limit=1)
                found += [each.root.id for each in read.conversations]
                after = read.next_after
                if after is None:
                    break
            assert found == expected

    def test_comments_of_one_second_are_all_read_once(self, store: Store) -> None:
        bring(store, wxr(an_item(7, [a_comment(n) for n in range(1, 8)])))
        found: list[int] = []
        after = None
        while after is not None or not found:
            read = page(store, after=after, limit=2)
            found += [each.root.id for each in read.conversations]
            after = read.next_after

        assert sorted(found) == sorted(imported(store).values())

    def test_replies_stand_by_their_times(self, store: Store) -> None:
        bring(store, wxr(an_item(7, [a_comment(1), a_comment(3, parent=1, date_gmt="2024-03-05 10:00:00")])))
        bring(store, wxr(an_item(7, [a_comment(2, parent=1, date_gmt="2024-03-04 10:00:00")])))
        ours = imported(store)

        [conversation] = page(store).conversations
        assert [reply.id for reply in conversation.replies] == [ours["2"], ours["3"]]


def test_numbers_of_another_blog_are_not_taken_for_these(store: Store) -> None:
    bring(store, wxr(an_item(7, [a_comment(1), a_comment(2)])))

    told = bring(store, wxr(an_item(8, [a_comment(1)]), an_item(7, [a_comment(2, date_gmt="2020-01-01 00:00:00")])))

    assert dict(told.skipped) == {"number_taken": ["1", "2"]}
    assert told.adds_up
    assert len(imported(store)) == 2


def test_killed_half_way_and_run_again_it_is_complete(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    # given: batches of five, and an end after the second one
    monkeypatch.setattr(bring_in, "BATCH_COMMENTS", 5)
    content = wxr(an_item(7, [a_comment(n, parent=n - 1 if n % 3 else 0) for n in range(1, 24)]))
    seen: list[int] = []

    def end_after_two(count: int) -> None:
        seen.append(count)
        if len(seen) == 2:
            raise KeyboardInterrupt

    # when
    with pytest.raises(KeyboardInterrupt):
        bring(store, content, on_kept=end_after_two)
    assert len(imported(store)) == 10, "else nothing was interrupted"
    assert what_is_unsound(store.database) == ()
    told = bring(store, content)

    # then
    assert (told.stored, told.already_there, told.adds_up) == (13, 10, True)
    assert parents(store) == {
        str(n): (str(n - 1), str(n - n % 3)) if n % 3 and n > 3 else {2: ("1", "1")}.get(n, (None, None))
        for n in range(1, 24)
    }
    assert what_is_unsound(store.database) == ()
    assert why_miscounted(store.database) is None


def test_two_at_once_keep_each_comment_once(store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring_in, "BATCH_COMMENTS", 7)
    content = wxr(an_item(7, [a_comment(n, parent=n // 2) for n in range(1, 40)]))
    factories.a_site(store)

    def once() -> Report:
        other = open_store(database_url)
        try:
            return bring(other, content)
        finally:
            other.close()

    told = together([once] * 3)

    assert all(each.adds_up for each in told)
    assert sum(each.stored for each in told) == 39
    assert page(store).total == 39
    assert what_is_unsound(store.database) == ()


@pytest.mark.parametrize("end", ["<item><wp:x>", "", "</channel></rss><rss/>"])
def test_a_file_that_ends_badly_changes_nothing(store: Store, end: str) -> None:
    factories.a_site(store)
    before = everything(store)
    broken = wxr(an_item(7, [a_comment(n) for n in range(1, 2000)])).replace("</channel></rss>", end)

    with pytest.raises(BadFile):
        bring(store, broken)

    assert everything(store) == before


class TestPrivacy:
    def test_an_author_is_the_same_as_by_the_form(self, store: Store) -> None:
        factories.accept(store, email=ADDRESS.lower())
        bring(store, wxr(an_item(7, [a_comment(1)])))

        strict, loose = schema.identities.c.strict_key, schema.identities.c.loose_key
        assert len(rows(store, strict)) == 2
        assert len({row.loose_key for row in rows(store, loose)}) == 1

    def test_who_gave_no_address_is_nobody(self, store: Store) -> None:
        told = bring(store, wxr(an_item(7, [a_comment(1, author_email=""), a_comment(2, author_email="me@")])))

        assert rows(store, schema.identities.c.comment_id) == []
        assert dict(told.changed) == {"no_address": ["1", "2"]}
        assert store.desk.card(imported(store)["1"], now=NOW, scope=EVERY_SITE).text == "Comment number 1."

    def test_no_address_and_no_network_is_anywhere(self, store: Store) -> None:
        fresh = f"{NOW - timedelta(days=1):%Y-%m-%d %H:%M:%S}"
        told = bring(
            store,
            wxr(
                an_item(
                    7,
                    [a_comment(1), a_comment(2, author=ADDRESS, date_gmt=fresh)],
                    title=f"By {ADDRESS}",
                    link=f"https://news.example/?e={ADDRESS}",
                )
            ),
        )
        found = repr((everything(store), told)).encode()

        assert needles_in_bytes(ADDRESS).find(found) == []
        assert NETWORK.encode() not in found
        networks = [
            row.network_key for row in rows(store, schema.identities.c.comment_id, schema.identities.c.network_key)
        ]
        assert [each is None for each in networks] == [True, False], "else the fresh one proves nothing"
        store.inbox.forget_networks(NOW + timedelta(days=8))
        assert {row.network_key for row in rows(store, schema.identities.c.network_key)} == {None}


def test_nothing_imported_teaches_and_nothing_is_sent(store: Store) -> None:
    bring(store, STATES)

    assert store.learning.sites_with_news(("spam", "abuse"), NOW + timedelta(hours=1)) == ()
    assert rows(store, schema.outbox.c.id) == []
    assert rows(store, schema.signals.c.id) == []


def test_imported_words_are_found_like_others(store: Store) -> None:
    bring(store, wxr(an_item(7, [a_comment(1, content="An aardvark, held.", approved="0")])))

    assert store.search.index_waiting(NOW) == 1

    query = QueueQuery(Queue.REVIEW, words="aardvark")
    assert store.desk_reads.page(query, scope=EVERY_SITE, now=NOW).total == 1
