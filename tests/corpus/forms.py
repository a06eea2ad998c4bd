"""I-03: forms and multipart bodies that no browser sends, among them those that stopped other frameworks."""
# ruff: noqa: E501 - lists for a machine, read by people once

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from tests.corpus.cases import ACCEPTED, INVALID, KEPT_OR_REFUSED, MALFORMED, URLENCODED, Case, form_fields

MULTIPART = "multipart/form-data"
REFUSED = frozenset({400, 413, 422})
# Names as other languages' frameworks read lists and objects from; to us they are just names.
ODD_NAMES = (
    "text[]", "text[0]", "text[a][b]", "text.x", "thread[key]", "__proto__", "constructor", "__class__", "site%00", "", " ", "&", "=",
    "\x00", "\u202e", "'", '"', "<b>", "${x}", "{{x}}", "../x", "e-mail", "Email", "EMAIL", "author_email", "_method", "_charset_",
)  # fmt: skip
BROKEN_URLENCODED = (
    b"\xff", b"text=\xff", b"\xff=1", b"text=%ff", b"text=%c0%af", b"text=%ed%a0%80", b"%ff=1", b"text=\xc3\xa9",
    b"text=1&text=2", b"text=1&text=1", b"site=demo&site=demo", b"a" * 2_000 + b"=1&" + b"a" * 2_000 + b"=2", b"&".join([b"a=1"] * 60),
    b"&".join(b"f%d=1" % number for number in range(51)), b"&".join(b"f%d=1" % number for number in range(5_000)), b"\xef\xbb\xbfsite=demo",
)  # fmt: skip
ODD_URLENCODED = (
    b"", b"&", b"&&&&", b"=", b"==", b"=&=x"[:1], b"text", b"text=", b"text=%", b"text=%2", b"text=%zz", b"text=%u0041", b"text=+",
    b"text=%00", b"text=%0d%0a", b"%74%65%78%74=x", b"text=a;site=demo", b"text=%F0%9F%98%80", b"x" * 60_000, b"x=" + b"y" * 60_000,
    b"text=" + b"%41" * 15_000, b"\x00", b"text=a\x00b", b"text=a\nb", b'{"text":"x"}', b"text=%2525", b"a=1#text=x", b"?text=x",
)  # fmt: skip
BOUNDARIES = (
    "", "; boundary=", '; boundary=""', "; boundary=b", '; boundary="b"', "; boundary=" + "b" * 70, "; boundary=" + "b" * 4_000,
    "; boundary=b; boundary=c", "; BOUNDARY=b", "; boundary=\u00e9", "; boundary=a b", '; boundary="a\\"b"', "; boundary=-", "; boundary=--",
    "; charset=utf-16; boundary=b", "; charset=utf-7; boundary=b", "; charset=idna; boundary=b",
)  # fmt: skip


def cases() -> Iterator[Case]:
    """Yield every case."""
    for number, body in enumerate(BROKEN_URLENCODED):
        yield _form(f"broken form {number}", REFUSED, body)
    for number, body in enumerate(ODD_URLENCODED):
        yield _form(f"odd form {number}", INVALID, body)
    whole = urlencode(form_fields()).encode()
    for name in ODD_NAMES:
        more = f"&{quote(name)}=1".encode()
        yield _form(f"with {name!r}", ACCEPTED, whole + more)
        yield _form(f"with {name!r} twice", MALFORMED, whole + more * 2)
        yield _multipart(f"part {name!r}", KEPT_OR_REFUSED, part(name, b"1"), b"--b--")
    for length in range(0, len(whole), 3):
        yield _form(f"cut at {length}", KEPT_OR_REFUSED, whole[:length])
    for kind in BOUNDARIES:
        parts = b"".join(part(name, value.encode()) for name, value in form_fields().items())
        yield Case(
            f"boundary {kind[:40]!r} of {len(kind)}",
            KEPT_OR_REFUSED,
            parts + b"--b--",
            (("Content-Type", MULTIPART + kind),),
        )
    yield from _multipart_bodies()


