"""The metrics as Prometheus reads them: what the processes have counted, and what stands and waits now.

Rule: every label is a closed set; there are fewer than 300 series, whatever is sent to the service.
"""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from comments.metrics import DIRECTORY, PREFIX, make_metrics
from comments.store.gauges import Reading
from ops.standing import VERSION, Standing
from service.readiness import Health

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_HEALTHS = {Health.OK: 2, Health.DEGRADED: 1, Health.UNAVAILABLE: 0}


def write_exposition(data_dir: Path, standing: Standing) -> bytes:
    """Return all metrics in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(_Counted(data_dir / DIRECTORY))
    registry.register(_Standing(standing))
    return generate_latest(registry)


class _Counted(Collector):
    """The counters of all processes that write here, added up."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def collect(self) -> Iterator[Metric]:
        # One that is being made has no content yet.
        files = [str(path) for path in self._directory.glob("*.db") if path.stat().st_size]
        yield from MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]  # the library's


class _Standing(Collector):
    """What one look has found."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def collect(self) -> Iterator[Metric]:
        standing = self._standing
        yield gauge("build_info", "Always 1; the label says which version runs.", {VERSION: 1}, label="version")
        yield gauge(
            "health",
            "2: ok, 1: degraded, 0: unavailable; by part.",
            {name: _HEALTHS[check.status] for name, check in standing.checks.items()},
            label="part",
        )
        yield gauge("alive", "Processes that have given a sign of life lately.", standing.alive, label="role")
        if standing.free_bytes is not None:
            yield gauge("disk_free_bytes", "Room on the disk of the data directory.", {"": standing.free_bytes})
        if standing.disk_bytes is not None:
            yield gauge("disk_bytes", "Size of the disk of the data directory.", {"": standing.disk_bytes})
        if standing.reading is not None:
            yield from _waiting(standing, standing.reading)


def _waiting(standing: Standing, reading: Reading) -> Iterator[Metric]:
    ages = {name: standing.age_seconds(each.since) for name, each in reading.letters.items()}
    letters = {name: each.number for name, each in reading.letters.items()}
    for name, waiting, said in (
        ("pending", reading.pending, "for the checks"),
        ("held", reading.held, "for a moderator"),
    ):
        yield gauge(name, f"Comments that wait {said}.", {"": waiting.number})
        yield gauge(
            f"{name}_oldest_seconds",
            f"How long the oldest comment has waited {said}, in seconds.",
            {"": standing.age_seconds(waiting.since)},
        )
    yield gauge("letters_waiting", "Letters to other services that wait.", letters, label="kind")
    yield gauge("letters_overdue_seconds", "How long the first letter has been due, in seconds.", ages, label="kind")
    yield gauge("webhooks", "Webhooks, by how they are.", reading.webhooks, label="state")


def gauge(name: str, said: str, samples: dict[str, int] | dict[str, float], *, label: str = "") -> Metric:
    """Return one metric; without a label its one sample is under the empty key."""
    family = GaugeMetricFamily(PREFIX + name, said, labels=[label] if label else [])
    for value, number in samples.items():
        family.add_metric([value] if label else [], number)
    return family


def counted_from_the_start() -> CollectorRegistry:
    """Return the counters of a process that has counted nothing, for documents and tests."""
    registry = CollectorRegistry()
    make_metrics(registry)
    return registry
