"""Codes: right now or a step away, never with another key, and nothing of them in the page but what must be."""

from datetime import timedelta

import pyotp
import pytest

from comments.identity import RootKey
from service.auth.codes import (
    app_address,
    new_recovery_codes,
    new_secret,
    recovery_hash,
    seal_secret,
    square,
    step_of,
    unseal_secret,
)
from tests.factories import NOW, ROOT_KEY

OTHER_KEY = RootKey(b"x" * 32)
# RFC 6238's example secret, "12345678901234567890" in base32.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(("seconds", "is_right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_code_is_right_one_step_either_way(seconds: int, is_right: bool) -> None:
    code = pyotp.TOTP(RFC_SECRET).at(NOW + timedelta(seconds=seconds))
    assert (step_of(RFC_SECRET, code, now=NOW) is not None) is is_right


def test_code_is_what_the_standard_says() -> None:
    # given: RFC 6238, appendix B: at 59 s the eight digits are 94287082, of which we take the last six
    from datetime import UTC, datetime

    assert step_of(RFC_SECRET, "287082", now=datetime.fromtimestamp(59, UTC)) == 1


@pytest.mark.parametrize("spelt", ["{0:.3} {1}", " {0}{1} ", "{0}{1}\n"])
def test_code_may_be_typed_with_spaces(spelt: str) -> None:
    code = pyotp.TOTP(RFC_SECRET).at(NOW)
    assert step_of(RFC_SECRET, spelt.format(code[:3], code[3:]), now=NOW)


def test_code_may_be_typed_on_a_wide_keyboard() -> None:
    code = pyotp.TOTP(RFC_SECRET).at(NOW)
    assert step_of(RFC_SECRET, "".join(chr(ord("０") + int(digit)) for digit in code), now=NOW)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٣٣٣٣٣٣", "²²²²²²", "-12345", "1e5", "0" * 5000])
def test_what_is_no_code_is_wrong(typed: str) -> None:
    assert step_of(RFC_SECRET, typed, now=NOW) is None


def test_secret_opens_with_this_key_for_this_moderator() -> None:
    secret = new_secret()
    sealed = seal_secret(ROOT_KEY, 1, secret)
    assert secret.encode() not in sealed
    assert seal_secret(ROOT_KEY, 1, secret) != sealed
    assert unseal_secret(ROOT_KEY, 1, sealed) == secret
    assert unseal_secret(ROOT_KEY, 2, sealed) is None
    assert unseal_secret(OTHER_KEY, 1, sealed) is None
    assert unseal_secret(ROOT_KEY, 1, sealed[:-1] + bytes([sealed[-1] ^ 1])) is None
    assert unseal_secret(ROOT_KEY, 1, b"") is None


def test_ten_different_recovery_codes_are_kept_as_keyed_hashes() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    hashes = {recovery_hash(ROOT_KEY, 1, code) for code in codes}
    assert len(hashes) == 10
    assert recovery_hash(OTHER_KEY, 1, codes[0]) not in hashes
    assert recovery_hash(ROOT_KEY, 2, codes[0]) not in hashes
    assert recovery_hash(ROOT_KEY, 1, f" {codes[0].upper().replace('-', ' ')} ") in hashes


def test_square_holds_no_style_no_script_and_no_address_of_another_place() -> None:
    drawn = str(square(app_address(new_secret(), 'ada"><script>')))
    assert drawn.startswith("<svg")
    for forbidden in ("<script", "style", "href", "http", "on", "ada"):
        assert forbidden not in drawn
