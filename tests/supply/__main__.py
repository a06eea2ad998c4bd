"""Writes what is in the image as CycloneDX 1.6, from the lock file and what is installed, without a network.

`make sbom` writes var/replydesk.cdx.json. What a scanner needs is there: name, version, package URL, licence, hashes.
"""

import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements" / "run.lock"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# What stands in our own tree and came from others (NOTICE).
VENDORED = {"htmx.org": ROOT / "service" / "static" / "htmx.min.js"}


@dataclass(frozen=True)
class Locked:
    """One package of the lock file."""

    name: str
    version: str
    hashes: tuple[str, ...]

    @property
    def purl(self) -> str:
        """The package URL, with the name as PyPI writes it."""
        return f"pkg:pypi/{re.sub(r'[-_.]+', '-', self.name).lower()}@{self.version}"


def read_lock(text: str) -> Iterator[Locked]:
    """Yield every package of a lock file. Raises ValueError for a line without a pin or without hashes."""
    for entry in re.split(r"\n(?=\S)", text.strip()):
        pinned, hashes = _PINNED.match(entry), tuple(_HASH.findall(entry))
        if pinned is None or not hashes:
            raise ValueError(f"not pinned: {entry.splitlines()[0]}")
        yield Locked(pinned[1], pinned[2], hashes)


def bill() -> dict[str, object]:
    """Return the bill of materials. The same lock file gives the same bill, byte for byte."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    text = LOCK.read_text()
    own = f"pkg:pypi/{project['name']}@{project['version']}"
    components = [_component(locked) for locked in read_lock(text)] + [_vendored(*each) for each in VENDORED.items()]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, own + text)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": project["name"],
                "version": project["version"],
                "purl": own,
                "licenses": [{"expression": project["license"]}],
            }
        },
        "components": components,
        "dependencies": [{"ref": own, "dependsOn": [component["bom-ref"] for component in components]}],
    }


def _component(locked: Locked) -> dict[str, object]:
    licence = _licence(locked.name)
    return {
        "type": "library",
        "bom-ref": locked.purl,
        "name": locked.name,
        "version": locked.version,
        "purl": locked.purl,
        **({"licenses": [{"license": {"name": licence}}]} if licence else {}),
        "externalReferences": [
            {
                "type": "distribution",
                "url": locked.purl,  # a name, not an address: which index serves it is the reader's choice
                "hashes": [{"alg": "SHA-256", "content": each} for each in locked.hashes],
            }
        ],
    }


def _licence(name: str) -> str | None:
    """Return what the installed package says of itself; None for one that this platform does not install."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return None
    return next((said[key].splitlines()[0] for key in ("License-Expression", "License") if said.get(key)), None)


def _vendored(name: str, path: Path) -> dict[str, object]:
    found = re.search(r'version:"([0-9.]+)"', path.read_text())
    version = found[1] if found else "unknown"
    purl = f"pkg:npm/{name}@{version}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "var" / "replydesk.cdx.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill(), indent=1) + "\n")
    print(f"{target}: {len(bill()['components'])} components")  # type: ignore[arg-type]  # a list, as built above
