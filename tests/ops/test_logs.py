"""The log as it is configured: what is a record is written whatever level was chosen."""

from pathlib import Path

import pytest
import structlog

from comments.anchors import read_anchors
from comments.erasure_journal import ErasureJournal
from comments.identity import load_root_key
from comments.receipt import receipt_hash
from comments.seal import seal_key
from comments.store import Store
from ops.logs import configure_logs
from tests import factories
from tests.factories import NOW
from workers.erasures import write_journal
from workers.sealing import Notary, drop_anchor, seal_new

every_level = pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
pytestmark = pytest.mark.usefixtures("shell")  # it puts back how logs are configured


@every_level
def test_an_erased_comment_is_in_the_log_at_every_level(
    sqlite_store: Store, capsys: pytest.CaptureFixture[str], tmp_path: Path, level: str
) -> None:
    # given
    configure_logs(level)
    log = tmp_path / "worker.log"
    key = load_root_key(factories.root_key_file(tmp_path))
    comment = factories.a_held_comment(sqlite_store)
    sqlite_store.revisions.withdraw(receipt_hash(factories.receipt_of(comment)), now=NOW)

    # when: a worker in a container, of which only the log is left
    assert write_journal(sqlite_store, ErasureJournal(tmp_path / "lost.jsonl", key), NOW) == 1
    structlog.get_logger().info("comments settled")
    log.write_text(capsys.readouterr().err)

    # then
    assert set(ErasureJournal(tmp_path / "nowhere", key, [log]).marks()) == {comment.id}
    assert ("comments settled" in log.read_text()) == (level in {"debug", "info"}), "other lines have their level"


@every_level
def test_an_anchor_is_in_the_log_at_every_level(
    sqlite_store: Store, capsys: pytest.CaptureFixture[str], tmp_path: Path, level: str
) -> None:
    configure_logs(level)
    log = tmp_path / "worker.log"
    notary = Notary(seal_key(factories.ROOT_KEY), factories.ROOT_KEY.kid, tmp_path / "lost.jsonl")
    factories.a_held_comment(sqlite_store)
    seal_new(sqlite_store.chain, notary, NOW)

    drop_anchor(sqlite_store.chain, notary, NOW)
    log.write_text(capsys.readouterr().err)

    [anchor] = read_anchors(log)
    assert anchor.seal == sqlite_store.chain.head().seal
