"""What deploy/ names is there: settings, commands, routes, ports, files."""

import re
from pathlib import Path

import pytest
import typer.main
from flask import Flask

from comments.identity import RootKey
from comments.settings import _SECRETS, PREFIX, Settings
from comments.store import Store
from comments.wakeup import Wakeup
from ops.alive import SERVES, SHOWS_SIGNS
from ops.cli import app as command_line
from service.app import create_app
from service.parts import Parts
from tests import factories
from tests.deploy.reading import DEPLOY, DOCKERFILE, UNITS, compose, objects, pods, unit

SETTINGS = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
KNOWN = SETTINGS | {f"{PREFIX}{name.upper()}_FILE" for name in _SECRETS} | {f"{PREFIX}CONFIG"}
COMMANDS = set(typer.main.get_group(command_line).commands)  # type: ignore[attr-defined]  # a group has them
# The plugin's constants begin alike and are WordPress's; what is secret is not ours to read.
APART = {"wordpress", "secrets"}
FILES = [DOCKERFILE, *(path for path in DEPLOY.rglob("*") if path.is_file() and not APART & {*path.parts})]


@pytest.fixture
def rules(sqlite_store: Store, root_key: RootKey, tmp_path: Path) -> set[str]:
    parts = Parts(
        Settings.model_validate({"data_dir": tmp_path}), sqlite_store, root_key, Wakeup(None), lambda: factories.NOW
    )
    app: Flask = create_app(parts)
    return {rule.rule for rule in app.url_map.iter_rules()}


def test_every_variable_is_a_setting() -> None:
    named = {name for path in FILES for name in re.findall(rf"\b{PREFIX}[A-Z_]+\b", path.read_text())}
    assert len(named) > 10, "else this proves nothing"

    assert {name for name in named if not name.endswith("_")} <= KNOWN


def test_every_command_is_one_of_ours() -> None:
    in_compose = [service["command"][0] for service in compose()["services"].values() if "build" in service]
    containers = [container for _, pod in pods() for container in pod["containers"]]
    in_pods = [container["args"][0] for container in containers if "args" in container]
    in_pods += re.findall(r'"replydesk", "(\w+)"', str([each.get("command") for each in containers]))
    started = [line for path in UNITS for line in unit(path.name).get("ExecStart", ())]
    in_units = [re.findall(r"/replydesk (\w+)", line)[0] for line in started]
    in_images = re.findall(r'^CMD \["(\w+)"', DOCKERFILE.read_text(), re.MULTILINE)

    assert {"web", "worker", "notifier", "migrate", "listener", "backup"} <= set(in_compose) & set(in_pods) & set(
        in_units
    )
    assert {*in_compose, *in_pods, *in_units, *in_images} <= COMMANDS


def test_every_probe_asks_a_route_or_a_process_of_ours(rules: set[str]) -> None:
    probes = [
        probe
        for _, pod in pods()
        for container in pod["containers"]
        for name, probe in container.items()
        if name.endswith("Probe")
    ]
    paths = {probe["httpGet"]["path"] for probe in probes if "httpGet" in probe}
    commands = {tuple(probe["exec"]["command"]) for probe in probes if "exec" in probe}

    assert paths == {"/healthz", "/readyz"}
    assert paths <= rules
    assert {command[:3] for command in commands} == {("python", "-m", "ops.alive")}
    assert {command[3] for command in commands} == {*SHOWS_SIGNS, "listener"}


def test_ports_are_those_that_the_server_listens_on() -> None:
    port = Settings.model_fields["port"].default
    dockerfile = DOCKERFILE.read_text()
    [web] = [pod["containers"][0] for name, pod in pods() if name == "replydesk-web"]
    services = [each for _, each in objects() if each["kind"] == "Service"]
    [published] = compose()["services"]["web"]["ports"]

    assert f"EXPOSE {port}\n" in dockerfile
    assert published.endswith(f":{port}")
    assert [(each["name"], each["containerPort"]) for each in web["ports"]] == [("http", port)]
    named = {port["name"] for _, pod in pods() for port in pod["containers"][0].get("ports", ())}
    assert {each["targetPort"] for service in services for each in service["spec"]["ports"]} == named == {"http", "ops"}
    assert f"127.0.0.1:{port}" in (DEPLOY / "nginx/replydesk.conf").read_text()
    assert f"127.0.0.1:{port}" in (DEPLOY / "caddy/Caddyfile").read_text()


def test_what_the_proxy_caches_are_routes(rules: set[str]) -> None:
    [cached] = re.findall(r"location ~ (\S+)", (DEPLOY / "nginx/replydesk.conf").read_text())

    matched = {rule for rule in rules if re.search(cached, rule)}

    assert {"/threads/<site_key>", "/feeds/<site_key>.atom", "/api/v1/comments"} <= matched
    assert not [rule for rule in matched if rule.startswith(("/review", "/receipts", "/notices"))]


def test_nothing_is_left_of_a_healthcheck_for_one_role_alone() -> None:
    assert 'CMD ["python", "-m", "ops.alive"]' in DOCKERFILE.read_text()
    assert {"up", "web", "listener", "worker", "notifier"} == {*SERVES, *SHOWS_SIGNS} <= COMMANDS
