"""Asks pip-audit about every package of the lock files: `make audit`, where the network may be used.

Exit code 0: all were asked about and none has a known hole. 1: some have. 2: the advisories could not be asked, of all
packages or of some. pip-audit itself calls packages that its service does not know sound, as behind an index without
advisories; here that is no answer.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOCKS = ("run.lock", "dev.lock", "audit.lock")
SOUND, HOLES, UNKNOWN = 0, 1, 2
_ARGUMENTS = ("--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10")


@dataclass(frozen=True)
class Told:
    """What was found out about one lock file."""

    asked: int
    unasked: tuple[str, ...]
    holes: tuple[str, ...]

    @property
    def code(self) -> int:
        """The exit code."""
        if self.holes:
            return HOLES
        return UNKNOWN if self.unasked or not self.asked else SOUND


def main(pip_audit: str) -> int:
    """Ask about every lock file and say what was found. Returns the exit code."""
    codes = []
    for name in LOCKS:
        told = ask(pip_audit, ROOT / "requirements" / name)
        print("\n".join(say(name, told)))
        codes.append(told.code)
    return HOLES if HOLES in codes else max(codes)


def ask(pip_audit: str, lock: Path) -> Told:
    """Run pip-audit on a lock file."""
    command = [pip_audit, "--requirement", str(lock), *_ARGUMENTS]
    return read(subprocess.run(command, capture_output=True, text=True, check=False).stdout)


def read(said: str) -> Told:
    """Read pip-audit's answer. An answer that is none, as when its service cannot be reached, asked about nothing."""
    try:
        packages: list[dict[str, Any]] = list(json.loads(said)["dependencies"])
    except (ValueError, KeyError, TypeError):
        return Told(0, (), ())
    return Told(
        asked=sum("skip_reason" not in each for each in packages),
        unasked=tuple(each["name"] for each in packages if "skip_reason" in each),
        holes=tuple(_holes(packages)),
    )


def _holes(packages: Iterable[dict[str, Any]]) -> Iterable[str]:
    for package in packages:
        for hole in package.get("vulns", ()):
            mended = ", ".join(hole.get("fix_versions", ())) or "nowhere yet"
            yield f"{package['name']} {package['version']}: {hole['id']}, mended in {mended}"


def say(name: str, told: Told) -> list[str]:
    """Return the lines for people."""
    lines = [f"{name}: {hole}" for hole in told.holes]
    if not told.asked:
        return [*lines, f"{name}: the advisories cannot be reached from here; nothing is known. Ask where they can be."]
    if told.unasked:
        return [*lines, f"{name}: nothing is known of {len(told.unasked)} packages: {', '.join(told.unasked)}"]
    return lines or [f"{name}: {told.asked} packages, no known hole"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
