"""No address that somebody typed into a text is published."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.masking import MASK, find_addresses, mask_addresses

ADDRESSES = (
    "ada@example.com",
    "Ada.Obi+news@mail.example.co.uk",
    "ADA@EXAMPLE.COM",
    "ada_obi-1@example.ng",
    "o'brien@example.org",
    "ada＠example.com",
    "ada@example．com",
    "ada @ example.com",
    "ada@ example.com",
    "ada (at) example.com",
    "ada[at]example[dot]com",
    "ada (at) example (dot) com",
    "ada at example dot com",
    "ada AT example DOT co DOT uk",
    "ada @ example dot com",
    "ada@example dot com",
    "ada{at}example.com",
    "ada%40example.com",
    "ada&#64;example.com",
    "ọlá@ìwé.example",
    "ada@exämple.com",
    "ada@xn--exmple-cua.com",
    "用户@例子.公司",
    "user@[203.0.113.9]",
    '"ada obi"@example.com',
    "ada\u200b@exam\u200bple.com",
    "k" * 64 + "@" + "d" * 60 + ".example",
    "=cmd|x@example.com"[5:],
)

NO_ADDRESSES = (
    "@handle said so",
    "I bought 6 @ N500 each",
    "rice is 5@N500.each now",
    "look at example.com",
    "meet me at the market. Dot will come",
    "thanks @Ade. Nice one",
    "https://medium.example/@writer",
    "see you @ 5.30 pm",
    "@ . @ . @",
    "Chelsea 2 @ home",
    "",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_address_is_masked_and_nothing_else(address: str) -> None:
    text = f"Write to {address}, please!"

    assert mask_addresses(text) == f"Write to {MASK}, please!"


@pytest.mark.parametrize("address", ADDRESSES)
def test_address_alone_is_masked(address: str) -> None:
    assert mask_addresses(address) == MASK


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address_stays(text: str) -> None:
    assert mask_addresses(text) == text


def test_every_address_of_a_text_is_masked() -> None:
    text = "From ada@example.com to <obi@example.org>; cc: 'tolu@example.net'."

    assert mask_addresses(text) == f"From {MASK} to <{MASK}>; cc: '{MASK}'."


def test_two_addresses_without_a_space_are_both_masked() -> None:
    assert "example" not in mask_addresses("ada@example.com,obi@example.org/tolu@example.net")


def test_address_that_begins_inside_another_is_masked_too() -> None:
    assert mask_addresses('ada@example.org"x at y dot com') == MASK * 2


@given(
    st.from_regex(r"[a-z][a-z0-9._+-]{0,20}[a-z0-9]@[a-z][a-z0-9]{1,10}(\.[a-z]{2,6}){1,3}", fullmatch=True),
    st.text(max_size=20),
    st.text(max_size=20),
)
def test_no_text_around_it_saves_an_address(address: str, before: str, after: str) -> None:
    assert address not in mask_addresses(f"{before} {address} {after}")


@given(st.text(st.sampled_from("ab@. (at)[dot]\n\"',%40＠N5"), max_size=80))
def test_spans_are_in_order_and_inside(text: str) -> None:
    spans = [(0, 0), *find_addresses(text), (len(text), len(text))]

    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))


def test_address_with_something_typed_after_it_is_masked() -> None:
    assert mask_addresses("Write to ada@example.org.a") == f"Write to {MASK}"
