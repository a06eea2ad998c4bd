"""Chromium from the system, for the tests that look at real pages."""

import contextlib
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

NONE_HERE = "no Chromium on this machine"
# Chromium's own services are off: a test browser talks to the service and to nobody else.
_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
_QUIETER = ("--disable-component-update", "--disable-sync")
ARGUMENTS = [*_QUIET, *_QUIETER]


def find_chromium() -> str | None:
    """Return where the browser is, None when there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


# How long a page may take to become what is expected: a busy machine draws one in seconds. Waiting ends when it is so.
PATIENCE_MS = 20_000


@contextlib.contextmanager
def running_chromium() -> Iterator[Browser]:
    """Run a browser for the length of the block, a module at most: Playwright holds the thread's event loop.

    Without Chromium the tests skip, except where they are required (.ci/run).
    """
    path = find_chromium()
    if path is None:
        message = f"{NONE_HERE}: browser tests are skipped"
        if os.environ.get("REPLYDESK_REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()
