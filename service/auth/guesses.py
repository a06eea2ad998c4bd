"""What a wrong password or code counts against. Nobody's guesses keep a browser out that has come in before.

That browser shows a cookie that only a whole login gives (password and, where there is one, code) and so has counts of
its own. Everybody else shares: by network and login, by network, by login.
"""

from datetime import timedelta

from flask import Request, current_app

from comments.identity import network_of
from comments.store.records import Moderator
from service.auth.backoff import Backoff, Subject
from service.auth.cookies import KNOWN, known_browsers, read_cookie
from service.auth.counts import OwnCounts, SharedCounts
from service.auth.forms import is_one_of
from service.door import door, sender_address
from service.parts import parts

_EXTENSION = "replydesk-backoff"
_FREE_TRIES = 5
_LONGEST_WAIT = timedelta(minutes=15)
# A newsroom may share one address, and its people mistype too.
_FREE_TRIES_OF_NETWORK = 30
# Guessing one account from many networks.
_FREE_TRIES_OF_ACCOUNT = 50
# Whoever guesses codes knows the password already, and there are but a million codes: 96 tries a day once it waits.
_FREE_CODES_OF_ACCOUNT = 10


def guesses() -> Backoff:
    """Return the counts of this app. setdefault: two threads that come first agree on one."""
    found: Backoff | None = current_app.extensions.get(_EXTENSION)
    if found is None:
        redis = door().redis
        made = Backoff(parts().now, OwnCounts() if redis is None else SharedCounts(redis))
        found = current_app.extensions.setdefault(_EXTENSION, made)
    return found


def password_subjects(request: Request, login: str, moderator: Moderator | None) -> list[Subject]:
    """Return what a password for this login counts against."""
    key = parts().key
    known = _known_browser(request, moderator)
    if known is not None:
        # Nobody else can use up the tries of a browser that has logged in before, not even from the next desk.
        return [Subject(key.token("login-known", known), _FREE_TRIES, _LONGEST_WAIT)]
    network = network_of(sender_address()) or "nowhere"
    return [
        Subject(key.token("login-pair", f"{network}\x1f{login}".encode()), _FREE_TRIES, _LONGEST_WAIT),
        Subject(key.token("login-network", network.encode()), _FREE_TRIES_OF_NETWORK, timedelta(minutes=5)),
        Subject(key.token("login-account", login.encode()), _FREE_TRIES_OF_ACCOUNT, timedelta(minutes=1)),
    ]


def code_subjects(request: Request, moderator: Moderator) -> list[Subject]:
    """Return what a code of this moderator counts against."""
    key = parts().key
    known = _known_browser(request, moderator)
    if known is not None:
        return [Subject(key.token("code-known", known), _FREE_TRIES, _LONGEST_WAIT)]
    network = network_of(sender_address()) or "nowhere"
    return [
        Subject(key.token("code-pair", f"{network}\x1f{moderator.id}".encode()), _FREE_TRIES, _LONGEST_WAIT),
        Subject(key.token("code-account", str(moderator.id).encode()), _FREE_CODES_OF_ACCOUNT, _LONGEST_WAIT),
    ]


def own_subjects(moderator: Moderator) -> list[Subject]:
    """Return what a password or code counts against that somebody who is logged in is asked for again."""
    return [Subject(parts().key.token("login-again", str(moderator.id).encode()), _FREE_TRIES, _LONGEST_WAIT)]


def _known_browser(request: Request, moderator: Moderator | None) -> bytes | None:
    shown = read_cookie(request, KNOWN)
    if moderator is None or not is_one_of(known_browsers(parts().key, moderator), shown):
        return None
    return shown.encode()
