"""The second factor's codes: six digits from a phone (RFC 6238), ten recovery codes for when it is lost."""

import secrets
import unicodedata
from datetime import datetime

import pyotp
from markupsafe import Markup

from comments.identity import RootKey
from comments.sealed_values import seal, unseal

ISSUER = "Replydesk"
CODE_DIGITS = 6
# A phone's clock may be half a minute off.
STEPS_EITHER_WAY = 1
RECOVERY_CODES = 10
# No letter that is taken for another one: 31 letters, 12 of them, 59 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_RECOVERY_GROUPS, _GROUP_LETTERS = 3, 4
_PURPOSE = "second-factor"


def new_secret() -> str:
    """Return a secret of 160 bits in the letters that authenticator apps take."""
    return pyotp.random_base32(32)


def seal_secret(key: RootKey, moderator_id: int, secret: str) -> bytes:
    """Return what is kept of a secret."""
    return seal(key, _PURPOSE, str(moderator_id), secret.encode())


def unseal_secret(key: RootKey, moderator_id: int, sealed: bytes) -> str | None:
    """Return the secret, or None when it was sealed with another root key or for somebody else."""
    secret = unseal(key, _PURPOSE, str(moderator_id), sealed)
    return None if secret is None else secret.decode()


def step_of(secret: str, typed: str, *, now: datetime) -> int | None:
    """Return the step of time whose code was typed, now or one step away; None when it is none of these."""
    totp = pyotp.TOTP(secret)
    code = "".join(unicodedata.normalize("NFKC", typed).split())
    if len(code) != CODE_DIGITS or not (code.isascii() and code.isdigit()):
        return None
    middle = totp.timecode(now)
    steps = range(middle - STEPS_EITHER_WAY, middle + STEPS_EITHER_WAY + 1)
    # All are compared, so that the time it takes does not tell which was near.
    found = [step for step in steps if secrets.compare_digest(totp.generate_otp(step), code)]
    return found[0] if found else None


def app_address(secret: str, login: str) -> str:
    """Return what an authenticator app reads from the square."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def square(address: str) -> Markup:
    """Return a QR code as SVG to stand in the page: no script, no style, no request, no file."""
    import segno  # noqa: PLC0415 - nearly 1 MB, in a process that seldom shows a square

    made = segno.make_qr(address, error="m")
    # Digits and letters of a path; nothing of the address stands in it as text.
    return Markup(made.svg_inline(scale=4, border=4, omitsize=True, svgclass="square", lineclass=None))  # noqa: S704


def in_groups(secret: str) -> str:
    """Return a secret as a person copies it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def new_recovery_codes() -> tuple[str, ...]:
    """Return codes to keep on paper."""
    return tuple(
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LETTERS)) for _ in range(_RECOVERY_GROUPS))
        for _ in range(RECOVERY_CODES)
    )


def recovery_hash(key: RootKey, moderator_id: int, typed: str) -> str:
    """Return what is kept of a recovery code: keyed, so that whoever reads the database alone cannot try them all."""
    return recovery_hashes(key, moderator_id, typed)[0]


def recovery_hashes(key: RootKey, moderator_id: int, typed: str) -> tuple[str, ...]:
    """Return what may be kept of a recovery code: it is on paper for years, and may be older than the root key."""
    plain = unicodedata.normalize("NFKC", typed).casefold()
    letters = "".join(letter for letter in plain if letter in _LETTERS)
    return key.tokens("recovery-code", f"{moderator_id}\x1f{letters}".encode())
