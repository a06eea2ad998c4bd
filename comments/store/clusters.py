"""Campaigns: comments that say nearly the same share the number of the first, so that they can be decided at once."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, select, update

from comments import schema

_comments = schema.comments

_KNOWN = (
    select(_comments.c.id, _comments.c.cluster_id)
    .where(_comments.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_comments.c.id)
)
_MEMBERS = select(_comments.c.id).where(_comments.c.cluster_id.in_(bindparam("clusters", expanding=True)))
_LOCK = (
    select(_comments.c.id)
    .where(_comments.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_comments.c.id)
    .with_for_update(key_share=True)
)
# A comment keeps its old cluster until this moves everything in that cluster at once.
_JOIN = update(_comments).where(_comments.c.id == bindparam("joining")).values(cluster_id=bindparam("first"))
_MERGE = update(_comments).where(_comments.c.cluster_id == bindparam("later")).values(cluster_id=bindparam("first"))


def lock_for_joining(connection: Connection, alike: Mapping[int, Iterable[int]]) -> None:
    """Lock what settling comments and joining their clusters will write, all at once and in the order of the numbers.

    Then two workers, or a worker and a moderator who decides a campaign, never wait for each other in a circle.
    """
    if connection.dialect.name == "sqlite":
        return  # it has one writer at a time
    while True:
        wanted = _concerned(connection, alike)
        attempt = connection.begin_nested()
        connection.execute(_LOCK, {"ids": sorted(wanted)})
        # While we waited, a cluster may have grown or become part of another one. What is locked now stays as it is:
        # whoever joins a cluster locks one of its members.
        if _concerned(connection, alike) <= wanted:
            attempt.commit()
            return
        attempt.rollback()


def _concerned(connection: Connection, alike: Mapping[int, Iterable[int]]) -> set[int]:
    """Return the comments to settle, those they are like, and the members of clusters whose name will change."""
    links = _links(alike)
    ids = {*alike, *links, *(other for others in links.values() for other in others)}
    if not links:
        return ids
    before = {row.id: row.cluster_id for row in connection.execute(_KNOWN, {"ids": sorted(ids)})}
    renamed = _merged(before, _first_of_each(links, before))
    if renamed:
        ids |= set(connection.execute(_MEMBERS, {"clusters": sorted(renamed)}).scalars())
    return ids


def join_clusters(connection: Connection, alike: Mapping[int, Iterable[int]]) -> None:
    """Put each comment into one cluster with the earlier ones it is like: {comment id: ids it is like}.

    The cluster is named by its smallest comment. Two clusters that turn out to be one become one. A comment that is
    like none stays without. Safe to do twice.
    """
    links = _links(alike)
    if not links:
        return
    ids = sorted({*links, *(other for others in links.values() for other in others)})
    # Rows are locked in one order everywhere, so that two workers never wait for each other in a circle.
    before = {
        row.id: row.cluster_id for row in connection.execute(_KNOWN.with_for_update(key_share=True), {"ids": ids})
    }
    first_of = _first_of_each(links, before)
    merged = _merged(before, first_of)
    if merged:
        connection.execute(_MERGE, [{"later": later, "first": merged[later]} for later in sorted(merged)])
    joining = [comment_id for comment_id, cluster in before.items() if cluster is None]
    if joining:
        connection.execute(_JOIN, [{"joining": comment_id, "first": first_of[comment_id]} for comment_id in joining])


def _links(alike: Mapping[int, Iterable[int]]) -> dict[int, set[int]]:
    links = {comment_id: set(others) - {comment_id} for comment_id, others in alike.items()}
    return {comment_id: others for comment_id, others in links.items() if others}


def _merged(before: Mapping[int, int | None], first_of: Mapping[int, int]) -> dict[int, int]:
    """Return the clusters that become part of another one, with that one's name."""
    known = {cluster for cluster in before.values() if cluster is not None}
    return {cluster: first_of[cluster] for cluster in known if first_of[cluster] != cluster}


def _first_of_each(links: Mapping[int, Iterable[int]], before: Mapping[int, int | None]) -> dict[int, int]:
    """Return the smallest comment id that each comment and each known cluster is linked with (union-find)."""
    parents: dict[int, int] = {}

    def root(number: int) -> int:
        while parents.setdefault(number, number) != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    def unite(one: int, other: int) -> None:
        low, high = sorted((root(one), root(other)))
        parents[high] = low

    for comment_id, cluster in before.items():
        unite(comment_id, cluster if cluster is not None else comment_id)
    for comment_id, others in links.items():
        for other in others:
            if comment_id in before and other in before:
                unite(comment_id, other)
    return {number: root(number) for number in list(parents)}
