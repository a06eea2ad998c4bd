"""Passwords: what is accepted, how they are kept, and that nobody learns which logins exist."""

import pytest

from comments.store.records import Moderator
from service.auth import passwords
from service.auth.passwords import hash_password, is_password_of, login_problem, password_problem, tidy_login

GOOD = "harmattan dust at noon"


def a_moderator(**overrides: object) -> Moderator:
    return Moderator(
        **{"id": 1, "login": "ada", "password_hash": hash_password(GOOD), "is_disabled": False, **overrides}
    )


def test_right_password_matches_and_a_wrong_one_does_not() -> None:
    moderator = a_moderator()
    assert is_password_of(moderator, GOOD)
    assert not is_password_of(moderator, GOOD + "!")
    assert not is_password_of(moderator, "")


def test_hash_is_argon2id_and_salted() -> None:
    first, second = hash_password(GOOD), hash_password(GOOD)
    assert first.startswith("$argon2id$")
    assert first != second


def test_accent_typed_in_two_ways_is_one_password() -> None:
    assert is_password_of(
        a_moderator(password_hash=hash_password("caf\u00e9 at the border")), "cafe\u0301 at the border"
    )


def test_disabled_moderator_and_broken_hash_do_not_match() -> None:
    assert not is_password_of(a_moderator(is_disabled=True), GOOD)
    assert not is_password_of(a_moderator(password_hash="not a hash"), GOOD)


def test_unknown_login_costs_as_much_as_a_known_one() -> None:
    # given: the parameters that an argon2 hash names are what its verification costs
    known = hash_password(GOOD).split("$")[1:4]

    # when
    nobodys = passwords._NOBODYS_HASH.split("$")[1:4]

    # then: the hash that stands in for nobody costs the same, and nothing matches it
    assert nobodys == known
    assert not is_password_of(None, GOOD)


def test_longer_password_than_allowed_never_matches_by_its_beginning() -> None:
    longest = "ab" * (passwords.MAX_PASSWORD_CHARS // 2)
    moderator = a_moderator(password_hash=hash_password(longest))
    assert is_password_of(moderator, longest)
    assert not is_password_of(moderator, longest + "c")


@pytest.mark.parametrize(
    "password",
    [
        "short 7",
        "x" * 129,
        "password",
        "P@ssw0rd2024!",
        "12345678",
        "87654321",
        "qwertyuiop",
        "1q2w3e4r5t",
        "aaaaaaaaaaaa",
        "dragondragon",
        "Replydesk2026",
        "my-ada-password",
    ],
)
def test_guessable_password_is_refused_with_a_sentence(password: str) -> None:
    problem = password_problem(password, login="ada")
    assert problem is not None
    assert problem.endswith((".", "one."))


@pytest.mark.parametrize("password", [GOOD, "Harmattan-dust-at-noon-7", "xkq 83 vm", "ọ̀rọ̀ ìgbẹ̀yìn", "tr0ub4dor & 3"])
def test_good_password_needs_no_signs_or_capitals(password: str) -> None:
    assert password_problem(password, login="ada") is None


def test_logins_of_different_spelling_are_one() -> None:
    assert tidy_login("  Ada ") == tidy_login("ada") == tidy_login("ＡＤＡ")


@pytest.mark.parametrize("login", ["", "a b", "ada@example.org", "x" * 41, "ada\n"])
def test_login_that_is_an_address_or_has_spaces_is_refused(login: str) -> None:
    assert login_problem(login)


@pytest.mark.parametrize("login", ["ada", "ngozi.a", "ọlá", "desk-2"])
def test_login_of_letters_digits_dots_and_dashes_is_accepted(login: str) -> None:
    assert login_problem(tidy_login(login)) is None
