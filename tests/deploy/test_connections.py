"""PostgreSQL takes as many connections as all processes of deploy/ may open, by the arithmetic of docs/capacity.md."""

import re

from comments.settings import Settings
from comments.store.database import POOL_SIZE
from tests.deploy.reading import DEPLOY, autoscaler, compose, objects, pods
from workers.webhooks.couriers import MOST_AT_ONCE

CAPACITY = (DEPLOY.parent / "docs/capacity.md").read_text()
INSTALL = (DEPLOY.parent / "docs/install.md").read_text()
FOR_A_WEB_PROCESS = 2 * POOL_SIZE
FOR_ANOTHER = 4
FOR_THE_SWEEPER_AT_WORK = 12
FOR_COMMANDS = 20
# A worker has a sweeper beside it.
PROCESSES_OF_A_WORKER = Settings.model_fields["workers"].default + 1
WEB_PROCESSES = Settings.model_fields["web_workers"].default
# As install.md scales them.
WORKERS_OF_COMPOSE = 3


def needed(*, webs: int, workers: int, listeners: int) -> int:
    """Return how many connections so many web servers, crews of workers and listeners may open."""
    others = workers * PROCESSES_OF_A_WORKER + listeners
    return webs * WEB_PROCESSES * FOR_A_WEB_PROCESS + others * FOR_ANOTHER + FOR_THE_SWEEPER_AT_WORK + FOR_COMMANDS


def told(what: str) -> tuple[int, str]:
    """Return what the table of capacity.md says of it: how many, and what to set."""
    [(number, setting)] = re.findall(rf"^\| {re.escape(what)}.*? \| (\d+) \| (.*) \|$", CAPACITY, re.MULTILINE)
    return int(number), setting


def test_the_formula_is_the_one_that_is_told() -> None:
    formula = f"{FOR_A_WEB_PROCESS} × web processes + {FOR_ANOTHER} × (workers + sweepers + listeners)"

    assert f"{formula} + {FOR_THE_SWEEPER_AT_WORK} + {FOR_COMMANDS}\n" in CAPACITY
    assert FOR_THE_SWEEPER_AT_WORK > MOST_AT_ONCE
    assert FOR_ANOTHER + FOR_THE_SWEEPER_AT_WORK <= 2 * POOL_SIZE
    assert Settings.model_fields["web_threads"].default <= FOR_A_WEB_PROCESS


def test_one_machine_stays_under_postgresqls_own_limit() -> None:
    number, _ = told("`replydesk up`")

    assert number == needed(webs=1, workers=1, listeners=1) < 100


def test_composes_database_takes_what_its_services_open() -> None:
    services = compose()["services"]
    webs = services["web"]["deploy"]["replicas"]
    [limit] = re.findall(r"max_connections=(\d+)", " ".join(services["postgres"]["command"]))

    number, setting = told("`deploy/compose.yaml`")

    assert f"--scale worker={WORKERS_OF_COMPOSE}" in INSTALL
    assert number == needed(webs=webs, workers=WORKERS_OF_COMPOSE, listeners=1) < int(limit)
    assert f"max_connections={limit}" in setting


def test_the_database_of_kubernetes_takes_all_that_autoscalers_may_make() -> None:
    # given: one pod more of each while a release goes out
    webs, workers = (autoscaler(f"replydesk-{role}")["maxReplicas"] + 1 for role in ("web", "worker"))
    listening = {name for name, pod in pods() for each in pod["containers"] if each["name"] == "listener"}
    [alone] = [
        each["spec"]["replicas"]
        for _, each in objects()
        if each["kind"] == "Deployment" and each["metadata"]["name"] == "replydesk-listener"
    ]
    assert listening == {"replydesk-web", "replydesk-worker", "replydesk-listener"}

    number, setting = told("`deploy/kubernetes`")

    [limit] = re.findall(r"max_connections = (\d+)", setting)
    assert number == needed(webs=webs, workers=workers, listeners=webs + workers + alone + 1) <= int(limit)
    assert f"`max_connections = {limit}`" in INSTALL
