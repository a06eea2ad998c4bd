"""Which characters are letters, spaces and punctuation to the shipped models, looked up a batch at a time."""

import unicodedata

import numpy as np
from numpy.typing import NDArray

UNKNOWN, SPACE, WORD, OTHER = 0, 1, 2, 3
LAST_CODE_POINT = 0x10FFFF
APOSTROPHE, CURLY_APOSTROPHE = ord("'"), ord("’")
DIGIT_ZERO = ord("0")


class Letters:
    """A table of character classes that fills itself as characters turn up.

    Combining marks are word characters, so that a tone mark never ends a word.
    """

    __slots__ = ("_table",)

    def __init__(self) -> None:
        self._table = np.zeros(LAST_CODE_POINT + 1, dtype=np.uint8)

    def classes(self, codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """Return SPACE, WORD or OTHER for each code point."""
        found = self._table[codes]
        unknown = np.flatnonzero(found == UNKNOWN)
        if unknown.size:
            for code in np.unique(codes[unknown]).tolist():
                self._table[code] = _class_of(chr(code))
            found = self._table[codes]
        return found


def _class_of(character: str) -> int:
    if character.isspace() or character < " ":
        return SPACE
    if character.isalnum() or unicodedata.category(character).startswith("M"):
        return WORD
    return OTHER


def fold(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the code points with every ASCII digit read as 0 and one kind of apostrophe.

    Which digits a phone number has says nothing; that it has eleven does.
    """
    folded = codes.copy()
    folded[(codes - DIGIT_ZERO) < 10] = DIGIT_ZERO  # unsigned: anything below "0" wraps far above 10
    folded[codes == CURLY_APOSTROPHE] = APOSTROPHE
    return folded
