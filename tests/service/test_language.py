"""Texts for people come from the catalogues: whole, current, and in English where there is no translation."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

from service import language

POT = Path("service/translations/messages.pot")


@pytest.fixture
def hausa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalogue with one translation."""
    folder = tmp_path / "ha" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = tmp_path / "messages.po"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Appeal"\nmsgstr "Ɗaukaka ƙara"\n'
    )
    with source.open("rb") as read, (folder / "messages.mo").open("wb") as made:
        write_mo(made, read_po(read, locale="ha"))
    monkeypatch.setattr(language, "_FOLDER", tmp_path)
    language._catalogue.cache_clear()
    yield
    language._catalogue.cache_clear()


@pytest.mark.usefixtures("hausa")
def test_text_is_said_in_the_language_of_the_request(app: Flask) -> None:
    with app.test_request_context():
        language.use_language("ha")

        assert language.gettext("Appeal") == "Ɗaukaka ƙara"
        assert app.jinja_env.from_string("{{ _('Appeal') }} {{ language() }}").render() == "Ɗaukaka ƙara ha"


@pytest.mark.usefixtures("hausa")
def test_text_without_a_translation_is_said_in_english(app: Flask) -> None:
    with app.test_request_context():
        language.use_language("ha")

        assert language.gettext("Take it back") == "Take it back"


@pytest.mark.parametrize("code", ["xx", "../../etc", "", "en"])
def test_unknown_language_means_english(app: Flask, code: str) -> None:
    with app.test_request_context():
        language.use_language(code)

        assert language.language() == "en"
        assert language.gettext("Appeal") == "Appeal"


def test_catalogue_holds_every_text_there_is(tmp_path: Path) -> None:
    made = tmp_path / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg", "-k", "phrase"]
    command += ["--no-location", "--sort-output", "--omit-header", "-o", str(made), "."]

    subprocess.run(command, check=True, timeout=60)

    assert made.read_text() == POT.read_text(), "texts have changed: make messages"
