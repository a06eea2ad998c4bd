"""A real Chromium that is watched: what its pages hold, what they keep, say and ask for, and what it writes to disk.

The only bytes left out are those a reader sends on purpose, the body of the post, and what the browser keeps by itself
of what its user typed (its own memory of forms and sessions, which no page can read).
"""

import base64
import binascii
import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from tests.privacy.doors import POST
from tests.servers.chromium import ARGUMENTS

Pieces = list[tuple[str, bytes]]
PHOTOGRAPH = Path(__file__).with_name("photograph.js").read_text()
# Files in which Chromium remembers for its user what was typed, and no site is told.
_BROWSERS_OWN = ("Web Data", "Login Data", "Sessions")
_WIDE = {"width": 1280, "height": 900}
_HEAR = """
addEventListener("message", (event) => (window.replydeskHeard ||= []).push([event.origin, event.data]));
"""


@dataclass(frozen=True)
class Session:
    """A moderator's cookie for the desk at `url`."""

    name: str
    token: str
    url: str


@contextlib.contextmanager
def chromium(path: str) -> Iterator["Chromium"]:
    """Have a browser at hand for the length of the block: Playwright holds the thread's event loop."""
    with sync_playwright() as playwright:
        yield Chromium(playwright, path)


class Chromium:
    """Opens windows, each with a home of its own, as different people have."""

    def __init__(self, playwright: Playwright, path: str) -> None:
        self._playwright = playwright
        self._path = path

    @contextlib.contextmanager
    def window(
        self, home: Path, seen: Pieces, *, script: bool = True, session: Session | None = None
    ) -> Iterator["Window"]:
        """Open a window for the length of the block, logged in or not; afterwards `seen` holds all there was to see."""
        record = home.with_name(f"{home.name}.har")
        context = self._playwright.chromium.launch_persistent_context(
            home,
            executable_path=self._path,
            args=ARGUMENTS,
            java_script_enabled=script,
            viewport=_WIDE,  # type: ignore[arg-type]  # a TypedDict
            record_har_path=record,
            record_har_content="embed",
        )
        own = session.token if session else ""
        if session:
            context.add_cookies([{"name": session.name, "value": own, "url": session.url, "httpOnly": True}])
        window = Window(context, seen, has_script=script)
        try:
            yield window
            seen.append(("cookies", _without(own, json.dumps(context.cookies()))))
        finally:
            context.close()
        seen += network_of(record, own)
        seen += disk_of(home)


class Window:
    """One person's window. `look` keeps what the page is now."""

    def __init__(self, context: BrowserContext, seen: Pieces, *, has_script: bool) -> None:
        self.page: Page = context.pages[0]
        self._context = context
        self._seen = seen
        self._has_script = has_script
        context.add_init_script(_HEAR)
        context.on("console", lambda said: seen.append(("console", said.text.encode())))
        context.on("weberror", lambda error: seen.append(("console", str(error.error).encode())))

    def look(self, *, own: tuple[str, ...] = ()) -> None:
        """Keep everything the page holds, but for the fields that hold what their reader has just typed."""
        if not self._has_script:  # a page without scripts has no storage; the cookies are noted at the end
            self._seen.append(("page", f"{self.page.url}\n{self.page.content()}".encode()))
            return
        found: dict[str, str] = self.page.evaluate(PHOTOGRAPH, list(own))
        self._seen += [(name, words.encode()) for name, words in found.items()]


def network_of(record: Path, session: str = "") -> Pieces:
    """Return every question and every answer of a recorded window, without the body of a reader's own post."""
    seen: Pieces = []
    for entry in json.loads(record.read_text())["log"]["entries"]:
        request, response = entry["request"], entry["response"]
        if request["method"] == "POST" and urlsplit(request["url"]).path == POST:
            request.pop("postData", None)
        content = _body(response.pop("content", {}))
        seen.append((f"request {request['method']}", _without(session, json.dumps(request, ensure_ascii=False))))
        seen.append(("answer", json.dumps(response, ensure_ascii=False).encode() + b"\n" + content))
    return seen


def _without(session: str, words: str) -> bytes:
    """Leave out a moderator's own session, which is in their own browser and goes where it belongs."""
    return (words.replace(session, "(session)") if session else words).encode()


def _body(content: dict[str, Any]) -> bytes:
    text = str(content.get("text", ""))
    if content.get("encoding") != "base64":
        return text.encode()
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return text.encode()


def disk_of(home: Path) -> Pieces:
    """Return what the browser wrote into its home: storage, caches, history; not its own memory of its user."""
    return [
        (f"disk {path.name}", path.read_bytes())
        for path in sorted(home.rglob("*"))
        if path.is_file() and not any(part.startswith(_BROWSERS_OWN) for part in path.relative_to(home).parts)
    ]
