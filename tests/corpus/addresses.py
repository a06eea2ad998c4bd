"""I-08: what is an email address and what is not. The judge is email-validator, which we do not second-guess."""
# ruff: noqa: E501 - lists for a machine, read by people once

from collections.abc import Iterator

from email_validator import EmailNotValidError, validate_email

from comments.submission import MAX_EMAIL_CHARS
from tests.corpus.cases import ACCEPTED, INVALID, Case, as_form, as_json

LOCALS = (
    "a", "ada.obi", "ada+news", "ada-obi", "ada_obi", "1", "1234567890", "!#$%&'*+-/=?^_`{|}~", "a.b.c.d.e.f", "A", "ADA", "x" * 64, "x" * 65, ".a", "a.", "a..b", ".", "..",
    "a b", " a", '"a"', '"a b"', '"a@b"', '"a\\"b"', '""', '"', 'a"b', '"a".b', "a\\b", "a,b", "a;b", "a:b", "a<b", "<a>", "a(b)", "(c)a", "a(c", "[a]", "a]b", "@", "a@b", "a\tb", "a\nb", "a\r\nBcc: x", "a\x00b", "a\x7fb",
    "ọlá", "ola\u0301", "ẹ", "用户", "пользователь", "θσερ", "उपयोगकर्ता", "المستخدم", "ａｄａ", "a\u200bb", "a\u200db", "a\u202eb", "a\u2066b", "a\u00adb", "\u0301a", "a\ud800", "😀", "a\ufeffb", "a\u2028b", "\u3000a", "ß", "ſ", "ﬁ", "a\ue000b", "%61da", "ada%40x", "a&#64;b", "=cmd|x", "mailto:ada", "d" * 32, "f" * 64, "root", "postmaster",
)  # fmt: skip
DOMAINS = (
    "example.org", "EXAMPLE.org", "sub.example.org", "a.b.c.d.e.f.g.example.org", "example", "localhost", "example.", ".example.org", "example..org", "-example.org", "example-.org", "ex--ample.org", "ex_ample.org", "exa mple.org",
    "example.org ", "example.org\n", "example.org\r\nBcc: x@y.org", "example.c", "example.123", "123.org", "1.2.3.4", "[1.2.3.4]", "[IPv6:::1]", "[::1]", "[1.2.3.4", "[example]", "256.256.256.256", "example.org:25", "example.org/x", "example.org?x", "example.org#x",
    "", ".", "..", "@example.org", "a@example.org", "example,org", "example;org", "example。org", "example．org", "ẹ̀kọ́.example.org", "bücher.example.org", "xn--bcher-kva.example.org", "xn--.org", "xn--a.org", "xn--zzzzzzzzzz.org", "例子.公司", "пример.рф", "उदाहरण.भारत", "مثال.إختبار", "ｅｘａｍｐｌｅ.org", "exam\u200bple.org", "exam\u200dple.org", "exam\u202eple.org", "faß.de", "☃.net", "😀.org", "ⓔxample.org",
    "d" * 63 + ".org", "d" * 64 + ".org", ".".join(["d" * 60] * 4) + ".org", ".".join("d" * 100) + ".org", "test", "example.test", "example.invalid", "x.local", "x.localhost", "x.onion", "example.arpa", "(c)example.org", "example.org(c)", "<example.org>", "example.org>", "example\x00.org", "example\ud800.org", "exam\\ple.org", "*.org", "%.org",
)  # fmt: skip
WHOLE = (
    "", " ", "@", "@@", "a", "a@", "@a.org", "ada.example.org", "ada@@example.org", "ada@x@example.org", "Ada <ada@example.org>", "<ada@example.org>", "ada@example.org, b@example.org", "ada@example.org;b@example.org",
    "ada＠example.org", "ada﹫example.org", "ada at example dot org", "ada(at)example.org", "ada%40example.org", "mailto:ada@example.org", "ada@example.org?subject=x", "ada@example.org\r\nBcc: eve@example.org", "ada@example.org\nSubject: x",
    "ada@example.org\x00", "\x00ada@example.org", "  ada@example.org  ", "\tada@example.org\n", "\u00a0ada@example.org", "\u200bada@example.org", "\ufeffada@example.org", "\u202eada@example.org", "ada@example.org\u202c", "=1+1@example.org",
    "=cmd|x@example.org", "'@example.org", "<script>@example.org", "\"<script>alert(1)</script>\"@example.org", "{{7*7}}@example.org", "${x}@example.org", "%s@example.org", "../x@example.org", "ada@example.org" * 20, "a@" * 100 + "b.org", "x" * 10_000,
    "null", "undefined", "[object Object]", "e" * 64 + "@" + "f" * 63 + ".example.org", "0" * 64, "d41d8cd98f00b204e9800998ecf8427e", "user@[IPv6:2001:db8::1]", "user@2001:db8::1", "a@b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.org", "!@#.org", "ada@-.org", "ada@example.o", "ada@1.org",
)  # fmt: skip


def addresses() -> Iterator[str]:
    """Yield every address once."""
    yield from dict.fromkeys(
        (
            *(f"{local}@example.org" for local in LOCALS),
            *(f"ada@{domain}" for domain in DOMAINS),
            *(f"{local}@{domain}" for local in LOCALS[:40:3] for domain in DOMAINS[:50:3]),
            *WHOLE,
        )
    )


def cases() -> Iterator[Case]:
    """Yield every case."""
    for number, address in enumerate(addresses()):
        hidden = (address,) if len(address) > 6 else ()
        statuses = ACCEPTED if is_address(address) else INVALID
        yield as_json(f"{number} {address[:40]!r}", statuses, email=address, hidden=hidden)
        if address.isascii():
            yield as_form(f"form {number} {address[:40]!r}", statuses, email=address, hidden=hidden)


def is_address(typed: str) -> bool:
    """Ask the judge, of what is left when a form's spaces are gone."""
    try:
        validate_email(typed.strip(), check_deliverability=False)
    except (EmailNotValidError, UnicodeError):
        return False
    return len(typed.strip()) <= MAX_EMAIL_CHARS
