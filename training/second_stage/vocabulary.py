"""Choose the word pieces the second stage keeps: the common ones of its texts, and every single character."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from workers.second_stage.wordpiece import END, START, UNKNOWN, WordPiece

SPECIAL = ("[PAD]", UNKNOWN, START, END)


def kept_pieces(vocabulary: Path, texts: Iterable[str], size: int) -> list[str]:
    """Return at most `size` pieces of the vocabulary file in its order, [PAD] first."""
    pieces = vocabulary.read_text(encoding="utf-8").splitlines()
    whole = WordPiece(pieces)
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(whole.encode(text))
    single = [piece for piece in pieces if len(piece.removeprefix("##")) == 1 and _is_latin(piece[-1])]
    kept = dict.fromkeys((*SPECIAL, *single))
    for number, _ in counts.most_common():
        if len(kept) >= size:
            break
        kept.setdefault(pieces[number])
    return sorted(kept, key=pieces.index)


def _is_latin(character: str) -> bool:
    return ord(character) < 0x250
