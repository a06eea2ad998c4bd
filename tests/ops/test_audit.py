"""`replydesk audit verify` on a real installation."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from comments.anchors import FILE_NAME, read_anchors
from comments.clock import utc_now
from comments.settings import load_settings
from comments.store import Store, open_store
from tests import factories
from tests.ops.commands import Shell
from workers.sealing import Notary, drop_anchor, load_notary, seal_new


@pytest.fixture
def opened(installed: Shell) -> Iterator[Store]:
    """The installation's store with one held comment of an hour ago."""
    store = open_store(load_settings().database)
    factories.a_held_comment(store, now=utc_now() - timedelta(hours=1))
    yield store
    store.close()


@pytest.fixture
def notary(opened: Store) -> Notary:
    """The installation's notary, which has sealed and anchored the trail."""
    notary = load_notary(load_settings())
    seal_new(opened.chain, notary, utc_now())
    drop_anchor(opened.chain, notary, utc_now())
    return notary


def test_a_sound_trail_is_told(installed: Shell, notary: Notary) -> None:
    done = installed.run("audit", "verify")

    assert (done.code, done.err) == (0, "")
    assert done.out == "2 lines, 1 anchors: all as it was sealed.\n"


def test_an_altered_line_is_named_with_code_1(installed: Shell, opened: Store, notary: Notary) -> None:
    with opened.database.write() as connection:
        connection.execute(text("DROP TRIGGER decisions_no_update"))
        connection.execute(text("UPDATE decisions SET made_by = 'policy' WHERE id = 1"))

    done = installed.run("audit", "verify")

    assert done.code == 1
    assert done.out.startswith("✗ decision 1 is not what was sealed at place 1")
    assert "NOT as it was sealed" in done.out


def test_what_waits_for_a_sealer_is_named(installed: Shell, opened: Store) -> None:
    done = installed.run("audit", "verify")

    assert done.code == 1
    assert "decision 1 of" in done.out
    assert "no anchors to compare with" in done.out


def test_a_cut_end_is_seen_by_anchors_kept_elsewhere(
    installed: Shell, opened: Store, notary: Notary, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "kept-elsewhere.jsonl"
    notary.anchors_path.rename(elsewhere)
    with opened.database.write() as connection:
        for table, condition in (("audit_chain", "position > 1"), ("decisions", "id > 1")):
            connection.execute(text(f"DROP TRIGGER {table}_no_delete"))
            connection.execute(text(f"DELETE FROM {table} WHERE {condition}"))  # noqa: S608 - the test's own

    without, with_anchors = (
        installed.run("audit", "verify"),
        installed.run("audit", "verify", "--anchors", str(elsewhere)),
    )

    assert without.code == 0, "else an anchor would not be needed"
    assert with_anchors.code == 1
    assert "the end of the chain is gone" in with_anchors.out


def test_anchors_of_another_root_key_are_refused(installed: Shell, notary: Notary, data_dir: Path) -> None:
    path = data_dir / FILE_NAME
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps({**line, "kid": "ffffffff"}) + "\n" for line in lines))

    done = installed.run("audit", "verify")

    assert done.code == 1
    assert done.err == f"replydesk: the anchors were made with root key ffffffff; this one is {notary.kid}\n"


def test_a_file_without_anchors_is_refused(installed: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    assert read_anchors(tmp_path / "empty") == ()

    done = installed.run("audit", "verify", "--anchors", str(tmp_path / "empty"))

    assert done.code == 1
    assert "there is no anchor in" in done.err


def test_export_writes_what_was_asked_for(installed: Shell, opened: Store) -> None:
    everything = installed.run("audit", "export")
    held = installed.run("audit", "export", "--kind", "held", "--who", "machine", "--site", "demo")
    table = installed.run("audit", "export", "--format", "csv")

    assert [json.loads(line)["new_status"] for line in everything.out.splitlines()] == ["pending", "held"]
    assert [json.loads(line)["made_by"] for line in held.out.splitlines()] == ["policy"]
    assert len(table.out.splitlines()) == 3
    assert "ada.obi@example.org" not in everything.out + table.out


@pytest.mark.parametrize(("options", "count"), [(("--since", "2999-01-01"), 0), (("--until", "2999-01-01"), 2)])
def test_export_takes_days(installed: Shell, opened: Store, options: tuple[str, ...], count: int) -> None:
    assert len(installed.run("audit", "export", *options).out.splitlines()) == count


def test_export_of_an_unknown_site_is_refused(installed: Shell, opened: Store) -> None:
    done = installed.run("audit", "export", "--site", "nowhere")

    assert (done.code, done.out) == (1, "")
    assert "there is no site nowhere" in done.err
