"""What the doctor looks at: each function is one look, and says what to do when something is wrong."""

import ipaddress
import os
import socket
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from comments.contact import load_sealing_key
from comments.identity import KeyFileProblem, RootKey, load_root_key
from comments.migrations import NewerDatabase, OutdatedDatabase, UnfinishedRestore, require_current
from comments.settings import EmailMode, Settings
from comments.store import Store, StoreUnavailable
from comments.store.alarms import JOBS_REFUSED
from comments.store.database import RightMissing
from comments.store.leases import BLIND_WORKER, NOTIFIER, WORKER
from comments.store.soundness import clock_ahead_seconds, why_not_durable
from comments.wakeup import connect_quickly
from ops.clock import utc_now
from ops.notifier import open_desk
from ops.problems import Problem
from ops.redis_guard import may_do_everything, open_socket
from ops.rights import Process, is_open_to_others
from ops.valkey import OLDEST, own_address
from service.auth.oidc import TIMEOUT_SECONDS, is_installed
from service.auth.oidc_metadata import ProviderAway, fetch_json, fetch_metadata
from workers.external.settings import BadCheckers, load_panel
from workers.notifications_file import BadNotifications, digests, load_notifications

# Leases are compared with the clocks of many machines; they last from ten seconds to a minute.
MAX_CLOCK_SECONDS = 2.0
# Nothing that this program may meet was released before.
BUILT_AT = datetime(2026, 11, 1, tzinfo=UTC)


class State(StrEnum):
    """How a look ended."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen, and what to do about it."""

    state: State
    said: str
    remedy: str = ""


Look = Callable[[Settings, Store], Finding]


def ok(said: str) -> Finding:
    """Return that all is well."""
    return Finding(State.OK, said)


def problem(said: str, remedy: str) -> Finding:
    """Return what is wrong and what to do."""
    return Finding(State.PROBLEM, said, remedy)


