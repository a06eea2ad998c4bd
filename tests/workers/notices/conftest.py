"""The notifier's desk on a real store and a real mail server."""

from collections.abc import Iterator

import pytest

from comments.store import Store
from tests.notices import Correspondence, corresponding


@pytest.fixture
def mail(store: Store) -> Iterator[Correspondence]:
    """A correspondence; the test runs once on each kind of database."""
    with corresponding(store) as made:
        yield made
