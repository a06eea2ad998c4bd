"""Fingerprints: what two comments share when they say the same, or nearly the same.

Band 0 is a hash of the whole text. Bands 1–4 are MinHash (12 permutations, three to a band) over every three words in
a row. The store calls two comments alike when they share band 0 or two of the near bands: that finds 94 % of pairs
with nine tenths of their word triples in common, 71 % at eight tenths, 8 % at a half and none that were written apart.
The values are kept in the database, so changing anything here makes old comments unlike new ones.
"""

import re
from hashlib import blake2b
from struct import pack

from rensa import RMinHash

from workers.normalise import Normalised

EXACT_BAND = 0
NEAR_BANDS = 4
ROWS = 3
SHINGLE_WORDS = 3
# Below this a text has too few word triples to be nearly like another one: "thank you for this" is everybody's.
MIN_WORDS = 6
SEED = 20_260_504

# A combining mark belongs to its word: Yoruba writes "ọ̀rọ̀", which `\w+` alone would cut in two.
_WORD = re.compile(r"(?:\w|[\u0300-\u036f])+")


def bands(normalised: Normalised) -> tuple[tuple[int, int], ...]:
    """Return (band, value) pairs; values are whole numbers of 63 bits. Empty for an empty text."""
    collapsed = " ".join(normalised.text.split())
    if not collapsed:
        return ()
    exact = (EXACT_BAND, _number(collapsed.encode()))
    words = _WORD.findall(collapsed)
    return (exact, *_near(words)) if len(words) >= MIN_WORDS else (exact,)


def _near(words: list[str]) -> list[tuple[int, int]]:
    minhash = RMinHash(num_perm=NEAR_BANDS * ROWS, seed=SEED)
    minhash.update([" ".join(words[i : i + SHINGLE_WORDS]) for i in range(len(words) - SHINGLE_WORDS + 1)])
    digest = minhash.digest()
    rows = [digest[i : i + ROWS] for i in range(0, len(digest), ROWS)]
    return [(band, _number(pack(f"<{ROWS}I", *row))) for band, row in enumerate(rows, start=1)]


def _number(content: bytes) -> int:
    """Return 63 bits of a hash: what a BIGINT holds without a sign."""
    return int.from_bytes(blake2b(content, digest_size=8).digest()) >> 1
