"""Login by an OpenID provider: authorization code with PKCE, by Authlib. Without that extra nothing here does a thing.

An account of the provider is known by issuer and subject, never by an address: whoever may set an address at the
provider would otherwise be any of our moderators.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.util import find_spec
from json import dumps, loads
from typing import Any

from flask import current_app

from comments.identity import RootKey
from comments.sealed_values import seal_text, unseal_text
from service.auth.cookies import PROVIDER_LASTS
from service.auth.forms import same_secret
from service.auth.oidc_metadata import Metadata, ProviderAway, fetch_json, fetch_metadata
from service.links import public_base
from service.parts import parts

CALLBACK = "/review/oidc/callback"
TIMEOUT_SECONDS = 5
# Clocks of two machines.
LEEWAY_SECONDS = 60
MAX_SUBJECT_CHARS = 255
_METADATA_LASTS = timedelta(hours=1)
_EXTENSION = "replydesk-oidc"
_PURPOSE = "oidc-ticket"


class NotLoggedIn(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with what was wrong with the provider's answer, for the log. Whoever came sees no detail."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider this installation is configured for. `name` stands on the button."""

    name: str
    issuer: str
    client_id: str
    client_secret: str | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What this browser set out for, kept sealed in a cookie of its own until it comes back.

    `purpose` is login, link or invitation; the last two say whose (`moderator_id`) or which (`token`, `login`).
    """

    purpose: str
    state: str
    nonce: str
    verifier: str
    issued_at: float
    back: str = ""
    moderator_id: int = 0
    token: str = ""
    login: str = ""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who came back, as the provider signed it. `subject` is what is kept of issuer and subject."""

    subject: str
    has_shown_two_factors: bool


@cache
def is_installed() -> bool:
    """Say whether the extra is installed."""
    return find_spec("authlib") is not None and find_spec("requests") is not None


def provider() -> Provider | None:
    """Return the provider, or None when there is none or the extra is missing."""
    settings = parts().settings
    if settings.oidc_issuer is None or not is_installed():
        return None
    secret = settings.oidc_client_secret
    return Provider(
        settings.oidc_name,
        settings.oidc_issuer,
        str(settings.oidc_client_id),
        None if secret is None else secret.get_secret_value(),
    )


def new_ticket(purpose: str, **more: Any) -> Ticket:
    """Return a ticket for a way to the provider and back."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Ticket(purpose, state, nonce, verifier, parts().now().timestamp(), **more)


def seal_ticket(key: RootKey, ticket: Ticket) -> str:
    """Return a ticket as a cookie holds it."""
    return seal_text(key, _PURPOSE, "cookie", dumps(asdict(ticket)))


def read_ticket(key: RootKey, cookie: str, *, now: datetime) -> Ticket | None:
    """Return the ticket of a cookie, None when there is none or it is too old."""
    plain = unseal_text(key, _PURPOSE, "cookie", cookie)
    if plain is None:
        return None
    ticket = Ticket(**loads(plain))
    return ticket if 0 <= now.timestamp() - ticket.issued_at < PROVIDER_LASTS.total_seconds() else None


def address_at_provider(chosen: Provider, ticket: Ticket) -> str:
    """Return where the browser goes. Raises ProviderAway."""
    with _client(chosen, _metadata(chosen)) as client:
        endpoint = _metadata(chosen).authorization_endpoint
        url, _ = client.create_authorization_url(
            endpoint, state=ticket.state, nonce=ticket.nonce, code_verifier=ticket.verifier
        )
    return str(url)


def visitor_of(chosen: Provider, ticket: Ticket, answer: Mapping[str, str]) -> Visitor:
    """Return who came back with the provider's answer. Raises NotLoggedIn or ProviderAway."""
    if not same_secret(ticket.state, answer.get("state", "")):
        raise NotLoggedIn("state")
    # RFC 9207: a provider that names itself must be the one we sent the browser to.
    if answer.get("iss", chosen.issuer) != chosen.issuer:
        raise NotLoggedIn("answer of another issuer")
    if "error" in answer or not answer.get("code"):
        raise NotLoggedIn("no code")
    token = _fetch_token(chosen, ticket, answer["code"])
    claims = _checked_claims(chosen, ticket, token)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_CHARS:
        raise NotLoggedIn("subject")
    methods = claims.get("amr") or []
    return Visitor(subject_key(chosen.issuer, subject), has_shown_two_factors="mfa" in methods)


