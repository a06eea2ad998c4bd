"""Whatever somebody with the database alone does to the trail, the proof names it."""

# ruff: noqa: S608 - the statements are the test's own

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from comments.anchors import Anchor, anchor_of
from comments.identity import RootKey
from comments.proof import LONGEST_WAIT, Proof, prove
from comments.roles import EVERY_SITE
from comments.seal import seal_key
from comments.status import Status
from comments.store import Store
from tests import factories

KEY = seal_key(factories.ROOT_KEY)
TABLES = ("decisions", "events", "audit_chain")


@pytest.fixture
def trail(store: Store, now: datetime) -> tuple[Anchor, ...]:
    """Ten decisions and two events, sealed and anchored: places 1-4, 6-10 and 12 hold decisions, 5 and 11 events."""
    moderator = factories.a_moderator(store)
    for number in range(2):
        for step in range(2):
            moment = now + timedelta(minutes=10 * number + step)
            held = factories.a_held_comment(store, now=moment)
        store.events.add(
            None, moderator.id, "site.changed", {"mode": "hold_all"}, now + timedelta(minutes=10 * number + 2)
        )
        store.desk.decide(
            held.id,
            Status.APPROVED,
            version=2,
            moderator_id=moderator.id,
            now=now + timedelta(minutes=10 * number + 3),
            scope=EVERY_SITE,
        )
    sealed_at = now + timedelta(minutes=20)
    assert store.chain.seal_next(KEY, sealed_at) == 12
    head = store.chain.head()
    return (anchor_of(head.position, head.seal, factories.ROOT_KEY.kid, sealed_at),)


def tamper(store: Store, *statements: str) -> None:
    """Do what only somebody with the database's own password can do: past every trigger."""
    with store.database.write() as connection:
        _drop_guards(connection, is_sqlite=store.database.is_sqlite)
        for statement in statements:
            assert connection.execute(text(statement)).rowcount > 0, "else nothing was tampered with"


def _drop_guards(connection: Connection, *, is_sqlite: bool) -> None:
    if not is_sqlite:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for table in TABLES:
        for what in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{what}"))
    connection.execute(text("DELETE FROM outbox"))  # whose letters refer to decisions


@pytest.fixture
def proved(store: Store, trail: tuple[Anchor, ...], now: datetime) -> Callable[..., Proof]:
    """Prove the trail half an hour later, with its anchors unless told otherwise."""

    def proved(anchors: tuple[Anchor, ...] = trail) -> Proof:
        return prove(store.chain, KEY, anchors, now + timedelta(minutes=50))

    return proved


def test_an_untouched_trail_is_sound(proved: Callable[..., Proof]) -> None:
    proof = proved()

    assert proof.is_sound
    assert (proof.places, proof.anchors, proof.remarks) == (12, 1, ())


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE decisions SET new_status = 'rejected' WHERE id = 3", "decision 3 is not what was sealed at place 3"),
        ("UPDATE decisions SET note = 'x' WHERE id = 10", "decision 10 is not what was sealed at place 12"),
        ("UPDATE decisions SET moderator_id = NULL WHERE id = 5", "decision 5 is not what was sealed at place 6"),
        ("UPDATE decisions SET made_at = made_at + 1 WHERE id = 1", "decision 1 is not what was sealed at place 1"),
        ("UPDATE events SET detail = '{}' WHERE id = 1", "event 1 is not what was sealed at place 5"),
        ("UPDATE events SET made_at = made_at - 1 WHERE id = 2", "event 2 is not what was sealed at place 11"),
    ],
)
def test_an_altered_row_is_named(store: Store, proved: Callable[..., Proof], statement: str, named: str) -> None:
    tamper(store, statement)

    proof = proved()

    assert len(proof.findings) == 1
    assert named in proof.findings[0]


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DELETE FROM decisions WHERE id = 1", "decision 1, sealed at place 1, was removed"),
        ("DELETE FROM decisions WHERE id = 6", "decision 6, sealed at place 7, was removed"),
        ("DELETE FROM decisions WHERE id = 10", "decision 10, sealed at place 12, was removed"),
        ("DELETE FROM events WHERE id = 2", "event 2, sealed at place 11, was removed"),
    ],
)
def test_a_removed_row_is_named(store: Store, proved: Callable[..., Proof], statement: str, named: str) -> None:
    tamper(store, statement)

    assert proved().findings == (named,)


def test_swapped_rows_are_named(store: Store, proved: Callable[..., Proof]) -> None:
    tamper(
        store,
        "UPDATE decisions SET id = 99 WHERE id = 2",
        "UPDATE decisions SET id = 2 WHERE id = 3",
        "UPDATE decisions SET id = 3 WHERE id = 99",
    )

    findings = proved().findings

    assert "decision 2 is not what was sealed at place 2" in findings[0]
    assert "decision 3 is not what was sealed at place 3" in findings[1]


@pytest.mark.parametrize(
    "statements",
    [
        # Two places swapped, seals left where they are.
        (
            "UPDATE audit_chain SET source_id = 99 WHERE position = 2",
            "UPDATE audit_chain SET source_id = 2 WHERE position = 3",
            "UPDATE audit_chain SET source_id = 3 WHERE position = 2",
        ),
        # Two places swapped with their seals.
        (
            "UPDATE audit_chain SET position = 99 WHERE position = 2",
            "UPDATE audit_chain SET position = 2 WHERE position = 3",
            "UPDATE audit_chain SET position = 3 WHERE position = 99",
        ),
    ],
)
def test_a_changed_order_of_the_chain_is_named(
    store: Store, proved: Callable[..., Proof], statements: tuple[str, ...]
) -> None:
    tamper(store, *statements)

    assert "is not what was sealed at place 2" in proved().findings[0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_chain SET sealed_at = sealed_at + 1 WHERE position = 4",
        "UPDATE audit_chain SET seal = (SELECT seal FROM audit_chain AS o WHERE o.position = 5) WHERE position = 4",
        "UPDATE audit_chain SET source = 'event', source_id = 99 WHERE position = 4",
        "UPDATE audit_chain SET source = 'nothing' WHERE position = 4",
    ],
)
def test_an_altered_place_of_the_chain_is_named(store: Store, proved: Callable[..., Proof], statement: str) -> None:
    tamper(store, statement)

    assert "place 4" in proved().findings[0]


