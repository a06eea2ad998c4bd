"""The parts of docs/ that are made from the code: every setting, and every route of the public API with its fields."""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from comments.settings import PREFIX, Settings
from service.openapi import describe

DOCS = Path(__file__).parents[2] / "docs"
PROBLEM = "#/components/schemas/ProblemBody"
UNITS = {"_seconds": "s", "_minutes": "min", "_hours": "h", "_days": "days"}
_PART = "<!-- {name}: made by `make documents` -->\n{made}<!-- end of {name} -->"


def current(page: Path) -> str:
    """Return the page as it is with its generated parts made anew."""
    text = page.read_text()
    for name, make in PARTS[page.name].items():
        whole = re.compile(re.escape(_PART).replace(r"\{name\}", name).replace(r"\{made\}", ".*?"), re.DOTALL)
        text, count = whole.subn(lambda _, name=name, make=make: _PART.format(name=name, made=make()), text)
        if count != 1:
            raise ValueError(f"{page.name} has no place for {name}")
    return text


# Settings ------------------------------------------------------------------------------------------------------------


def settings() -> str:
    """Return a row for each setting: its name, its default with its unit, what it is."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {_default(name, field)} | {field.description} |" for name, field in _fields()
    ]
    return "\n".join(["| setting | default | what |", "|---|---|---|", *rows, ""])


def _fields() -> Iterator[tuple[str, FieldInfo]]:
    yield from Settings.model_fields.items()


def _default(name: str, field: FieldInfo) -> str:
    value = field.default
    if value is None or value == ():
        return "–"
    if isinstance(value, bool):
        return "on" if value else "off"
    unit = next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")
    return f"{value.value if isinstance(value, Enum) else value} {unit}".strip()


# Routes --------------------------------------------------------------------------------------------------------------


def routes() -> str:
    """Return a chapter for each route of the description, and one for each thing that is sent or answered."""
    described = describe()
    paths = [
        _route(path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = [_schema(name, schema) for name, schema in described["components"]["schemas"].items()]
    errors = [f"| {status} | {words} |" for status, words in sorted(_errors(described).items())]
    head = ["## Every route", f"Errors are a {_shown({'$ref': PROBLEM})}; 429 and 503 say in `Retry-After` when.", ""]
    table = ["| status | means |", "|---|---|", *errors, ""]
    return "\n".join([*head, *table, *paths, "## What is sent and answered", *schemas])


def _errors(described: Mapping[str, Any]) -> dict[str, str]:
    return {
        status: answer["description"].replace("|", r"\|")
        for methods in described["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        if _is_problem(answer)
    }


def _is_problem(answer: Mapping[str, Any]) -> bool:
    return "application/problem+json" in answer.get("content", {})


def _route(path: str, method: str, operation: Mapping[str, Any]) -> str:
    lines = [f"### `{method.upper()} {path}`", f"{operation['summary'].rstrip('.?')}.", ""]
    if operation.get("description"):
        lines += [operation["description"], ""]
    sent: dict[str, list[str]] = {}
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        sent.setdefault(_shown(content["schema"]), []).append(f"`{kind}`")
    lines += [f"- sends {schema} as {', '.join(kinds)}" for schema, kinds in sent.items()]
    for each in operation.get("parameters", ()):
        must = ", required" if each.get("required") else ""
        lines.append(f"- `{each['name']}` ({each['in']}{must}): {_text(each)}")
    answers = operation["responses"]
    lines += [f"- **{status}** {_answer(answer)}" for status, answer in answers.items() if not _is_problem(answer)]
    errors = [status for status, answer in answers.items() if _is_problem(answer)]
    return "\n".join([*lines, *([f"- errors: {', '.join(errors)}"] if errors else []), ""])


def _answer(answer: Mapping[str, Any]) -> str:
    kinds = {_shown(content["schema"]) for content in answer.get("content", {}).values()}
    headers = [f"`{name}`" for name in answer.get("headers", ())]
    given = ", ".join([*sorted(kinds - {"string"}), *headers])
    return f"{answer['description']}{f' ({given})' if given else ''}"


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    head = [f"### {name}", schema.get("description", ""), ""]
    if "enum" in schema:
        return "\n".join([*head[:1], ", ".join(f"`{value}`" for value in schema["enum"]), ""])
    required = set(schema.get("required", ()))
    rows = [
        f"| `{field}` | {_shown(found)} | {'yes' if field in required else 'no'} | {_text(found)} |"
        for field, found in schema.get("properties", {}).items()
    ]
    return "\n".join([*head, "| field | type | required | what |", "|---|---|---|---|", *rows, ""])


def _text(described: Mapping[str, Any]) -> str:
    """Return what it is and what it may be."""
    schema = described.get("schema", described)
    limits = [
        f"{schema['minLength']} to {schema['maxLength']} characters"
        if "minLength" in schema and "maxLength" in schema
        else f"{schema['maxLength']} characters at most"
        if "maxLength" in schema
        else "",
        f"{schema['maxItems']} at most" if "maxItems" in schema else "",
        f"`{schema['pattern']}`".replace("|", r"\|") if "pattern" in schema else "",
        "One of " + ", ".join(f"`{value}`" for value in schema["enum"] if value != "") if "enum" in schema else "",
    ]
    said = str(described.get("description", "")).replace("|", r"\|")
    return " ".join(filter(None, [said, "; ".join(filter(None, limits))])) or "–"


def _shown(schema: Mapping[str, Any]) -> str:
    """Return the type in a few words; what has a chapter of its own is a link to it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_shown(each) for each in schema["anyOf"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {_shown(schema['items'])}"
    if schema.get("format") == "date-time":
        return "time"
    return str(schema.get("type", "anything"))


PARTS: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "operations.md": {"settings": settings},
    "api.md": {"routes": routes},
}
