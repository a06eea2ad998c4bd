"""Fields for passwords, read from the templates: hidden, and said to be what they are, for password managers."""

import re
from pathlib import Path

from comments import schema

TEMPLATES = Path(__file__).parents[2] / "service" / "templates"
SCRIPTS = Path(__file__).parents[2] / "service" / "static"
_FIELD = re.compile(r"<input[^>]*>")
_ABOUT = re.compile(r'name="(password|again|current)"')


def fields() -> list[str]:
    pages = [path.read_text() for path in sorted(TEMPLATES.rglob("*.html"))]
    return [field for page in pages for field in _FIELD.findall(page) if _ABOUT.search(field)]


def test_password_is_hidden_while_it_is_typed() -> None:
    assert len(fields()) >= 5, "else this proves nothing"
    assert [field for field in fields() if 'type="password"' not in field] == []


def test_password_managers_are_told_what_a_field_is_for() -> None:
    assert [field for field in fields() if not re.search(r'autocomplete="(new|current)-password"', field)] == []
    scripts = [path.read_text() for path in sorted(SCRIPTS.rglob("*.js")) if not path.name.endswith(".min.js")]
    assert len(scripts) > 5, "else this proves nothing"
    assert not [script for script in scripts if re.search(r"""["']paste["']|onpaste""", script)]


def test_nothing_is_kept_of_when_a_password_was_set() -> None:
    columns = {column.name for column in schema.moderators.c}

    assert "password_hash" in columns
    assert not {name for name in columns if "password" in name and name != "password_hash"}
