"""A campaign on its way through the drain: like comments end in one cluster, in one batch or in several."""

from datetime import datetime

from sqlalchemy import select

from comments import schema
from comments.store import Store
from tests import factories
from workers.drain import drain_pending
from workers.opinion import opinion

CALL = "Everybody come to the stadium gate at noon and bring the banners of last year with you please, we count on you"


def _drain(store: Store, now: datetime) -> None:
    assert drain_pending(store, opinion, lease_seconds=60, now=lambda: now)


def _clusters(store: Store) -> dict[int, int | None]:
    with store.database.read() as connection:
        found = connection.execute(select(schema.comments.c.id, schema.comments.c.cluster_id))
        return {row.id: row.cluster_id for row in found}


def test_like_comments_share_a_cluster_across_batches(store: Store, now: datetime) -> None:
    first = factories.accept(store, text=CALL, thread="one", name="Ada")
    second = factories.accept(store, text=f"{CALL} all", thread="two", name="Bola")
    other = factories.accept(store, text="A careful report on the harvest, thank you for the numbers")
    _drain(store, now)

    late = factories.accept(store, text=CALL.upper(), thread="three", name="Chidi")
    _drain(store, now)

    assert _clusters(store) == {first.id: first.id, second.id: first.id, late.id: first.id, other.id: None}
