"""The catalogues are whole, current and safe: every text for readers, with its places and its tags."""

import re
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Message
from babel.messages.plurals import get_plural
from hatchling.builders.wheel import WheelBuilder

from service.language import DOMAINS
from tests.translations.catalogues import (
    FOLDER,
    PLURALS,
    REVIEW_LIST,
    TRANSLATED,
    brought_up_to_date,
    entries,
    review_list,
    source,
    texts,
)

PLACE = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
TAG = re.compile(r"<[^>]*>")
# Letters that a language cannot be written without.
TELLING = {"ha": "ɗƙ", "yo": "ẹọṣàé", "ig": "ịọụ", "fr": "éàç", "pcm": ""}


def forms(said: str | tuple[str, ...]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else said


def translations(code: str) -> list[tuple[Message, str]]:
    """Return every form of every entry, beside its message."""
    found = [(message, form) for message in entries(code, "readers") if message.id for form in forms(message.string)]
    assert len(found) > 200, "else this proves nothing"
    return found


@pytest.mark.parametrize("domain", DOMAINS)
def test_template_holds_every_text_there_is(domain: str, tmp_path: Path) -> None:
    made = tmp_path / "made.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", str(FOLDER / f"{domain}.cfg")]
    command += ["-k", "phrase", "-k", "counted:1,2", "--no-location", "--sort-output", "--omit-header", "-o", str(made)]

    subprocess.run([*command, "."], check=True, timeout=60)

    assert made.read_text() == (FOLDER / f"{domain}.pot").read_text(), "texts have changed: make messages"


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_for_readers_has_its_translation(code: str) -> None:
    translated = {message.id: message for message in entries(code, "readers") if message.id}

    missing = [text.id for text in texts("readers") if not all(forms(translated[text.id].string))]
    fuzzy = [message.id for message in translated.values() if message.fuzzy]

    assert (missing, fuzzy) == ([], []), f"translate these in {source(code, 'readers')}"


@pytest.mark.parametrize("code", TRANSLATED)
def test_catalogue_is_current(code: str) -> None:
    assert source(code, "readers").read_text() == brought_up_to_date(code, "readers"), "make messages"


@pytest.mark.parametrize("code", TRANSLATED)
def test_places_and_tags_are_those_of_the_text(code: str) -> None:
    for message, form in translations(code):
        english = forms(message.id)[-1]
        assert Counter(PLACE.findall(form)) == Counter(PLACE.findall(english)), form
        assert Counter(TAG.findall(form)) == Counter(TAG.findall(english)), form
        # Templates trust a catalogue with its tags, in attributes too: a quotation mark would end one.
        assert form.count('"') == english.count('"'), form
        assert not re.search(r"&|<(?![a-z/])", form), form
        assert form % dict.fromkeys(re.findall(r"\((\w+)\)", form), 1) if PLACE.search(form) else "%" not in form


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_sentence_ends_as_the_text_does(code: str) -> None:
    for message, form in translations(code):
        english = forms(message.id)[-1]
        assert (form[-1] in ".:?!") == (english[-1] in ".:?!"), form
        assert form == form.strip()


@pytest.mark.parametrize("code", TRANSLATED)
def test_letters_are_those_of_the_language_and_composed(code: str) -> None:
    said = " ".join(form for _, form in translations(code))

    assert said == unicodedata.normalize("NFC", said)
    assert all(letter in said for letter in TELLING[code])


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_number_has_the_forms_that_cldr_gives_it(code: str) -> None:
    rule = Locale.parse(code).plural_form
    catalogue = entries(code, "readers")
    tags = [rule(number) for number in range(200)]

    assert f"nplurals={catalogue.num_plurals}; plural={catalogue.plural_expr};" == PLURALS[code]
    assert len(set(tags)) == catalogue.num_plurals
    if code == "fr":
        assert tuple(get_plural("fr")) == (catalogue.num_plurals, catalogue.plural_expr)


def test_package_brings_the_catalogues() -> None:
    packed = {Path(file.distribution_path) for file in WheelBuilder(str(Path.cwd())).recurse_included_files()}

    assert {source(code, "readers") for code in TRANSLATED} <= packed


def test_what_a_native_reader_should_see_is_listed() -> None:
    assert REVIEW_LIST.read_text() == review_list(), "make messages"
