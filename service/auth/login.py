"""Log in and out: a new session for the right password, the same answer for every wrong one; then the code."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask import Request

from comments.store.records import Moderator, Session
from service.auth.backoff import Subject
from service.auth.browsers import browser_name
from service.auth.codes import recovery_hashes, step_of, unseal_secret
from service.auth.cookies import SESSION, read_cookie
from service.auth.guesses import code_subjects, guesses, own_subjects, password_subjects
from service.auth.passwords import MAX_LOGIN_CHARS, is_password_of, login_problem, tidy_login
from service.parts import parts

log = structlog.get_logger()

# Whoever logged in so shortly ago need not say again who they are.
FRESH_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class MustWait:
    """Too many wrong tries of late: the next one is taken after `wait`."""

    wait: timedelta


def log_in(request: Request, typed_login: str, password: str) -> Moderator | MustWait | None:
    """Return the moderator; None for any wrong login or password; MustWait before another try is taken."""
    login = tidy_login(typed_login)[: MAX_LOGIN_CHARS + 1]
    # What cannot be anybody's login is not looked up: PostgreSQL takes no text with a NUL.
    moderator = None if login_problem(login) else parts().store.moderators.find(login)
    subjects = password_subjects(request, login, moderator)
    wait = guesses().take(subjects)
    if wait is not None:
        log.warning("login must wait", moderator_id=moderator and moderator.id)
        return MustWait(wait)
    if not is_password_of(moderator, password):
        log.warning("login refused", moderator_id=moderator and moderator.id)
        return None
    _forget(subjects)
    return moderator


def check_code(request: Request, session: Session, typed: str) -> MustWait | bool:
    """Say whether the code is right, from the phone or a recovery code, and use it up. A try counts like a password."""
    moderator = session.moderator
    # A session that is whole asks again: then only its own tries count, and nobody else's are in the way.
    subjects = code_subjects(request, moderator) if session.awaits_code else own_subjects(moderator)
    wait = guesses().take(subjects)
    if wait is not None:
        log.warning("code must wait", moderator_id=moderator.id)
        return MustWait(wait)
    if not _use_code(moderator, typed):
        log.warning("code refused", moderator_id=moderator.id)
        return False
    _forget(subjects)
    return True


def check_own_password(moderator: Moderator, password: str) -> MustWait | bool:
    """Say whether somebody who is logged in typed their password again."""
    subjects = own_subjects(moderator)
    wait = guesses().take(subjects)
    if wait is not None:
        return MustWait(wait)
    if not is_password_of(moderator, password):
        log.warning("own password refused", moderator_id=moderator.id)
        return False
    _forget(subjects)
    return True


def is_fresh(session: Session) -> bool:
    """Say whether this session began so shortly ago that the moderator need not be asked again who they are."""
    return session.opened_at is not None and parts().now() < session.opened_at + FRESH_FOR


def open_session(request: Request, moderator: Moderator, *, has_shown_code: bool = False) -> str:
    """End the session this browser has, if any, and begin a new one. Returns its token."""
    close_session(request)
    log.info("moderator logged in", moderator_id=moderator.id)
    now = parts().now()
    return parts().store.sessions.open(
        moderator.id,
        lasts=timedelta(hours=parts().settings.session_hours),
        now=now,
        browser=browser_name(request.user_agent.string),
        second_factor_at=now if has_shown_code else None,
    )


def find_session(request: Request) -> Session | None:
    """Return the session of this browser, or None when it has ended or never was."""
    token = read_cookie(request, SESSION)
    if not token:
        return None
    return parts().store.sessions.find(token, idle=idle_time(), now=parts().now())


def idle_time() -> timedelta:
    """Return how long a session lasts without use."""
    return timedelta(minutes=parts().settings.session_idle_minutes)


def close_session(request: Request) -> None:
    """End the session of this browser, if any."""
    token = read_cookie(request, SESSION)
    if token:
        parts().store.sessions.close(token)


def _use_code(moderator: Moderator, typed: str) -> bool:
    key, store, now = parts().key, parts().store.second_factors, parts().now()
    secret = unseal_secret(key, moderator.id, moderator.totp_secret or b"")
    step = None if secret is None else step_of(secret, typed, now=now)
    if step is not None:
        return store.use_step(moderator.id, step)
    return store.use_recovery(moderator.id, recovery_hashes(key, moderator.id, typed), now=now)


def _forget(subjects: list[Subject]) -> None:
    for subject in subjects:
        guesses().forget(subject.key)
