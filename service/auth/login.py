"""Log in and out: a new session for the right password, the same answer for every wrong one."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from flask import Request, current_app

from comments.identity import network_of
from comments.store.records import Moderator, Session
from service.auth.backoff import Backoff, Subject
from service.auth.cookies import KNOWN, SESSION, known_browser, read_cookie
from service.auth.counts import OwnCounts, SharedCounts
from service.auth.forms import same_secret
from service.auth.passwords import MAX_LOGIN_CHARS, is_password_of, tidy_login
from service.door import door, sender_address
from service.parts import parts

log = logging.getLogger(__name__)

_EXTENSION = "replydesk-backoff"
_FREE_TRIES = 5
_LONGEST_WAIT = timedelta(minutes=15)
# A newsroom may share one address, and its people mistype too.
_FREE_TRIES_OF_NETWORK = 30
# Guessing one account from many networks.
_FREE_TRIES_OF_ACCOUNT = 50


@dataclass(frozen=True, slots=True)
class MustWait:
    """Too many wrong passwords of late: the next try is taken after `wait`."""

    wait: timedelta


def log_in(request: Request, typed_login: str, password: str) -> Moderator | MustWait | None:
    """Return the moderator; None for any wrong login or password; MustWait before another try is taken."""
    login = tidy_login(typed_login)[: MAX_LOGIN_CHARS + 1]
    moderator = parts().store.moderators.find(login)
    backoff, subjects = _backoff(), _subjects(request, login, moderator)
    wait = backoff.take(subjects)
    if wait is not None:
        log.warning("login must wait", extra={"moderator_id": moderator and moderator.id})
        return MustWait(wait)
    if not is_password_of(moderator, password):
        log.warning("login refused", extra={"moderator_id": moderator and moderator.id})
        return None
    for subject in subjects:
        backoff.forget(subject.key)
    return moderator


def open_session(request: Request, moderator: Moderator) -> str:
    """End the session this browser has, if any, and begin a new one. Returns its token."""
    close_session(request)
    log.info("moderator logged in", extra={"moderator_id": moderator.id})
    lasts = timedelta(hours=parts().settings.session_hours)
    return parts().store.sessions.open(moderator.id, lasts=lasts, now=parts().now())


def find_session(request: Request) -> Session | None:
    """Return the session of this browser, or None when it has ended or never was."""
    token = read_cookie(request, SESSION)
    if not token:
        return None
    idle = timedelta(minutes=parts().settings.session_idle_minutes)
    return parts().store.sessions.find(token, idle=idle, now=parts().now())


def close_session(request: Request) -> None:
    """End the session of this browser, if any."""
    token = read_cookie(request, SESSION)
    if token:
        parts().store.sessions.close(token)


def _subjects(request: Request, login: str, moderator: Moderator | None) -> list[Subject]:
    key, shown = parts().key, read_cookie(request, KNOWN)
    if moderator is not None and same_secret(known_browser(key, moderator), shown):
        # Nobody else can use up the tries of a browser that has logged in before, not even from the next desk.
        return [Subject(key.token("login-known", shown.encode()), _FREE_TRIES, _LONGEST_WAIT)]
    network = network_of(sender_address()) or "nowhere"
    return [
        Subject(key.token("login-pair", f"{network}\x1f{login}".encode()), _FREE_TRIES, _LONGEST_WAIT),
        Subject(key.token("login-network", network.encode()), _FREE_TRIES_OF_NETWORK, timedelta(minutes=5)),
        Subject(key.token("login-account", login.encode()), _FREE_TRIES_OF_ACCOUNT, timedelta(minutes=1)),
    ]


def _backoff() -> Backoff:
    """Return the counts of this app. setdefault: two threads that come first agree on one."""
    found: Backoff | None = current_app.extensions.get(_EXTENSION)
    if found is None:
        redis = door().redis
        made = Backoff(parts().now, OwnCounts() if redis is None else SharedCounts(redis))
        found = current_app.extensions.setdefault(_EXTENSION, made)
    return found
