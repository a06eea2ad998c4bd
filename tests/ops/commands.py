"""Run a command of ours in this process, as a shell would."""

import io
import sys
from dataclasses import dataclass

import pytest

from ops.cli import main


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


class Shell:
    """Runs commands with the test's environment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def run(self, *arguments: str, stdin: str = "") -> Done:
        self._monkeypatch.setattr(sys, "argv", ["replydesk", *arguments])
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        self._capsys.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        said = self._capsys.readouterr()
        assert isinstance(code, int)
        return Done(code, said.out, said.err)
