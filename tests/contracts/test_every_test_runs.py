"""A test that nobody runs proves nothing: whatever is written under tests/ is collected, used, or gone."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The product calls some of it by name: doubles of what a server or a provider would be.
PACKAGES = ("comments", "service", "workers", "ops", "demo", "benchmarks", "tests")
# Written to be wrong or to be run in another tree.
APART = {"planted", "broken"}
DEFINED = re.compile(r"^(?: {4})?(?:async )?def (\w+)", re.MULTILINE)
# What pytest calls by its name.
HOOK = re.compile(r"pytest_\w+|__\w+__")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def texts() -> dict[Path, str]:
    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {path: path.read_text() for path in paths if not APART & set(path.parts)}


def of_the_tests() -> Iterator[tuple[Path, str]]:
    yield from ((path, text) for path, text in texts().items() if path.is_relative_to(ROOT / "tests"))


def test_a_test_stands_in_a_file_that_is_collected() -> None:
    elsewhere = {path: text for path, text in of_the_tests() if not path.name.startswith("test_")}
    assert elsewhere, "else this proves nothing"

    found = {f"{path}: {name}" for path, text in elsewhere.items() for name in DEFINED.findall(text) if is_test(name)}

    assert not found


def test_what_is_no_test_is_used_by_one() -> None:
    # given: every word there is, and those that only ever stand where they are defined
    said = Counter(word for text in texts().values() for word in re.findall(r"\w+", text))
    defined = Counter(name for text in texts().values() for name in DEFINED.findall(text))
    alone = {name for name, count in defined.items() if said[name] == count and not HOOK.fullmatch(name)}
    assert any(map(is_test, alone)), "else this proves nothing"

    # then: no function of the tests is alone but the tests; a misspelt "textCreate…" would be
    unused = {
        f"{path}: {each.name}"
        for path, text in of_the_tests()
        if any(name in alone and not is_test(name) for name in DEFINED.findall(text))
        for each in functions(ast.parse(text))
        if each.name in alone and not is_test(each.name) and not is_called_by_its_decorator(each)
    }
    assert not unused, "\n".join(sorted(unused))


def is_test(name: str) -> bool:
    return name.startswith("test_")


def functions(tree: ast.Module) -> Iterator[Function]:
    """Yield every function and method of a file, but what stands in a function or overrides what is inherited."""
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) and not node.bases else []
        yield from (each for each in (node, *inside) if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)))


def is_called_by_its_decorator(function: Function) -> bool:
    """Say whether it runs without being named: a fixture for every test, a route, a rule."""
    return any("fixture" not in ast.unparse(each) or "autouse" in ast.unparse(each) for each in function.decorator_list)
