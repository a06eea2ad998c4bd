"""Letters of other scripts that pass for Latin ones, read as Latin inside words that are otherwise Latin."""

import re
from collections.abc import Iterator

from workers.normalise.draft import Draft, Edit, same_length
from workers.normalise.letters import word_pattern
from workers.normalise.view import Kind

# Lower-case forms stand for both shapes: В looks like B, and the text was lower-cased before this step.
_CYRILLIC = dict(zip("авсехһіјкмнорԛѕтуԝьԁѵӏёїгӓӧ", "abcexhijkmhopqstywbdvleirao", strict=True))
_GREEK = dict(zip("αβεηικνορτυχωγμσ", "abenikvoptuxwyuo", strict=True))
_ARMENIAN = dict(zip("օոսհցգ", "onuhgq", strict=True))
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɡ", "abcdefghijklmnoprstuvwyzg", strict=True))
_LATIN_FOR = {**_CYRILLIC, **_GREEK, **_ARMENIAN, **_SMALL_CAPITALS}

_LOOKALIKE = re.compile(f"[{''.join(_LATIN_FOR)}]")
_FOREIGN_LETTER = re.compile("[\u0370-\u03ff\u0400-\u052f\u0531-\u058f]")
_LATIN_LETTER = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]")
_TABLE = str.maketrans(_LATIN_FOR)
_MIN_UNIT_LETTERS = 4  # "μg" and "μm" are units of measurement, not disguises


def read_homoglyphs(draft: Draft) -> Draft:
    """Return the draft with look-alike letters read as Latin where the rest of their word is Latin."""
    if draft.text.isascii() or not _LOOKALIKE.search(draft.text):
        return draft
    return draft.apply(_edits(draft.text))


def _edits(text: str) -> Iterator[Edit]:
    for match in word_pattern(is_ascii=False).finditer(text):
        word = match[0]
        if not _LOOKALIKE.search(word):
            continue
        read = word.translate(_TABLE)
        if not _FOREIGN_LETTER.search(read) and _is_disguised(word):
            is_style = all(char in _SMALL_CAPITALS for char in _LOOKALIKE.findall(word))
            yield same_length(match.start(), read, Kind.STYLED if is_style else Kind.HOMOGLYPH)


def _is_disguised(word: str) -> bool:
    if "μ" in word and len(word) < _MIN_UNIT_LETTERS:
        return False
    small_capitals = sum(char in _SMALL_CAPITALS for char in word)
    return bool(_LATIN_LETTER.search(word)) or small_capitals > 1
