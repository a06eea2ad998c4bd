"""The audit sample: a fixed draw that nobody can foresee."""

import pytest

from workers.learning.audit import is_audit_sample

SEED = b"a seed of one installation"


def test_same_comment_is_always_drawn_alike() -> None:
    drawn = [number for number in range(5_000) if is_audit_sample(number, SEED)]

    assert drawn, "else this proves nothing"
    assert drawn == [number for number in range(5_000) if is_audit_sample(number, SEED)]


@pytest.mark.parametrize("rate", [0.01, 0.2])
def test_rate_is_kept(rate: float) -> None:
    drawn = sum(is_audit_sample(number, SEED, rate) for number in range(40_000))

    assert drawn / 40_000 == pytest.approx(rate, rel=0.15)


def test_nobody_and_everybody_can_be_drawn() -> None:
    assert not any(is_audit_sample(number, SEED, 0.0) for number in range(1_000))
    assert all(is_audit_sample(number, SEED, 1.0) for number in range(1_000))


def test_another_seed_draws_others() -> None:
    one = {number for number in range(20_000) if is_audit_sample(number, SEED)}
    other = {number for number in range(20_000) if is_audit_sample(number, b"another seed")}

    assert len(one & other) < len(one) / 10
