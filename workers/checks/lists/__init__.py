"""Words and phrases the checks look for. A change to a list raises the version of the check that reads it."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_SHORTHAND = re.compile(r"\{([A-Z_]+)\}")


@cache
def read_list(name: str) -> Mapping[str, Any]:
    """Return the file `name`.toml that stands beside this module, read once."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def phrases(listed: str) -> tuple[str, ...]:
    """Return the phrases between the commas, each with single spaces."""
    return tuple(" ".join(phrase.split()) for phrase in listed.split(",") if phrase.strip())


def compile_pattern(pattern: str, shorthands: Mapping[str, str]) -> re.Pattern[str]:
    """Compile a pattern over a line of words.

    In the files line breaks and spaces mean nothing, `_` is the space between two words, and {NAME} stands for a
    shorthand, which may use shorthands itself.
    """
    while _SHORTHAND.search(pattern):
        pattern = _SHORTHAND.sub(lambda match: f"(?:{shorthands[match[1]]})", pattern)
    return re.compile(re.sub(r"\s+", "", pattern).replace("_", " "))
