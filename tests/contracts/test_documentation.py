"""What is documented is what there is: every setting has its row, with the words and the default of the code."""

import re
from pathlib import Path

import pytest

from comments.settings import _SECRETS, PREFIX, Settings

OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
ROWS = {
    name: (default.strip(), meaning.strip())
    for name, default, meaning in re.findall(rf"^\| `({PREFIX}\w+)` \|([^|]*)\|([^|]*)\|$", OPERATIONS, re.MULTILINE)
}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_has_its_row(name: str) -> None:
    default, meaning = ROWS[f"{PREFIX}{name.upper()}"]

    assert default
    assert meaning == Settings.model_fields[name].description


def test_no_row_is_of_a_setting_that_is_gone() -> None:
    assert set(ROWS) <= {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", [f"{PREFIX}CONFIG", *(f"{PREFIX}{secret.upper()}_FILE" for secret in _SECRETS)])
def test_where_settings_come_from_is_told(name: str) -> None:
    assert f"`{name}`" in OPERATIONS


ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md")), *ROOT.glob("docs/*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_file_that_is_named_is_there(page: Path) -> None:
    text = page.read_text()
    named = set(
        re.findall(r"`((?:comments|service|workers|ops|demo|deploy|tests|training|benchmarks)/[\w./-]*)`", text)
    )
    linked = {link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link}

    missing = [name for name in named if "NAME" not in name and not (ROOT / name).exists()]
    dead = [link for link in linked if link and not (page.parent / link).exists()]

    assert not missing
    assert not dead
