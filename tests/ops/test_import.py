"""`replydesk import` in an installation: what it says, what it leaves, and what a hostile file does to it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from comments.settings import load_settings
from comments.store import Store, open_store
from comments.store.unsound import what_is_unsound
from ops.imports import staging
from tests import factories
from tests.contracts.leaks import needles_in_bytes, needles_of_address
from tests.ops.commands import Done, Shell
from tests.ops.imports.files import (
    ADDRESS,
    NETWORK,
    a_comment,
    a_post,
    a_thread,
    an_item,
    disqus,
    isso,
    wxr,
    wxr_pieces,
)
from tests.ops.imports.test_safe_xml import HOSTILE


@pytest.fixture
def opened(installed: Shell) -> Iterator[Store]:
    """The installation's store with the site "demo"."""
    store = open_store(load_settings().database)
    factories.a_site(store, origins=("https://news.example",))
    yield store
    store.close()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export of WordPress's with a thread of four."""
    comments = [
        a_comment(1),
        a_comment(2, parent=1, author=ADDRESS),
        a_comment(3, approved="0"),
        a_comment(4, type="pingback"),
    ]
    path = tmp_path / "courier.xml"
    path.write_text(wxr(an_item(7, comments)))
    return path


def bring(shell: Shell, source: str, path: Path, *options: str) -> Done:
    return shell.run("import", source, str(path), "--site", "demo", *options)


def total(store: Store) -> int:
    return store.exports.count(factories.a_site(store).id)


def test_the_numbers_add_up_and_are_written_down(installed: Shell, opened: Store, export: Path, tmp_path: Path) -> None:
    dry = bring(installed, "wxr", export, "--dry-run")
    assert (dry.code, total(opened)) == (0, 0)

    done = bring(installed, "wxr", export, "--report", str(tmp_path / "report.json"))

    told = json.loads((tmp_path / "report.json").read_text())
    assert done.out.startswith("4 comments read = 3 stored + 0 already there + 1 skipped\n")
    assert dry.out.startswith("4 comments read = 3 would be stored + 0 already there + 1 skipped\n")
    assert (done.code, done.err, total(opened)) == (0, "", 3)
    assert (told["read"], told["stored"], told["skipped"], told["adds_up"]) == (4, 3, {"pingback": ["4"]}, True)
    assert told["missing"] == []


def test_disqus_and_isso_come_in_by_the_same_door(installed: Shell, opened: Store, tmp_path: Path) -> None:
    (tmp_path / "disqus.xml").write_text(disqus(a_thread(5), a_post(1, 5), a_post(2, 5, parent=1, isSpam="true")))
    isso(tmp_path / "comments.db", [(1, "/a/", "A")], [{}, {"parent": 1, "mode": 2}, {"mode": 4, "text": ""}])

    of_disqus = bring(installed, "disqus", tmp_path / "disqus.xml")
    of_isso = bring(installed, "isso", tmp_path / "comments.db")
    again = bring(installed, "isso", tmp_path / "comments.db")

    assert (of_disqus.code, of_isso.code, total(opened)) == (0, 0, 5)
    assert again.out.startswith("3 comments read = 0 stored + 3 already there")
    assert opened.threads.page("demo", "/a/", now=factories.NOW).url == "https://news.example/a/"
    assert what_is_unsound(opened.database) == ()


@pytest.mark.parametrize("source", ["wxr", "disqus"])
@pytest.mark.parametrize("name", ["entity bomb", "external entity", "deep", "endless tag", "cut off", "empty"])
def test_hostile_files_end_in_one_line_and_change_nothing(
    installed: Shell, opened: Store, tmp_path: Path, source: str, name: str
) -> None:
    content = HOSTILE[name]
    (tmp_path / "bad.xml").write_bytes(content.encode() if isinstance(content, str) else content)

    done = bring(installed, source, tmp_path / "bad.xml")

    assert (done.code, done.out, total(opened)) == (1, "", 0)
    assert done.err.startswith("replydesk: ")
    assert done.err.count("\n") == 1
    assert "nothing was changed" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("wxr", "nowhere.xml", "--site", "demo"), "there is no file nowhere.xml"),
        (("wxr", ".", "--site", "demo"), "there is no file ."),
        (("wxr", __file__, "--site", "nobody"), "there is no site nobody"),
        (("wxr", __file__, "--site", "demo", "--report", "/nowhere/report.json"), "there is no folder for the report"),
        (("isso", __file__, "--site", "demo"), "not a database that Isso made"),
    ],
)
def test_mistakes_are_told_in_one_line(installed: Shell, opened: Store, arguments: tuple[str, ...], said: str) -> None:
    done = installed.run("import", *arguments)

    assert done.code == 1
    assert said in done.err
    assert done.err.count("\n") == 1


