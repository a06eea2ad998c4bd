"""The query of a list: an address says it, and says it again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.queue_query import Order, Queue, QueueQuery, orders_of, parse_query

SHORT = st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), max_size=20)
CODE = st.text(st.sampled_from("abcXYZ019_.-"), max_size=20)
QUERIES = st.sampled_from(Queue).flatmap(
    lambda queue: st.builds(
        QueueQuery,
        queue=st.just(queue),
        site_key=st.sampled_from(["", "demo", "a-b"]),
        thread_id=st.none() | st.integers(1, 2**53 - 1),
        section=SHORT,
        check=CODE,
        reason=CODE,
        language=CODE,
        min_score=st.none() | st.floats(0.01, 1),
        min_age_minutes=st.none() | st.integers(0, 10_000),
        max_age_minutes=st.none() | st.integers(0, 10_000),
        words=SHORT,
        order=st.sampled_from(orders_of(queue)),
    )
)


@given(QUERIES)
def test_an_address_says_the_same_query_again(query: QueueQuery) -> None:
    assert parse_query(query.arguments()) == query
    assert parse_query(query.arguments(with_queue=False), query.queue) == query


def test_what_filters_nothing_is_not_in_the_address() -> None:
    assert QueueQuery().query_string(with_queue=False) == ""
    assert QueueQuery(site_key="demo", words="bad loan").query_string() == "queue=review&site=demo&q=bad+loan"


@pytest.mark.parametrize(
    "arguments",
    [
        {"site": "no/site"},
        {"story": "-1"},
        {"story": "٣"},
        {"story": "9" * 40},
        {"min_score": "nan"},
        {"min_score": "2"},
        {"min_score": "many"},
        {"min_age": "1.5"},
        {"check": "x" * 81},
        {"check": "ada@example.org"},
        {"reason": "a b"},
        {"language": "e\nn"},
        {"section": "a\0b"},
        {"q": " \0 "},
        {"order": "best"},
        {"queue": "none"},
    ],
)
def test_what_makes_no_sense_filters_nothing(arguments: dict[str, str]) -> None:
    assert parse_query(arguments) == QueueQuery()


def test_what_is_done_begins_with_the_newest_and_has_no_costly_order() -> None:
    query = parse_query({"order": "risk"}, Queue.APPROVED)

    assert query.order is Order.NEWEST
    assert "order" not in query.arguments()


def test_only_the_site_is_no_filter() -> None:
    assert not QueueQuery(site_key="demo").is_filtered
    assert QueueQuery(min_age_minutes=0).is_filtered
    assert QueueQuery(words="loan").is_filtered
