"""S-09: without any network at all 200 comments full of addresses are taken and judged, and nobody is called."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from comments.store import Store
from tests import factories
from tests.workers.egress_process import COMMENTS

ROOT = Path(__file__).parents[2]


def namespace() -> list[str]:
    """Return the command that gives a process a network of its own with nothing in it. Skips where none may."""
    for command in (["unshare", "-n"], ["unshare", "-r", "-n"]):
        if (
            shutil.which("unshare")
            and not subprocess.run([*command, "true"], capture_output=True, check=False).returncode
        ):
            return command
    pytest.skip("no network namespace here (unshare -n needs root or user namespaces)")


def test_nobody_is_called(sqlite_store: Store, sqlite_url: str, valkey: str, tmp_path: Path) -> None:
    factories.a_site(sqlite_store)
    command = [*namespace(), sys.executable, "-m", "tests.workers.egress_process", sqlite_url, valkey, str(tmp_path)]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False)

    assert ended.returncode == 0, ended.stderr[-2000:]
    seen = json.loads(ended.stdout.splitlines()[-1])
    assert seen == {
        "statuses": [202],
        "posted": COMMENTS,
        "waiting": "None",
        "tried": [],
        "is_watched": True,
        "has_way_out": False,
    }
