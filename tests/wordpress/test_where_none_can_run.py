"""Where there is no WordPress, the command says so in one line and does nothing."""

import signal
import sys
from collections.abc import Iterator

import pytest

from tests.wordpress.__main__ import main


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("command", ["start", "record", "journey", "all"])
def test_machine_without_wordpress_is_told_what_to_install(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "argv", ["tests.wordpress", command])

    assert main() == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("no WordPress on this machine; as root: apt-get install wordpress ")
    assert said.err.count("\n") == 1
