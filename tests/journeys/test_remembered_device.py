"""A reader who asks to be remembered, in a real browser without JavaScript, on a site that holds first-timers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from comments.policy import Mode
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store, open_store
from tests import factories
from tests.journeys.conftest import SCREENSHOTS
from tests.servers.replydesk import Replydesk, running_replydesk, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

THREAD = "/threads/gazette?thread=strikes"


@pytest.fixture(scope="module")
def replydesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replydesk]:
    """A service of its own: here a moderator decides, and the others' first one comes by the link."""
    with running_replydesk(tmp_path_factory.mktemp("device"), rate_limits="off") as running:
        yield running


@pytest.fixture
def store(replydesk: Replydesk) -> Iterator[Store]:
    """The service's database, with a site that holds first-timers."""
    opened = open_store(f"sqlite:///{replydesk.data / 'replydesk.sqlite3'}")
    site = opened.sites.add("gazette", "The gazette", now=datetime.now(UTC))
    opened.sites.set(replace(site, policy=replace(site.policy, mode=Mode.HOLD_FIRST_DEVICE)))
    yield opened
    opened.close()


def test_device_is_known_once_a_comment_was_published_until_it_is_forgotten(
    replydesk: Replydesk, store: Store, browser: Browser, page_without_script: Page
) -> None:
    page = page_without_script
    # given: a first comment whose reader ticks the box
    held = send(replydesk, page, "The envoys should have talked first.", remember=True)
    assert wait_until(lambda: status_of(store, held)) == Status.HELD
    [cookie] = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("replydesk_device_gazette", True, "Lax")
    shoot(page, "remembered-receipt-360")
    approve(store, held)

    # when: the next one comes from the same browser, whatever is typed, and from another one with the same words
    known = send(replydesk, page, "And they should talk now, before more is lost.", email="other@example.org")
    with browser.new_context(java_script_enabled=False) as context:
        stranger = send(replydesk, context.new_page(), "I say the same from elsewhere, under the same name.")

    # then
    assert wait_until(lambda: status_of(store, known)) == Status.APPROVED
    assert wait_until(lambda: status_of(store, stranger)) == Status.HELD

    # and: forgotten, it is a stranger's again
    page.goto(f"{replydesk.url}/devices/forget")
    expect(page.get_by_text("The gazette")).to_be_visible()
    shoot(page, "remembered-page-360")
    page.get_by_role("button", name="Forget this browser").click()
    expect(page.get_by_text("not remembered here")).to_be_visible()
    assert page.context.cookies() == []
    forgotten = send(replydesk, page, "Nobody knows me any more on this site.")
    assert wait_until(lambda: status_of(store, forgotten)) == Status.HELD


def send(
    replydesk: Replydesk, page: Page, text: str, *, remember: bool = False, email: str = "ngozi@example.org"
) -> str:
    """Send a reply as a reader does and stay on its receipt. Returns the receipt's token."""
    page.goto(replydesk.url + THREAD)
    page.locator("#reply-name").fill("Ngozi")
    page.locator("#reply-email").fill(email)
    page.locator("#reply-text").fill(text)
    box = page.get_by_label("Remember this device")
    expect(box).not_to_be_checked()
    if remember:
        box.check()
        shoot(page, "remember-form-360")
    page.get_by_role("button", name="Post comment").click()
    page.get_by_role("link", name="Keep this link").click()
    return page.url.rpartition("/")[2]


def status_of(store: Store, token: str) -> Status | None:
    """Return the status once there is a decision."""
    receipt = store.receipts.find(token)
    return receipt.status if receipt is not None and receipt.status is not Status.PENDING else None


def approve(store: Store, token: str) -> None:
    receipt = store.receipts.find(token)
    assert receipt is not None
    now = datetime.now(UTC)
    version = store.desk.card(receipt.comment_id, now=now, scope=EVERY_SITE).version
    moderator = factories.a_moderator(store, "gazetteer", now=now)
    store.desk.decide(
        receipt.comment_id, Status.APPROVED, version=version, moderator_id=moderator.id, now=now, scope=EVERY_SITE
    )


def shoot(page: Page, name: str) -> None:
    """Keep a picture for whoever looks."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
