"""The gate: a version that would hold more of what moderators approved stays out."""

import random

from tests.workers.learning.samples import a_text, an_example, taught
from workers.learning.gate import held_by, pass_gate
from workers.learning.packing import pack, unpack
from workers.learning.site_model import HeadModel


def _approved(count: int = 200) -> list[str]:
    chance = random.Random(11)
    return [a_text(False, chance) for _ in range(count)]


def test_sound_version_passes() -> None:
    before = taught(200)
    after = taught(300)

    result = pass_gate(before, after, [an_example(text) for text in _approved()])

    assert result.is_open
    assert result.approved == 200


def test_version_that_turned_against_approved_comments_is_kept_back() -> None:
    approved = [an_example(text) for text in _approved()]
    before = taught(300)
    after = unpack(pack(before))
    for _ in range(3):
        for example in approved:
            after.learn(example, 1)
    assert held_by(after, approved) > held_by(before, approved), "else there is nothing to keep back"

    result = pass_gate(before, after, approved)

    assert not result.is_open
    assert (result.before, result.after) == (held_by(before, approved), held_by(after, approved))


def test_first_opinions_may_hold_what_the_bands_allow() -> None:
    silent = HeadModel("shipped-1")

    result = pass_gate(silent, taught(300), [an_example(text) for text in _approved()])

    assert result.before is None
    assert result.is_open


def test_site_without_approvals_passes() -> None:
    assert pass_gate(None, HeadModel("shipped-1"), []).is_open
