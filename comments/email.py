"""Email: the only type that holds an address, made so that it cannot slip out.

A plain class with slots, never a dataclass: Flask's jsonify prints a dataclass field by field whatever its repr says.
"""

from typing import NoReturn

HIDDEN = "‹email›"


class Email:
    """A validated address for the length of one request. Only `reveal` gives it away."""

    __slots__ = ("_domain", "_local")

    def __init__(self, local: str, domain: str) -> None:
        """Take the validated local part and the lower-case ASCII (IDNA) domain."""
        self._local = local
        self._domain = domain

    def reveal(self) -> tuple[str, str]:
        """Return (local part, domain). A contract test names the modules that may call this."""
        return self._local, self._domain

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __reduce__(self) -> NoReturn:
        raise TypeError("an Email is never pickled or copied")

    __hash__ = None  # type: ignore[assignment]  # an address is not a dictionary key

    def __eq__(self, other: object) -> bool:
        raise TypeError("compare the keyed hashes, not the addresses")
