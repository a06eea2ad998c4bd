"""A device's token: random, and another number on every site."""

from comments.device import TOKEN, device_hash, new_device
from tests.factories import ROOT_KEY


def test_tokens_are_random_and_of_one_form() -> None:
    made = [new_device(ROOT_KEY, "demo") for _ in range(50)]

    assert len({each.token for each in made}) == 50
    assert all(TOKEN.fullmatch(each.token) for each in made)
    assert all(each.hash == device_hash(ROOT_KEY, "demo", each.token) for each in made)


def test_sites_cannot_be_joined_by_a_token() -> None:
    token = new_device(ROOT_KEY, "demo").token

    assert device_hash(ROOT_KEY, "demo", token) != device_hash(ROOT_KEY, "other", token)
