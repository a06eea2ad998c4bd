"""`make audit` passes only when every package was asked about; what nobody could ask is never called sound."""

import json
import stat
from pathlib import Path

import pytest

from tests.supply import audit

SOUND = {"name": "flask", "version": "3.1.2", "vulns": []}
HOLED = {
    "name": "werkzeug",
    "version": "2.2.2",
    "vulns": [{"id": "PYSEC-2023-58", "fix_versions": ["2.2.3"], "aliases": []}],
}
# Word for word what pip-audit 2.10 says behind an index that has no advisories, with exit code 0.
UNASKED = {"name": "rq", "skip_reason": "Dependency not found on PyPI and could not be audited: rq (3.0.0)"}


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([SOUND], 0, "1 packages, no known hole"),
        ([SOUND, HOLED], 1, "werkzeug 2.2.2: PYSEC-2023-58, mended in 2.2.3"),
        ([SOUND, UNASKED], 2, "nothing is known of 1 packages: rq"),
        ([HOLED, UNASKED], 1, "PYSEC-2023-58"),
        ([UNASKED], 2, "cannot be reached"),
        ([], 2, "cannot be reached"),
    ],
)
def test_answer_is_what_was_asked(packages: list[object], code: int, words: str) -> None:
    told = audit.read(json.dumps({"dependencies": packages, "fixes": []}))

    assert told.code == code
    assert words in " ".join(audit.say("run.lock", told))


@pytest.mark.parametrize("said", ["", "Traceback", "[]", '{"dependencies": null}'])
def test_answer_that_is_none_asked_nothing(said: str) -> None:
    assert audit.read(said) == audit.Told(0, (), ())


def test_one_lock_file_with_a_hole_is_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # given a program that answers as pip-audit does, for the second lock file with a hole
    fake = tmp_path / "pip-audit"
    answers = {"run.lock": [SOUND], "dev.lock": [HOLED], "audit.lock": [UNASKED]}
    for name, packages in answers.items():
        (tmp_path / name).write_text(json.dumps({"dependencies": packages}))
    fake.write_text(f'#!/bin/sh\ncat "{tmp_path}/$(basename "$2")"\n')
    fake.chmod(stat.S_IRWXU)

    assert audit.main(str(fake)) == 1
    assert "PYSEC-2023-58" in capsys.readouterr().out
