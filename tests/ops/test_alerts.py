"""The alert rules and the board name what there is: metrics, labels and their values; each alert says what to do."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from comments import metrics
from comments.store import Store
from ops.exposition import write_exposition
from ops.standing import Standing
from service.readiness import Check, Health
from tests import factories

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES, BOARD = DEPLOY / "prometheus" / "rules.yml", DEPLOY / "grafana" / "replydesk.json"
PARTS = ("database", "migrations", "key", "redis", "workers", "pending", "disk", "web")
_NAME = re.compile(r"\breplydesk_\w+")
_SELECTOR = re.compile(r"(replydesk_\w+)\{(\w+)=\"([^\"]*)\"\}")
_BY = re.compile(r"\bby \(([^)]*)\)")

Series = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


@pytest.fixture
def series(sqlite_store: Store, tmp_path: Path) -> Iterator[Series]:
    """All that is exposed, by name, with its labels."""
    metrics.open_metrics(tmp_path)
    checks = dict.fromkeys(PARTS, Check(Health.OK))
    standing = Standing(checks, sqlite_store.gauges.read(), {"worker": 1, "sweeper": 1}, 1, factories.NOW, disk_bytes=2)
    found: Series = {}
    for line in write_exposition(tmp_path, standing).decode().splitlines():
        if not line.startswith("#"):
            name, labels = re.match(r"(\w+)(?:\{(.*)\})? ", line).groups()  # type: ignore[union-attr]  # every line is so
            found.setdefault(name, []).append(dict(re.findall(r'(\w+)="([^"]*)"', labels or "")))
    yield found
    metrics.close_metrics()


def expressions() -> list[str]:
    rules = [rule["expr"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    board = [target["expr"] for panel in json.loads(BOARD.read_text())["panels"] for target in panel["targets"]]
    return [*rules, *board]


@pytest.mark.parametrize("expression", expressions())
def test_every_name_and_label_is_there(series: Series, expression: str) -> None:
    names = set(_NAME.findall(expression))

    assert names, "else nothing is watched"
    assert names <= set(series)
    for name, label, value in _SELECTOR.findall(expression):
        assert value in {labels.get(label) for labels in series[name]}
    for label in {each.strip() for group in _BY.findall(expression) for each in group.split(",")}:
        assert any(label in labels for name in names for labels in series[name])


def test_each_alert_says_what_to_do(rules: list[dict[str, Any]]) -> None:
    assert len({rule["alert"] for rule in rules}) == len(rules) > 10
    for rule in rules:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["what_to_do"].endswith(".")


def test_the_board_shows_every_metric(series: Series) -> None:
    shown = {name.removesuffix("_bucket") for each in expressions() for name in _NAME.findall(each)}

    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in series}
    assert families - shown == {"replydesk_build_info"}


def test_prometheus_takes_the_rules() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool here; Debian has it in the package prometheus")

    done = subprocess.run([promtool, "check", "rules", str(RULES)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
