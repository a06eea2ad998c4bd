"""The language of our own words: gettext catalogues beside the code, English where a catalogue has no entry.

A request's language is set once: by the site (readers), by the moderator's preference (desk), or by what a program
accepts. Catalogues are made with Babel from the templates and from calls of `gettext` and `phrase`
(docs/translating.md).
"""

from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request

from comments.phrases import Phrase

DEFAULT = "en"
LANGUAGES: dict[str, str] = {
    "en": "English",
    "pcm": "Naijá (Nigerian Pidgin)",
    "ha": "Hausa",
    "yo": "Yorùbá",
    "ig": "Igbo",
    "fr": "Français",
}
# What readers meet, and what only moderators do.
DOMAINS = ("readers", "desk")
_FOLDER = Path(__file__).parent / "translations"


def register(app: Flask) -> None:
    """Give every template `_`, `gettext`, `ngettext`, the filters `said` and `grouped`, and the language in force."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    app.jinja_env.globals["language"] = language
    app.jinja_env.filters.update(said=said, grouped=grouped)


def use_language(code: str) -> None:
    """Answer this request in a language; one that we have no catalogue of means English."""
    g.language = code if code in LANGUAGES else DEFAULT


def use_accepted_language() -> None:
    """Answer this request in the language that its client likes best; English when it names none of ours."""
    liked = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    use_language(next((code for code in liked if code in LANGUAGES), DEFAULT))


def language() -> str:
    """Return the language of the request (BCP 47)."""
    return str(g.get("language", DEFAULT)) if has_request_context() else DEFAULT


def gettext(message: str) -> str:
    """Return the message in the language of the request."""
    return _catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form of the message for a number of things, in the language of the request."""
    return _catalogue(language()).ngettext(singular, plural, number)


def said(words: str) -> str:
    """Return a phrase in the language of the request; words that are no phrase stay as they are."""
    if not isinstance(words, Phrase):
        return words
    values = {name: grouped(value) if isinstance(value, int) else value for name, value in words.values.items()}
    return gettext(words.template) % values if values else gettext(words.template)


def grouped(number: int) -> str:
    """Return a number with its digits grouped: 5,000, or 5 000 in French."""
    return str(format_decimal(number, locale=language()))


def catalogue_of(code: str) -> NullTranslations:
    """Return the catalogue of a language for words that belong to no request, such as a mail's."""
    return _catalogue(code if code in LANGUAGES else DEFAULT)


@cache
def _catalogue(code: str) -> NullTranslations:
    """Read a language's catalogues from their sources: nothing has to be compiled, so nothing can be out of date."""
    sources = [_FOLDER / code / "LC_MESSAGES" / f"{domain}.po" for domain in DOMAINS]
    found = [_compile(source, code) for source in sources if code != DEFAULT and source.exists()]
    for first, second in pairwise(found):
        first.add_fallback(second)
    return found[0] if found else NullTranslations()


def _compile(source: Path, code: str) -> Translations:
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    return Translations(BytesIO(compiled.getvalue()))
