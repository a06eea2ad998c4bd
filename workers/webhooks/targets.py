"""Where a webhook may lead: to the world, and into the operator's own network only if the operator says so.

A name is looked up once, and what is connected to is what was looked at: a name that leads elsewhere at the second look
gains nothing.
"""

import socket
from http.client import HTTPConnection, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult

from workers.external.exchange import NoAnswer, tls

Address = IPv4Address | IPv6Address

# What clouds tell a machine about itself, keys included. No receiver of anybody's is there.
_METADATA = frozenset(map(ip_address, ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16")))
# IPv4 within IPv6: what such an address leads to is the IPv4 one.
_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("::/96"))
_FORBIDDEN = "it leads into a network that webhooks must not reach"


class ForbiddenTarget(NoAnswer):
    """Raised for an address that webhooks must not reach."""


def is_allowed(address: Address, *, allows_private: bool) -> bool:
    """Say whether something may be sent to this address."""
    inner = _within(address)
    if inner in _METADATA or inner.is_link_local or inner.is_multicast or inner.is_unspecified:
        return False
    return allows_private or (inner.is_global and not inner.is_reserved)


def open_to(url: SplitResult, *, allows_private: bool, timeout_seconds: float) -> HTTPConnection:
    """Return a connection, not open yet, that looks at where it leads before it connects. Through no proxy."""
    host = url.hostname or ""
    if url.scheme == "https":
        return _Tls(host, url.port, timeout_seconds, allows_private=allows_private)
    return _Plain(host, url.port, timeout_seconds, allows_private=allows_private)


def require_allowed(url: SplitResult, *, allows_private: bool) -> None:
    """Raise ForbiddenTarget for an address that would be refused now. A name that leads nowhere yet may do so later."""
    try:
        addresses = _addresses(url.hostname or "", url.port or 443)
    except NoAnswer:
        return
    if not all(is_allowed(address, allows_private=allows_private) for address in addresses):
        raise ForbiddenTarget(_FORBIDDEN)


class _Plain(HTTPConnection):
    def __init__(self, host: str, port: int | None, timeout_seconds: float, *, allows_private: bool) -> None:
        super().__init__(host, port, timeout=timeout_seconds)
        self._timeout_seconds = timeout_seconds
        self._allows_private = allows_private

    def connect(self) -> None:
        self.sock = _connect(self.host, self.port, self._timeout_seconds, allows_private=self._allows_private)


class _Tls(HTTPSConnection):
    def __init__(self, host: str, port: int | None, timeout_seconds: float, *, allows_private: bool) -> None:
        super().__init__(host, port, timeout=timeout_seconds, context=tls())
        self._timeout_seconds = timeout_seconds
        self._allows_private = allows_private

    def connect(self) -> None:
        plain = _connect(self.host, self.port, self._timeout_seconds, allows_private=self._allows_private)
        try:
            self.sock = tls().wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise


def _connect(host: str, port: int, timeout_seconds: float, *, allows_private: bool) -> socket.socket:
    addresses = _addresses(host, port)
    if not all(is_allowed(address, allows_private=allows_private) for address in addresses):
        raise ForbiddenTarget(_FORBIDDEN)
    failure: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((str(address), port), timeout_seconds)
        except OSError as problem:
            failure = problem
    raise failure or NoAnswer("its name leads nowhere")


def _addresses(host: str, port: int) -> tuple[Address, ...]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoAnswer("its name leads nowhere") from None
    # A scope ("%eth0") is part of a link-local address alone, and those are refused.
    return tuple(dict.fromkeys(ip_address(str(each[4][0]).partition("%")[0]) for each in found))


def _within(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and any(address in network for network in _TRANSLATED) and int(address) > 1:
        inner = IPv4Address(int(address) & 0xFFFF_FFFF)
    return inner or address
