"""The translations as files: brought up to date with the texts, and listed for native readers."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from service.language import DEFAULT, DOMAINS, LANGUAGES

FOLDER = Path("service/translations")
TRANSLATED = tuple(code for code in LANGUAGES if code != DEFAULT)
REVIEW_LIST = Path("docs/translations-review.md")
REVIEW = "review:"
# As in CLDR. Babel itself knows nothing of these four and takes them for English.
PLURALS = {
    "pcm": "nplurals=2; plural=(n > 1);",
    "ha": "nplurals=2; plural=(n != 1);",
    "yo": "nplurals=1; plural=0;",
    "ig": "nplurals=1; plural=0;",
    "fr": "nplurals=2; plural=(n > 1);",
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """An entry that its translator was not sure of, and why."""

    english: str
    said: str
    why: str


def source(code: str, domain: str) -> Path:
    """Return where a catalogue is; the desk's are only there once somebody has begun them."""
    return FOLDER / code / "LC_MESSAGES" / f"{domain}.po"


def texts(domain: str) -> tuple[Message, ...]:
    """Return every text of a domain, as `make messages` gathered them."""
    with (FOLDER / f"{domain}.pot").open("rb") as file:
        return tuple(message for message in read_po(file) if message.id)


def entries(code: str, domain: str) -> Catalog:
    """Return a catalogue as it stands in its file."""
    with source(code, domain).open("rb") as file:
        return read_po(file, locale=code)


def brought_up_to_date(code: str, domain: str) -> str:
    """Return what a catalogue's file should hold: each text there is, and what was translated."""
    catalogue = entries(code, domain)
    with (FOLDER / f"{domain}.pot").open("rb") as file:
        catalogue.update(read_po(file), no_fuzzy_matching=True)
    written = BytesIO()
    write_po(written, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)
    return f"{_header(code, catalogue)}\n{written.getvalue().decode()}"


def _header(code: str, catalogue: Catalog) -> str:
    fields = (
        f"Language: {code}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {PLURALS[code]}",
    )
    lines = (f'"{field}\\n"' for field in fields)
    return "\n".join((catalogue.header_comment.strip(), 'msgid ""', 'msgstr ""', *lines, ""))


def doubts(code: str) -> Iterator[Doubt]:
    """Yield what a native reader should look at first."""
    for domain in DOMAINS:
        for message in entries(code, domain) if source(code, domain).exists() else ():
            _, is_marked, why = " ".join(message.user_comments).partition(REVIEW)  # Babel breaks long comments
            if message.id and is_marked:
                yield Doubt(_last(message.id), _last(message.string), why.strip())


def review_list() -> str:
    """Return docs/translations-review.md."""
    pieces = [_BEGINNING]
    for code in TRANSLATED:
        rows = [f"| {each.english} | {each.said} | {each.why} |" for each in doubts(code)]
        table = (
            ["| English | what it says now | the doubt |", "|---|---|---|", *rows] if rows else ["No entry is marked."]
        )
        pieces.append("\n".join((f"## {LANGUAGES[code]} (`{code}`)", *table)))
    return "\n\n".join(pieces) + "\n"


_BEGINNING = """# Translations to look at

Nobody whose first language it is has read these catalogues yet. The entries below are the ones their writer was not
sure of: `# review: why` stands beside each in `service/translations/<code>/LC_MESSAGES/`. Change the entry, take the
line away, and run `make messages`, which writes this page. How: [translating.md](translating.md)."""


def _last(forms: str | tuple[str, ...]) -> str:
    """Return the form that is said most, on one line, as a cell of a table takes it."""
    said = forms if isinstance(forms, str) else forms[-1]
    return said.replace("\n", " ").replace("|", "\\|").replace("<", "&lt;")
