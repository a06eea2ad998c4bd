"""A running service and a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.servers.chromium import running_chromium
from tests.servers.replydesk import Replydesk, running_replydesk

SCREENSHOTS = Path("var/screenshots")


@pytest.fixture(scope="session")
def replydesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replydesk]:
    """The whole service with the demo site, shared by the journeys of one process."""
    with running_replydesk(tmp_path_factory.mktemp("journey"), rate_limits="off") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser."""
    with running_chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page at desk size that fails the test on any script error or breach of the content policy."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert not problems, problems


@pytest.fixture
def page_without_script(browser: Browser) -> Iterator[Page]:
    """A fresh page at phone size with JavaScript off."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    yield context.new_page()
    context.close()
