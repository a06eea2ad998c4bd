"""The code before this one: what a deploy finds running. Taken out of this repository's own history."""

import atexit
import functools
import io
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

# The last commit whose newest schema is SCHEMA.
COMMIT = "b8a6752"
SCHEMA = "0002"
_ROOT = Path(__file__).parents[2]


def lacks_previous() -> str:
    """Say why the code before cannot be had, nothing when it can."""
    try:
        done = subprocess.run(
            ["git", "cat-file", "-e", f"{COMMIT}^{{commit}}"], cwd=_ROOT, capture_output=True, check=False
        )
    except OSError:
        return "there is no git"
    return "" if done.returncode == 0 else f"this copy's history does not reach back to {COMMIT}"


@functools.cache
def previous_code() -> Path:
    """Return a directory with the code before, gone when this process ends."""
    directory = Path(tempfile.mkdtemp(prefix="replydesk-previous-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    done = subprocess.run(["git", "archive", COMMIT], cwd=_ROOT, capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(directory, filter="data")
    return directory
