"""What is documented is what there is: every setting has its row, with the words and the default of the code."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer

from comments.settings import _SECRETS, PREFIX, Settings
from ops.cli import app
from tests.documents.generated import DOCS, PARTS, current

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


@pytest.mark.parametrize("name", PARTS)
def test_what_is_made_from_the_code_is_as_the_code_is_now(name: str) -> None:
    assert current(DOCS / name) == (DOCS / name).read_text(), "make documents"


def test_a_page_that_lost_its_place_for_what_is_made_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "api.md"
    page.write_text("# API\n")

    with pytest.raises(ValueError, match="no place for routes"):
        current(page)


ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md")), *ROOT.glob("docs/*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_file_that_is_named_is_there(page: Path) -> None:
    text = page.read_text()
    named = set(
        re.findall(r"`((?:comments|service|workers|ops|demo|deploy|tests|training|benchmarks)/[\w./-]*)`", text)
    )
    words = re.sub(r"`[^`\n]+`", "", text)  # a pattern looks like a link
    linked = {link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", words) if "://" not in link}

    missing = [name for name in named if "NAME" not in name and not (ROOT / name).exists()]
    dead = [link for link in linked if link and not (page.parent / link).exists()]

    assert not missing
    assert not dead


# Commands ------------------------------------------------------------------------------------------------------------

TOLD = re.compile(r"`(replydesk [^`\n]+)`|^(?:\$ |sudo )?(replydesk [^#\n]+)", re.MULTILINE)


def commands_told() -> Iterator[tuple[str, str]]:
    """Yield each command of ours that a page names, with the page."""
    for page in PAGES:
        for inline, alone in TOLD.findall(page.read_text()):
            yield page.name, inline or alone


def commands(group: Any) -> Mapping[str, Any]:
    """Return the commands of a group by name; none of what is a command itself."""
    found: Mapping[str, Any] = getattr(group, "commands", {})
    return found


def resolved(words: list[str]) -> tuple[Any, list[str]]:
    """Return the command that the words name, and the words that are left for it."""
    found: Any = typer.main.get_command(app)
    while words and words[0] in commands(found):
        found, words = commands(found)[words[0]], words[1:]
    return found, words


def test_a_command_that_is_told_is_there_with_its_options() -> None:
    told = list(commands_told())
    assert len(told) > 50, "else this proves nothing"
    wrong = []
    for page, command in told:
        found, left = resolved(re.split(r"[\s|]+", command)[1:])
        options = {name for each in found.params for name in (*each.opts, *each.secondary_opts)} | {"--help"}
        asked = {word.split("=")[0] for word in re.findall(r"--[\w=-]+", " ".join(left))}
        is_unknown = bool(commands(found)) and bool(left) and re.fullmatch("[a-z]+", left[0]) is not None
        if is_unknown or asked - options:
            wrong.append(f"{page}: {command}")
    assert not wrong, "\n".join(wrong)
