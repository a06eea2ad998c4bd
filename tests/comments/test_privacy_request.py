"""A privacy request: what is read from its form, and who can tell whose it is."""

import pytest

from comments.contact import link_hash
from comments.identity import RootKey, author_keys
from comments.privacy_request import NewRequest, Wish, read_request, unlock
from comments.submission import InvalidSubmission
from tests import factories
from tests.notices import ADA, keys

ROTATED = RootKey(b"the second key of them, 32 bytes", others=(RootKey(b"0123456789abcdef" * 2, until=factories.NOW),))


def read(wish: object = "access", email: object = ADA, root: RootKey = factories.ROOT_KEY) -> NewRequest:
    return read_request({"wish": wish, "email": email}, "demo", root, keys()[0])


@pytest.mark.parametrize("root", [factories.ROOT_KEY, ROTATED])
def test_its_mail_opens_it_and_the_link_tells_whose_it_is_under_every_root_key(root: RootKey) -> None:
    new = read(root=root)

    email, token = keys()[1].open_request(new.sealed, new.link_hash)

    assert "@".join(email.reveal()) == ADA
    assert link_hash(token) == new.link_hash
    assert unlock(new.locked_keys, token, "demo", Wish.ACCESS) == author_keys(ADA, "demo", root)


def test_nothing_but_its_own_link_on_its_own_site_for_its_own_wish_unlocks_it() -> None:
    new, other = read(), read()
    _, token = keys()[1].open_request(new.sealed, new.link_hash)
    _, others = keys()[1].open_request(other.sealed, other.link_hash)

    tried = [
        unlock(new.locked_keys, others, "demo", Wish.ACCESS),
        unlock(new.locked_keys, token, "other", Wish.ACCESS),
        unlock(new.locked_keys, token, "demo", Wish.ERASE),
        unlock(new.locked_keys[:-1], token, "demo", Wish.ACCESS),
        unlock(b"", token, "demo", Wish.ACCESS),
    ]

    assert tried == [None] * 5


def test_two_requests_of_one_address_have_nothing_in_common() -> None:
    one, other = read(), read()

    assert one.locked_keys != other.locked_keys
    assert one.sealed != other.sealed
    assert len(one.sealed) == len(read(email="somebody.with.a.longer.name@another.example").sealed)


@pytest.mark.parametrize("wish", [None, "", "ACCESS", "delete", ["access"], {"wish": "access"}, 1, "access\x00"])
def test_another_wish_is_none(wish: object) -> None:
    with pytest.raises(InvalidSubmission) as raised:
        read(wish=wish)

    assert [(error.field, error.code) for error in raised.value.errors] == [("wish", "required")]


@pytest.mark.parametrize(
    "email", [None, "", [ADA], {"email": ADA}, 7, "ada", "ada@", f"{ADA}\n{ADA}", "\ud800@x.example"]
)
def test_what_is_no_address_is_refused(email: object) -> None:
    with pytest.raises(InvalidSubmission) as raised:
        read(email=email)

    assert [error.field for error in raised.value.errors] == ["email"]
