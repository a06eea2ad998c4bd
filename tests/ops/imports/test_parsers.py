"""What each parser makes of its kind of file."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ops.imports.bring_in import identifier
from ops.imports.disqus import page_of, read_disqus
from ops.imports.isso import read_isso
from ops.imports.raw import Change, RawComment, RawThread, Skip, State
from ops.imports.safe_xml import BadFile
from ops.imports.wxr import read_wxr
from tests import factories
from tests.ops.imports.files import a_comment, a_post, a_thread, an_item, disqus, isso, wxr

NOW = factories.NOW
identify = identifier(factories.ROOT_KEY, "demo", NOW, frozenset())


def of_wordpress(content: str, *, with_pingbacks: bool = False) -> Iterator[RawThread | RawComment]:
    file = io.BytesIO(content.encode("utf-8", "surrogatepass"))
    return read_wxr(file, identify, now=NOW, with_pingbacks=with_pingbacks, on_bytes=lambda _: None)


def of_disqus(*pieces: str) -> Iterator[RawThread | RawComment]:
    return read_disqus(io.BytesIO(disqus(*pieces).encode()), identify, now=NOW, on_bytes=lambda _: None)


def of_isso(path: Path, origin: str = "https://news.example") -> Iterator[RawThread | RawComment]:
    return read_isso(path, identify, now=NOW, origin=origin, on_rows=lambda _: None)


def the_comment(found: Iterator[RawThread | RawComment]) -> RawComment:
    [comment] = [each for each in found if isinstance(each, RawComment)]
    return comment


def the_threads(found: Iterator[RawThread | RawComment]) -> list[RawThread]:
    return [each for each in found if isinstance(each, RawThread)]


class TestWordpress:
    @pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
    def test_all_three_namespaces_are_read(self, version: str) -> None:
        [comment, thread] = of_wordpress(wxr(an_item(7, [a_comment(3, parent=2)], title="A &amp; B"), version=version))

        assert isinstance(comment, RawComment)
        assert (comment.source_id, comment.parent, comment.name, comment.text) == (
            "3",
            "2",
            "Ada Obi",
            "Comment number 3.",
        )
        assert comment.created_at == datetime(2024, 3, 1, 10, tzinfo=UTC)
        assert comment.identity is not None
        assert isinstance(thread, RawThread)
        assert (thread.key, thread.url, thread.title) == ("wp:7", "https://news.example/post-7/", "A & B")
        assert thread.created_at == datetime(2024, 2, 1, 8, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("approved", "state"),
        [
            ("1", State.APPROVED),
            ("0", State.WAITING),
            ("spam", State.SPAM),
            ("trash", State.TRASH),
            ("post-trashed", State.TRASH),
            ("delayed", State.UNKNOWN),
            ("", State.UNKNOWN),
        ],
    )
    def test_every_state_is_known(self, approved: str, state: State) -> None:
        comment = the_comment(of_wordpress(wxr(an_item(7, [a_comment(1, approved=approved)]))))

        assert comment.state is state
        assert (Change.UNKNOWN_STATE in comment.changes) == (state is State.UNKNOWN)

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ({"type": "pingback"}, Skip.PINGBACK),
            ({"type": "trackback"}, Skip.PINGBACK),
            ({"type": "order_note"}, Skip.OTHER_TYPE),
            ({"content": " \n"}, Skip.NO_TEXT),
            ({"content": "<p>&nbsp;</p>"}, Skip.NO_TEXT),
            ({"content": "x" * 70_000}, Skip.TOO_LONG),
            ({"id": "x"}, Skip.NO_ID),
            ({"type": ""}, None),
            ({"content": "x" * 65_000}, None),
        ],
    )
    def test_what_is_no_comment_is_skipped_with_its_reason(self, said: dict[str, object], why: Skip | None) -> None:
        comment = the_comment(of_wordpress(wxr(an_item(7, [a_comment(1, **said)]))))

        assert comment.skip is why
        assert why is None or (comment.name, comment.text, comment.identity) == ("", "", None)

    def test_pingbacks_come_when_asked_for(self) -> None:
        comment = the_comment(of_wordpress(wxr(an_item(7, [a_comment(1, type="pingback")])), with_pingbacks=True))

        assert comment.skip is None

    @pytest.mark.parametrize(
        ("said", "at"),
        [
            ({"date_gmt": "0000-00-00 00:00:00"}, datetime(2024, 3, 1, 11, tzinfo=UTC)),
            ({"date_gmt": "0000-00-00 00:00:00", "date": "0000-00-00 00:00:00"}, None),
            ({"date_gmt": "", "date": "yesterday"}, None),
            ({"date_gmt": "2999-01-01 00:00:00"}, NOW),
        ],
    )
    def test_zero_dates_are_no_dates(self, said: dict[str, object], at: datetime | None) -> None:
        assert the_comment(of_wordpress(wxr(an_item(7, [a_comment(1, **said)])))).created_at == at

    @pytest.mark.parametrize(
        ("said", "is_public"),
        [({}, True), ({"status": "private"}, False), ({"status": "draft"}, False), ({"post_password": "x"}, False)],
    )
    def test_articles_that_were_not_public_are_known(self, said: dict[str, object], is_public: bool) -> None:
        [thread] = the_threads(of_wordpress(wxr(an_item(7, [a_comment(1)], **said))))

        assert thread.is_public is is_public

    def test_closed_articles_come_without_comments_too_and_records_do_not(self) -> None:
        items = [
            an_item(1),
            an_item(2, comment_status="closed"),
            an_item(3, comment_status="closed", post_type="nav_menu_item"),
        ]

        assert [(each.key, each.is_closed) for each in the_threads(of_wordpress(wxr(*items)))] == [("wp:2", True)]

    def test_a_network_is_kept_for_seven_days_and_as_a_hash(self) -> None:
        fresh = f"{NOW - timedelta(days=2):%Y-%m-%d %H:%M:%S}"
        new, old = (
            the_comment(of_wordpress(wxr(an_item(7, [a_comment(1, date_gmt=date)]))))
            for date in (fresh, "2024-03-01 10:00:00")
        )

        assert new.identity is not None
        assert new.identity.network is not None
        assert old.identity is not None
        assert old.identity.network is None

    def test_other_xml_is_no_export(self) -> None:
        with pytest.raises(BadFile, match="wxr_version"):
            list(of_wordpress("<rss version='2.0'><channel><item><title>x</title></item></channel></rss>"))
        with pytest.raises(BadFile, match="wxr_version"):
            list(of_wordpress(disqus(a_thread(1))))


class TestDisqus:
    def test_posts_and_threads_are_read(self) -> None:
        [thread, post] = of_disqus(a_thread(5, isClosed="true"), a_post(9, 5, parent=8, message="<p>a &amp; b</p>"))

        assert isinstance(thread, RawThread)
        assert (thread.place, thread.key, thread.is_closed) == ("5", "https://news.example/5", True)
        assert isinstance(post, RawComment)
        assert (post.source_id, post.place, post.parent, post.text) == ("9", "5", "8", "a & b")
        assert post.created_at == datetime(2015, 3, 1, 10, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("identifier_there", "key"),
        [("", "https://news.example/5"), ("story-5", "story-5"), ("123 https://news.example/?p=123", "wp:123")],
    )
    def test_the_key_is_the_identifier_or_the_page(self, identifier_there: str, key: str) -> None:
        [thread] = the_threads(of_disqus(a_thread(5, id=identifier_there)))

        assert thread.key == key

    @pytest.mark.parametrize(
        ("said", "state"),
        [
            ({}, State.APPROVED),
            ({"isSpam": "true"}, State.SPAM),
            ({"isDeleted": "true"}, State.GONE),
            ({"isDeleted": "true", "isSpam": "true"}, State.GONE),
        ],
    )
    def test_what_was_deleted_is_gone(self, said: dict[str, object], state: State) -> None:
        assert the_comment(of_disqus(a_thread(5), a_post(9, 5, **said))).state is state

    @pytest.mark.parametrize(
        "link",
        [
            "http://news.example/a/",
            "https://www.news.example/a",
            "https://news.example/a/?utm_source=x&fbclid=y#comments",
            "https://NEWS.example/a/index.html",
        ],
    )
    def test_one_page_has_many_links(self, link: str) -> None:
        assert page_of(link) == "https://news.example/a"

    def test_pages_that_differ_by_what_is_asked_differ(self) -> None:
        assert page_of("https://news.example/?p=1") != page_of("https://news.example/?p=2")
        assert page_of("http://[x/") == page_of("/a") == ""

    def test_a_number_that_is_none_is_never_repeated(self) -> None:
        assert the_comment(of_disqus(a_thread(5), a_post("ada@example.org", 5))).skip is Skip.NO_ID


class TestIsso:
    def test_threads_and_comments_are_read(self, tmp_path: Path) -> None:
        path = isso(
            tmp_path / "c.db",
            [(1, "/a/", "Title")],
            [{"text": "*as* written"}, {"parent": 1, "mode": 2, "author": None}],
        )

        [thread, first, second] = of_isso(path)

        assert isinstance(thread, RawThread)
        assert (thread.key, thread.url, thread.title) == ("/a/", "https://news.example/a/", "Title")
        assert isinstance(first, RawComment)
        assert isinstance(second, RawComment)
        assert (first.text, first.state, first.parent) == ("*as* written", State.APPROVED, "")
        assert (second.name, second.state, second.parent) == ("Anonymous", State.WAITING, "1")

    def test_names_are_kept_escaped_there_and_texts_are_not(self, tmp_path: Path) -> None:
        path = isso(tmp_path / "c.db", [(1, "/a/", None)], [{"author": "O&#x27;Brien &amp; co", "text": "a &amp; b"}])

        [_, comment] = of_isso(path)

        assert isinstance(comment, RawComment)
        assert (comment.name, comment.text) == ("O'Brien & co", "a &amp; b")

    def test_deleted_ones_keep_their_place_alone(self, tmp_path: Path) -> None:
        path = isso(
            tmp_path / "c.db", [(1, "/a/", None)], [{"mode": 4, "text": "", "author": None, "email": None}, {"mode": 9}]
        )

        [_, gone, odd] = of_isso(path, origin="")

        assert isinstance(gone, RawComment)
        assert isinstance(odd, RawComment)
        assert (gone.state, gone.skip) == (State.GONE, None)
        assert odd.state is State.UNKNOWN

    def test_values_of_other_types_do_no_harm(self, tmp_path: Path) -> None:
        odd = {
            "text": b"\xff\x00",
            "author": 7,
            "email": b"x",
            "created": "never",
            "mode": "one",
            "parent": "x",
            "remote_addr": 1.5,
        }
        path = isso(tmp_path / "c.db", [(1, b"\xff", 3)], [odd, {"created": 1e300, "tid": None}])

        found = list(of_isso(path))

        assert [each.skip for each in found if isinstance(each, RawComment)] == [Skip.NO_TEXT, None]

    def test_it_is_only_read(self, tmp_path: Path) -> None:
        path = isso(tmp_path / "c.db", [(1, "/a/", None)], [{}])
        path.chmod(0o400)
        before = path.read_bytes()

        assert len(list(of_isso(path))) == 2
        assert path.read_bytes() == before
        assert [each.name for each in tmp_path.iterdir()] == ["c.db"]

    @pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00" + b"x" * 5000, b"no database at all " * 100])
    def test_other_files_are_refused(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "c.db").write_bytes(content)

        with pytest.raises(BadFile, match="Isso"):
            list(of_isso(tmp_path / "c.db"))

    def test_a_view_in_place_of_a_table_is_refused(self, tmp_path: Path) -> None:
        path = isso(tmp_path / "c.db", [], [])
        import sqlite3

        with sqlite3.connect(path) as connection:
            connection.executescript("DROP TABLE comments; CREATE VIEW comments AS SELECT * FROM threads, threads")

        with pytest.raises(BadFile, match="no tables"):
            list(of_isso(path))
