"""The examples for nginx and Caddy: read by the programs themselves, and nginx for real before a whole Replydesk."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.app import MAX_BODY_BYTES
from service.problems import PROBLEM_CODES
from service.rate_limits import NETWORK
from tests.deploy.reading import DEPLOY
from tests.servers.nginx import Answer, Nginx, configuration, find_nginx, running_nginx
from tests.servers.replydesk import Replydesk, running_replydesk, wait_until

THREAD = "/threads/demo?thread=border-strikes"
COMMENTS = "/api/v1/comments?site=demo&thread=border-strikes"
DOCS = DEPLOY.parent / "docs"
# nginx, nginx as wordpress.md shows it, Caddy, Apache. 72KB is a thousand at a time for Caddy, and cut short.
BODY_LIMIT = re.compile(r"^\s*(?:client_max_body_size|max_size|LimitRequestBody) (\d+)(\w*);?$", re.MULTILINE)
UNITS = {"": 1, "k": 1024, "KB": 1000, "KiB": 1024}


def test_nginx_reads_every_line(tmp_path: Path) -> None:
    command = [find_nginx(), "-t", "-p", str(tmp_path), "-c", str(configuration(tmp_path, port=18443, upstream=8000))]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


def test_caddy_reads_every_line(tmp_path: Path) -> None:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("no caddy here: deploy/caddy is not tried")
    command = [caddy, "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "caddy/Caddyfile")]

    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"HOME": str(tmp_path), "PATH": "/usr/bin"}
    )

    assert done.returncode == 0, done.stderr
    assert "Valid configuration" in done.stdout + done.stderr


def test_a_proxy_takes_a_body_as_long_as_the_service_does() -> None:
    files = [path for path in DEPLOY.rglob("*") if path.is_file() and "secrets" not in path.parts]
    limits = {
        f"{path.name}: {size}{kilo}": int(size) * UNITS[kilo]
        for path in (*files, DOCS / "wordpress.md")
        for size, kilo in BODY_LIMIT.findall(path.read_text())
    }

    assert {name.partition(":")[0] for name in limits} == {
        "replydesk.conf",
        "Caddyfile",
        "nginx-server.conf",
        "apache.conf",
        "wordpress.md",
    }
    assert {name: size for name, size in limits.items() if size != MAX_BODY_BYTES} == {}


def test_documents_and_the_refusal_name_that_size() -> None:
    said = f"{MAX_BODY_BYTES // 1024} KiB"

    assert f"larger than {said}" in PROBLEM_CODES["too_large"]
    for name, words in (
        ("proxies.md", f"| {said} (413)"),
        ("bad-input.md", f"body over {said} (413)"),
        ("wordpress.md", f"request over {said}"),
    ):
        assert words in (DOCS / name).read_text()
    assert f"limit on a body is {said}." in (DEPLOY / "nginx/replydesk.conf").read_text()


@pytest.fixture(scope="module")
def replydesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replydesk]:
    find_nginx()
    with running_replydesk(
        tmp_path_factory.mktemp("proxied"), trusted_proxies="127.0.0.1", public_url="https://comments.example.org"
    ) as running:
        yield running


@pytest.fixture(scope="module")
def nginx(replydesk: Replydesk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    folder = tmp_path_factory.mktemp("nginx")
    with running_nginx(folder, upstream=int(replydesk.url.rpartition(":")[2])) as running:
        yield running


def post(nginx: Nginx, text: str, *, source: str = "127.0.0.1", number: int = 0, **headers: str) -> Answer:
    thread = {"key": "border-strikes", "url": "https://comments.example.org/", "title": "Strikes"}
    submission = {"site": "demo", "thread": thread, "name": "Ada", "email": f"ada{number}@example.org", "text": text}
    body = json.dumps(submission).encode()
    return nginx.ask("POST", "/api/v1/comments", body, source=source, Content_Type="application/json", **headers)


@pytest.mark.parametrize(("excess", "status"), [(0, 400), (1, 413)])
def test_nginx_passes_the_longest_body_on_and_none_that_is_longer(nginx: Nginx, excess: int, status: int) -> None:
    body = b" " * (MAX_BODY_BYTES + excess)

    assert nginx.ask("POST", "/api/v1/comments", body, Content_Type="application/json").status == status


@pytest.mark.parametrize("path", [THREAD, COMMENTS])
def test_a_thread_is_kept_for_its_seconds(nginx: Nginx, path: str) -> None:
    fresh = f"{path}&sort=oldest"

    first, second = nginx.ask("GET", fresh), nginx.ask("GET", fresh)

    assert (first.status, first.headers["x-cache"]) == (200, "MISS")
    assert (second.status, second.headers["x-cache"]) == (200, "HIT")
    assert first.body == second.body
    assert "max-age=5" in second.headers["cache-control"]


def test_a_receipt_is_kept_by_nobody(nginx: Nginx, replydesk: Replydesk) -> None:
    accepted = post(nginx, "The rains came late this year, and the market is quiet.")
    assert accepted.status == 202
    path = "/" + json.loads(accepted.body)["receipt_url"].split("/", 3)[3]
    wait_until(lambda: nginx.ask("GET", path, Accept="application/json").body.count('"approved"'))

    answers = [nginx.ask("GET", path) for _ in range(2)]
    own = [nginx.ask("GET", f"{THREAD}&replydesk={path.rpartition('/')[2]}") for _ in range(2)]

    assert all("x-cache" not in answer.headers for answer in answers)
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert {answer.headers["x-cache"] for answer in own} == {"BYPASS"}
    assert "x-cache" not in nginx.ask("GET", "/review/login").headers


def test_what_waited_is_public_through_the_cache_within_its_seconds(nginx: Nginx) -> None:
    text = "The bridge at Lokoja was closed for most of the afternoon."
    nginx.ask("GET", COMMENTS)

    assert post(nginx, text).status == 202

    wait_until(lambda: text in nginx.ask("GET", COMMENTS).body, seconds=15)


def test_a_readers_address_is_what_nginx_saw_and_not_what_the_reader_says(nginx: Nginx) -> None:
    # given: a reader who says each time to be somebody else
    mine, another = "127.0.8.1", "127.0.9.1"
    posts = range(3 * NETWORK.shared.amount)  # the minute may end meanwhile

    # when: they post until they are refused
    refused = next(
        number
        for number in posts
        if post(nginx, f"Reply {number}", source=mine, number=number, X_Forwarded_For=f"203.0.{number}.7").status == 429
    )

    # then: their own network was counted, and that of another reader was not
    assert refused >= NETWORK.shared.amount
    assert post(nginx, "Only once", source=another, number=1_000).status == 202
