"""Addresses: RFC 5321 and 6531 as email-validator reads them, without asking the DNS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.submission import MAX_EMAIL_CHARS, InvalidSubmission
from tests import factories

# A local part over 64 octets is against the book, but such addresses receive mail.
LOCALS = [
    "x" * 65,
    "a", "ada", "ada.obi", "ada+tag", "ada+", "+ada", "ada_obi", "ada-obi", "-ada", "_", "0", "a1",
    "A.D.A", "o'brien", "!ada", "#ada", "$ada", "%ada", "&ada", "*ada", "/ada", "=ada", "?ada",
    "^ada", "`ada", "{ada", "|ada", "}ada", "~ada", "ada.b.c.d.e.f", "x" * 64, "ọláńrewájú",
    "nguyễn", "محمد", "李", "用户", "почта", "δοκιμή", "é", "e\u0301", "हिन्दी",
]  # fmt: skip
DOMAINS = [
    "example.org", "EXAMPLE.org", "a.example.org", "a.b.c.d.example.org", "x--y.example",
    "1.example", "123.example.com", "münchen.example", "xn--mnchen-3ya.example", "例え.jp",
    "пример.рф", "مثال.السعودية", f"{'x' * 63}.example", "example.museum",
]  # fmt: skip
BAD_LOCALS = [
    ".ada", "ada.", "a..da", "a da", "a\tda", "a\nda", "a,da", "a;da", "a:da", "a<da", "a>da",
    "a(da", "a)da", "a[da", "a]da", "a\\da", '"ada"', '"a da"', 'a"da', "ada@b",
    "a\u202eda", "a\u200bda", "a\u00a0da", "\u0301ada", "a\ue000da",
]  # fmt: skip
BAD_DOMAINS = [
    "example", "localhost", ".example.org", "example.org.", "example..org", "-example.org",
    "example-.org", "exa mple.org", "exa_mple.org", "example.org,", "[203.0.113.7]",
    "[IPv6:2001:db8::1]", "203.0.113.7", "example.1", f"{'x' * 64}.org", ".".join(["x" * 60] * 5),
    "ex!ample.org", "example.org/a", "example.org?a", "example.org#a", "example.org:25",
    "exa\u202emple.org", "exa\u200bmple.org", "\u2488com.org", "xn--.org", "example.local",
    "example.invalid", "example.test", "example.onion", "1.2.3.4.arpa",
]  # fmt: skip
SHAPES = [
    "ada", "@", "@@", "ada@", "@example.org", "ada@@example.org", "ada@b@example.org",
    "Ada <ada@example.org>", "<ada@example.org>", "mailto:ada@example.org",
    "ada@example.org, eve@example.org", "ada at example.org", "ada＠example.org",
    "ada@example.org\r\nBcc: eve@example.org", "ada@example.org%0a", "(ada)ada@example.org",
    "javascript:alert(1)@example.org ", "ada.example.org", "http://ada@example.org/",
    "ada@example.org\\",
]  # fmt: skip


def error_of(email: str) -> str | None:
    """Return the code of the error, None for an address that is taken."""
    try:
        factories.a_submission(email=email)
    except InvalidSubmission as invalid:
        [error] = invalid.errors
        return f"{error.field} {error.code}"
    return None


@pytest.mark.parametrize("local", LOCALS)
@pytest.mark.parametrize("domain", ["example.org", "münchen.example", "例え.jp"])
def test_a_local_part_is_taken(local: str, domain: str) -> None:
    assert error_of(f"{local}@{domain}") is None


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("local", ["ada", "ọláńrewájú"])
def test_a_domain_is_taken_and_kept_as_ascii(local: str, domain: str) -> None:
    kept = factories.a_submission(email=f"{local}@{domain}").email.reveal()[1]

    assert kept == domain.lower() or kept.isascii()
    assert kept == kept.lower()


@pytest.mark.parametrize("local", BAD_LOCALS, ids=ascii)
@pytest.mark.parametrize("domain", ["example.org", "münchen.example"])
def test_a_bad_local_part_is_refused(local: str, domain: str) -> None:
    assert error_of(f"{local}@{domain}") == "email invalid_email"


@pytest.mark.parametrize("domain", BAD_DOMAINS, ids=ascii)
@pytest.mark.parametrize("local", ["ada", "ọláńrewájú"])
def test_a_bad_domain_is_refused(local: str, domain: str) -> None:
    assert error_of(f"{local}@{domain}") in {"email invalid_email", "email too_long"}


@pytest.mark.parametrize("typed", SHAPES)
def test_what_is_no_address_is_refused(typed: str) -> None:
    assert error_of(typed) == "email invalid_email"


def test_an_address_ends_exactly_at_its_limit() -> None:
    def of_length(size: int) -> str:
        domain = ".".join(["x" * 61] * 3) + ".org"
        return "a" * (size - len(domain) - 1) + "@" + domain

    assert error_of(of_length(MAX_EMAIL_CHARS - 1)) is None
    assert error_of(of_length(MAX_EMAIL_CHARS)) is None
    assert error_of(of_length(MAX_EMAIL_CHARS + 1)) == "email too_long"


def test_there_are_enough_cases() -> None:
    tried = 3 * len(LOCALS) + 2 * len(DOMAINS) + 2 * len(BAD_LOCALS) + 2 * len(BAD_DOMAINS)

    assert tried + len(SHAPES) >= 250


@given(st.emails())
def test_no_address_that_is_one_by_the_book_crashes(email: str) -> None:
    assert error_of(email) in {None, "email invalid_email", "email too_long"}
