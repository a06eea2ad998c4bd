"""A small OpenID provider on loopback, made with Authlib's server side: real codes, real PKCE, real signatures.

A test may twist what it says, as a broken or hostile one would.
"""

import base64
import contextlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "replydesk", "a secret of the provider's"
TIMEOUT_SECONDS = 5
Claims = dict[str, Any]


@dataclass
class Account:
    """Somebody who has an account at the provider."""

    sub: str
    email: str
    amr: list[str] = field(default_factory=list)


class Client(ClientMixin):
    """The one client it knows."""

    def __init__(self, redirect_uri: str) -> None:
        self.client_id = CLIENT_ID
        self.redirect_uri = redirect_uri

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    """A code that was given out."""

    redirect_uri: str
    scope: str
    nonce: str | None
    account: Account
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> list[str]:
        return self.account.amr


class OpenIdProvider:
    """A running provider. `account` is who is logged in at it; `twist` changes the claims before they are signed."""

    def __init__(self, redirect_uri: str) -> None:
        self.account: Account | None = Account("248289761001", "ada@example.org")
        self.twist: Callable[[Claims], Claims] = lambda claims: claims
        self.metadata_twist: Callable[[Claims], Claims] = lambda said: said
        self.sign_as = "RS256"
        self.says_no_id_token = False
        self.asked: list[str] = []
        self.codes: dict[str, Code] = {}
        self.key = _keys()[0]
        self.client = Client(redirect_uri)
        self.issuer = ""

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        self.key = _keys()[1]

    def log_in(self, address: str) -> str:
        """Go where the desk sends the browser; return where the provider sends it back to."""
        answer = requests.get(address, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def id_token(self, claims: Claims) -> str:
        """Sign as the test wants it."""
        header = {"alg": self.sign_as, "kid": str(self.key.kid)}
        if self.sign_as == "none":
            return _by_hand(header, claims, lambda signed: signed[:0])
        if self.sign_as == "HS256":  # with what everybody may read, as a verifier that mixes kinds of keys would take
            public = self.key.as_pem(private=False)
            return _by_hand(header, claims, lambda signed: hmac.digest(public, signed, "sha256"))
        if self.sign_as == "stolen":
            return jwt.encode({**header, "alg": "RS256"}, claims, _keys()[2])
        return jwt.encode(header, claims, self.key, [self.sign_as])


def _by_hand(header: Claims, claims: Claims, sign: Callable[[bytes], bytes]) -> str:
    """Sign what no library would sign."""

    def encoded(value: bytes) -> bytes:
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    signed = b".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    return b".".join((signed, encoded(sign(signed)))).decode()


@cache
def _keys() -> tuple[RSAKey, RSAKey, RSAKey]:
    """Return the provider's key, its next one, and somebody else's under the first one's name."""
    one, two, other = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("one", "two", "one"))
    return one, two, other


@contextlib.contextmanager
def running_openid_provider(redirect_uri: str) -> Iterator[OpenIdProvider]:
    """Run a provider for the length of the block."""
    provider = OpenIdProvider(redirect_uri)
    app = Flask("openid")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    provider.issuer = f"http://localhost:{server.server_port}"
    _add_routes(app, provider)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answered(address: str, **changes: str) -> str:
    """Return an address with other values in its query; an empty one is left out."""
    split = urlsplit(address)
    query = {**dict(parse_qsl(split.query)), **changes}
    return split._replace(query=urlencode({name: value for name, value in query.items() if value})).geturl()


def _add_routes(app: Flask, provider: OpenIdProvider) -> None:
    server = AuthorizationServer(app, query_client=_query(provider), save_token=_forget)
    server.register_grant(_grant(provider), [CodeChallenge(required=True), _openid(provider)])

    @app.before_request
    def note() -> None:
        provider.asked.append(request.path)

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Response:
        said = {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/authorize",
            "token_endpoint": f"{provider.issuer}/token",
            "jwks_uri": f"{provider.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
        return jsonify(provider.metadata_twist(said))

    @app.get("/jwks")
    def keys() -> Response:
        return jsonify(KeySet([provider.key]).as_dict(private=False))

    @app.get("/authorize")
    def authorize() -> Response:
        grant = server.get_consent_grant(end_user=provider.account)
        answer: Response = server.create_authorization_response(grant_user=provider.account, grant=grant)
        return answer

    @app.post("/token")
    def token() -> Response:
        answer: Response = server.create_token_response()
        return answer

    @app.get("/elsewhere")
    def elsewhere() -> Response:
        return redirect(f"{provider.issuer}/jwks")  # type: ignore[return-value]  # Werkzeug's own kind


def _forget(token: Claims, request: Any) -> None:
    """Keep no access token: nobody uses one."""


def _query(provider: OpenIdProvider) -> Callable[[str], Client | None]:
    return lambda client_id: provider.client if client_id == CLIENT_ID else None


def _grant(provider: OpenIdProvider) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> None:
            asked = request.payload.data
            provider.codes[code] = Code(
                asked["redirect_uri"],
                asked["scope"],
                asked.get("nonce"),
                request.user,
                asked.get("code_challenge"),
                asked.get("code_challenge_method"),
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            provider.codes = {code: each for code, each in provider.codes.items() if each is not authorization_code}

        def authenticate_user(self, authorization_code: Code) -> Account:
            return authorization_code.account

    return Grant


def _openid(provider: OpenIdProvider) -> OpenIDCode:
    class OpenId(OpenIDCode):  # type: ignore[misc]  # Authlib has no types
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in provider.codes.values())

        def resolve_client_private_key(self, client: Client) -> RSAKey:
            return provider.key

        def get_client_claims(self, client: Client) -> Claims:
            return {"iss": provider.issuer, "aud": [client.client_id]}

        def generate_user_info(self, user: Account, scope: str) -> UserInfo:
            return UserInfo(sub=user.sub, email=user.email, email_verified=True)

        def encode_id_token(self, token: Any, request: Any) -> str:
            honest = super().encode_id_token(token, request)
            claims = dict(jwt.decode(honest, provider.key).claims)
            return provider.id_token(provider.twist(claims))

        def process_token(self, grant: Any, response: Any) -> Any:
            token = super().process_token(grant, response)
            if provider.says_no_id_token:
                del token["id_token"]
            return token

    return OpenId()
