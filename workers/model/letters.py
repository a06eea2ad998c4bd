"""Which characters are letters, spaces and punctuation to the shipped models, looked up a batch at a time."""

import unicodedata

import numpy as np
from numpy.typing import NDArray

UNKNOWN, SPACE, WORD, OTHER = 0, 1, 2, 3
LAST_CODE_POINT = 0x10FFFF
APOSTROPHE, CURLY_APOSTROPHE = ord("'"), ord("’")
DIGIT_ZERO = ord("0")
LONG_NUMBER_DIGITS = 4


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
    """Return the code points with every digit of a long number read as 0 and one kind of apostrophe.

    Which digits a phone number has says nothing; that it has eleven does. Short runs may be letters ("1d107").
    """
    folded = codes.copy()
    folded[_in_long_number(codes)] = DIGIT_ZERO
    folded[codes == CURLY_APOSTROPHE] = APOSTROPHE
    return folded


def _in_long_number(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    is_digit = (codes - DIGIT_ZERO) < 10  # unsigned: anything below "0" wraps far above 10
    found = np.zeros(codes.size, dtype=bool)
    if codes.size < LONG_NUMBER_DIGITS:
        return found
    last = codes.size - LONG_NUMBER_DIGITS + 1
    starts = np.logical_and.reduce([is_digit[i : last + i] for i in range(LONG_NUMBER_DIGITS)])
    for i in range(LONG_NUMBER_DIGITS):
        found[i : last + i] |= starts
    return found
