"""Texts for people come from the catalogues: whole, current, and in English where there is no translation."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from comments.phrases import phrase
from service import language


@pytest.fixture
def hausa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two catalogues with a translation or two."""
    folder = tmp_path / "ha" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (folder / "readers.po").write_text(f'{header}msgid "Appeal"\nmsgstr "Ɗaukaka ƙara"\n')
    (folder / "desk.po").write_text(f'{header}msgid "Queue"\nmsgstr "Layi"\n\nmsgid "Appeal"\nmsgstr "Ƙara"\n')
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
def test_desk_has_a_catalogue_of_its_own_behind_the_readers(app: Flask) -> None:
    with app.test_request_context():
        language.use_language("ha")

        assert (language.gettext("Queue"), language.gettext("Appeal")) == ("Layi", "Ɗaukaka ƙara")


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


@pytest.mark.parametrize(
    ("accepted", "code"),
    [("yo", "yo"), ("fr-CA,fr;q=0.9", "fr"), ("de,ig;q=0.5", "ig"), ("en-NG,yo;q=0.8", "en"), ("de", "en"), ("", "en")],
)
def test_program_is_answered_in_what_it_accepts(app: Flask, accepted: str, code: str) -> None:
    with app.test_request_context(headers={"Accept-Language": accepted}):
        language.use_accepted_language()

        assert language.language() == code


@pytest.mark.parametrize(
    "accepted",
    [
        "a" * 60_000,
        "en;q=" + "9" * 5_000,
        "yo;q=x",
        ";,;=,\x7f",
        "*;q=0.5",
        "\udc80".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_whatever_is_accepted_there_is_an_answer(app: Flask, accepted: str) -> None:
    with app.test_request_context(headers={"Accept-Language": accepted}):
        language.use_accepted_language()

        assert language.language() in language.LANGUAGES


def test_phrase_is_said_with_its_numbers_as_the_language_groups_them(app: Flask) -> None:
    made = phrase("Use at most %(count)s characters.", count=5_000)
    with app.test_request_context():
        assert language.said(made) == "Use at most 5,000 characters."
        language.use_language("fr")

        assert language.said(made) == "Utilisez au plus 5\u202f000 caractères."
        assert language.said("what somebody typed") == "what somebody typed"
