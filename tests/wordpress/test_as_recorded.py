"""Our endpoint beside a real WordPress: we answer what it was recorded to answer, but for a list of reasons."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comments.migrations import upgrade
from comments.settings import WordpressStatuses
from comments.store import open_store
from tests.wordpress.asks import ASKS, Ask
from tests.wordpress.differences import DIFFERENCES, expected
from tests.wordpress.ours import Stage
from tests.wordpress.recorder import read_recorded


@pytest.fixture(scope="module", params=list(WordpressStatuses))
def statuses(request: pytest.FixtureRequest) -> WordpressStatuses:
    """How refusals are answered."""
    return WordpressStatuses(request.param)


@pytest.fixture(scope="module")
def stage(statuses: WordpressStatuses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Our side, shared: every ask has words of its own."""
    folder: Path = tmp_path_factory.mktemp("wordpress")
    store = open_store(f"sqlite:///{folder}/replydesk.sqlite3")
    upgrade(store.database)
    yield Stage(store, statuses)
    store.close()


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.name)
def test_answer_is_that_of_wordpress_or_differs_for_a_reason(
    stage: Stage, statuses: WordpressStatuses, ask: Ask
) -> None:
    theirs = read_recorded()[ask.name]

    assert stage.answer(ask) == expected(ask.name, theirs, statuses)


def test_every_ask_was_put_to_wordpress_and_every_row_is_asked() -> None:
    assert list(read_recorded()) == [ask.name for ask in ASKS]
    # Row 12 is where plugins may look at the comment; it answers nothing by itself.
    assert {ask.row for ask in ASKS} == set(range(16)) - {12}


def test_no_reason_is_given_for_what_does_not_differ() -> None:
    recorded = read_recorded()
    listed = [name for each in DIFFERENCES for name in each.asks]

    assert len(listed) == len(set(listed))
    for name in listed:
        assert expected(name, recorded[name], WordpressStatuses.WORDPRESS) != recorded[name], name
