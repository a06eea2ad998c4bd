"""One hashing pass that turns a batch of texts into the features every shipped model reads.

Features are words, pairs of neighbouring words, and runs of 2–5 characters inside one word with the space on
either side of it. All are hashed into one index space with arithmetic on whole batches: no loop over characters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.model.letters import APOSTROPHE, SPACE, WORD, Letters, fold

BITS = 20
CHAR_LENGTHS = (2, 3, 4, 5)
MULTIPLIER = np.uint32(0x9E3779B1)  # 2^32 divided by the golden ratio, made odd
WORD_SALT, PAIR_SALT, CHAR_SALT = 0x51ED270B, 0xB5297A4D, 0x68E31DA4
MAX_BATCH_CHARS = 1 << 16  # keeps every array of a batch inside the processor's cache
MAX_BATCH_TEXTS = 1 << (32 - BITS)  # text number and feature index share one 32-bit sort key

Numbers = NDArray[np.uint32]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Joined:
    """A batch as one run of code points: one space before each text, runs of spaces as one."""

    codes: Numbers
    classes: NDArray[np.uint8]
    sources: Positions  # where each code point stood before runs of spaces became one
    owners: Numbers  # which text each code point belongs to


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every n-gram of a batch, repeats included: its feature index and where it stands in the joined text."""

    indices: Numbers
    starts: Positions
    ends: Positions


class Featuriser:
    """Hashes texts. It keeps nothing but tables, so one instance serves every batch."""

    __slots__ = ("_letters", "_powers")

    def __init__(self) -> None:
        self._letters = Letters()
        self._powers = _Powers()

    def features(self, texts: Sequence[str]) -> Iterator[Numbers]:
        """Yield the distinct feature indices of each text, ascending."""
        for batch in _batches(texts):
            joined = self.join(batch)
            found = self.occurrences(joined)
            keys = np.sort((joined.owners[found.starts] << np.uint32(BITS)) | found.indices)
            is_first = np.ones(keys.size, dtype=bool)
            np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
            keys = keys[is_first]
            cuts = np.searchsorted(keys, np.arange(1, len(batch), dtype=np.uint32) << np.uint32(BITS))
            yield from np.split(keys & np.uint32((1 << BITS) - 1), cuts)

    def join(self, texts: Sequence[str]) -> Joined:
        """Return the texts as one run of code points."""
        encoded = (" " + " ".join(texts) + " ").encode("utf-32-le", "surrogatepass")
        codes = np.frombuffer(encoded, dtype=np.uint32)
        classes = self._letters.classes(codes)
        is_space = classes == SPACE
        lengths = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(texts))
        lengths[-1] += 1
        is_kept = ~is_space
        is_kept[1:] |= ~is_space[:-1]
        is_kept[np.cumsum(lengths)[:-1]] = is_kept[0] = True
        sources = np.flatnonzero(is_kept)
        owners = np.repeat(np.arange(len(texts), dtype=np.uint32), lengths)
        codes = np.where(is_space, np.uint32(ord(" ")), fold(codes))
        return Joined(codes[sources], classes[sources], sources, owners[sources])

    def occurrences(self, joined: Joined) -> Occurrences:
        """Return the words, word pairs and character runs of the batch."""
        parts = [*_words(joined, self._powers), *_character_runs(joined)]
        return Occurrences(
            _mixed(np.concatenate([part.indices for part in parts])),
            np.concatenate([part.starts for part in parts]),
            np.concatenate([part.ends for part in parts]),
        )


class _Powers:
    """Powers of the multiplier and of its inverse modulo 2^32, as many as the longest batch so far needed."""

    __slots__ = ("inverse", "plain")

    def __init__(self) -> None:
        self.plain = self.inverse = np.ones(1, dtype=np.uint32)

    def reach(self, count: int) -> None:
        if count > self.plain.size:
            self.plain = _powers_of(int(MULTIPLIER), count)
            self.inverse = _powers_of(pow(int(MULTIPLIER), -1, 1 << 32), count)


def _powers_of(number: int, count: int) -> Numbers:
    factors = np.full(count, number, dtype=np.uint32)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint32)


def _words(joined: Joined, powers: _Powers) -> Iterator[Occurrences]:
    starts, ends = _word_bounds(joined)
    powers.reach(joined.codes.size + 1)
    sums = np.zeros(joined.codes.size + 1, dtype=np.uint32)
    np.cumsum(joined.codes * powers.plain[: joined.codes.size], dtype=np.uint32, out=sums[1:])
    hashes = (sums[ends] - sums[starts]) * powers.inverse[starts]
    yield Occurrences(hashes ^ np.uint32(WORD_SALT), starts, ends)
    owners = joined.owners[starts]
    pairs = np.flatnonzero(owners[1:] == owners[:-1])
    both = (hashes[pairs] * MULTIPLIER + hashes[pairs + 1]) ^ np.uint32(PAIR_SALT)
    yield Occurrences(both, starts[pairs], ends[pairs + 1])


def _word_bounds(joined: Joined) -> tuple[Positions, Positions]:
    """Return where words start and end. An apostrophe between word characters belongs to the word."""
    is_word = joined.classes == WORD
    inner = (joined.codes[1:-1] == APOSTROPHE) & is_word[:-2] & is_word[2:]
    is_word[1:-1] |= inner
    edges = np.flatnonzero(is_word[1:] != is_word[:-1]) + 1
    return edges[::2], edges[1::2]


def _character_runs(joined: Joined) -> Iterator[Occurrences]:
    codes, is_space = joined.codes, joined.classes == SPACE
    hashes = codes.copy()
    is_whole = ~(is_space[:-1] & is_space[1:])
    for length in range(2, CHAR_LENGTHS[-1] + 1):
        hashes = hashes[:-1] * MULTIPLIER + codes[length - 1 :]
        if length > 2:
            is_whole = is_whole[:-1] & ~is_space[length - 2 : -1]
        if length in CHAR_LENGTHS:
            starts = np.flatnonzero(is_whole)
            yield Occurrences(hashes[starts] ^ np.uint32(CHAR_SALT * length & 0xFFFFFFFF), starts, starts + length)


def _mixed(hashes: Numbers) -> Numbers:
    """Return feature indices: the best bits of each hash, after every bit has reached them."""
    mixed = hashes ^ (hashes >> np.uint32(16))
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    return mixed >> np.uint32(32 - BITS)


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    chars = 0
    for text in texts:
        if batch and (chars + len(text) > MAX_BATCH_CHARS or len(batch) == MAX_BATCH_TEXTS):
            yield batch
            batch, chars = [], 0
        batch.append(text)
        chars += len(text) + 1
    if batch:
        yield batch
