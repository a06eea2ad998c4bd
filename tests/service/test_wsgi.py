"""What the web server starts: it refuses to begin with a line an operator understands."""

from pathlib import Path

import pytest

from comments.identity import KeyFileProblem, create_root_key
from comments.migrations import OutdatedDatabase, upgrade
from comments.settings import BadSettings
from comments.store import open_store
from service.wsgi import build


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings' data directory, empty."""
    monkeypatch.setenv("REPLYDESK_DATA_DIR", str(tmp_path))
    return tmp_path


def migrate(data_dir: Path) -> None:
    store = open_store(f"sqlite:///{data_dir}/replydesk.sqlite3")
    upgrade(store.database)
    store.close()


def test_application_is_built_from_the_settings(data_dir: Path) -> None:
    create_root_key(data_dir / "root.key")
    migrate(data_dir)

    app = build()

    assert app.test_client().get("/healthz").status_code == 200


def test_missing_key_is_named(data_dir: Path) -> None:
    with pytest.raises(KeyFileProblem, match="replydesk migrate"):
        build()


def test_database_that_has_to_be_migrated_is_named(data_dir: Path) -> None:
    create_root_key(data_dir / "root.key")

    with pytest.raises(OutdatedDatabase, match="replydesk migrate"):
        build()


def test_bad_setting_is_named(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLYDESK_PORT", "none")

    with pytest.raises(BadSettings, match="REPLYDESK_PORT"):
        build()
