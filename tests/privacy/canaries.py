"""Addresses that exist nowhere else: one for each door, so that a find says through which one it came."""

import base64
import random
from dataclasses import dataclass
from enum import StrEnum

PLACE = "leak-test.example"
# Documentation networks (RFC 5737, RFC 3849): whoever sends comes from one of these.
NETWORK, NETWORK_6 = "198.51.100.", "2001:db8:77:"


# In the login of every moderator: readers never learn who decided.
STAFF = "zqstaff"


class Kind(StrEnum):
    """Where an address may be. `typed` stands in a text and stays with it; `wanted` asked for mail."""

    SENT = "sent"
    TYPED = "typed"
    WANTED = "wanted"


class Shape(StrEnum):
    """What an address looks like; each is accepted."""

    PLAIN = "plain"
    UPPER = "upper"
    TAG = "tag"
    DOTS = "dots"
    LONG = "long"
    UNICODE = "unicode"
    FOREIGN = "foreign"


@dataclass(frozen=True)
class Canary:
    """One address and the door it goes in by."""

    door: str
    address: str
    kind: Kind = Kind.SENT


class Aviary:
    """Makes canaries, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(f"canaries/{seed}")
        self.canaries: dict[str, Canary] = {}

    def hatch(self, door: str, shape: Shape = Shape.PLAIN, kind: Kind = Kind.SENT) -> str:
        """Return the address for a door, made when it is asked for the first time."""
        if door not in self.canaries:
            self.canaries[door] = Canary(door, self._address(shape), kind)
        return self.canaries[door].address

    def network(self) -> str:
        """Return an address of the canaries' network."""
        return f"{NETWORK}{self._chance.randrange(1, 255)}"

    def _address(self, shape: Shape) -> str:
        # All begin with the same letters, so that a masked one is told from other words by two patterns.
        local, domain = f"k{self._letters()}", f"q{self._letters()}.{PLACE}"
        match shape:
            case Shape.UPPER:
                local, domain = local.upper(), domain.upper()
            case Shape.TAG:
                local = f"{local}+news"
            case Shape.DOTS:
                local = f"{local[:5]}.{local[5:]}"
            case Shape.LONG:
                local = (local * 8)[:64]
            case Shape.UNICODE:
                local = f"{local}ọ̀"
            case Shape.FOREIGN:
                domain = f"é{domain}"
        return f"{local}@{domain}"

    def _letters(self) -> str:
        return base64.b32encode(self._chance.randbytes(8)).decode().rstrip("=").lower()
