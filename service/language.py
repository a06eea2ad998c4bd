"""The language of our own words: gettext catalogues beside the code, English where a catalogue has no entry.

A request's language is set once, by the site (readers) or by the moderator's preference (desk). Catalogues are made
with Babel from the templates and from calls of `gettext` (docs/translating.md).
"""

from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context

DEFAULT = "en"
LANGUAGES: dict[str, str] = {
    "en": "English",
    "pcm": "Naijá (Nigerian Pidgin)",
    "ha": "Hausa",
    "yo": "Yorùbá",
    "ig": "Igbo",
    "fr": "Français",
}
_FOLDER = Path(__file__).parent / "translations"


def register(app: Flask) -> None:
    """Give every template `_`, `gettext` and `ngettext` and the name of the language in force."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    app.jinja_env.globals["language"] = language


def use_language(code: str) -> None:
    """Answer this request in a language; one that we have no catalogue of means English."""
    g.language = code if code in LANGUAGES else DEFAULT


def language() -> str:
    """Return the language of the request (BCP 47)."""
    return str(g.get("language", DEFAULT)) if has_request_context() else DEFAULT


def gettext(message: str) -> str:
    """Return the message in the language of the request."""
    return _catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form of the message for a number of things, in the language of the request."""
    return _catalogue(language()).ngettext(singular, plural, number)


@cache
def _catalogue(code: str) -> NullTranslations:
    return NullTranslations() if code == DEFAULT else Translations.load(_FOLDER, [code])
