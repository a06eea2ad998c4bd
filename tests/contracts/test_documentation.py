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
