"""More of what the doctor looks at: what is open to others, believed of others, or about to run out."""

import os
import stat
import tomllib
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from comments.identity import KeyFileProblem, load_root_key
from comments.settings import _SECRETS, PREFIX, Settings
from comments.store import Store
from ops.examinations import Finding, Look, State, ok, problem
from ops.rights import Process, is_for_a_group, is_open_to_others
from ops.standing import judge_disk
from service.readiness import Health
from workers.model import first_stage
from workers.model.weights import ModelDamaged, load_weights

# A network this wide holds strangers: who may say where a request came from are a handful of machines.
WIDEST_PROXIES = {4: 8, 6: 16}
_SECRET_WORDS = ("password", "secret", "key", "token")


def look_at_chance(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """A key out of an example is everybody's."""
    try:
        key = load_root_key(settings.root_key_path)
    except KeyFileProblem:
        return Finding(State.NOTE, "not known without the root key")
    if not key.looks_random:
        return problem("is no random key", "replydesk key rotate")
    return ok(f"looks random, key id {key.kid}")


def look_at_secret_files(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """A password that every user of the machine can read is none."""
    here = Process.this()
    handed_over = []
    for path in _secret_files(settings):
        try:
            found = path.stat()
        except OSError:
            continue  # whoever needs it says so
        if is_for_a_group(found, here):
            handed_over.append(path)
        elif is_open_to_others(found, here, group_may=stat.S_IRGRP):
            # Of a file that another user owns, 600 would shut out the service itself.
            mode = "600" if found.st_uid == here.user else "640"
            return problem(f"{path} can be read by others", f"chmod {mode} {path}")
    if handed_over:
        return Finding(
            State.NOTE,
            f"{handed_over[0]} can be read by its group",
            "see that the service's user is alone in that group",
        )
    return ok("for this service alone")


def _secret_files(settings: Settings) -> Iterator[Path]:
    """Yield every file that holds, or may hold, a secret."""
    named = (os.environ.get(f"{PREFIX}{name.upper()}_FILE") for name in _SECRETS)
    yield from (Path(path) for path in named if path)
    config = os.environ.get(f"{PREFIX}CONFIG")
    for path in (Path(config) if config else None, settings.notifications_file, settings.checkers_file):
        if path is not None and _holds_secrets(path):
            yield path
    if settings.notice_private_key_file is not None:
        yield settings.notice_private_key_file


def _holds_secrets(path: Path) -> bool:
    """Say whether a TOML file has a secret in itself, and not only the name of a file that has."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return any(_is_secret(name, value) for name, value in _leaves(content))


def _leaves(content: object, name: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(content, dict):
        for inner, value in content.items():
            yield from _leaves(value, str(inner))
    elif isinstance(content, list):
        for value in content:
            yield from _leaves(value, name)
    else:
        yield name, content


def _is_secret(name: str, value: object) -> bool:
    is_address_with_password = isinstance(value, str) and "://" in value and "@" in value
    is_named_so = any(word in name for word in _SECRET_WORDS) and not name.endswith("_file")
    return is_named_so or is_address_with_password or name in {"slack_url", "webhook_url"}


def look_at_trust(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """Whoever is believed about addresses can go round every limit."""
    for written in settings.trusted_proxies:
        try:
            network = ip_network(written, strict=False)
        except ValueError:
            return problem(f"{written[:40]!r} is no address or network", "correct REPLYDESK_TRUSTED_PROXIES")
        if network.prefixlen < WIDEST_PROXIES[network.version]:
            return problem(
                f"{network} lets everybody say who they are", "name the proxies in REPLYDESK_TRUSTED_PROXIES"
            )
    is_public = settings.public_url is not None and not _is_loopback(urlsplit(settings.public_url).hostname or "")
    if is_public and not settings.trusted_proxies and _is_loopback(settings.host):
        return problem(
            "readers can only come by a proxy, and none is named: all share one limit",
            "set REPLYDESK_TRUSTED_PROXIES to its address",
        )
    return ok(", ".join(settings.trusted_proxies) or "nobody is believed about another's address")


def look_at_address(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """The address of the links must be safe, and one that is answered."""
    if settings.public_url is None:
        return Finding(State.NOTE, "none is set", "set REPLYDESK_PUBLIC_URL before going public")
    address = urlsplit(settings.public_url)
    host = address.hostname or ""
    if not host or address.scheme not in {"http", "https"}:
        return problem("REPLYDESK_PUBLIC_URL is no web address", "write it as https://comments.example.org")
    if address.scheme == "http" and not _is_loopback(host):
        return problem("links and logins go over plain http", "serve https, and say so in REPLYDESK_PUBLIC_URL")
    if settings.trusted_hosts and not any(_covers(each, host) for each in settings.trusted_hosts):
        return problem(
            f"{host} is not among the trusted hosts: every link is refused", "add it to REPLYDESK_TRUSTED_HOSTS"
        )
    return ok(settings.public_url)


def _covers(trusted: str, host: str) -> bool:
    name = trusted.partition(":")[0].lower()
    return host == name or (name.startswith(".") and host.endswith(name))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def look_at_log(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """What is for developers is slow, and fills disks."""
    if settings.log_level == "debug" and settings.public_url is not None:
        return problem("tells everything (debug)", "set REPLYDESK_LOG_LEVEL to info")
    return ok(f"level {settings.log_level}")


def look_at_listener(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """It has no login."""
    if not _is_loopback(settings.ops_host):
        return Finding(
            State.NOTE,
            f"metrics and health listen on {settings.ops_host}, without a login",
            "let nobody but Prometheus reach that port",
        )
    return ok("for this machine alone")


def look_at_disk(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """On a full disk no comment is kept."""
    check = judge_disk(settings.data_dir)
    return (
        ok("there is room") if check.status is Health.OK else problem(check.reason, "make room, or take a larger one")
    )


def look_at_model(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """With a damaged model the workers go on, and hold every comment."""
    try:
        version = load_weights(first_stage.SHIPPED_HEADER).version
    except ModelDamaged as fault:
        return problem(f"{fault}", "install the package again; until then every comment is held")
    return ok(f"whole, version {version}")


EXPOSURE: tuple[tuple[str, Look], ...] = (
    ("root key's chance", look_at_chance),
    ("secret files", look_at_secret_files),
    ("public address", look_at_address),
    ("trusted proxies", look_at_trust),
    ("log", look_at_log),
    ("operator's port", look_at_listener),
    ("disk", look_at_disk),
    ("model", look_at_model),
)
