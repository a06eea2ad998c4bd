import random
from collections import Counter

from training.own import identity, languages, news, spam


def test_every_group_is_named_equally_often() -> None:
    named = identity.groups()

    texts = list(identity.benign(random.Random(7), len(named) * 2))

    assert len(texts) == len(named) * 2
    for number, text in enumerate(texts):
        assert named[number % len(named)] in text


def test_groups_are_listed_once_and_hold_nigerian_ones() -> None:
    counted = Counter(identity.groups())

    assert set(counted.values()) == {1}
    assert {"fulani", "igbo", "yoruba", "hausa", "tiv", "ijaw", "biafran", "muslim", "christian"} <= set(counted)


def test_the_same_seed_gives_the_same_sentences() -> None:
    for make in (identity.benign, identity.abusive, news.benign, news.threats, spam.spam, languages.foreign):
        assert list(make(random.Random(7), 50)) == list(make(random.Random(7), 50))


def test_no_gap_of_a_pattern_stays_unfilled() -> None:
    for make in (identity.benign, identity.abusive, spam.spam):
        texts = list(make(random.Random(7), 500))
        assert len(set(texts)) > 250
        assert not [text for text in texts if "{" in text or "}" in text]
