"""Read how notifications are sent from the TOML file of REPLYDESK_NOTIFICATIONS_FILE. No file, no notifications.

Each way of sending is a table of its own in the file, with a model of its own here.
"""

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from comments.webhook import BadWebhook, check_url, read_secret
from workers.digests.receivers import Chat, Digest, Mailbox, Program, Receiver
from workers.digests.schedule import BadSchedule, read_schedule
from workers.mail.addresses import BadAddress, read_recipient, read_sender
from workers.mail.smtp import SmtpServer, Tls
from workers.toml_file import read_toml_file

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?", re.ASCII)
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


class _Digest(BaseModel):
    """One `[[digest]]`: a site, how often, and one way or more to tell."""

    model_config = _STRICT

    site: str
    name: str = "digest"
    every: str
    timezone: str = "UTC"
    when_quiet: bool = False
    slack_url: str | None = Field(None, repr=False)
    slack_url_file: Path | None = None
    webhook_url: str | None = Field(None, repr=False)
    webhook_secret_file: Path | None = None
    mail_to: tuple[str, ...] = Field((), repr=False, max_length=50)

    @field_validator("name")
    @classmethod
    def _short_name(cls, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError("use up to 20 small letters, digits and hyphens")
        return name

    @field_validator("slack_url", "webhook_url")
    @classmethod
    def _is_url(cls, url: str | None) -> str | None:
        return None if url is None else _checked_url(url)

    @field_validator("mail_to")
    @classmethod
    def _are_addresses(cls, written: tuple[str, ...]) -> tuple[str, ...]:
        try:
            for each in written:
                read_recipient(each)
        except BadAddress as problem:
            raise ValueError(str(problem)) from None
        return written

    @model_validator(mode="after")
    def _whole(self) -> Self:
        try:
            read_schedule(self.every, self.timezone)
        except BadSchedule as problem:
            raise ValueError(str(problem)) from None
        if self.slack_url is not None and self.slack_url_file is not None:
            raise ValueError("give slack_url or slack_url_file, not both")
        if (self.webhook_url is None) != (self.webhook_secret_file is None):
            raise ValueError("webhook_url and webhook_secret_file go together")
        if not (self.slack_url or self.slack_url_file or self.webhook_url or self.mail_to):
            raise ValueError("say where to: slack_url, webhook_url or mail_to")
        return self


class NotificationsFile(BaseModel):
    """The file as it is written: what is not in it is not used."""

    model_config = _STRICT

    smtp: _Smtp | None = None
    digest: tuple[_Digest, ...] = ()

    @model_validator(mode="after")
    def _digests_are_told_apart_and_mailed_by_somebody(self) -> Self:
        names = [(each.site, each.name) for each in self.digest]
        if len(set(names)) < len(names):
            raise ValueError("two digests of a site have the same name")
        if self.smtp is None and any(each.mail_to for each in self.digest):
            raise ValueError("mail_to needs [smtp]")
        return self


def load_notifications(path: Path | None) -> NotificationsFile:
    """Return what the file says; nothing without a file. Raises BadNotifications."""
    if path is None:
        return NotificationsFile()
    return read_toml_file(path, NotificationsFile, BadNotifications)


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


def digests(written: NotificationsFile) -> tuple[Digest, ...]:
    """Return every digest to each of its receivers. Raises BadNotifications."""
    server = smtp_server(written)
    return tuple(
        Digest(
            each.site, f"{each.name}/{way}", read_schedule(each.every, each.timezone), to, when_quiet=each.when_quiet
        )
        for each in written.digest
        for way, to in _ways(each, server)
    )


def _ways(listed: _Digest, server: SmtpServer | None) -> Iterator[tuple[str, Receiver]]:
    if listed.slack_url is not None:
        yield "slack", Chat(listed.slack_url)
    if listed.slack_url_file is not None:
        yield "slack", Chat(_url_in(listed.slack_url_file))
    if listed.webhook_url is not None and listed.webhook_secret_file is not None:
        yield "webhook", Program(listed.webhook_url, _webhook_secret(listed.webhook_secret_file))
    if server is not None:
        for number, each in enumerate(listed.mail_to, start=1):
            yield f"mail-{number}", Mailbox(each, server)


def _webhook_secret(path: Path) -> bytes:
    try:
        return read_secret(_secret(path))
    except BadWebhook as problem:
        raise BadNotifications(f"{path.name}: {problem}") from None


def _url_in(path: Path) -> str:
    try:
        return _checked_url(_secret(path))
    except ValueError as problem:
        raise BadNotifications(f"{path.name}: {problem}") from None


def _checked_url(url: str) -> str:
    try:
        return check_url(url)
    except BadWebhook as problem:
        raise ValueError(str(problem)) from None


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
