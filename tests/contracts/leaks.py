"""Find an address in bytes, in every disguise we can think of: spelled, encoded, masked, reversed or hashed."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from quopri import encodestring
from urllib.parse import quote

# A digest cut this short still tells two people apart, so a piece of this length is a find.
_HEX_CHARS, _BASE64_CHARS, _DIGEST_BYTES = 12, 12, 8
_ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256")


@dataclass(frozen=True)
class Needles:
    """What to look for. `exact` keeps its case, `folded` is lower case and found in any."""

    exact: Mapping[bytes, str]
    folded: Mapping[bytes, str]
    patterns: Mapping[str, re.Pattern[bytes]] = field(default_factory=dict)

    def find(self, haystack: bytes) -> list[str]:
        """Return the names of what is in there; empty when nothing is."""
        lower = haystack.lower()
        found = [name for needle, name in self.exact.items() if needle in haystack]
        found += [name for needle, name in self.folded.items() if needle in lower]
        found += [name for name, pattern in self.patterns.items() if pattern.search(lower)]
        return found


def needles_in_bytes(address: str) -> Needles:
    """Return the same for a database's own files: among a million random bytes, some look like a masked address."""
    needles = needles_of_address(address)
    return Needles(needles.exact, needles.folded)


def needles_of_address(address: str) -> Needles:
    """Return every disguise of an address, of its local part and of its domain."""
    local, domain = address.split("@")
    exact: dict[bytes, str] = {}
    folded: dict[bytes, str] = {}
    for kind, word in (("address", address), ("local part", local), ("domain", domain)):
        folded |= {needle.lower(): f"{kind} {name}" for name, needle in _spellings(word).items()}
        for case in {word, word.lower(), word.upper()}:
            exact |= dict.fromkeys(_base64_pieces(case.encode()), f"{kind} as base64")
    for word in (*_typed(address), f"mailto:{address}", local, domain):
        for algorithm in _ALGORITHMS:
            digest = hashlib.new(algorithm, word.encode()).digest()
            exact |= {digest[:_DIGEST_BYTES]: f"{algorithm} as bytes"}
            exact |= {_base64_of(digest): f"{algorithm} as base64"}
            folded |= {digest.hex()[:_HEX_CHARS].encode(): f"{algorithm} as hex"}
    return Needles(exact, folded, _masked(local, domain))


def needles_of_hashes(hashes: Mapping[str, bytes]) -> Needles:
    """Return the spellings of keyed hashes: bytes, hex, base64, Python's and SQL's."""
    exact: dict[bytes, str] = {}
    folded: dict[bytes, str] = {}
    for name, value in hashes.items():
        exact |= {value[:_DIGEST_BYTES]: f"{name} as bytes", _base64_of(value): f"{name} as base64"}
        exact |= {repr(value)[2:-1].encode()[:24]: f"{name} as Python bytes"}
        folded |= {value.hex()[:_HEX_CHARS].encode(): f"{name} as hex"}
        folded |= {str(int.from_bytes(value)).encode(): f"{name} as a number"}
    return Needles(exact, folded)


def _spellings(word: str) -> dict[str, bytes]:
    percent = "".join(f"%{byte:02x}" for byte in word.encode())
    return {
        "url-encoded": quote(word, safe="").encode(),
        "url-encoded twice": quote(quote(word, safe=""), safe="").encode(),
        "url-encoded whole": percent.encode(),
        "as hex": word.encode().hex().encode(),
        "as entities": "".join(f"&#{ord(char)};" for char in word).encode(),
        "as hex entities": "".join(f"&#x{ord(char):x};" for char in word).encode(),
        "with an entity": html.escape(word).replace("@", "&#64;").encode(),
        "with a named entity": word.replace("@", "&commat;").encode(),
        "JSON-escaped": json.dumps(word)[1:-1].replace("@", "\\u0040").encode(),
        "JSON-escaped whole": "".join(f"\\u{ord(char):04x}" for char in word).encode(),
        "reversed": word[::-1].encode(),
        "rot13": word.translate(_ROT13).encode(),
        "with at and dot": word.replace("@", " at ").replace(".", " dot ").encode(),
        "with (at)": word.replace("@", "(at)").encode(),
        "as UTF-16": word.encode("utf-16-le"),
        "as big-endian UTF-16": word.encode("utf-16-be"),
        "quoted-printable": encodestring(word.encode()).replace(b"@", b"=40"),
        "quoted-printable whole": "".join(f"={byte:02X}" for byte in word.encode()).encode(),
        "as it is": word.encode(),  # last, for what needs no escape is this
    }


def _typed(address: str) -> Iterable[str]:
    """Yield what a form may hand on: in each case, with a blank or a line's end around it."""
    for case in (address, address.lower(), address.upper()):
        yield case
        yield f" {case}"
        yield f"{case} "
        yield f"{case}\n"


_ROT13 = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM"
)


def _base64_pieces(word: bytes) -> Iterable[bytes]:
    """Yield what shows `word` inside a text that is base64, which depends on its place there modulo 3."""
    for offset in range(3):
        before = -(-offset * 8 // 6)
        encoded = base64.b64encode(bytes(offset) + word)
        whole = (offset + len(word)) * 8 // 6
        yield encoded[before:whole]
        yield base64.urlsafe_b64encode(bytes(offset) + word)[before:whole]


def _base64_of(digest: bytes) -> bytes:
    return base64.urlsafe_b64encode(digest)[:_BASE64_CHARS]


def _masked(local: str, domain: str) -> dict[str, re.Pattern[bytes]]:
    """Return patterns for "z***@…", "z•••r@…" and "…@z***.example"."""
    star = "(?:[*\u2022\u2026\u00b7#_]|&bull;|&hellip;|xx){1,40}"
    first, last, place = (re.escape(char) for char in (local[0], local[-1], domain[0]))
    patterns = {
        "masked local part": f"\\b{first}{star}(?:{last})?\\s?(?:@|%40|&#64;|\\(at\\))",
        "masked domain": f"(?:@|%40|&#64;){place}{star}",
    }
    return {name: re.compile(pattern.encode().lower()) for name, pattern in patterns.items()}
