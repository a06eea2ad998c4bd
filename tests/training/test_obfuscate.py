import random

import pytest

from training.obfuscate import ATTACKS, hide
from workers.normalise import normalise

WORDS = frozenset({"stupid"})


@pytest.mark.parametrize(
    ("attack", "hidden"),
    [
        ("dotted", "the s.t.u.p.i.d plan"),
        ("spaced", "the s t u p i d plan"),
        ("leet", "the 57up1d plan"),
        ("starred", "the st*pid plan"),
        ("homoglyph", "the ѕtuріd plan"),
    ],
)
def test_an_attack_changes_the_chosen_word_only(attack: str, hidden: str) -> None:
    assert hide("the stupid plan", WORDS, ATTACKS[attack], random.Random(1)) == hidden


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_changes_the_text(attack: str) -> None:
    assert hide("the stupid plan", WORDS, ATTACKS[attack], random.Random(1)) != "the stupid plan"


@pytest.mark.parametrize("attack", ["zero-width", "homoglyph", "dotted", "spaced", "repeats"])
def test_the_product_reads_what_was_hidden(attack: str) -> None:
    hidden = hide("the stupid plan", WORDS, ATTACKS[attack], random.Random(1))

    assert normalise(hidden).text == "the stupid plan"


def test_without_a_chosen_word_every_longer_word_is_hidden() -> None:
    assert hide("go away now", frozenset(), ATTACKS["dotted"], random.Random(1)) == "go a.w.a.y n.o.w"
