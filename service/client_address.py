"""Which network a request came from, believing only proxies we were told of.

The left end of X-Forwarded-For is whatever the client wrote; only what our own proxies appended counts.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def read_networks(trusted_proxies: Sequence[str]) -> tuple[Network, ...]:
    """Return the proxies' networks. Raises ValueError for one that is no address or network."""
    return tuple(ip_network(proxy, strict=False) for proxy in trusted_proxies)


def client_address(peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str | None:
    """Return the right-most address that is not one of our proxies; None when there is none to be believed."""
    hops = [hop.strip() for line in forwarded_for for hop in line.split(",")]
    address = peer
    while hops and _is_trusted(address, trusted):
        address = hops.pop()
    return address


def _is_trusted(address: str | None, trusted: Sequence[Network]) -> bool:
    if not trusted:
        return False
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return False
    return any(parsed in network for network in trusted if network.version == parsed.version)