@pytest.mark.parametrize(
    ("places", "named"),
    [
        ("1", "the chain has no places 1 to 1"),
        ("6, 7", "the chain has no places 6 to 7"),
    ],
)
def test_a_gap_in_the_chain_is_named(store: Store, proved: Callable[..., Proof], places: str, named: str) -> None:
    tamper(store, f"DELETE FROM audit_chain WHERE position IN ({places})")

    assert named in proved().findings[0]


def test_a_chain_moved_up_over_a_removed_line_is_named(store: Store, proved: Callable[..., Proof]) -> None:
    tamper(
        store,
        "DELETE FROM decisions WHERE id = 3",
        "DELETE FROM audit_chain WHERE position = 3",
        *(f"UPDATE audit_chain SET position = {place - 1} WHERE position = {place}" for place in range(4, 13)),
    )

    assert "decision 4 is not what was sealed at place 3" in proved(()).findings[0]


def test_an_end_that_was_cut_off_with_its_rows_is_seen_by_the_anchor(
    store: Store, proved: Callable[..., Proof]
) -> None:
    tamper(
        store,
        "DELETE FROM decisions WHERE id > 8",
        "DELETE FROM audit_chain WHERE position > 9",
        "DELETE FROM events WHERE id > 1",
    )

    assert proved(()).is_sound, "else an anchor would not be needed"
    assert proved().findings[0].startswith("the end of the chain is gone: it ends at place 9, and reached place 12 by")


def test_an_end_that_was_sealed_anew_by_the_service_is_seen_by_the_anchor(
    store: Store, proved: Callable[..., Proof], now: datetime
) -> None:
    tamper(
        store,
        "DELETE FROM audit_chain WHERE position > 9",
        "UPDATE decisions SET note = 'never said' WHERE id = 10",
    )
    assert store.chain.seal_next(KEY, now + timedelta(minutes=40)) == 3

    assert proved(()).is_sound, "else an anchor would not be needed"
    assert "place 12 had another seal on 2026-05-04T12:20:00+00:00" in proved().findings[0]


def test_an_end_without_its_places_is_named_as_unsealed(store: Store, proved: Callable[..., Proof]) -> None:
    tamper(store, "DELETE FROM audit_chain WHERE position > 10")

    assert "decision 10 of 2026-05-04 12:13 UTC was never sealed" in " ".join(proved(()).findings)


def test_a_row_added_by_hand_is_named_as_unsealed(store: Store, proved: Callable[..., Proof], now: datetime) -> None:
    tamper(store, *added_by_hand(now))

    findings = proved().findings

    assert len(findings) == 2
    assert "decision 11 of 2026-05-04 12:00 UTC was never sealed" in findings[0]
    assert "event 3 of 2026-05-04 12:00 UTC was never sealed" in findings[1]


def test_a_row_added_by_hand_and_sealed_by_the_service_is_remarked_upon(
    store: Store, proved: Callable[..., Proof], now: datetime
) -> None:
    factories.a_held_comment(store, now=now + timedelta(hours=2))
    tamper(store, *added_by_hand(now))
    assert store.chain.seal_next(KEY, now + timedelta(hours=2)) == 4

    proof = proved()

    assert proof.is_sound
    assert len(proof.remarks) == 1
    assert proof.remarks[0].startswith("decision 13 (place")


def test_a_place_invented_without_the_key_is_named(store: Store, proved: Callable[..., Proof], now: datetime) -> None:
    seal = "zeroblob(32)" if store.database.is_sqlite else "decode(repeat('00', 32), 'hex')"
    tamper(
        store,
        *added_by_hand(now)[:1],
        "INSERT INTO audit_chain (position, source, source_id, seal, sealed_at) "
        f"VALUES (13, 'decision', 11, {seal}, 1777896000000000)",
    )

    assert "decision 11 is not what was sealed at place 13" in proved().findings[0]


def test_a_row_that_waits_a_moment_is_no_finding(store: Store, trail: tuple[Anchor, ...], now: datetime) -> None:
    store.events.add(None, None, "test", {}, now + timedelta(minutes=49))

    soon = prove(store.chain, KEY, trail, now + timedelta(minutes=50))
    late = prove(store.chain, KEY, trail, now + timedelta(minutes=50) + LONGEST_WAIT)

    assert soon.is_sound
    assert "event 3" in late.findings[0]


def test_another_root_key_is_guessed(store: Store, trail: tuple[Anchor, ...], now: datetime) -> None:
    other = seal_key(RootKey(b"another key" + bytes(21)))

    proof = prove(store.chain, other, trail, now)

    assert "is this the root key" in proof.findings[0]


def added_by_hand(now: datetime) -> tuple[str, str]:
    made_at = int(now.timestamp()) * 1_000_000
    columns = "comment_id, site_id, revision, new_status, made_by, explanation, made_at"
    return (
        f"INSERT INTO decisions ({columns}) VALUES (1, 1, 1, 'approved', 'moderator', '[]', {made_at})",
        f"INSERT INTO events (kind, detail, made_at) VALUES ('test', '{{}}', {made_at})",
    )
