"""Read how notifications are sent from the TOML file of REPLYDESK_NOTIFICATIONS_FILE. No file, no notifications.

Each way of sending is a table of its own in the file, with a model of its own here.
"""

import ipaddress
import tomllib
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from workers.mail.addresses import BadAddress, read_sender
from workers.mail.smtp import SmtpServer, Tls

_STRICT = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class BadNotifications(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line that says what is wrong with the file. It never shows a secret or an address."""


class _Smtp(BaseModel):
    model_config = _STRICT

    host: str = Field(min_length=1)
    port: int = Field(587, ge=1, le=65535)
    tls: Tls = Tls.STARTTLS
    sender: str = Field(alias="from")
    user: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None

    @field_validator("sender")
    @classmethod
    def _is_sender(cls, written: str) -> str:
        try:
            read_sender(written)
        except BadAddress as problem:
            raise ValueError(str(problem)) from None
        return written

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.tls is Tls.NONE and not _is_loopback(self.host):
            raise ValueError('use tls = "starttls" or "tls"; none is for a server on this machine alone')
        if (self.user is None) != (self.password_file is None):
            raise ValueError("user and password_file go together")
        return self


class NotificationsFile(BaseModel):
    """The file as it is written: what is not in it is not used."""

    model_config = _STRICT

    smtp: _Smtp | None = None


def load_notifications(path: Path | None) -> NotificationsFile:
    """Return what the file says; nothing without a file. Raises BadNotifications."""
    if path is None:
        return NotificationsFile()
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return NotificationsFile.model_validate(content)
    except OSError as error:
        raise BadNotifications(f"{path.name} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        wrong = (
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
            for item in error.errors(include_input=False, include_url=False)
        )
        raise BadNotifications(f"{path.name}: {'; '.join(wrong)}") from None
    except ValueError as error:
        raise BadNotifications(f"{path.name} is no TOML: {type(error).__name__}") from None


def smtp_server(written: NotificationsFile) -> SmtpServer | None:
    """Return where mail is handed in; None when the file names no server. Raises BadNotifications."""
    smtp = written.smtp
    if smtp is None:
        return None
    return SmtpServer(
        host=smtp.host,
        port=smtp.port,
        tls=smtp.tls,
        sender=read_sender(smtp.sender),
        user=smtp.user,
        password=None if smtp.password_file is None else _secret(smtp.password_file),
        ca_file=smtp.ca_file,
    )


def _secret(path: Path) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise BadNotifications(f"{path.name} cannot be read: {type(error).__name__}") from None
    if not secret:
        raise BadNotifications(f"{path.name} is empty")
    return secret


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
