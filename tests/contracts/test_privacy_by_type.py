"""Who may hold or reveal an address, read from the code itself."""

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType

import pydantic

from comments.email import Email

ROOT = Path(__file__).parents[2]
PACKAGES = ("comments", "service", "workers", "ops", "demo")


@cache
def sources() -> Sequence[tuple[str, ast.Module]]:
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [(str(path.relative_to(ROOT)), ast.parse(path.read_text())) for path in paths]


def uses_of(name: str, tree: ast.Module) -> list[ast.Attribute]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == name]


def test_an_address_is_revealed_in_few_modules() -> None:
    revealing = {file for file, tree in sources() if uses_of("reveal", tree)}

    assert revealing == {
        "comments/contact.py",
        "comments/identity.py",
        "comments/opening.py",
        "workers/mail/message.py",
    }


def test_nobody_reaches_around_reveal() -> None:
    reaching = {file for file, tree in sources() for name in ("_local", "_domain") if uses_of(name, tree)}

    assert reaching == {"comments/email.py"}


def test_nobody_gets_at_attributes_by_a_name_of_an_email() -> None:
    words = {"reveal", "_local", "_domain"}
    found = {
        file
        for file, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in words and file != "comments/email.py"
    }

    assert found == set()


def modules() -> Iterator[ModuleType]:
    for package in ("comments", "service", "workers", "ops"):
        root = importlib.import_module(package)
        yield root
        for found in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not found.name.endswith(("__main__", ".env", ".versions")) and ".versions." not in found.name:
                yield importlib.import_module(found.name)


def test_only_a_submission_has_a_field_for_an_address() -> None:
    seen, holding = set(), set()
    for module in modules():
        for _, each in inspect.getmembers(module, inspect.isclass):
            is_model = dataclasses.is_dataclass(each) or issubclass(each, pydantic.BaseModel)
            if is_model and each.__module__.split(".")[0] in PACKAGES:
                seen.add(each)
                annotations = (
                    str(hint) for base in each.__mro__ for hint in getattr(base, "__annotations__", {}).values()
                )
                if any(re.search(r"\bEmail\b", hint) for hint in annotations):
                    holding.add(f"{each.__module__}.{each.__qualname__}")

    assert len(seen) > 30, "else this proves nothing"
    assert holding == {"comments.submission.Submission"}


def test_email_is_no_dataclass() -> None:
    assert not dataclasses.is_dataclass(Email), "Flask's jsonify prints a dataclass whatever its repr says"