def test_no_address_of_the_file_is_left_anywhere(
    installed: Shell, opened: Store, export: Path, data_dir: Path, tmp_path: Path
) -> None:
    # given: everything that is written and said, and the file's own address among the names
    report = tmp_path / "report.json"
    said = [bring(installed, "wxr", export, *options) for options in (("--dry-run",), ("--report", str(report)), ())]
    said += [installed.run("export", "--site", "demo", "--format", form) for form in ("jsonl", "wxr")]
    said.append(installed.run("audit", "export"))
    written = [path.read_bytes() for path in sorted(data_dir.rglob("*")) if path.is_file()]
    assert any(b"Comment number 1." in content for content in written), "else this proves nothing"

    # then
    needles = needles_in_bytes(ADDRESS)
    for haystack in (*written, report.read_bytes(), *(f"{done.out}{done.err}".encode() for done in said)):
        assert needles.find(haystack) == []
        assert NETWORK.encode() not in haystack


def test_an_error_of_the_file_never_repeats_what_is_in_it(installed: Shell, opened: Store, tmp_path: Path) -> None:
    (tmp_path / "bad.xml").write_text(wxr(an_item(7, [a_comment(1)])).replace("</rss>", f"<{ADDRESS}>"))

    done = bring(installed, "wxr", tmp_path / "bad.xml")

    assert done.code == 1
    assert needles_of_address(ADDRESS).find(f"{done.out}{done.err}".encode()) == []


def test_a_process_that_is_killed_leaves_whole_batches_and_nothing_else(
    installed: Shell, opened: Store, data_dir: Path, tmp_path: Path
) -> None:
    # given: a file that takes some seconds to bring in
    number = 3_000
    path = tmp_path / "long.xml"
    comments = (a_comment(n, parent=n - 1 if n % 10 else 0) for n in range(1, number + 1))
    path.write_text("".join(wxr_pieces([an_item(7, comments)])))
    command = [sys.executable, "-m", "ops", "import", "wxr", str(path), "--site", "demo"]
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    # when
    process = subprocess.Popen(command, env=os.environ | {"SQLITE_TMPDIR": str(temporary)}, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while total(opened) == 0 and time.monotonic() < end and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    half = total(opened)

    # then
    assert 0 < half < number, "else nothing was interrupted"
    assert half % 500 == 0
    assert what_is_unsound(opened.database) == ()
    assert list(temporary.iterdir()) == []
    done = bring(installed, "wxr", path)
    assert done.out.startswith(
        f"{number:,} comments read = {number - half:,} stored + {half:,} already there + 0 skipped\n"
    )
    assert (done.code, total(opened)) == (0, number)
    assert what_is_unsound(opened.database) == ()


@pytest.mark.parametrize("variable", ["SQLITE_TMPDIR", "TMPDIR"])
def test_a_file_that_there_is_no_room_to_set_aside_is_told_in_one_line(
    installed: Shell, opened: Store, export: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a place that is named, and takes no more than SQLite needs for its tables
    for name in ("SQLITE_TMPDIR", "TMPDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(export.parent))
    monkeypatch.setattr(staging, "_TABLES", f"{staging._TABLES} PRAGMA max_page_count = 1;")
    export.write_text(wxr(an_item(7, [a_comment(number, text="A thought. " * 200) for number in range(1, 20)])))

    # when
    done = bring(installed, "wxr", export)

    # then
    assert (done.code, total(opened)) == (1, 0)
    assert done.err.count("\n") == 1
    assert f"no room in {export.parent} " in done.err
    assert f"in {variable}\n" in done.err
