"""A release says one version everywhere."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
RELEASES = re.findall(r"^## (\d+\.\d+\.\d+) – (\d{4}-\d{2}-\d{2})$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_the_newest_release_in_the_changelog_is_this_version() -> None:
    assert RELEASES[0][0] == VERSION
    assert [day for _, day in RELEASES] == sorted((day for _, day in RELEASES), reverse=True)


def test_what_is_deployed_by_default_is_this_version() -> None:
    [tag] = re.findall(r"newTag: (\S+)", (ROOT / "deploy/kubernetes/kustomization.yaml").read_text())

    assert tag == VERSION