def _multipart_bodies() -> Iterator[Case]:
    parts = [part(name, value.encode()) for name, value in form_fields().items()]
    whole = b"".join(parts)
    yield _multipart("whole", ACCEPTED, whole, b"--b--\r\n")
    yield _multipart("without its end", REFUSED, whole)
    for length in range(0, len(whole), 15):
        yield _multipart(f"multipart cut at {length}", REFUSED, whole[:length])
    for count in (2, 50, 51, 400, 10_000):
        small = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
        yield _multipart(f"{count} parts", REFUSED, (small * count)[:60_000], b"--b--")
    for number, filler in enumerate(
        (b"\r\n", b"\r", b"\n", b"-", b"--b", b"\r\n--", b"\r\n--b", b"\r\n--b\r\n", b"\x00", b"--b--")
    ):
        yield _multipart(f"bomb {number}", REFUSED, b"--b\r\n" + filler * (60_000 // len(filler)))
        opened = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n'
        yield _multipart(f"bomb in a part {number}", REFUSED, opened + filler * (60_000 // len(filler)))
    for number, head in enumerate(_heads()):
        yield _multipart(f"head {number}", REFUSED, b"--b\r\n" + head + b"\r\n\r\nx\r\n--b--")
    for coding in ("base64", "quoted-printable", "8bit", "bogus"):
        coded = b"--b\r\nContent-Disposition: form-data; name=x\r\nContent-Transfer-Encoding: %s\r\n\r\n=41QQ==\r\n"
        yield _multipart(f"coded {coding}", ACCEPTED, whole, coded % coding.encode(), b"--b--")
    for charset in ("utf-16", "utf-7", "idna", "bogus", "ascii"):
        typed = b'--b\r\nContent-Disposition: form-data; name="x"\r\nContent-Type: text/plain; charset=%s\r\n\r\n\xff\xfea\r\n'
        yield _multipart(f"part in {charset}", KEPT_OR_REFUSED, whole, typed % charset.encode(), b"--b--")
    yield _multipart("field that is no utf-8", REFUSED, *parts[:-1], part("text", b"caf\xe9"), b"--b--")
    for field in ("text", "email", "name", "thread_key"):
        twice = part(field, b"1") * 2
        yield _multipart(f"{field} twice", REFUSED, whole, twice, b"--b--")
        uploaded = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="x.txt"\r\n\r\nx\r\n' % field.encode()
        rest = b"".join(each for each in parts if f'"{field}"'.encode() not in each)
        yield _multipart(f"{field} as a file", INVALID, rest, uploaded, b"--b--")


def _heads() -> Iterator[bytes]:
    yield from (
        b"",
        b":",
        b"x",
        b"Content-Disposition",
        b"Content-Disposition:",
        b"Content-Disposition: form-data",
        b"\x00: \x00",
    )
    yield from (
        b"Content-Disposition: attachment; name=text",
        b'Content-Disposition: form-data; name="te',
        b"Content-Disposition: ;;;",
    )
    yield b'Content-Disposition: form-data; name="' + b"n" * 50_000 + b'"'
    yield b"Content-Disposition: form-data; name*=utf-8''%ff%fe"
    yield b"Content-Disposition: form-data; name*=bogus''x"
    yield b"Content-Disposition: form-data; name*0=a; name*1=b"
    yield b"Content-Disposition: form-data; name=a; name=b"
    yield b'Content-Disposition: form-data; name="a"; filename="../../etc/passwd"'
    yield b'Content-Disposition: form-data; name="a"; filename="' + b"f" * 50_000 + b'"'
    yield b"X-Long: " + b"x" * 50_000
    yield b"X: 1\r\n" * 5_000
    yield b" folded\r\n\tfolded: x"
    yield b'Content-Type: multipart/mixed; boundary=c\r\nContent-Disposition: form-data; name="a"\r\n\r\n--c\r\n\r\nx\r\n--c--'


def part(name: str, value: bytes) -> bytes:
    """Return one field of a multipart body with the boundary "b"."""
    shown = name.replace('"', "%22").replace("\x00", "%00")
    return f'--b\r\nContent-Disposition: form-data; name="{shown}"\r\n\r\n'.encode() + value + b"\r\n"


def _form(name: str, statuses: frozenset[int], body: bytes) -> Case:
    return Case(name, statuses, body, (("Content-Type", URLENCODED),))


def _multipart(name: str, statuses: frozenset[int], *pieces: bytes) -> Case:
    return Case(name, statuses, b"".join(pieces), (("Content-Type", f"{MULTIPART}; boundary=b"),))
