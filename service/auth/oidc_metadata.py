"""What an OpenID provider says of itself, and which of it is believed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

# Signed with a key that only the provider has. A symmetric one would be signed with our secret, "none" with nothing.
_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
_DEFAULT_ALGORITHM = "RS256"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class ProviderAway(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the provider cannot be reached or says of itself what cannot be."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where to go, how to show who we are there, and which keys sign."""

    authorization_endpoint: str
    token_endpoint: str
    algorithms: tuple[str, ...]
    auth_methods: tuple[str, ...]
    keys: Any
    fetched_at: datetime

    def client_auth(self, *, has_secret: bool) -> str:
        """Return how we show who we are at the token endpoint."""
        if not has_secret:
            return "none"
        by_form_only = "client_secret_post" in self.auth_methods and "client_secret_basic" not in self.auth_methods
        return "client_secret_post" if by_form_only else "client_secret_basic"


def fetch_metadata(issuer: str, fetch: Callable[[str], Any], *, now: datetime) -> Metadata:
    """Ask the provider about itself. Raises ProviderAway."""
    said = fetch(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if not isinstance(said, Mapping) or said.get("issuer") != issuer:
        raise ProviderAway("it calls itself by another name")
    keys = fetch(_endpoint(said, "jwks_uri"))
    if not isinstance(keys, Mapping) or not isinstance(keys.get("keys"), list):
        raise ProviderAway("its keys are none")
    offered = said.get("id_token_signing_alg_values_supported") or [_DEFAULT_ALGORITHM]
    return Metadata(
        authorization_endpoint=_endpoint(said, "authorization_endpoint"),
        token_endpoint=_endpoint(said, "token_endpoint"),
        algorithms=tuple(name for name in offered if name in _ALGORITHMS) or (_DEFAULT_ALGORITHM,),
        auth_methods=tuple(said.get("token_endpoint_auth_methods_supported") or ()),
        keys=dict(keys),
        fetched_at=now,
    )


def fetch_json(url: str, timeout_seconds: float) -> Any:
    """Return the JSON at an address of the provider. Raises ProviderAway."""
    import requests  # noqa: PLC0415 - an extra

    try:
        with requests.get(url, timeout=timeout_seconds, allow_redirects=False) as answer:
            if answer.status_code != 200:
                raise ProviderAway(f"it answered {answer.status_code}")
            return answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderAway(type(error).__name__) from None


def is_safe(url: str) -> bool:
    """Say whether nobody on the way reads or changes what goes there: https, or this machine."""
    try:
        said = urlsplit(url)
    except ValueError:
        return False
    if said.username or said.password or not said.hostname:
        return False
    return said.scheme == "https" or (said.scheme == "http" and said.hostname in _LOOPBACK)


def _endpoint(said: Mapping[str, Any], name: str) -> str:
    url = said.get(name)
    if not isinstance(url, str) or not is_safe(url):
        raise ProviderAway(f"its {name} is no https address")
    return url
