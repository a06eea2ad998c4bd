"""What has to be reached: ratios to the peers of the same run, and limits of our own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Results = dict[str, Any]

POST, THREAD, PAGE, AGAIN = "accept", "thread as JSON", "thread as a page", "thread, not changed (304)"
ISSO_POST, ISSO_THREAD = "Isso: accept", "Isso: thread as JSON"
WORDPRESS_POST, WORDPRESS_PAGE = "WordPress: accept", "WordPress: thread as a page"
# (ours, theirs, how many times as many)
RATIOS = (
    (POST, ISSO_POST, 5),
    (POST, WORDPRESS_POST, 15),
    (THREAD, ISSO_THREAD, 80),
    (THREAD, WORDPRESS_PAGE, 80),
    (PAGE, WORDPRESS_PAGE, 80),
    (AGAIN, ISSO_THREAD, 100),
)
VERDICT_P50_MS, VERDICT_P99_MS, DRAINED_PER_SECOND, WEB_MEGABYTES = 150, 1000, 500, 120


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure beside what it has to be: at least or at most."""

    name: str
    value: float
    wanted: float
    at_least: bool
    unit: str

    @property
    def is_met(self) -> bool:
        """Say whether it is reached."""
        return self.value >= self.wanted if self.at_least else self.value <= self.wanted

    @property
    def said(self) -> str:
        """The bar in words."""
        return f"{'≥' if self.at_least else '≤'} {self.wanted:g}{self.unit}"


def bars(results: Results) -> list[Bar]:
    """Return every bar that these results can tell of."""
    return [*_ratios(results["targets"]), *_limits(results)]


def _ratios(targets: Mapping[str, Any]) -> Iterator[Bar]:
    for ours, theirs, wanted in RATIOS:
        if ours in targets and theirs in targets:
            ratio = targets[ours]["per_second"] / targets[theirs]["per_second"]
            yield Bar(f"{ours} / {theirs}", round(ratio, 1), wanted, at_least=True, unit=" ×")


def _limits(results: Results) -> Iterator[Bar]:
    if "verdicts" in results:
        verdicts = results["verdicts"]
        yield Bar("sent to verdict, p50", verdicts["p50_ms"], VERDICT_P50_MS, at_least=False, unit=" ms")
        yield Bar("sent to verdict, p99", verdicts["p99_ms"], VERDICT_P99_MS, at_least=False, unit=" ms")
    if "drain" in results:
        rate = results["drain"]["per_second"]
        yield Bar("judged by one worker", rate, DRAINED_PER_SECOND, at_least=True, unit=" a second")
    if results.get("web_megabytes"):
        most = max(results["web_megabytes"])
        yield Bar("resident memory of a web process", most, WEB_MEGABYTES, at_least=False, unit=" MB")
