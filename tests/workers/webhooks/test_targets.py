"""A webhook leads to the world; into private networks only if the operator says so; to some places never."""

import socket
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.workers.external.servers import answering, running
from workers.webhooks.delivery import Undelivered, post
from workers.webhooks.targets import ForbiddenTarget, is_allowed, require_allowed

PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "198.18.0.1",
    "240.0.0.1",
    "::1",
    "fc00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
]
NEVER = [
    "169.254.169.254",
    "169.254.1.1",
    "fe80::1",
    "fd00:ec2::254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "::",
    "224.0.0.1",
    "ff02::1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_the_world_is_allowed(address: str) -> None:
    assert is_allowed(ip_address(address), allows_private=False)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_need_the_operators_word(address: str) -> None:
    assert not is_allowed(ip_address(address), allows_private=False)
    assert is_allowed(ip_address(address), allows_private=True)


@pytest.mark.parametrize("address", NEVER)
def test_link_local_and_metadata_are_never_reached(address: str) -> None:
    assert not is_allowed(ip_address(address), allows_private=False)
    assert not is_allowed(ip_address(address), allows_private=True)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:7f00:1]"]
)
def test_this_machine_is_not_reached_however_it_is_written(host: str) -> None:
    with running(answering(200)) as server:
        port = urlsplit(server.url).port
        with pytest.raises(Undelivered, match="must not reach"):
            post(f"http://{host}:{port}/", b"{}", {}, allows_private=False)
        with pytest.raises(ForbiddenTarget):
            require_allowed(urlsplit(f"http://{host}:{port}/"), allows_private=False)

    assert server.received == []


def test_a_name_that_leads_elsewhere_at_the_second_look_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        looks.append(host)
        address = "127.0.0.1" if len(looks) == 1 else "169.254.169.254"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with running(answering(204)) as server:
        url = f"http://hooks.example:{urlsplit(server.url).port}/in"
        create_connection, reached = socket.create_connection, []

        def connect(address: tuple[str, int], timeout: float) -> socket.socket:
            reached.append(address[0])
            monkeypatch.undo()
            return create_connection(address, timeout)

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        monkeypatch.setattr(socket, "create_connection", connect)
        post(url, b"{}", {}, allows_private=True)

    [received] = server.received
    assert looks == ["hooks.example"], "it is looked up once"
    assert reached == ["127.0.0.1"], "and what was looked at is connected to"
    assert received.headers["host"].startswith("hooks.example:")


def test_one_forbidden_address_among_many_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)

    with pytest.raises(Undelivered, match="must not reach"):
        post("http://hooks.example/", b"{}", {}, allows_private=False)


def test_a_name_that_leads_nowhere_is_a_failure_and_may_be_added() -> None:
    url = "https://nowhere.invalid/"

    with pytest.raises(Undelivered, match="leads nowhere"):
        post(url, b"{}", {}, allows_private=False)
    require_allowed(urlsplit(url), allows_private=False)
