"""Only what our own proxies appended is believed."""

import pytest

from service.client_address import client_address, read_networks

PROXIES = read_networks(["10.0.0.0/8", "2001:db8:1::/64"])


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "expected"),
    [
        ("198.51.100.1", [], "198.51.100.1"),
        ("198.51.100.1", ["203.0.113.7"], "198.51.100.1"),
        ("10.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        ("10.0.0.1", ["1.1.1.1", "203.0.113.7,10.9.9.9"], "203.0.113.7"),
        ("2001:db8:1::5", ["2001:db8:2::1"], "2001:db8:2::1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["unknown"], "unknown"),
        ("10.0.0.1", [""], ""),
        (None, ["203.0.113.7"], None),
        ("", ["203.0.113.7"], ""),
    ],
)
def test_right_most_hop_that_is_not_ours_is_the_client(
    peer: str | None, forwarded_for: list[str], expected: str | None
) -> None:
    assert client_address(peer, forwarded_for, PROXIES) == expected


def test_without_proxies_nothing_is_believed() -> None:
    assert client_address("10.0.0.1", ["203.0.113.7"], ()) == "10.0.0.1"


def test_proxy_that_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="proxy"):
        read_networks(["proxy.example"])
