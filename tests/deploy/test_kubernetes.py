"""The Kubernetes manifests: the schemas, where they are installed, and what no schema knows."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.standing import is_nearly_full
from tests.deploy.reading import DEPLOY, MANIFESTS, autoscaler, objects, pod_template, pods

VERSION = "1.34"
COMPONENTS = ("backup", "waiting")
PODS = list(pods())
CONTAINERS = [
    (f"{name}/{container['name']}", container)
    for name, pod in PODS
    for container in (*pod.get("initContainers", ()), *pod["containers"])
]


def kustomization(folder: str) -> dict[str, Any]:
    """Return what the kustomization of a folder says."""
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "kubernetes" / folder / "kustomization.yaml").read_text())
    return read


def test_every_object_fits_its_schema() -> None:
    schemas = pytest.importorskip(
        "kubernetes_validate", reason="pip install kubernetes-validate (72 MB) holds the manifests against the schemas"
    )

    for _, each in objects():
        schemas.validate(each, VERSION, strict=True)


def test_kustomization_lists_all_but_the_notifier_and_what_components_bring() -> None:
    listed = kustomization(".")["resources"]
    brought = [f"{name}/{file}" for name in COMPONENTS for file in kustomization(name).get("resources", ())]

    files = [str(path.relative_to(DEPLOY / "kubernetes")) for path in MANIFESTS]
    assert sorted([*listed, *brought, "notifier.yaml"]) == files


@pytest.mark.parametrize(("name", "container"), CONTAINERS, ids=[name for name, _ in CONTAINERS])
def test_a_container_may_do_nothing_but_its_work(name: str, container: dict[str, Any]) -> None:
    locked = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}

    assert container["securityContext"] == locked
    assert "memory" in container["resources"]["limits"]
    assert {"cpu", "memory"} <= set(container["resources"]["requests"])


@pytest.mark.parametrize(("name", "pod"), PODS, ids=[name for name, _ in PODS])
def test_a_pod_is_nobody(name: str, pod: dict[str, Any]) -> None:
    context = pod["securityContext"]

    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] == context["fsGroup"] == 10001
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False


@pytest.mark.parametrize(("name", "pod"), PODS, ids=[name for name, _ in PODS])
def test_what_is_mounted_is_there_and_what_is_there_is_mounted(name: str, pod: dict[str, Any]) -> None:
    volumes = {volume["name"] for volume in pod["volumes"]}
    mounted = {
        mount["name"]
        for container in (*pod.get("initContainers", ()), *pod["containers"])
        for mount in container["volumeMounts"]
    }

    assert mounted == volumes


def test_selectors_find_what_they_are_for() -> None:
    made = {
        each["metadata"]["name"]: template["metadata"]["labels"]
        for _, each in objects()
        if (template := pod_template(each))
    }
    looked_for = {
        (each["kind"], each["metadata"]["name"]): selector
        for _, each in objects()
        if each["kind"] in {"Service", "PodDisruptionBudget", "Deployment", "NetworkPolicy"}
        and (selector := _selector(each))
    }
    assert len(looked_for) > 6, "else this proves nothing"

    missed = [
        key for key, selector in looked_for.items() if not [1 for labels in made.values() if selector <= labels.items()]
    ]

    assert not missed


def _selector(each: dict[str, Any]) -> Any:
    said = each["spec"].get("selector") or each["spec"].get("podSelector") or {}
    return said.get("matchLabels", said).items()


def test_no_secret_is_contained() -> None:
    assert "Secret" not in {each["kind"] for _, each in objects()}


@pytest.mark.parametrize("role", ["web", "worker"])
def test_pods_follow_the_cores_of_those_who_do_the_work_and_no_apply_says_how_many(role: str) -> None:
    [metric] = autoscaler(f"replydesk-{role}")["metrics"]
    [deployment] = [
        each["spec"]
        for _, each in objects()
        if each["kind"] == "Deployment" and each["metadata"]["name"] == f"replydesk-{role}"
    ]

    assert (metric["containerResource"]["container"], metric["containerResource"]["name"]) == (role, "cpu")
    assert "replicas" not in deployment, "it would cut what the autoscaler has made"


def built(folder: Path) -> list[dict[str, Any]]:
    """Return what `kubectl apply -k` would send."""
    if shutil.which("kubectl") is None:
        pytest.skip("no kubectl here: the kustomization is not built")
    done = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


@pytest.fixture
def added(tmp_path: Path) -> list[dict[str, Any]]:
    """What the components add or change, once the line that is a comment in the file counts."""
    folder = Path(shutil.copytree(DEPLOY / "kubernetes", tmp_path / "kubernetes"))
    file = folder / "kustomization.yaml"
    plain = built(folder)
    file.write_text(re.sub("^# (components: )", r"\1", file.read_text(), flags=re.MULTILINE))
    return [each for each in built(folder) if each not in plain]


def test_a_component_adds_what_waits_to_what_workers_follow(added: list[dict[str, Any]]) -> None:
    [scaler] = [each for each in added if each["kind"] == "HorizontalPodAutoscaler"]

    cores, waiting = scaler["spec"]["metrics"]

    assert scaler["metadata"]["name"] == "replydesk-worker"
    assert cores["containerResource"]["name"] == "cpu"
    assert waiting["external"]["metric"]["name"] == "replydesk_pending_oldest_seconds"


def test_a_component_adds_backups_with_an_image_of_this_version(added: list[dict[str, Any]]) -> None:
    [job] = [each for each in added if each["kind"] == "CronJob"]
    [usual] = kustomization(".")["images"]

    pod = pod_template(job)["spec"]

    images = {each["image"] for each in (*pod["initContainers"], *pod["containers"])}
    assert images == {f"{usual['newName']}:{usual['newTag']}-backup"}


def test_the_nightly_backup_is_a_file_of_its_day_and_old_ones_go(tmp_path: Path) -> None:
    # given: a volume with an old backup and one of last night, and a command that writes what it is told to
    folder, programs = tmp_path / "backups", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    (programs / "replydesk").write_text('#!/bin/sh\n[ "$1" = backup ] && echo made > "$2"\n')
    (programs / "replydesk").chmod(0o755)
    old, recent = folder / "replydesk-2026-01-01-0240.backup", folder / "replydesk-2026-01-20-0240.backup"
    for path in (old, recent):
        path.touch()
    os.utime(old, (0, 0))
    [command] = [each["command"] for name, pod in PODS if name == "replydesk-backup" for each in pod["containers"]]
    script = command[2].replace("/backups", str(folder))

    # when
    subprocess.run([sys.executable, "-c", script], check=True, env={"PATH": f"{programs}:/usr/bin:/bin"})

    # then
    [made] = {*folder.iterdir()} - {recent}
    assert made.read_text() == "made\n"
    assert re.fullmatch(r"replydesk-\d{4}-\d\d-\d\d-\d{4}\.backup", made.name)


@pytest.mark.parametrize("role", ["web", "worker"])
def test_who_counts_has_a_listener_beside_it_that_prometheus_reaches(role: str) -> None:
    # given
    [pod] = [pod for name, pod in PODS if name == f"replydesk-{role}"]
    counting, listener = pod["containers"]

    # then: it reads the same folder
    assert (counting["name"], listener["args"]) == (role, ["listener", "--no-web"])
    assert {"name": "data", "mountPath": "/data"} in counting["volumeMounts"]
    assert listener["volumeMounts"] == counting["volumeMounts"]
    environment = {each["name"]: each["value"] for each in listener["env"]}
    assert environment["REPLYDESK_OPS_HOST"] == "0.0.0.0"  # noqa: S104 - compared, not bound
    assert listener["ports"] == [{"name": "ops", "containerPort": int(environment["REPLYDESK_OPS_PORT"])}]

    # then: and is open to the namespace of the metrics
    [allowed] = [
        each["spec"]
        for _, each in objects()
        if each["kind"] == "NetworkPolicy" and each["metadata"]["name"] == "replydesk-metrics"
    ]
    assert allowed["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "replydesk"}
    assert allowed["ingress"][0]["ports"] == [{"protocol": "TCP", "port": "ops"}]


@pytest.mark.parametrize(("name", "pod"), PODS, ids=[name for name, _ in PODS])
def test_a_pods_data_directory_is_not_nearly_full_from_the_start(name: str, pod: dict[str, Any]) -> None:
    [size] = [volume["emptyDir"]["sizeLimit"] for volume in pod["volumes"] if volume["name"] == "data"]
    disk_bytes = int(size.removesuffix("Mi")) * 1024**2

    assert not is_nearly_full(disk_bytes - 2_000_000, disk_bytes), "the key and the counters are in it"


def test_the_private_key_is_the_notifiers_alone() -> None:
    secrets = {
        name: {volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume}
        for name, pod in pods()
    }

    assert {name for name, held in secrets.items() if "replydesk-notices" in held} == {"replydesk-notifier"}
    assert "replydesk-root-key" not in secrets["replydesk-notifier"]


def test_the_notifiers_password_comes_with_its_secret() -> None:
    [pod] = [pod for name, pod in PODS if name == "replydesk-notifier"]
    [folder] = [each["mountPath"] for each in pod["containers"][0]["volumeMounts"] if each["name"] == "notices"]
    install = (DEPLOY.parent / "docs/install.md").read_text()

    assert f'`password_file = "{folder}/smtp-password"`' in install
    assert "`smtp-password`" in install.partition("secret `replydesk-notices` of")[2].partition("\n")[0]
