"""Import contracts: they hold, and each one would notice."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("comments", "service", "workers", "ops", "demo")
OVER = "ops over service and workers, both over comments; service and workers never meet"
# Which contract breaks when this line stands in this file.
VIOLATIONS = [
    (OVER, "service/links.py", "import workers.decide"),
    (OVER, "workers/decide.py", "import service.links"),
    (OVER, "comments/verdict.py", "import ops"),
    ("only service speaks HTTP", "workers/decide.py", "import flask"),
    ("checks and the decision are pure", "workers/checks/subject.py", "import comments.store"),
    (
        "learning, replay and shadows are pure; only the learning job meets the store",
        "workers/learning/lessons.py",
        "import comments.store",
    ),
    ("only the store speaks SQL", "service/links.py", "import sqlalchemy"),
    ("only the store speaks SQL", "ops/__init__.py", "import comments.schema"),
    ("who may hold an email address", "service/posting.py", "from comments.email import Email"),
    ("who may hold an email address", "comments/store/inbox.py", "import comments.email"),
    ("the web cannot open an address", "service/posting.py", "from comments import opening"),
    ("the demo is a site of its own, mounted by ops alone", "service/links.py", "import demo"),
    ("the demo knows the service only by its address", "demo/site.py", "import comments"),
]


def broken_contracts(tree: Path) -> set[str]:
    """Run lint-imports over a tree and return the names of the contracts it breaks."""
    program = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as run; run()"
    # What was read of the files that are as they were is remembered beside them.
    command = [sys.executable, "-c", program, "--cache-dir", str(tree / ".remembered")]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    found = dict(re.findall(r"^(\S.*?) ?(KEPT|BROKEN)$", done.stdout, re.MULTILINE))
    assert set(found) == contract_names(), done.stdout + done.stderr
    broken = {name for name, state in found.items() if state == "BROKEN"}
    assert bool(broken) == bool(done.returncode), done.stdout
    return broken


def contract_names() -> set[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code without its data."""
    copy = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for source in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        target = copy / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    return copy


def test_every_import_contract_holds(tree: Path) -> None:
    assert broken_contracts(tree) == set()


def test_every_import_contract_is_tried() -> None:
    assert {name for name, _, _ in VIOLATIONS} == contract_names()


@pytest.mark.parametrize(("name", "file", "line"), VIOLATIONS, ids=[f"{file}: {line}" for _, file, line in VIOLATIONS])
def test_a_forbidden_import_breaks_its_contract(tree: Path, name: str, file: str, line: str) -> None:
    path = tree / file
    honest = path.read_text()
    try:
        path.write_text(f"{honest}\n{line}\n")

        assert name in broken_contracts(tree)
    finally:
        path.write_text(honest)
