"""Addresses that an operator writes into a file: whom mail comes from, and who gets a newsroom's own."""

from email.headerregistry import Address
from email.utils import parseaddr

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from comments.email import Email
from workers.mail.message import Sender


class BadAddress(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised for what is no address. It repeats nothing."""


def read_recipient(written: str) -> Email:
    """Return the address somebody's mail goes to. Raises BadAddress."""
    valid = _valid(written.strip())
    return Email(valid.local_part, valid.ascii_domain)


def read_sender(written: str) -> Sender:
    """Return who mail is from, of `News desk <desk@news.example>` or the address alone. Raises BadAddress."""
    name, address = parseaddr(written)
    valid = _valid(address)
    if valid.ascii_local_part is None or not written.isprintable():
        raise BadAddress("write it as: News desk <desk@news.example>")
    return Sender(Address(display_name=name).display_name, valid.ascii_local_part, valid.ascii_domain)


def _valid(address: str) -> ValidatedEmail:
    try:
        # Deliverability would ask a DNS server; the mail server will say.
        return validate_email(address, check_deliverability=False)
    except (EmailNotValidError, UnicodeError):
        raise BadAddress("this is no email address") from None
