"""How one moderator likes the desk to behave. It says nothing about anybody else and decides nothing."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a moderator chose; the defaults are what everybody has who chose nothing.

    `keys` maps an action to its key, with those alone that were changed. `language` is empty for the desk's own.
    """

    keys_on: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)
    blurs_abuse: bool = False
    language: str = ""

    def to_json(self) -> str:
        """Return what is kept."""
        return json.dumps(asdict(self), sort_keys=True)


def preferences_from_json(raw: str) -> Preferences:
    """Read what was kept, also by an older or a newer release: what is not understood is left at its default."""
    kept = json.loads(raw)
    if not isinstance(kept, dict):
        return Preferences()
    keys = kept.get("keys")
    return Preferences(
        keys_on=kept.get("keys_on") is not False,
        keys={str(action): str(key) for action, key in keys.items()} if isinstance(keys, dict) else {},
        blurs_abuse=kept.get("blurs_abuse") is True,
        language=str(kept.get("language") or ""),
    )
