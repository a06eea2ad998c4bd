"""What is exposed is documented, few and the same on both databases."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from comments import metrics
from comments.identity import RootKey
from comments.settings import Settings
from comments.store import Store, open_store
from comments.store.gauges import Reading, Waiting
from comments.wakeup import Wakeup
from ops.exposition import write_exposition
from ops.standing import Observer, Standing, as_json, is_nearly_full, judge_disk
from service.parts import Parts
from service.readiness import Check, Health
from tests import factories
from tests.workers import opinions
from workers.drain import drain_pending

DOCUMENT = Path(__file__).parents[2] / "docs" / "metrics.md"
_ROW = re.compile(r"^\| `(replydesk_\w+)` \| (\w+) \| (.*?) \| (.+?) \|$", re.MULTILINE)


def exposed(data_dir: Path, standing: Standing) -> dict[str, tuple[str, tuple[str, ...], str]]:
    """Return {name as it is sampled: (kind, labels, help)}."""
    found = {}
    for family in text_string_to_metric_families(write_exposition(data_dir, standing).decode()):
        labels = sorted({name for sample in family.samples for name in sample.labels} - {"le"})
        name = f"{family.name}_total" if family.type == "counter" else family.name
        found[name] = (family.type, tuple(labels), family.documentation)
    return found


def a_standing(store: Store, now: datetime) -> Standing:
    return Standing(
        {"database": Check(Health.OK)}, store.gauges.read(), {"worker": 1, "sweeper": 1}, 1, now, disk_bytes=2
    )


def test_every_metric_is_documented_as_it_is(sqlite_store: Store, now: datetime, tmp_path: Path) -> None:
    assert metrics.open_metrics(tmp_path)
    try:
        found = exposed(tmp_path, a_standing(sqlite_store, now))
    finally:
        metrics.close_metrics()

    rows = _ROW.findall(DOCUMENT.read_text())
    written = {name: (kind, tuple(re.findall(r"`(\w+)`", labels)), said) for name, kind, labels, said in rows}
    assert written == found


def test_what_waits_is_counted_with_its_age(store: Store, now: datetime) -> None:
    first = now - timedelta(minutes=10)
    factories.accept(store, text="please raise", now=first)
    drain_pending(store, opinions.obey, lease_seconds=60, now=lambda: first)
    factories.accept(store, now=now - timedelta(seconds=42))

    standing = a_standing(store, now)

    assert standing.reading == Reading(
        pending=Waiting(1, now - timedelta(seconds=42)),
        held=Waiting(1, first),
        letters={"outbox": Waiting(), "webhook": Waiting()},
        webhooks={"sound": 0, "failing": 0, "paused": 0},
    )
    assert standing.age_seconds(standing.reading.held.since) == 600


def test_a_database_that_is_away_leaves_the_rest(root_key: RootKey, now: datetime, tmp_path: Path) -> None:
    # given a server that is not there: nobody listens on port 1
    store = open_store("postgresql://nobody@127.0.0.1:1/nothing")
    parts = Parts(Settings.model_validate({"data_dir": tmp_path}), store, root_key, Wakeup(None), lambda: now)

    standing = Observer(parts, None, asks_web=False).look()
    store.close()

    assert standing.reading is None
    assert standing.health is Health.UNAVAILABLE
    text = write_exposition(tmp_path, standing).decode()
    assert 'replydesk_health{part="database"} 0.0' in text
    assert "replydesk_pending" not in text, "an unknown number is no number"
    assert "numbers" in as_json(standing)


def test_a_data_directory_that_is_gone_is_told(tmp_path: Path) -> None:
    assert judge_disk(tmp_path / "gone").status is Health.UNAVAILABLE


@pytest.mark.parametrize(
    ("free_bytes", "disk_bytes", "is_told"),
    [
        (63 << 20, 64 << 20, False),  # a pod's, fresh
        (15 << 20, 64 << 20, True),
        (199_000_000, 100_000_000_000, True),
        (201_000_000, 100_000_000_000, False),
        (199_000_000, 1_000_000_000, True),
    ],
)
def test_a_small_disk_is_nearly_full_by_its_share(free_bytes: int, disk_bytes: int, is_told: bool) -> None:
    assert is_nearly_full(free_bytes, disk_bytes) is is_told


def test_room_and_size_of_the_disk_are_told(
    root_key: RootKey, sqlite_store: Store, now: datetime, tmp_path: Path
) -> None:
    parts = Parts(Settings.model_validate({"data_dir": tmp_path}), sqlite_store, root_key, Wakeup(None), lambda: now)

    standing = Observer(parts, None, asks_web=False).look()

    assert standing.free_bytes is not None
    assert standing.disk_bytes is not None
    assert 0 < standing.free_bytes <= standing.disk_bytes
    assert exposed(tmp_path, standing).keys() >= {"replydesk_disk_free_bytes", "replydesk_disk_bytes"}
