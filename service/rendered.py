"""Plain text as the HTML that other systems' clients put into a page as it is: every character of it is escaped."""

import re

from markupsafe import escape

from comments.masking import mask_addresses

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


def paragraphs(text: str) -> str:
    """Return what was typed, in paragraphs and without email addresses."""
    parts = (part.strip() for part in _BLANK_LINES.split(mask_addresses(text)))
    return "\n".join(f"<p>{_lines(part)}</p>" for part in parts if part)


def shown_name(name: str) -> str:
    """Return a name for a client that takes it for HTML."""
    return str(escape(mask_addresses(name)))


def _lines(paragraph: str) -> str:
    return "<br>\n".join(str(escape(line)) for line in paragraph.split("\n"))
