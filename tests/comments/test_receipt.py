"""Receipts: a private link that a retry gets again and a stolen database does not give away."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from comments.identity import RootKey
from comments.receipt import NONCE_BYTES, TOKEN, new_receipt, receipt_hash, receipt_token

OTHER_KEY = RootKey(b"x" * 32)


def test_the_same_comment_always_has_the_same_link(root_key: RootKey) -> None:
    receipt = new_receipt(root_key)

    assert receipt_token(root_key, receipt.nonce) == receipt_token(root_key, receipt.nonce)
    assert receipt_hash(receipt_token(root_key, receipt.nonce)) == receipt.hash


def test_every_receipt_is_another_one(root_key: RootKey) -> None:
    made = [new_receipt(root_key) for _ in range(1000)]

    assert len({receipt.nonce for receipt in made}) == len({receipt.hash for receipt in made}) == 1000


def test_what_is_kept_does_not_give_the_link_away(root_key: RootKey) -> None:
    receipt = new_receipt(root_key)
    token = receipt_token(root_key, receipt.nonce)

    assert receipt_token(OTHER_KEY, receipt.nonce) != token, "the key is needed"
    assert token.encode() not in receipt.nonce + receipt.hash
    assert hashlib.sha256(receipt.nonce).digest() != receipt.hash


@given(st.binary(min_size=NONCE_BYTES, max_size=NONCE_BYTES))
def test_every_token_is_22_url_safe_characters(nonce: bytes) -> None:
    assert TOKEN.fullmatch(receipt_token(OTHER_KEY, nonce))


def test_a_token_has_128_bits(root_key: RootKey) -> None:
    assert NONCE_BYTES * 8 == 128
    assert len(root_key.digest("receipt", b"")) * 8 == 128