def subject_key(issuer: str, subject: str) -> str:
    """Return what is kept of an account of the provider."""
    return hashlib.sha256(f"{issuer}\x1f{subject}".encode()).hexdigest()


def _fetch_token(chosen: Provider, ticket: Ticket, code: str) -> Mapping[str, Any]:
    from authlib.integrations.base_client import OAuthError  # noqa: PLC0415 - an extra
    from requests import RequestException  # noqa: PLC0415 - an extra

    metadata = _metadata(chosen)
    try:
        with _client(chosen, metadata) as client:
            token: Mapping[str, Any] = client.fetch_token(
                metadata.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=ticket.verifier,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
    except OAuthError as error:
        raise NotLoggedIn(f"token endpoint: {type(error).__name__}") from None
    except (RequestException, ValueError) as error:
        raise ProviderAway(type(error).__name__) from None
    return token


def _checked_claims(chosen: Provider, ticket: Ticket, token: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the claims of the ID token once signature, issuer, audience, times and nonce are right."""
    from authlib.oidc.core import CodeIDToken  # noqa: PLC0415 - an extra
    from joserfc.errors import JoseError  # noqa: PLC0415 - comes with it

    if not isinstance(token.get("id_token"), str):
        raise NotLoggedIn("no ID token")
    try:
        signed = _signed(chosen, token["id_token"])
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            {
                "iss": {"essential": True, "value": chosen.issuer},
                "aud": {"essential": True, "value": chosen.client_id},
                "nonce": {"essential": True, "value": ticket.nonce},
            },
            {"nonce": ticket.nonce, "client_id": chosen.client_id, "access_token": token.get("access_token")},
        )
        claims.validate(now=int(parts().now().timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError) as error:
        raise NotLoggedIn(f"ID token: {type(error).__name__} {error}"[:120]) from None
    return dict(claims)


def _signed(chosen: Provider, id_token: str) -> Any:
    """Return the ID token once its signature is right; a key we do not know makes us ask for the keys again, once."""
    from joserfc import jwt  # noqa: PLC0415 - comes with the extra
    from joserfc.errors import InvalidKeyIdError  # noqa: PLC0415 - as above
    from joserfc.jwk import KeySet  # noqa: PLC0415 - as above
    from joserfc.jws import JWSRegistry  # noqa: PLC0415 - as above

    metadata = _metadata(chosen)
    registry = JWSRegistry(algorithms=list(metadata.algorithms), strict_check_header=False)
    try:
        return jwt.decode(id_token, KeySet.import_key_set(metadata.keys), registry=registry)
    except InvalidKeyIdError:
        keys = _metadata(chosen, is_stale=True).keys
        return jwt.decode(id_token, KeySet.import_key_set(keys), registry=registry)


def _client(chosen: Provider, metadata: Metadata) -> Any:
    from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415 - an extra

    return OAuth2Session(
        chosen.client_id,
        chosen.client_secret,
        scope="openid",
        redirect_uri=public_base() + CALLBACK,
        code_challenge_method="S256",
        token_endpoint_auth_method=metadata.client_auth(has_secret=chosen.client_secret is not None),
    )


def _metadata(chosen: Provider, *, is_stale: bool = False) -> Metadata:
    """Return what the provider says of itself, an hour old at most. Raises ProviderAway."""
    now = parts().now()
    held: Metadata | None = current_app.extensions.get(_EXTENSION)
    # Answers signed with made-up keys must not make us ask more than once a minute.
    oldest = now - (timedelta(minutes=1) if is_stale else _METADATA_LASTS)
    if held is not None and held.fetched_at > oldest:
        return held
    made = fetch_metadata(chosen.issuer, lambda url: fetch_json(url, TIMEOUT_SECONDS), now=now)
    current_app.extensions[_EXTENSION] = made
    return made
