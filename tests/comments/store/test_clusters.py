"""Campaigns: comments that are alike share a cluster, whatever order they come in."""

from functools import partial

from sqlalchemy import select

from comments import schema
from comments.status import Status
from comments.store import Store
from comments.store.pending import Settlement
from comments.store.records import Accepted
from comments.verdict import Verdict
from tests import factories
from tests.together import together


def _settle(store: Store, accepted: Accepted, *alike: Accepted, status: Status = Status.HELD) -> int:
    claimed = factories.a_claimed(store, accepted)
    verdict = Verdict(status, (), ())
    settlement = Settlement(claimed, verdict, alike=tuple(other.id for other in alike))
    return store.pending.settle([settlement], factories.NOW)


def _clusters(store: Store, *comments: Accepted) -> list[int | None]:
    with store.database.read() as connection:
        found = connection.execute(select(schema.comments.c.id, schema.comments.c.cluster_id))
        by_id = {row.id: row.cluster_id for row in found}
    return [by_id[comment.id] for comment in comments]


def test_comment_like_no_other_has_no_cluster(store: Store) -> None:
    alone = factories.accept(store)

    _settle(store, alone)

    assert _clusters(store, alone) == [None]


def test_like_comments_share_the_number_of_the_first(store: Store) -> None:
    first, second, third, other = (factories.accept(store) for _ in range(4))

    _settle(store, first)
    _settle(store, second, first)
    _settle(store, third, second)
    _settle(store, other)

    assert _clusters(store, first, second, third, other) == [first.id, first.id, first.id, None]


def test_comment_between_two_clusters_makes_them_one(store: Store) -> None:
    one, one_more, two, two_more, bridge = (factories.accept(store) for _ in range(5))
    _settle(store, one)
    _settle(store, two)
    _settle(store, one_more, one)
    _settle(store, two_more, two)
    assert _clusters(store, one_more, two_more) == [one.id, two.id], "else nothing is merged"

    _settle(store, bridge, one_more, two_more)

    assert _clusters(store, one, one_more, two, two_more, bridge) == [one.id] * 5


def test_siblings_of_one_batch_share_a_cluster(store: Store) -> None:
    first, second, third = (factories.accept(store) for _ in range(3))
    verdict = Verdict(Status.HELD, (), ())

    stood = store.pending.settle(
        [
            Settlement(factories.a_claimed(store, first), verdict),
            Settlement(factories.a_claimed(store, second), verdict, alike=(first.id,)),
            Settlement(factories.a_claimed(store, third), verdict, alike=(second.id, first.id)),
        ],
        factories.NOW,
    )

    assert stood == 3
    assert _clusters(store, first, second, third) == [first.id] * 3


def test_comment_that_moved_on_joins_nothing(store: Store) -> None:
    first, second = factories.accept(store), factories.accept(store)
    _settle(store, first)
    _settle(store, second)

    stood = _settle(store, second, first)

    assert stood == 0
    assert _clusters(store, first, second) == [None, None]


def test_comment_is_never_like_one_that_is_not_there(store: Store) -> None:
    alone = factories.accept(store)
    claimed = factories.a_claimed(store, alone)

    store.pending.settle([Settlement(claimed, Verdict(Status.HELD, (), ()), alike=(alone.id + 999,))], factories.NOW)

    assert _clusters(store, alone) == [alone.id]


def test_a_cluster_that_takes_a_new_name_while_others_join_it_keeps_nobody_waiting_in_a_circle(store: Store) -> None:
    for _ in range(4):
        # given: a campaign, and a comment before it that it turns out to belong to
        first, *members = (factories.accept(store) for _ in range(10))
        _settle(store, first)
        for each in members:
            _settle(store, each, *([members[0]] if each is not members[0] else []))
        bridge, *others = (factories.accept(store) for _ in range(5))
        alike = [(first, members[-1]), *((each, members[-1]) for each in members[1:5])]

        # when
        stood = together(
            [partial(_settle, store, each, *like) for each, like in zip((bridge, *others), alike, strict=True)]
        )

        # then
        assert stood == [1] * 5
        assert set(_clusters(store, first, *members, bridge, *others)) == {first.id}
