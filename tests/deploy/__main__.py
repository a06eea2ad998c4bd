"""`make image-journey`: the journeys in a real browser against the image's own file system, with what it weighs.

The image is taken from buildah's store, or unpacked by any other means: `--root DIR` (docker export gives one).
"""

import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

INSIDE = Path(__file__).with_name("inside.py")
DOCKERFILE = Path(__file__).parents[2] / "Dockerfile"
# All of them: readers and moderators, with embed.js and without, Isso's script, barriers, what the README says to type.
JOURNEYS = ["tests/journeys"]


def main() -> int:
    """Run the journeys; the exit code is theirs."""
    words = _words()
    with tempfile.TemporaryDirectory() as directory, _unpacked(words) as image:
        described = Path(directory) / "image.json"
        described.write_text(json.dumps(image))
        began = time.monotonic()
        code, tests = _journeys(described, Path(directory) / "journeys.xml", words.tests)
        seconds = time.monotonic() - began
    result = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "image": words.image or words.root,
        "unpacked_bytes": image["bytes"],
        "second_stage": image["second_stage"],
        "user": image["user"],
        "journeys": tests | {"seconds": round(seconds, 1)},
    }
    print(json.dumps(result, indent=2))
    if words.json and code == 0:
        Path(words.json).write_text(json.dumps(result, indent=2) + "\n")
    return code


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.deploy", description=__doc__)
    parser.add_argument("--image", default="", help="an image in buildah's store")
    parser.add_argument("--root", default="", help="an image's root file system that is unpacked already")
    parser.add_argument("--json", default="", help="write the figures there")
    parser.add_argument("tests", nargs="*", default=JOURNEYS)
    words = parser.parse_args()
    if bool(words.image) == bool(words.root):
        parser.error("one of --image and --root")
    return words


@contextmanager
def _unpacked(words: argparse.Namespace) -> Iterator[dict[str, Any]]:
    if words.root:
        yield _described(Path(words.root), _configured_by_hand())
        return
    container = _buildah("from", "--pull-never", words.image)
    try:
        config = json.loads(_buildah("inspect", "--type", "image", words.image))["OCIv1"]["config"]
        yield _described(Path(_buildah("mount", container)), config)
    finally:
        _buildah("rm", container)


def _configured_by_hand() -> dict[str, Any]:
    """Return what `docker inspect` would say, from the Dockerfile's last lines: an unpacked root has lost it."""
    stage = DOCKERFILE.read_text().split("FROM scratch")[-1].replace("\\\n", " ")
    said = dict(line.split(maxsplit=1) for line in stage.splitlines() if line[:1].isupper())
    return {
        "User": said["USER"],
        "Env": shlex.split(said["ENV"]),
        "Entrypoint": json.loads(said["ENTRYPOINT"]),
        "WorkingDir": said["WORKDIR"],
    }


def _described(root: Path, config: dict[str, Any]) -> dict[str, Any]:
    files = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    return {
        "root": str(root),
        "user": config["User"],
        "environment": dict(each.split("=", 1) for each in config["Env"]),
        "entrypoint": config["Entrypoint"],
        "folder": config["WorkingDir"],
        "bytes": sum(path.stat().st_size for path in files),
        "second_stage": any(path.name == "model.onnx" for path in files),
    }


def _journeys(image: Path, report: Path, tests: list[str]) -> tuple[int, dict[str, int]]:
    settings = {
        "REPLYDESK_UNDER_TEST": shlex.join([sys.executable, str(INSIDE), str(image)]),
        "REPLYDESK_REQUIRE_BROWSER": "1",
    }
    command = [sys.executable, "-m", "pytest", "-n", "0", f"--junitxml={report}", *tests]
    code = subprocess.run(command, env=os.environ | settings, check=False).returncode
    [suite] = ET.parse(report).getroot()  # noqa: S314 - pytest wrote it a moment ago
    return code, {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}


def _buildah(*words: str) -> str:
    return subprocess.run(["buildah", *words], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
