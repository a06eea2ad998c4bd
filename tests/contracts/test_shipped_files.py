"""What is in the package and in the image: our five packages, and neither tests, training, a repository nor secrets."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHIPPED = {"comments", "service", "workers", "ops", "demo"}


def ignored() -> list[str]:
    return [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]


def test_no_test_and_no_training_is_shipped() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert set(wheel["packages"]) == SHIPPED
    assert not [path for package in SHIPPED for path in (ROOT / package).rglob("test_*.py")]


def test_no_repository_is_shipped() -> None:
    # The image takes nothing but what it names.
    lines = ignored()
    named = {line.removeprefix("!").split("/")[0] for line in lines if line.startswith("!")}

    assert lines[0] == "*"
    assert named == SHIPPED | {"requirements", "deploy", "pyproject.toml"}
    assert not re.search(r"^(COPY|ADD)\s+\.\s", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
