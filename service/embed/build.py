"""Makes `service/static/embed.js` from the files in `source/`: `python -m service.embed.build`.

It takes out what a browser does not need, by rules simple enough to be sure of: comments have lines of their own, and
strings have double quotes and no line breaks. A test holds that the file is what this makes.
"""

import re
from pathlib import Path

# In the order in which they need each other.
SOURCES = ("start", "ask", "follow", "form", "count", "element", "go")
BUILT = Path(__file__).parents[1] / "static" / "embed.js"
_SOURCE = Path(__file__).parent / "source"
_NOTICE = "// Replydesk, MIT licence. Written in service/embed/source.\n"
_STRING = re.compile(r'("(?:[^"\\]|\\.)*")')
_SPACE_AROUND_SIGNS = re.compile(r" *([{}()\[\]=<>?:,;&|!*+]+) *")


def build() -> str:
    """Return the script as it is served."""
    lines = ["(() => {", *(line for name in SOURCES for line in _lines(name)), "})();"]
    return _NOTICE + "".join(_pack(line) + "\n" for line in lines)


def _lines(name: str) -> list[str]:
    lines = (_SOURCE / f"{name}.js").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("//")]


def _pack(line: str) -> str:
    pieces = _STRING.split(line)
    return "".join(piece if piece.startswith('"') else _SPACE_AROUND_SIGNS.sub(r"\1", piece) for piece in pieces)


if __name__ == "__main__":
    BUILT.write_text(build())
