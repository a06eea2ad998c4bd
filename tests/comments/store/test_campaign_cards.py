"""A campaign is one card that says exactly what one decision on it decides."""

from sqlalchemy import update

from comments import schema
from comments.queue_query import QueueQuery
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from tests import factories
from tests.factories import NOW


def a_campaign(store: Store, count: int) -> list[int]:
    """Return the numbers of held comments of one campaign."""
    ids = [factories.a_held_comment(store).id for _ in range(count)]
    with store.database.write() as connection:
        members = update(schema.comments).where(schema.comments.c.id.in_(ids))
        connection.execute(members.values(cluster_id=ids[0]))
    return ids


def test_card_stands_for_all_that_one_decision_decides(store: Store) -> None:
    # given: a campaign of which only two comments fit the filter
    ids = a_campaign(store, 4)
    with store.database.write() as connection:
        risky = update(schema.comments).where(schema.comments.c.id.in_(ids[1:3]))
        connection.execute(risky.values(risk=0.9))
    ada = factories.a_moderator(store)

    # when: it is decided from what the card says
    [card] = store.desk_reads.page(QueueQuery(min_score=0.8), scope=EVERY_SITE, now=NOW).cards
    assert card.alike_last_id is not None
    made = store.bulk.decide_campaign(
        ids[0], Status.REJECTED, seen=card.alike_last_id, moderator_id=ada.id, scope=EVERY_SITE, now=NOW
    )

    # then
    assert card.id == ids[1]
    assert len(made.decided) == card.alike + 1 == 4


def test_comment_that_came_after_the_card_was_shown_is_not_decided_with_it(store: Store) -> None:
    ids = a_campaign(store, 2)
    ada = factories.a_moderator(store)
    [card] = store.desk_reads.page(QueueQuery(), scope=EVERY_SITE, now=NOW).cards
    later = factories.a_held_comment(store).id
    with store.database.write() as connection:
        joined = update(schema.comments).where(schema.comments.c.id == later)
        connection.execute(joined.values(cluster_id=ids[0]))

    assert card.alike_last_id == ids[-1]
    made = store.bulk.decide_campaign(
        ids[0], Status.REJECTED, seen=card.alike_last_id, moderator_id=ada.id, scope=EVERY_SITE, now=NOW
    )

    assert [item.comment_id for item in made.decided] == ids
