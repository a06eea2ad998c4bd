"""XML of unknown hands, read as a stream: no document type, no entity, nothing deep, no tag or field without end.

The standard library's expat, told to refuse (docs/decisions). What a file holds beside well-formed XML, controls and
broken bytes as real exports have them, is taken out on the way.
"""

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, NoReturn
from xml.parsers import expat

CHUNK_BYTES = 1 << 16
MAX_DEPTH = 64
# A tag with its attributes, a processing instruction, a comment: longer than any that an export has.
MAX_TOKEN_BYTES = 1 << 20
# More of a field is not collected; what it is for is too long by then.
MAX_FIELD_CHARS = 100_000
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8"}
_ENCODINGS |= {"iso-8859-1": "latin-1", "latin1": "latin-1", "windows-1252": "cp1252", "cp1252": "cp1252"}
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])


class BadFile(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line that says what is wrong with a file. It never repeats what is in it."""


@dataclass(frozen=True, slots=True)
class Start:
    """An element that the reader asked for begins."""

    path: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class End:
    """An element that the reader asked for ends; `text` is what stands directly in it."""

    path: str
    text: str


class SafeXml:
    """One file. `name_of` shortens "namespace name"; `wanted` are the paths ("a/b/c") that are told of."""

    def __init__(self, file: BinaryIO, wanted: frozenset[str], name_of: Callable[[str], str]) -> None:
        self._file = file
        self._wanted = wanted
        self._name_of = name_of
        self._names: dict[str, str] = {}
        self._paths: list[str] = []
        self._texts: list[list[str] | None] = []
        self._sizes: list[int] = []
        self._told: list[Start | End] = []
        self.root = ""

    def events(self, on_bytes: Callable[[int], None]) -> Iterator[Start | End]:
        """Yield what was asked for, in the order of the file. Raises BadFile, also after much has been yielded."""
        parser = self._parser()
        fed = 0
        for chunk in _clean_chunks(self._file, on_bytes):
            fed += len(chunk)
            self._parse(parser, chunk, is_final=False)
            if fed - max(parser.CurrentByteIndex, 0) > MAX_TOKEN_BYTES + CHUNK_BYTES:
                raise BadFile(f"line {parser.CurrentLineNumber}: a tag or comment is larger than 1 MB")
            yield from self._take()
        self._parse(parser, b"", is_final=True)
        yield from self._take()

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.ExternalEntityRefHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        return parser

    def _parse(self, parser: expat.XMLParserType, chunk: bytes, *, is_final: bool) -> None:
        try:
            parser.Parse(chunk, is_final)
        except expat.ExpatError as error:
            # Its own words, by its number: the error's text ends in places that mean nothing here.
            said = expat.errors.messages.get(error.code, "it is not XML")
            raise BadFile(f"line {error.lineno}: not well-formed XML ({said})") from None

    def _take(self) -> list[Start | End]:
        told, self._told = self._told, []
        return told

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._paths) >= MAX_DEPTH:
            raise BadFile(f"elements are nested deeper than {MAX_DEPTH}")
        short = self._names.get(name) or self._names.setdefault(name, self._name_of(name))
        path = f"{self._paths[-1]}/{short}" if self._paths else short
        self.root = self.root or path
        self._paths.append(path)
        is_wanted = path in self._wanted
        self._texts.append([] if is_wanted else None)
        self._sizes.append(0)
        if is_wanted:
            self._told.append(Start(path, {self._name_of(key): value for key, value in attributes.items()}))

    def _end(self, _: str) -> None:
        path, texts = self._paths.pop(), self._texts.pop()
        self._sizes.pop()
        if texts is not None:
            self._told.append(End(path, "".join(texts)))

    def _characters(self, text: str) -> None:
        texts = self._texts[-1] if self._texts else None
        if texts is not None and self._sizes[-1] <= MAX_FIELD_CHARS:
            texts.append(text)
            self._sizes[-1] += len(text)


def _refuse(*_: object) -> NoReturn:
    raise BadFile("it declares a document type or entities, which no export does")


def _clean_chunks(file: BinaryIO, on_bytes: Callable[[int], None]) -> Iterator[bytes]:
    """Yield the file as UTF-8 without the characters that XML does not allow, and tell how much was read."""
    chunk = file.read(CHUNK_BYTES)
    decode = _decoder(chunk)
    while chunk:
        on_bytes(len(chunk))
        yield decode.decode(chunk).translate(_NOT_XML).encode()
        chunk = file.read(CHUNK_BYTES)
    yield decode.decode(b"", final=True).translate(_NOT_XML).encode()


def _decoder(first: bytes) -> codecs.IncrementalDecoder:
    if first.startswith(_BYTE_ORDER_MARKS) or first[:1] == b"\0" or first[1:2] == b"\0":
        raise BadFile("it is UTF-16 or no text; save it as UTF-8")
    declared = _ENCODING.match(first.removeprefix(codecs.BOM_UTF8))
    name = declared[1].decode().lower() if declared else "utf-8"
    if name not in _ENCODINGS:
        raise BadFile("its encoding is not known; save it as UTF-8")
    found = _ENCODINGS[name]
    return codecs.getincrementaldecoder("utf-8-sig" if found == "utf-8" else found)(errors="replace")
