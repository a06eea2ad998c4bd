"""What axe-core and a ruler have to say about a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = {"phone": 360, "desk": 1280}


def violations(page: Page, *, only: str = "") -> list[str]:
    """Return every barrier that axe finds, or only those of one rule."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": {"type": "rule", "values": [only]}} if only else {})
    violations = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in violations for node in one["nodes"]]


def too_wide(page: Page) -> list[str]:
    """Return how far the page has to be scrolled sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{wide} px wider than the window"] if wide > 0 else []
