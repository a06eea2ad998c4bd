"""compose.yaml: what a mistake in it would open."""

import re
from pathlib import Path

import pytest

from comments.settings import EmailMode, Settings
from ops.notifier import PRIVATE_KEY, PUBLIC_KEY
from tests.deploy.reading import DEPLOY, DOCKERFILE, compose, notices
from workers.notifications_file import load_notifications

INSTALL = (DEPLOY.parent / "docs/install.md").read_text()
OURS = ("migrate", "web", "worker", "listener", "notifier", "backup")


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_is_locked_up(name: str) -> None:
    service = compose()["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "mem_limit" in service
    assert not service.get("privileged")
    assert "healthcheck" not in service, "the image's own fits every role"


def test_database_and_valkey_are_reached_by_our_services_alone() -> None:
    read = compose()
    inside = {name for name, network in read["networks"].items() if network.get("internal")}

    for name in ("postgres", "valkey"):
        service = read["services"][name]
        assert "ports" not in service
        assert set(service["networks"]) == inside == {"back"}
    assert read["services"]["web"]["networks"] == ["front", "back"]
    assert read["services"]["worker"]["networks"] == ["back"], "nobody is called by default"


def test_what_is_published_is_so_on_this_machine_alone() -> None:
    published = {name: service["ports"] for name, service in compose()["services"].items() if "ports" in service}

    assert set(published) == {"web", "listener"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_all_wait_until_the_schema_is_there() -> None:
    services = compose()["services"]

    for name in ("web", "worker", "listener", "notifier"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_no_secret_is_a_variable() -> None:
    read = compose()

    for service in read["services"].values():
        values = [str(value) for value in service.get("environment", {}).values()]
        wanted = {value.rpartition("/")[2] for value in values if value.startswith("/run/secrets/")}
        assert wanted <= set(service.get("secrets", ())) <= set(read["secrets"])
        assert not [value for value in values if re.search(r"://[^/]*:[^/]*@", value)]
        assert not [name for name in service.get("environment", {}) if name.endswith(("PASSWORD", "DATABASE_URL"))]
    assert all("file" in secret for secret in read["secrets"].values())


def test_a_command_without_the_public_address_is_refused() -> None:
    services = compose()["services"]

    for name in OURS:
        said = services[name]["environment"]["REPLYDESK_PUBLIC_URL"]
        assert re.fullmatch(r"\$\{REPLYDESK_PUBLIC_URL:\?[^}]+\}", said), "a default would be somebody else's address"


def test_what_compose_is_told_stands_in_its_file_and_before_no_command() -> None:
    commands = [line for line in INSTALL.splitlines() if "docker compose " in line]
    assert len(commands) > 3, "else this proves nothing"

    assert " > .env " in INSTALL
    assert not [line for line in commands if re.search(r"[A-Z_]+=\S+ docker compose", line)]
    assert not [line for line in commands if re.search(r"docker compose .*(-f|--file|--profile)\b", line)]


def test_only_the_notifier_can_open_addresses_and_it_has_no_root_key() -> None:
    services = compose()["services"]

    holders = [name for name, service in services.items() if "notice_private_key" in service.get("secrets", ())]
    assert holders == ["notifier"]
    assert services["notifier"]["volumes"] == []
    assert services["web"]["volumes"] == ["data:/data"]


def test_with_notices_all_but_the_notifier_have_the_public_key_and_no_other() -> None:
    read, over = compose(), notices()

    assert set(over["services"]) == set(OURS) - {"notifier", "backup"}
    for name, service in over["services"].items():
        environment = read["services"][name]["environment"] | service["environment"]
        told = {key.removeprefix("REPLYDESK_").lower(): value for key, value in environment.items()}
        assert Settings.model_validate(told).email_mode is EmailMode.SEALED
        assert service["secrets"] == ["notice_public_key"]
        assert told["notice_public_key_file"] == "/run/secrets/notice_public_key"


def test_the_notifier_is_set_up_with_the_files_that_are_documented(tmp_path: Path) -> None:
    read = compose()
    files = {name: secret["file"].removeprefix("./secrets/") for name, secret in read["secrets"].items()}
    [documented] = re.findall(r"> secrets/notifications\.toml <<'END'\n(.*?)END\n", INSTALL, re.DOTALL)
    (tmp_path / "notifications.toml").write_text(documented)

    smtp = load_notifications(tmp_path / "notifications.toml").smtp

    assert smtp is not None
    assert str(smtp.password_file).removeprefix("/run/secrets/") in read["services"]["notifier"]["secrets"]
    assert (files["notice_private_key"], files["notice_public_key"]) == (PRIVATE_KEY, PUBLIC_KEY)
    for name in (files["notice_private_key"], files["smtp_password"], files["notifications"]):
        assert f"secrets/{name}" in INSTALL


def test_notices_are_switched_on_for_every_later_command() -> None:
    [said] = re.findall(r"printf '([^']+)' >> \.env", INSTALL)
    told = dict(line.split("=") for line in said.split(r"\n") if line)

    assert all((DEPLOY / name).is_file() for name in told["COMPOSE_FILE"].split(":"))
    assert compose()["services"]["notifier"]["profiles"] == [told["COMPOSE_PROFILES"]]


def test_a_backup_is_made_by_the_image_that_has_the_servers_client() -> None:
    services = compose()["services"]
    [server] = re.findall(r"^ARG POSTGRES=(\S+)", DOCKERFILE.read_text(), re.MULTILINE)

    assert services["backup"]["build"]["target"] == "backup"
    assert services["backup"]["image"] != services["web"]["image"]
    assert services["postgres"]["image"] == server, "the client must be of its version"
    assert "./backups:/backups" in services["backup"]["volumes"]
    assert "docker compose run --rm backup backup /backups/" in INSTALL
    assert services["backup"]["profiles"] == ["backup"], "nothing that runs all the time"


def test_the_gateway_is_the_proxy_that_is_believed() -> None:
    read = compose()
    [place] = read["networks"]["front"]["ipam"]["config"]

    assert read["services"]["web"]["environment"]["REPLYDESK_TRUSTED_PROXIES"] == place["gateway"]