def look_at_data_dir(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """Others must not read the database and the key."""
    path = settings.data_dir
    if not path.is_dir():
        return problem(f"{path} is not there", "replydesk migrate")
    # A group is the way in of a volume that an orchestrator hands over to the group it gave this process.
    if is_open_to_others(path.stat(), Process.this(), group_may=stat.S_IRWXG):
        return _told_of_open_directory(path)
    if not os.access(path, os.W_OK | os.X_OK):
        return problem(f"{path} cannot be written to", f"give it to this user: chown -R {os.getuid()} {path}")
    return ok(f"{path}, for this service alone")


def _told_of_open_directory(path: Path) -> Finding:
    if path.is_mount():
        return problem(
            f"{path} can be entered by others: a volume is mounted there, with the rights it came with",
            "name a directory inside it in REPLYDESK_DATA_DIR; replydesk migrate makes it private",
        )
    return problem(f"{path} can be entered by others", f"chmod 700 {path}")


def look_at_key(settings: Settings, store: Store) -> Finding:
    """Without the root key no comment can be taken, and a ban of another key holds nobody."""
    try:
        key = load_root_key(settings.root_key_path)
    except KeyFileProblem as fault:
        return problem(str(fault), "restore it from where you keep it, apart from the database")
    earlier = f", looked up under {', '.join(each.kid for each in key.others)} too" if key.others else ""
    lost = _bans_of_no_key(key, store)
    if lost:
        return problem(
            f"{lost} bans were made with a root key that is not here: they hold nobody",
            "put that key back, or see which with replydesk key list and give them up with replydesk key retire",
        )
    return ok(f"readable, key id {key.kid}{earlier}")


def _bans_of_no_key(key: RootKey, store: Store) -> int:
    known = {each.kid for each in key.known}
    try:
        require_current(store.database)
        return sum(known.isdisjoint(ban.kids) for ban in store.bans.all(utc_now()))
    except (StoreUnavailable, OutdatedDatabase, NewerDatabase):
        return 0  # the look at the database says so


def look_at_database(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """The schema must be this version's."""
    try:
        require_current(store.database)
    except RightMissing as fault:
        return problem("refuses its user a right", str(fault).partition("; ")[2])
    except StoreUnavailable as fault:
        return problem(f"cannot be reached ({fault})", "check REPLYDESK_DATABASE_URL, and that the server runs")
    except UnfinishedRestore:
        return problem("a restore into it was not finished", "run it again: replydesk restore FILE --force")
    except OutdatedDatabase:
        return problem("has an older schema", "replydesk migrate")
    except NewerDatabase:
        return problem("was made by a newer Replydesk", "install that version or a later one")
    return ok("SQLite, schema current" if store.database.is_sqlite else "PostgreSQL, schema current")


def look_at_durability(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """A 202 promises that the comment is on the disk."""
    try:
        fault = why_not_durable(store.database)
    except StoreUnavailable:
        return Finding(State.NOTE, "not known with this database")
    return ok("every commit is on the disk") if fault is None else problem(fault, "accepted comments could be lost")


def look_at_redis(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """Redis rings the bell: without it comments wait for the sweeper."""
    url = redis_url(settings)
    if url is None:
        return problem("none is configured and ours does not run", "replydesk up, or set REPLYDESK_REDIS_URL")
    client = connect_quickly(url)
    try:
        return _judge_redis(client, url)
    except AuthenticationError:
        return problem("refuses our password", "correct REPLYDESK_REDIS_URL")
    except (RedisError, OSError) as fault:
        return problem(f"does not answer ({type(fault).__name__})", "start it, or correct REPLYDESK_REDIS_URL")
    finally:
        client.close()


def redis_url(settings: Settings) -> str | None:
    """Return the address in force: the configured one, or that of the Valkey which `up` started."""
    return settings.redis or own_address(settings.data_dir)


def _judge_redis(client: Redis, url: str) -> Finding:
    server = client.info("server")
    version = str(server.get("valkey_version") or server["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        return problem(f"is version {version}", "RQ needs Redis 6.2 or Valkey")
    if is_open_to_the_network(url):
        return problem("can be reached without a password", "set a password or an ACL, and use rediss://")
    try:
        policy = str(client.config_get("maxmemory-policy").get("maxmemory-policy"))
    except ResponseError:  # an ACL that keeps us from asking is no fault
        return ok(f"version {version}")
    if policy != "noeviction":
        return problem(f"may throw jobs away when it is full ({policy})", "set maxmemory-policy noeviction")
    return ok(f"version {version}, keeps every job")


def is_open_to_the_network(url: str) -> bool:
    """Say whether the address is on another machine, without a password."""
    parts = urlsplit(url)
    if parts.scheme == "unix" or parts.password:
        return False
    try:
        address = ipaddress.ip_address(socket.gethostbyname(parts.hostname or "localhost"))
    except (OSError, ValueError):
        return True
    return not address.is_loopback


def look_at_redis_guard(settings: Settings, store: Store) -> Finding:
    """Whoever else can write to Redis can delay comments, and will try to have us run a job."""
    url = redis_url(settings)
    try:
        alarm = store.alarms.find(JOBS_REFUSED, utc_now())
        socket_of_all = open_socket(url or "")
        if alarm is not None:
            said = f"{alarm.count} jobs that are not ours were refused, the last at {alarm.last_at:%Y-%m-%d %H:%M} UTC"
            return problem(said, "find who writes to Redis (docs/redis.md), and change its password")
        if socket_of_all is not None:
            return problem("other users of this machine can write to its socket", f"chmod 700 {socket_of_all}")
        if url is None or url.startswith("unix:"):
            return ok("a private socket" if url else "there is none to guard")
        if may_do_everything(url):
            return Finding(State.NOTE, "our user may do everything there", "give it the rights of docs/redis.md alone")
    except (StoreUnavailable, RedisError, OSError):
        return Finding(State.NOTE, "not known with this database, or while Redis is away")
    return ok("no job was forged, and our user has few rights")


def look_at_workers(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """Somebody must check the comments."""
    try:
        alive = store.leases.count_alive(WORKER, utc_now())
        blind = store.leases.count_alive(BLIND_WORKER, utc_now())
    except StoreUnavailable:
        return Finding(State.NOTE, "not known with this database")
    if blind:
        return problem(f"{blind} of {alive} cannot read the model and hold every comment", "install the package again")
    if not alive:
        return problem("none has given a sign of life", "replydesk up, or replydesk worker")
    return ok(f"{alive} alive")


def look_at_pending(settings: Settings, store: Store) -> Finding:
    """Nobody should wait long for the checks."""
    try:
        oldest_at = store.pending.oldest_at()
    except StoreUnavailable:
        return Finding(State.NOTE, "not known with this database")
    if oldest_at is None:
        return ok("nothing waits for its checks")
    waited = utc_now() - oldest_at
    if waited > timedelta(seconds=settings.pending_alert_seconds):
        return problem(f"one has waited for {waited.total_seconds():.0f} s", "look at the workers and their log")
    return ok(f"the oldest has waited for {waited.total_seconds():.0f} s")


def look_at_clock(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """Leases and the keys of the day go by the clock."""
    if utc_now() < BUILT_AT:
        return problem("is before this version was made", "set the clock, and keep it with NTP")
    try:
        ahead_seconds = clock_ahead_seconds(store.database)
    except StoreUnavailable:
        return Finding(State.NOTE, "not compared with this database")
    if abs(ahead_seconds) > MAX_CLOCK_SECONDS:
        return problem(f"the database's differs by {ahead_seconds:+.1f} s", "keep both with NTP")
    return ok("agrees with the database's")


def look_at_proxies(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """A service that the world can reach must know its own name."""
    if settings.rate_limits is False:
        return problem("rate limits are off", "unset REPLYDESK_RATE_LIMITS: off is for benchmarks")
    if settings.public_url is None:
        return Finding(
            State.NOTE, "links take the host of each request", "set REPLYDESK_PUBLIC_URL before going public"
        )
    if not settings.trusted_hosts:
        return Finding(State.NOTE, "any Host is accepted", "set REPLYDESK_TRUSTED_HOSTS before going public")
    return ok(settings.public_url)


def look_at_provider(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """Moderators may log in by an OpenID provider; nobody is called unless one is configured."""
    if settings.oidc_issuer is None:
        return ok("none is configured")
    if not is_installed():
        return problem("the extra is not installed", "pip install 'replydesk[oidc]'")
    try:
        fetch_metadata(settings.oidc_issuer, lambda url: fetch_json(url, TIMEOUT_SECONDS), now=utc_now())
    except ProviderAway as fault:
        return problem(
            f"{settings.oidc_issuer} cannot be used: {fault}", "check REPLYDESK_OIDC_ISSUER and the way there"
        )
    return ok(settings.oidc_issuer)


def look_at_webhooks(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """A receiver that fails hears nothing."""
    try:
        require_current(store.database)
        found = store.webhooks.all()
    except (StoreUnavailable, OutdatedDatabase, NewerDatabase):
        return Finding(State.NOTE, "not known with this database")
    paused = [each for each in found if each.paused_at is not None]
    failing = [each for each in found if each.failing_since is not None and each.paused_at is None]
    if paused:
        first = paused[0]
        return problem(f"{len(paused)} paused: {first.last_problem}", f"replydesk webhook test {first.id}, then resume")
    if failing:
        return Finding(State.NOTE, f"{len(failing)} failing: {failing[0].last_problem}", "replydesk webhook list")
    return ok(f"{len(found)} sound" if found else "none is set up")


def look_at_notifications(settings: Settings, store: Store) -> Finding:
    """Whoever expects a digest should get it."""
    try:
        listed = digests(load_notifications(settings.notifications_file))
        known = {site.key for site in store.sites.all()}
    except BadNotifications as fault:
        return problem(str(fault), "correct the file of REPLYDESK_NOTIFICATIONS_FILE")
    except StoreUnavailable:
        return Finding(State.NOTE, "not compared with the sites, with this database")
    unknown = sorted({each.site_key for each in listed} - known)
    if unknown:
        return problem(f"a digest is of a site that is not there: {unknown[0][:40]!r}", "replydesk site list")
    return ok(f"{len(listed)} digests go out" if listed else "none go out")


def look_at_checkers(settings: Settings, store: Store) -> Finding:
    """A file of checkers that cannot be read keeps the workers from starting."""
    try:
        asked = load_panel(settings.checkers_file).sites()
        known = {site.key for site in store.sites.all()}
    except BadCheckers as fault:
        return problem(str(fault), "correct the file of REPLYDESK_CHECKERS_FILE")
    except StoreUnavailable:
        return Finding(State.NOTE, "not compared with the sites, with this database")
    unknown = sorted(asked - known)
    if unknown:
        return problem(f"a checker is for a site that is not there: {unknown[0][:40]!r}", "replydesk site list")
    return ok(f"{len(asked)} sites ask one" if asked else "nobody else is asked")


def look_at_notices(settings: Settings, store: Store) -> Finding:
    """Authors who asked for notices must get them, and the web must not be able to open their addresses."""
    if settings.email_mode is not EmailMode.SEALED or settings.notice_public_key_file is None:
        return ok("off: no address is kept")
    try:
        kid = load_sealing_key(settings.notice_public_key_file).kid
        # Where the private key is, the notifier runs; elsewhere its sign of life is all that can be seen.
        if settings.notice_private_key_file is not None:
            open_desk(settings)
        alive = store.leases.count_alive(NOTIFIER, utc_now())
    except (KeyFileProblem, BadNotifications, Problem) as fault:
        return problem(str(fault), "see docs/notifications.md")
    except StoreUnavailable:
        return Finding(State.NOTE, "not known with this database")
    if not alive:
        return problem("no notifier has given a sign of life", "replydesk notifier, where its private key is")
    return ok(f"the notifier is alive, key id {kid}")


LOOKS: tuple[tuple[str, Look], ...] = (
    ("data directory", look_at_data_dir),
    ("root key", look_at_key),
    ("database", look_at_database),
    ("durability", look_at_durability),
    ("Redis", look_at_redis),
    ("Redis guard", look_at_redis_guard),
    ("workers", look_at_workers),
    ("pending", look_at_pending),
    ("clock", look_at_clock),
    ("front door", look_at_proxies),
    ("OpenID provider", look_at_provider),
    ("webhooks", look_at_webhooks),
    ("notifications", look_at_notifications),
    ("checkers", look_at_checkers),
    ("notices", look_at_notices),
)
