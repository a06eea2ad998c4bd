"""What stands in deploy/, read as those read it who run it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE, NOTICES = DEPLOY / "compose.yaml", DEPLOY / "compose.notices.yaml"
MANIFESTS = sorted(path for path in (DEPLOY / "kubernetes").rglob("*.yaml") if path.name != "kustomization.yaml")
UNITS = sorted((DEPLOY / "systemd").glob("*.*"))
DOCKERFILE = DEPLOY.parent / "Dockerfile"


def compose() -> dict[str, Any]:
    """Return compose.yaml; names of secrets and of variables stay as they are written."""
    read: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return read


def notices() -> dict[str, Any]:
    """Return what compose.notices.yaml lays over compose.yaml."""
    read: dict[str, Any] = yaml.safe_load(NOTICES.read_text())
    return read


def objects() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every Kubernetes object with the name of its file."""
    for path in MANIFESTS:
        for each in yaml.safe_load_all(path.read_text()):
            yield path.name, each


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the pod of every Deployment, Job and CronJob, with the name of what makes it."""
    for _, each in objects():
        if template := pod_template(each):
            yield each["metadata"]["name"], template["spec"]


def pod_template(each: dict[str, Any]) -> dict[str, Any]:
    """Return what an object makes pods of, nothing when it makes none."""
    spec = each["spec"]["jobTemplate"]["spec"] if each["kind"] == "CronJob" else each.get("spec", {})
    return dict(spec.get("template", {}))


def autoscaler(name: str) -> dict[str, Any]:
    """Return what a HorizontalPodAutoscaler says."""
    [found] = [
        each["spec"]
        for _, each in objects()
        if each["kind"] == "HorizontalPodAutoscaler" and each["metadata"]["name"] == name
    ]
    return dict(found)


def unit(name: str) -> dict[str, list[str]]:
    """Return what a systemd unit sets, by key; a key may stand more than once."""
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", (DEPLOY / "systemd" / name).read_text(), re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found
