"""Every route there is: routes.txt is the manifest, and the app's own map must equal it, so that none can hide."""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from flask import Flask

from comments.settings import Settings
from comments.store import open_store
from comments.wakeup import Wakeup
from ops.wsgi import add_demo
from service.app import create_app
from service.parts import Parts
from tests import factories

MANIFEST = Path(__file__).with_name("routes.txt")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_ARGUMENT = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")
# What is asked in a query, by the rule: without it a page says only that something is missing.
QUERIES = {
    "/threads/<site_key>": ("thread=border-strikes", "thread=border-strikes&format=fragment", "thread=wp:7"),
    "/privacy": ("site=demo", "lang=ha"),
    "/privacy/request": ("site=demo", "site=demo&wish=erase", "site=nobody"),
    "/feeds/<site_key>.atom": ("thread=border-strikes",),
    "/api/v1/comments": ("site=demo&thread=border-strikes", "site=demo&thread=border-strikes&sort=oldest"),
    "/api/v1/counts": ("site=demo&thread=border-strikes",),
    "/isso/<site_key>/": ("uri=border-strikes", "uri=/isso-page/"),
    "/wp/v2/comments": ("site=demo",),
    "/wp-json/wp/v2/comments": ("site=demo",),
    "/wp/v2/comments/<int:comment_id>": ("site=demo",),
    "/wp-json/wp/v2/comments/<int:comment_id>": ("site=demo",),
    "/threads/<site_key>/comments/<int(max=9007199254740991):comment_id>": ("",),
}


@dataclass(frozen=True)
class Values:
    """What stands for an argument: real ones first, so that pages say something."""

    comment_ids: Sequence[int]
    receipts: Sequence[str]
    notices: Sequence[str] = ()
    files: Sequence[str] = ("service.css",)

    def of(self, name: str) -> Sequence[str]:
        """Return what to put in for an argument of a rule."""
        known: Mapping[str, Sequence[str]] = {
            "comment_id": [str(each) for each in self.comment_ids] or ["1"],
            "site_key": ["demo", "nobody"],
            "size": ["48"],
            "seed": ["0123456789ab"],
            "version": ["0123456789ab"],
            "filename": list(self.files),
            "name": ["x"],
        }
        return known.get(name, ["1"])


def rules(app: Flask) -> dict[str, tuple[str, ...]]:
    """Return the app's own map: the methods of each rule, without those every route answers."""
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        found.setdefault(rule.rule, set()).update(set(rule.methods or ()) - {"HEAD", "OPTIONS"})
    return {rule: tuple(sorted(methods)) for rule, methods in sorted(found.items())}


def manifest() -> dict[str, tuple[str, ...]]:
    """Return what routes.txt says."""
    lines = [line.rsplit(">", 1) if ">" in line else ["", line] for line in MANIFEST.read_text().splitlines()]
    found = {}
    for head, rest in lines:
        tail, *methods = rest.split(" ")
        found[f"{head}>{tail}" if head else tail] = tuple(methods)
    return found


def the_app() -> Flask:
    """Return the application as `replydesk up --demo` serves it, to read its map."""
    with tempfile.TemporaryDirectory() as name:
        store = open_store(f"sqlite:///{Path(name, 'map.sqlite3')}")
        parts = Parts(
            Settings.model_validate({"data_dir": name}), store, factories.ROOT_KEY, Wakeup(None), lambda: factories.NOW
        )
        app = create_app(parts)
        add_demo(app)
        store.close()
    return app


def unlisted(app: Flask) -> list[str]:
    """Return what is in the map and not in the manifest, or the other way round."""
    real, written = rules(app), manifest()
    return [
        f"{rule} {' '.join(real.get(rule, ['is gone']))}: mend tests/privacy/routes.txt"
        for rule in sorted(real.keys() | written.keys())
        if real.get(rule) != written.get(rule)
    ]


def paths(rule: str, values: Values) -> Iterator[str]:
    """Yield addresses that a rule matches."""
    tokens = values.receipts if rule.startswith("/receipts/") else values.notices
    arguments = [(match, list(_choices(match, values, tokens or ("x" * 22,)))) for match in _ARGUMENT.finditer(rule)]
    longest = max((len(choices) for _, choices in arguments), default=1)
    for number in range(longest):
        path = rule
        for match, choices in arguments:
            path = path.replace(match[0], quote(choices[min(number, len(choices) - 1)], safe="/"))
        for query in QUERIES.get(rule, ("",)):
            yield f"{path}?{query}" if query else path


def _choices(match: re.Match[str], values: Values, tokens: Sequence[str]) -> Sequence[str]:
    converter, options, name = match.groups()
    if converter == "any":
        return [option.strip() for option in (options or "").split(",")]
    return tokens if name == "token" else values.of(name)
