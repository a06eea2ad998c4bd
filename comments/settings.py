"""Settings: read once at start from REPLYDESK_* variables or a TOML file, then passed in, never a global."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PREFIX = "REPLYDESK_"
HIGHEST_PORT = 65_535
_REDIS_SCHEMES = ("redis://", "rediss://", "unix://")
_NO_SOCKET = "name the socket's whole path: unix:///run/valkey/valkey.sock"
_NO_SERVER = (
    "its port is no number from 1 to 65535, or its password has a sign that must be written otherwise:"
    " / as %2F, ? as %3F, # as %23, @ as %40, : as %3A, % as %25"
)


class BadSettings(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line that names the setting and says what to do. It never shows a value."""


class EmailMode(StrEnum):
    """What becomes of an address. `hash`: turned into keyed hashes inside the request and dropped.

    `sealed`: the same, and for an author who asks for notices sealed to a key that only the notifier has.
    """

    HASH = "hash"
    SEALED = "sealed"


class SecondStageUse(StrEnum):
    """Whether the second stage is asked about comments in doubt."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class WordpressStatuses(StrEnum):
    """How the form of a WordPress theme learns that something is missing: by a status that says so, or by its 200."""

    HONEST = "honest"
    WORDPRESS = "wordpress"


class Settings(BaseSettings):
    """Every setting, with its unit in its name. docs/operations.md documents each; a test holds that."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True, case_sensitive=False
    )

    data_dir: Path = Field(Path("var"), description="Where the embedded database, key and Redis data live.")
    database_url: SecretStr | None = Field(
        None, description="SQLite (`sqlite:///FILE`) or PostgreSQL (`postgresql://…`); default: a file in data_dir."
    )
    redis_url: SecretStr | None = Field(
        None, description="Redis or Valkey ≥ 6.2; default: the supervisor starts its own on a private socket."
    )
    root_key_file: Path | None = Field(None, description="The root key, mode 0600; default: root.key in data_dir.")
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the web server listens on.")
    ops_port: int | None = Field(
        None, ge=1, le=65535, description="Loopback port for metrics and detailed health; default: port + 1."
    )
    ops_host: str = Field(
        "127.0.0.1", description="Address of the listener for metrics and detailed health; keep it from the public."
    )
    public_url: str | None = Field(
        None, description="The address readers and moderators use (`https://comments.example.org`); for links."
    )
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Host names accepted in requests, comma-separated; default: any, with links from public_url."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Proxy addresses or networks whose X-Forwarded-For is believed, comma-separated."
    )
    web_workers: int = Field(2, ge=1, le=64, description="Web processes.")
    web_threads: int = Field(16, ge=1, le=256, description="Threads in each web process.")
    workers: int = Field(1, ge=1, le=64, description="RQ worker processes.")
    proof_max_number: int = Field(
        100_000,
        ge=1_000,
        le=10_000_000,
        description="How long a proof of work takes where a site asks for one: half so many hashes on average.",
    )
    rate_limits: bool = Field(True, description="Rate limits at the door; off for benchmarks only.")
    email_mode: EmailMode = Field(EmailMode.HASH, description="What becomes of an address: `hash` or `sealed`.")
    notice_public_key_file: Path | None = Field(
        None, description="Addresses are sealed to this key when an author wants notices; needed for `sealed`."
    )
    notice_private_key_file: Path | None = Field(
        None, description="The key that opens them, mode 0600; for the notifier alone, never for the web."
    )
    second_stage: SecondStageUse = Field(
        SecondStageUse.AUTO,
        description="Ask the second model about comments in doubt: `auto` (when installed), `on`, `off`.",
    )
    checkers_file: Path | None = Field(
        None, description="TOML file that names checkers outside this installation (docs/checkers.md); default: none."
    )
    notifications_file: Path | None = Field(
        None, description="TOML file of mail and digests (docs/notifications.md); default: none are sent."
    )
    webhook_private_addresses: bool = Field(
        False, description="Let webhooks and digests go to private and loopback addresses (docs/webhooks.md)."
    )
    lease_seconds: int = Field(60, ge=2, le=3600, description="How long a worker may hold a claimed comment.")
    sweep_seconds: float = Field(5.0, gt=0, le=300, description="How often the sweeper looks for forgotten comments.")
    pending_alert_seconds: int = Field(
        60, ge=1, description="Readiness turns degraded when a comment has waited longer for its checks."
    )
    session_idle_minutes: int = Field(30, ge=1, description="A moderator's session ends after so long without use.")
    session_hours: int = Field(12, ge=1, description="A moderator's session ends after so long in any case.")
    oidc_issuer: str | None = Field(
        None,
        description="OpenID provider moderators may log in by (`https://login.example.org`), with `replydesk[oidc]`.",
    )
    oidc_client_id: str | None = Field(None, description="The name the OpenID provider knows this service by.")
    oidc_client_secret: SecretStr | None = Field(
        None, description="The secret the OpenID provider gave this service; none for a public client."
    )
    oidc_name: str = Field("single sign-on", description="What the login page calls the OpenID provider.")
    wordpress_statuses: WordpressStatuses = Field(
        WordpressStatuses.HONEST,
        description="Statuses of the WordPress form's refusals: `honest` (422, 503) or `wordpress` (200, 500).",
    )
    log_level: str = Field("info", description="debug, info, warning or error.")

    @field_validator("trusted_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("redis_url")
    @classmethod
    def _usable_redis(cls, value: SecretStr | None) -> SecretStr | None:
        wrong = None if value is None else why_no_redis_address(value.get_secret_value())
        if wrong is not None:
            raise ValueError(wrong)
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _safe_issuer(cls, value: str | None) -> str | None:
        said = urlsplit(value or "")
        is_loopback = said.scheme == "http" and said.hostname in {"127.0.0.1", "::1", "localhost"}
        if value is not None and not (said.hostname and (said.scheme == "https" or is_loopback)):
            raise ValueError("use an https address")
        return value

    @model_validator(mode="after")
    def _whole_provider(self) -> Self:
        if self.oidc_issuer is not None and not (self.oidc_client_id and self.public_url):
            raise BadSettings(
                f"{PREFIX}OIDC_ISSUER also needs {PREFIX}OIDC_CLIENT_ID and {PREFIX}PUBLIC_URL, which the provider"
                " sends people back to"
            )
        return self

    @model_validator(mode="after")
    def _whole_sealing(self) -> Self:
        if self.email_mode is EmailMode.SEALED and not (self.notice_public_key_file and self.public_url):
            raise BadSettings(
                f"{PREFIX}EMAIL_MODE=sealed also needs {PREFIX}NOTICE_PUBLIC_KEY_FILE and {PREFIX}PUBLIC_URL, for the"
                " links in mails"
            )
        return self

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.lower() not in {"debug", "info", "warning", "error"}:
            raise ValueError("use debug, info, warning or error")
        return value.lower()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        sources: list[PydanticBaseSettingsSource] = [init_settings, env_settings]
        sources.append(InitSettingsSource(settings_cls, _from_secret_files()))
        config = os.environ.get(f"{PREFIX}CONFIG")
        if config:
            if not Path(config).is_file():
                raise BadSettings(f"{PREFIX}CONFIG names a file that is not there")
            sources.append(TomlConfigSettingsSource(settings_cls, Path(config)))
        return tuple(sources)

    @property
    def database(self) -> str:
        """The database address that is in force."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data_dir / 'replydesk.sqlite3').absolute()}"

    @property
    def redis(self) -> str | None:
        """The Redis address, or None when the supervisor has not said one yet."""
        return None if self.redis_url is None else self.redis_url.get_secret_value()

    @property
    def root_key_path(self) -> Path:
        """The file of the root key that is in force."""
        return self.root_key_file or self.data_dir / "root.key"

    @property
    def ops_listener_port(self) -> int:
        """The loopback port of metrics and detailed health."""
        return self.ops_port or (self.port + 1 if self.port < HIGHEST_PORT else self.port - 1)


def why_no_redis_address(url: str) -> str | None:
    """Return what is wrong with a Redis address, without a word of it; None when a client can make something of it.

    Clients fail on it with an error that shows a part of the password.
    """
    if not url.startswith(_REDIS_SCHEMES):
        return "begin it with redis://, rediss:// or unix://"
    is_socket = url.startswith("unix://")
    wrong = _NO_SOCKET if is_socket else _NO_SERVER
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return wrong
    if is_socket:
        return None if parts.path.strip("/") else wrong
    return wrong if port == 0 or parts.fragment or "@" in parts.path + parts.query else None


# Secrets may also stand in a file, as container platforms hand them over: REPLYDESK_DATABASE_URL_FILE.
_SECRETS = ("database_url", "redis_url", "oidc_client_secret")


def _from_secret_files() -> dict[str, Any]:
    found = {}
    for name in _SECRETS:
        path = os.environ.get(f"{PREFIX}{name.upper()}_FILE")
        if path:
            try:
                found[name] = Path(path).read_text().strip()
            except OSError as error:
                raise BadSettings(f"{PREFIX}{name.upper()}_FILE cannot be read: {error.strerror}") from None
    return found


def load_settings(**overrides: Any) -> Settings:
    """Read the settings. Raises BadSettings with one line for all that is wrong."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        wrong = [f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors(include_input=False)]
        raise BadSettings("; ".join(wrong)) from None
    except ValueError as error:  # a TOML file that is no TOML
        raise BadSettings(f"the settings file cannot be read: {type(error).__name__}") from None
