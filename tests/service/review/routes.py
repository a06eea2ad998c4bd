"""Every route of the desk, taken from the app itself, so that a new one is tested before anybody thinks of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from comments.roles import Permission
from service.review.guard import OPEN_ENDPOINTS, SAFE_METHODS

DEFAULT_NUMBER = 1


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    method: str
    path: str
    endpoint: str
    permission: Permission | None
    arguments: frozenset[str]

    @property
    def is_open(self) -> bool:
        """Say whether it comes before there is a session."""
        return self.endpoint in OPEN_ENDPOINTS

    @property
    def is_unsafe(self) -> bool:
        """Say whether it may change something."""
        return self.method not in SAFE_METHODS


def routes(app: Flask, numbers: Mapping[str, int] | None = None) -> list[Route]:
    """Return every route of the desk. `numbers` are what stands for a number in the address, by its name."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("review."):
            wanted = rule.arguments - set(rule.defaults or {})
            path = adapter.build(rule.endpoint, {name: _example(rule, name, numbers or {}) for name in wanted})
            permission = getattr(app.view_functions[rule.endpoint], "permission", None)
            found += [
                Route(method, path, rule.endpoint, permission, frozenset(wanted))
                for method in sorted(rule.methods or ())
                if method != "OPTIONS"
            ]
    return sorted(found, key=lambda route: (route.path, route.method))


def _example(rule: Rule, name: str, numbers: Mapping[str, int]) -> object:
    converter = rule._converters[name]
    if isinstance(converter, IntegerConverter):
        return numbers.get(name, DEFAULT_NUMBER)
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return "A" * 43
