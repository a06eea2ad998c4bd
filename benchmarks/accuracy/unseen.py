"""Which rows of a training file the shipped models have not learnt, though its "held-out" rows are set apart.

Held-out tweets are kept from the language head alone: the abuse and spam heads sampled theirs from the whole file. This
draws the same samples again, with the seed in the model's header, and leaves out whatever was among them.
"""

import json
import random
from pathlib import Path

from training.datasets import Row
from training.examples import abuse_examples, spam_examples
from workers.model import Head
from workers.model.first_stage import SHIPPED_HEADER


def learnt_texts(folder: Path) -> frozenset[str]:
    """Return every text that may have taught the heads that decide. Too many rather than too few."""
    seed = json.loads(SHIPPED_HEADER.read_text(encoding="utf-8"))["seed"]
    readers = {Head.ABUSE: abuse_examples, Head.SPAM: spam_examples}
    return frozenset(
        example.text for head, read in readers.items() for example in read(folder, random.Random(f"{seed} {head}"))
    )


def split_by_learnt(rows: list[Row], folder: Path) -> tuple[list[Row], list[Row]]:
    """Return the rows that taught nothing, and the others."""
    learnt = learnt_texts(folder)
    return [row for row in rows if row.text not in learnt], [row for row in rows if row.text in learnt]
