"""Passwords: argon2id, at the same cost whether the login exists or not."""

import re
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from comments.store.records import Moderator
from service.auth.common_passwords import is_common
from service.language import gettext

MIN_PASSWORD_CHARS = 8
ADVISED_PASSWORD_CHARS = 15
MAX_PASSWORD_CHARS = 128
MAX_LOGIN_CHARS = 40
_LOGIN = re.compile(rf"[\w.-]{{1,{MAX_LOGIN_CHARS}}}")

# OWASP's smaller recommendation (19 MiB, two passes): eight logins at once still fit a small machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Nobody's: verified when there is no such login, so that the answer takes as long. Made with the parameters above.
_NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$AzOAOnZUdXIqKEi3DFm54g$2hw2RRGvjNOWth0H2lY9lQbf7S7iV5IundoubzLc55k"


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    return _HASHER.hash(_normal(password))


def is_password_of(moderator: Moderator | None, password: str) -> bool:
    """Say whether this is the moderator's password. Takes as long for nobody (None), for a
    disabled one and for one without a password.
    """
    # Somebody who comes by the OpenID provider may have none.
    kept = moderator.password_hash if moderator is not None and moderator.password_hash else _NOBODYS_HASH
    try:
        matches = _HASHER.verify(kept, _normal(password[:MAX_PASSWORD_CHARS]))
    except (VerificationError, InvalidHashError):
        return False
    has_one = moderator is not None and bool(moderator.password_hash) and not moderator.is_disabled
    return matches and has_one and len(password) <= MAX_PASSWORD_CHARS


def password_problem(password: str, *, login: str) -> str | None:
    """Say in one sentence what is wrong with a new password, or None."""
    if len(password) < MIN_PASSWORD_CHARS:
        said = gettext("Use at least %(least)d characters; %(advised)d or more is better.")
        return said % {"least": MIN_PASSWORD_CHARS, "advised": ADVISED_PASSWORD_CHARS}
    if len(password) > MAX_PASSWORD_CHARS:
        return gettext("Use at most %(most)d characters.") % {"most": MAX_PASSWORD_CHARS}
    if login and login in tidy_login(password):
        return gettext("The password must not hold the login.")
    if is_common(password):
        return gettext("Too many people use this password. Three or four unrelated words make a good one.")
    return None


def tidy_login(typed: str) -> str:
    """Return a login as it is kept, so that "Ada" and "ada" are one person."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def shown_login(typed: str) -> str:
    """Return what a form may show again of a login that was typed: nothing where an address was typed instead."""
    return "" if "@" in tidy_login(typed) else typed


def login_problem(login: str) -> str | None:
    """Say in one sentence what is wrong with a new login, or None."""
    if _LOGIN.fullmatch(login):
        return None
    said = gettext("Use 1 to %(most)d letters, digits, dots or dashes. An email address is not needed.")
    return said % {"most": MAX_LOGIN_CHARS}


def _normal(password: str) -> str:
    # The same accented letter can be typed as one character or as two, depending on the keyboard.
    return unicodedata.normalize("NFC", password)
