"""Deal the lessons of one epoch into batches of like length. The same epoch number always gives the same batches."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from training.second_stage.lessons import SEED, Lesson
from training.second_stage.network import MAX_TOKENS
from training.second_stage.obfuscation import spoilt
from workers.second_stage.wordpiece import WordPiece

BATCH_PIECES, BATCH_TEXTS = 2048, 48
# How often an epoch shows each text of a source. The rest is seen in other epochs.
SHARES = {
    "kaggle_insults": 1.0,
    "surge_toxicity": 1.5,
    "jigsaw_subset": 0.55,
    "wiki_cat_large": 0.3,
    "davidson": 0.2,
    "stormfront": 0.5,
    "edos_sexism": 0.2,
    "civil_toxic_spans": 0.25,
    "hatemoji_build": 0.7,
    "naijasenti": 0.3,
    "own_groups": 0.8,
    "own_attacks": 0.6,
    "own_news": 0.7,
    "own_counter": 0.7,
    "own_insults": 0.7,
}
SPOILT_SHARE, JOINED_SHARE = 0.1, 0.06
TAIL_PIECES = 32
# Batches are cut from lessons sorted by length within blocks of this size, so that little is padding.
BLOCK_TEXTS = 2048


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded piece ids with a mask, and the targets and weights of each head."""

    ids: Tensor
    present: Tensor
    targets: Tensor
    weights: Tensor


def epoch(lessons: Sequence[Lesson], tokeniser: WordPiece, number: int) -> list[Batch]:
    """Return the batches of epoch `number`, in random order."""
    chance = random.Random(SEED + number)
    drawn = [_varied(chance, lesson, lessons) for lesson in _drawn(chance, lessons)]
    chance.shuffle(drawn)
    cut = [(clipped(tokeniser.encode(lesson.text), tail=chance.random() < 0.5), lesson) for lesson in drawn]
    batches = []
    for start in range(0, len(cut), BLOCK_TEXTS):
        block = sorted(cut[start : start + BLOCK_TEXTS], key=lambda pair: len(pair[0]))
        batches += [_batch(group) for group in _grouped(block)]
    chance.shuffle(batches)
    return batches


def clipped(ids: list[int], *, tail: bool = False) -> list[int]:
    """Return at most MAX_TOKENS ids: the beginning, or the beginning and the end."""
    if len(ids) <= MAX_TOKENS:
        return ids
    if tail:
        return ids[: MAX_TOKENS - TAIL_PIECES] + ids[-TAIL_PIECES:]
    return [*ids[: MAX_TOKENS - 1], ids[-1]]


def padded(rows: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    """Return the ids as one matrix, and 1 where a piece stands and 0 where padding does."""
    length = max(len(row) for row in rows)
    ids = torch.tensor([row + [0] * (length - len(row)) for row in rows])
    present = torch.tensor([[1.0] * len(row) + [0.0] * (length - len(row)) for row in rows])
    return ids, present


def _drawn(chance: random.Random, lessons: Sequence[Lesson]) -> Iterator[Lesson]:
    for lesson in lessons:
        share = SHARES.get(lesson.source, 1.0)
        for _ in range(int(share) + (chance.random() < share % 1)):
            yield lesson


def _varied(chance: random.Random, lesson: Lesson, lessons: Sequence[Lesson]) -> Lesson:
    kind = chance.random()
    if kind < SPOILT_SHARE:
        return replace(lesson, text=spoilt(chance, lesson.text))
    if kind < SPOILT_SHARE + JOINED_SHARE and lesson.targets[0] == 1.0:
        # Abuse stays abuse between harmless sentences.
        harmless = chance.choice(lessons)
        if (
            harmless.targets[0] == 0.0
            and len(harmless.text) < 200
            and harmless.source in {"kaggle_insults", "own_news"}
        ):
            parts = [lesson.text, harmless.text]
            chance.shuffle(parts)
            return replace(lesson, text=". ".join(parts))
    return lesson


def _grouped(block: list[tuple[list[int], Lesson]]) -> Iterator[list[tuple[list[int], Lesson]]]:
    group: list[tuple[list[int], Lesson]] = []
    for pair in block:
        if group and (len(group) == BATCH_TEXTS or len(pair[0]) * (len(group) + 1) > BATCH_PIECES):
            yield group
            group = []
        group.append(pair)
    if group:
        yield group


def _batch(group: list[tuple[list[int], Lesson]]) -> Batch:
    ids, present = padded([ids for ids, _ in group])
    targets = torch.tensor([lesson.targets for _, lesson in group])
    weights = torch.tensor([lesson.weights for _, lesson in group])
    return Batch(ids, present, targets.nan_to_num(0.0), weights)
