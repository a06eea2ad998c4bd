"""Events are recorded, alone or inside another write, and never changed."""

import json
from datetime import datetime

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from comments import schema
from comments.store import Store, StoreUnavailable
from comments.store.events import add_event
from tests import factories

REFUSED = (DBAPIError, StoreUnavailable)


def test_event_is_kept_with_who_where_what_and_when(store: Store, now: datetime) -> None:
    site, moderator = factories.a_site(store), factories.a_moderator(store)

    made = store.events.add(site.id, moderator.id, "site.changed", {"mode": ["doubtful", "hold_all"]}, now)

    with store.database.read() as connection:
        row = connection.execute(select(schema.events)).one()
    assert (row.id, row.site_id, row.moderator_id, row.kind, row.made_at) == (
        made,
        site.id,
        moderator.id,
        "site.changed",
        now,
    )
    assert json.loads(row.detail) == {"mode": ["doubtful", "hold_all"]}


def test_event_inside_a_write_that_fails_never_happened(store: Store, now: datetime) -> None:
    def add_and_fail() -> None:
        with store.database.write() as connection:
            add_event(connection, None, None, "moderator.added", {"login": "ada"}, now=now)
            raise KeyError

    with pytest.raises(KeyError):
        add_and_fail()

    with store.database.read() as connection:
        assert connection.execute(select(schema.events.c.id)).all() == []


@pytest.mark.parametrize("change", [update(schema.events).values(kind="nothing"), delete(schema.events)])
def test_event_cannot_be_changed_or_removed(store: Store, now: datetime, change: object) -> None:
    store.events.add(None, None, "moderator.added", {"login": "ada"}, now)

    with pytest.raises(REFUSED, match=r"append-only|Error"), store.database.write() as connection:
        connection.execute(change)  # type: ignore[call-overload]  # one of two statements

    with store.database.read() as connection:
        assert connection.execute(select(schema.events.c.kind)).scalars().all() == ["moderator.added"]
