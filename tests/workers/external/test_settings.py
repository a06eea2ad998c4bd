"""Which checkers there are: none unless a file names them, and no secret in an error."""

from pathlib import Path

import pytest

from tests import factories
from tests.workers.external.questions import QUESTION
from tests.workers.external.servers import answering, running
from workers.external.settings import BadCheckers, load_panel

SECRET = "s" * 32


def _file(folder: Path, content: str) -> Path:
    (folder / "secret").write_text(f"{SECRET}\n")
    (folder / "short").write_text("hunter2")
    (folder / "empty").write_text("\n")
    path = folder / "checkers.toml"
    path.write_text(content.replace("FOLDER", str(folder)))
    return path


def _checker(**changes: str) -> str:
    values = {
        "name": '"acme"',
        "url": '"https://checker.example/check"',
        "secret_file": '"FOLDER/secret"',
        "sites": '["demo"]',
    } | changes
    return "[[checker]]\n" + "\n".join(f"{name} = {value}" for name, value in values.items() if value)


def test_no_file_means_no_checkers() -> None:
    assert not load_panel(None).asks_for("demo")


def test_checkers_of_the_file_are_asked(tmp_path: Path) -> None:
    with running(answering(204)) as http, running(answering(200, b"true")) as akismet:
        path = _file(
            tmp_path,
            _checker(url=f'"{http.url}"', timeout_seconds="1.5")
            + f'\n[[akismet]]\nblog = "https://news.example"\nkey_file = "FOLDER/secret"\n'
            f'sites = ["demo", "other"]\nurl = "{akismet.url}/"\n',
        )

        panel = load_panel(path)
        [signal] = panel.ask([QUESTION], factories.NOW)[QUESTION.comment_id]

    assert signal.check == "external:akismet"
    assert len(http.received) == 1
    assert (panel.asks_for("other"), panel.asks_for("third")) == (True, False)


@pytest.mark.parametrize(
    "content",
    [
        "this is no TOML",
        "unknown = 1",
        _checker(url='"http://checker.example/"'),
        _checker(url=""),
        _checker(sites="[]"),
        _checker(name='"Has Spaces"'),
        _checker(name='"' + "x" * 31 + '"'),
        _checker(weight='"reject"'),
        _checker(timeout_seconds="0"),
        _checker(timeout_seconds="60"),
        _checker(secret='"in the file itself"'),
        _checker(secret_file='"FOLDER/short"'),
        _checker(secret_file='"FOLDER/empty"'),
        _checker(secret_file='"FOLDER/missing"'),
        _checker() + "\n" + _checker(),
    ],
)
def test_wrong_file_is_refused_in_one_line_without_secrets(tmp_path: Path, content: str) -> None:
    with pytest.raises(BadCheckers) as raised:
        load_panel(_file(tmp_path, content))

    assert "\n" not in str(raised.value)
    assert SECRET not in str(raised.value)
    assert "hunter2" not in str(raised.value)
    assert "in the file itself" not in str(raised.value)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCheckers):
        load_panel(tmp_path / "nowhere.toml")
