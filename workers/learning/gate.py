"""The gate: weights that would flag more of what moderators approved do not come into force."""

from collections.abc import Sequence
from dataclasses import dataclass

from workers.learning.bands import HOLD_SHARE
from workers.learning.site_model import Example, HeadModel

APPROVED_COMMENTS = 500
# One comment in a hundred more or less is chance, not harm.
TOLERATED_SHARE = 0.01
TOLERATED_AT_LEAST = 2


@dataclass(frozen=True, slots=True)
class GateResult:
    """How many of the last approved comments each version would hold. `before` is None if it had no opinions yet."""

    approved: int
    before: int | None
    after: int
    is_open: bool


def pass_gate(before: HeadModel | None, after: HeadModel, approved: Sequence[Example]) -> GateResult:
    """Compare two versions on the last approved comments."""
    held_after = held_by(after, approved)
    held_before = None if before is None or not before.platts else held_by(before, approved)
    # The first opinions of a site may hold what the bands allow; a later version not more than the one before.
    allowed = HOLD_SHARE * len(approved) if held_before is None else held_before
    tolerated = max(TOLERATED_AT_LEAST, TOLERATED_SHARE * len(approved))
    return GateResult(len(approved), held_before, held_after, held_after <= allowed + tolerated)


def held_by(model: HeadModel, examples: Sequence[Example]) -> int:
    """Count the comments that the model would hold."""
    predictions = (model.predict(example) for example in examples)
    return sum(found is not None and found.probability >= model.bands.hold_at for found in predictions)
