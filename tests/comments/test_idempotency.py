"""The same submission sent twice is recognised, another one never taken for it."""

from datetime import datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.idempotency import TWIN_WINDOW_SECONDS
from comments.identity import RootKey
from comments.store.inbox import Arrival
from tests import factories

SAME = {"text": "The same words."}


def hash_of(**overrides: object) -> bytes:
    return factories.an_arrival(**(SAME | overrides)).idempotency_hash  # type: ignore[arg-type]  # its own keywords


def digest_of(**overrides: object) -> bytes:
    return factories.an_arrival(**(SAME | overrides)).request_digest  # type: ignore[arg-type]  # its own keywords


DIFFERENCES: list[dict[str, object]] = [
    {"site": "other"},
    {"thread": "another-thread"},
    {"parent": 7},
    {"name": "Eve"},
    {"email": "eve@example.org"},
    {"text": "Other words."},
]


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda found: next(iter(found)))
def test_another_submission_is_another_request(difference: dict[str, object]) -> None:
    assert digest_of(**difference) != digest_of()
    assert hash_of(**difference) != hash_of()


def test_no_two_of_the_different_submissions_are_one() -> None:
    assert all(digest_of(**one) != digest_of(**other) for one, other in combinations(DIFFERENCES, 2))


def test_a_retry_is_the_same_request(root_key: RootKey, now: datetime) -> None:
    first, again = factories.an_arrival(root_key, now, **SAME), factories.an_arrival(root_key, now, **SAME)

    assert first.idempotency_hash == again.idempotency_hash
    assert first.request_digest == again.request_digest


def test_the_clients_own_key_decides_whatever_the_time(now: datetime) -> None:
    later = now + timedelta(days=1)

    assert hash_of(idempotency_key="k1") == hash_of(idempotency_key="k1", now=later)
    assert hash_of(idempotency_key="k1") == hash_of(idempotency_key="k1", text="Other words.")
    assert hash_of(idempotency_key="k1") != hash_of(idempotency_key="k2")
    assert hash_of(idempotency_key="") != hash_of(), "an empty key is a key"


def test_the_same_words_much_later_are_a_comment_of_their_own(now: datetime) -> None:
    assert hash_of(now=now) != hash_of(now=now + timedelta(seconds=2 * TWIN_WINDOW_SECONDS))


def test_the_same_words_from_another_network_are_not_taken_for_a_retry() -> None:
    # Else somebody could try addresses under a public comment: the right one would answer with its receipt.
    assert hash_of(client_ip="203.0.113.7") != hash_of(client_ip="198.51.100.9")
    assert hash_of(client_ip="203.0.113.7", idempotency_key="k1") == hash_of(
        client_ip="198.51.100.9", idempotency_key="k1"
    ), "a client with a key of its own may change networks between two tries"


@given(st.text("ab\x1f", max_size=4), st.text("ab\x1f", max_size=4))
def test_no_pair_of_name_and_thread_is_taken_for_another(one: str, other: str) -> None:
    def arrival(name: str, thread: str) -> Arrival:
        return factories.an_arrival(name=f"n{name}n", thread=f"t{thread}t", **SAME)

    if "\x1f" in one + other:
        return  # such a name is refused at the door
    assert (arrival(one, other).request_digest == arrival(other, one).request_digest) == (one == other)


def test_both_values_are_keyed(now: datetime) -> None:
    other = RootKey(b"x" * 32)

    assert digest_of(key=other) != digest_of()
    assert hash_of(key=other, idempotency_key="k1") != hash_of(idempotency_key="k1")
