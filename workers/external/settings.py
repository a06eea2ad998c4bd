"""Read which external checkers there are from the TOML file of REPLYDESK_CHECKERS_FILE. No file, no checkers."""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from comments.signal import Weight
from workers.external.akismet import URL as AKISMET_URL
from workers.external.akismet import Akismet
from workers.external.checker import TIMEOUT_SECONDS, Asks, HttpChecker
from workers.external.panel import Panel
from workers.external.post import UnsafeUrl, require_safe_url
from workers.toml_file import read_toml_file

MIN_SECRET_BYTES = 32
# A signal's check is at most 40 characters long, "external:" included.
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?", re.ASCII)


class BadCheckers(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line that says what is wrong with the file. It never shows a secret."""


class _Listed(BaseModel):
    """What every checker of the file has."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str
    sites: tuple[str, ...] = Field(min_length=1)
    timeout_seconds: float = Field(TIMEOUT_SECONDS, gt=0, le=10)
    weight: Weight = Weight.SOFT
    send_name: bool = False

    @field_validator("name")
    @classmethod
    def _short_name(cls, name: str) -> str:
        if not NAME.fullmatch(name):
            raise ValueError("use up to 30 small letters, digits and hyphens")
        return name

    @field_validator("weight")
    @classmethod
    def _never_reject(cls, weight: Weight) -> Weight:
        if weight is Weight.REJECT:
            raise ValueError("somebody else's answer never rejects a comment: use note, soft or hold")
        return weight


class _Http(_Listed):
    url: str
    secret_file: Path

    @field_validator("url")
    @classmethod
    def _safe(cls, url: str) -> str:
        return _safe_url(url)


class _Akismet(_Listed):
    name: str = "akismet"
    blog: str
    key_file: Path
    url: str = AKISMET_URL

    @field_validator("url")
    @classmethod
    def _safe(cls, url: str) -> str:
        return _safe_url(url).rstrip("/")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    checker: tuple[_Http, ...] = ()
    akismet: tuple[_Akismet, ...] = ()


def load_panel(path: Path | None) -> Panel:
    """Return the checkers of the file; none without a file. Raises BadCheckers."""
    if path is None:
        return Panel({})
    listed = _listed(path)
    names = [each.name for each in (*listed.checker, *listed.akismet)]
    if len(set(names)) < len(names):
        raise BadCheckers(f"{path.name}: two checkers have the same name")
    sites: defaultdict[str, list[Asks]] = defaultdict(list)
    for http in listed.checker:
        _enlist(sites, http, _http_checker(http))
    for akismet in listed.akismet:
        _enlist(sites, akismet, _akismet(akismet))
    return Panel(sites)


def _enlist(sites: Mapping[str, list[Asks]], listed: _Listed, checker: Asks) -> None:
    for site in dict.fromkeys(listed.sites):
        sites[site].append(checker)


def _listed(path: Path) -> _File:
    return read_toml_file(path, _File, BadCheckers)


def _http_checker(listed: _Http) -> HttpChecker:
    secret = _secret(listed.secret_file).encode()
    if len(secret) < MIN_SECRET_BYTES:
        raise BadCheckers(f"the secret of “{listed.name}” is too short: use {MIN_SECRET_BYTES} characters or more")
    return HttpChecker(
        listed.name, listed.url, secret, listed.timeout_seconds, weight=listed.weight, sends_name=listed.send_name
    )


def _akismet(listed: _Akismet) -> Akismet:
    return Akismet(
        key=_secret(listed.key_file),
        blog=listed.blog,
        name=listed.name,
        url=listed.url,
        timeout_seconds=listed.timeout_seconds,
        weight=listed.weight,
        sends_name=listed.send_name,
    )


def _secret(path: Path) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise BadCheckers(f"{path.name} cannot be read: {type(error).__name__}") from None
    if not secret:
        raise BadCheckers(f"{path.name} is empty")
    return secret


def _safe_url(url: str) -> str:
    try:
        require_safe_url(url)
    except UnsafeUrl as problem:
        raise ValueError(str(problem)) from None
    return url
