"""`replydesk export`: everything, without addresses, and ours again when it is brought back."""

import json
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from comments import schema
from comments.masking import MASK
from comments.roles import EVERY_SITE
from comments.settings import load_settings
from comments.status import Status
from comments.store import Store, open_store
from comments.store.exports import ExportedComment, ExportedThread
from tests import factories
from tests.contracts.leaks import needles_of_address
from tests.ops.commands import Shell

ADDRESS = "Zqx.Marker+tag@zqx-domain.example"
WP = "{http://wordpress.org/export/1.2/}"
ODD = "<b>&amp; ]]> 5 < 6 & “Ọ̀rẹ́” 😀\n\n  two  blanks\t<script>x</script> <!-- no --> &lt;"


@pytest.fixture
def opened(installed: Shell) -> Iterator[Store]:
    """The installation's store with a comment of each kind at the site "demo"."""
    store = open_store(load_settings().database)
    factories.a_site(store, origins=("https://news.example",))
    wp = {"key": "wp:7", "url": "https://news.example/7/", "title": "Tom & <Jerry>"}
    root = factories.an_approved_comment(store, thread=wp, text=ODD, name="O’Brien & <co>", email=ADDRESS)
    factories.a_held_comment(store, thread=wp, parent=root.id, now=factories.NOW + timedelta(minutes=1))
    factories.a_rejected_comment(store, thread=wp, now=factories.NOW + timedelta(minutes=2))
    factories.accept(store, text="Pending one", now=factories.NOW + timedelta(minutes=3))
    gone = factories.an_approved_comment(store, now=factories.NOW + timedelta(minutes=4))
    factories.an_approved_comment(
        store, parent=gone.id, text=f"Write to {ADDRESS}!", now=factories.NOW + timedelta(minutes=5)
    )
    factories.an_approved_comment(store, site="other", text="Of another site")
    _erase(store, gone.id)
    yield store
    store.close()


def _erase(store: Store, comment_id: int) -> None:
    ada = factories.a_moderator(store)
    version = store.desk.card(comment_id, now=factories.NOW, scope=EVERY_SITE).version
    store.desk.decide(
        comment_id, Status.ERASED, version=version, moderator_id=ada.id, now=factories.NOW, scope=EVERY_SITE
    )


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_json_lines_hold_every_comment_in_every_state(installed: Shell, opened: Store) -> None:
    done = installed.run("export", "--site", "demo")

    head, *rest = lines(done.out)
    comments = [each for each in rest if each["kind"] == "comment"]
    assert (head["kind"], head["format"], head["key"]) == ("site", "replydesk export 1", "demo")
    assert sorted(each["status"] for each in comments) == [
        "approved",
        "approved",
        "erased",
        "held",
        "pending",
        "rejected",
    ]
    assert [each["key"] for each in rest if each["kind"] == "thread"] == ["border-strikes", "wp:7"]
    assert next(each["text"] for each in comments if each["id"] == 1) == ODD
    assert "Of another site" not in done.out


def test_the_newsrooms_own_are_marked(installed: Shell, opened: Store) -> None:
    with opened.database.write() as connection:
        connection.execute(schema.comments.update().where(schema.comments.c.id == 1).values(by_newsroom=True))

    marked = [each["id"] for each in lines(installed.run("export", "--site", "demo").out) if each.get("by_newsroom")]

    assert marked == [1]


def test_no_export_holds_an_address_or_a_hash(installed: Shell, opened: Store) -> None:
    with opened.database.read() as connection:
        hashes = connection.execute(select(*schema.identities.c)).all()
    keys = [value.hex() for row in hashes for value in row if isinstance(value, bytes)]
    assert keys, "else this proves nothing"

    for form in ("jsonl", "wxr"):
        out = installed.run("export", "--site", "demo", "--format", form).out
        assert MASK in out
        assert needles_of_address(ADDRESS).find(out.encode()) == []
        assert not [key for key in keys if key in out]


def test_wordpress_can_read_the_other_kind(installed: Shell, opened: Store) -> None:
    root = ET.fromstring(installed.run("export", "--site", "demo", "--format", "wxr").out)  # noqa: S314 - our own

    comments = root.findall(f"channel/item/{WP}comment")
    assert root.findtext(f"channel/{WP}wxr_version") == "1.2"
    assert [item.findtext(f"{WP}post_id") for item in root.findall("channel/item")] == ["1000000002", "7"]
    assert {each.findtext(f"{WP}comment_author_email") for each in comments} == {""}
    assert sorted(each.findtext(f"{WP}comment_approved") or "" for each in comments) == [
        "0",
        "0",
        "1",
        "1",
        "trash",
        "trash",
    ]


def as_told(store: Store, key: str) -> list[tuple[object, ...]]:
    """Return what matters of every comment of a site, without our numbers."""
    pieces = list(store.exports.stream(factories.a_site(store, key).id))
    texts = {each.id: (each.text, each.created_at) for each in pieces if isinstance(each, ExportedComment)}
    found: list[tuple[object, ...]] = []
    for each in pieces:
        if isinstance(each, ExportedComment):
            status = Status.HELD if each.status is Status.PENDING else each.status
            above = texts.get(each.parent_id or 0)
            found.append((each.thread.key, each.created_at, status.value, each.name, each.text, above))
    return sorted(found, key=repr)


def test_our_own_export_brings_the_same_comments_back(installed: Shell, opened: Store, tmp_path: Path) -> None:
    installed.run("export", "--site", "demo", str(tmp_path / "demo.xml"), "--format", "wxr")
    factories.a_site(opened, "copy")

    done = installed.run("import", "wxr", str(tmp_path / "demo.xml"), "--site", "copy")

    masked = [(*told[:4], str(told[4]).replace(ADDRESS, MASK), told[5]) for told in as_told(opened, "demo")]
    assert done.code == 0
    assert "THIS DOES NOT" not in done.out
    assert as_told(opened, "copy") == masked
    threads = {
        each.key: (each.url, each.title)
        for each in opened.exports.stream(factories.a_site(opened, "copy").id)
        if isinstance(each, ExportedThread)
    }
    assert threads["wp:7"] == ("https://news.example/7/", "Tom & <Jerry>")


def test_a_file_is_its_owners_alone_and_whole_or_not_there(installed: Shell, opened: Store, tmp_path: Path) -> None:
    path = tmp_path / "demo.jsonl"

    done = installed.run("export", "--site", "demo", str(path))
    refused = installed.run("export", "--site", "nobody", str(tmp_path / "none.jsonl"))

    assert done.code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(lines(path.read_text())) == 9
    assert (refused.code, refused.out) == (1, "")
    assert sorted(each.name for each in tmp_path.glob("*.jsonl")) == ["demo.jsonl"]


def test_an_export_is_of_one_moment(store: Store) -> None:
    site = factories.a_site(store)
    for number in range(3):
        factories.an_approved_comment(store, thread=f"story-{number}")
    stream = store.exports.stream(site.id)
    first = next(stream)

    for number in range(3):
        factories.an_approved_comment(store, thread=f"story-{number}")
    factories.an_approved_comment(store, thread="story-9")

    assert isinstance(first, ExportedThread)
    rest = list(stream)
    assert sum(isinstance(each, ExportedComment) for each in rest) == 3
    assert sum(isinstance(each, ExportedThread) for each in rest) == 2
