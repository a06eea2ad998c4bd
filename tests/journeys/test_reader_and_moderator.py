"""Whole stories in a real browser: form → worker → page; held → approved → page; without JavaScript too."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SCREENSHOTS
from tests.servers.replydesk import Replydesk, setup_link, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

LOGIN = "ada"
PASSWORD = "Harmattan-dust-at-noon-7"
ADDRESS = "ngozi.marker@leak-test.example"


@pytest.fixture(scope="session")
def moderator(replydesk: Replydesk) -> str:
    """The first moderator, whose one-time link the supervisor printed. Returns the link's path."""
    return setup_link(replydesk)


def test_clean_reply_is_public_without_javascript(replydesk: Replydesk, page_without_script: Page) -> None:
    page = page_without_script
    # given: a reader on a phone without JavaScript
    page.goto(replydesk.url + "/")
    expect(page.get_by_text("Your email address will not be published")).to_be_visible()

    # when: they fill in the form
    send_reply(page, name="Ngozi A.", text="The envoys should have talked before the missiles flew.")

    # then: they are back on the article with a notice and a private link, and soon it is public
    assert page.url.startswith(replydesk.url + "/")
    receipt = page.get_by_role("link", name="Keep this link")
    expect(receipt).to_be_visible()
    wait_until(lambda: "The envoys should have talked before the missiles flew." in replydesk.public_texts())
    page.goto(replydesk.url + "/")
    expect(page.get_by_text("The envoys should have talked before the missiles flew.")).to_be_visible()
    assert ADDRESS.split("@", maxsplit=1)[0] not in page.content()
    shoot(page, "article-360")


def test_spam_is_held_with_its_reason_and_public_once_approved(
    replydesk: Replydesk, page: Page, moderator: str
) -> None:
    # given: a spammy reply
    text = "Call me on WhatsApp +234 803 000 0001 for guaranteed loan without collateral, visit bit.ly/loan-now"
    accepted = replydesk.post(text, name="Dr Loan", email="loan@example.org").json
    wait_until(lambda: replydesk.status(accepted) == "held")
    assert text not in replydesk.public_texts()

    # when: the first moderator sets up the desk and looks at the queue
    set_up(page, replydesk, moderator)
    card = page.locator("article", has_text="Dr Loan")
    expect(card).to_be_visible()
    expect(card.locator("mark").first).to_be_visible()
    expect(card).to_contain_text("Held")
    assert "loan@example.org" not in page.content()
    shoot(page, "queue-1280")
    page.set_viewport_size({"width": 360, "height": 740})
    shoot(page, "queue-360")
    page.set_viewport_size({"width": 1280, "height": 900})

    # and: approves it
    card.get_by_role("button", name="Approve").click()
    expect(card).to_have_count(0)

    # then: it is public and the receipt says so
    wait_until(lambda: replydesk.status(accepted) == "approved")
    page.goto(replydesk.url + "/")
    expect(page.get_by_text("guaranteed loan without collateral")).to_be_visible()
    shoot(page, "article-1280")


def test_wrong_form_keeps_what_was_typed(replydesk: Replydesk, page_without_script: Page) -> None:
    page = page_without_script
    # given: a reader who mistypes the address
    page.goto(replydesk.url + "/")

    # when: they send it
    send_reply(page, name="Bashir", text="Wannan magana ce mai muhimmanci ƙwarai.", email="not-an-address")

    # then: the page says what to do, keeps name and text, and repeats no address
    expect(page.get_by_label("Name")).to_have_value("Bashir")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Wannan magana ce mai muhimmanci ƙwarai.")
    assert "not-an-address" not in page.content()


def send_reply(page: Page, *, name: str, text: str, email: str = ADDRESS) -> None:
    """Fill in the form under the article and post it."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill(email)
    page.get_by_role("textbox", name="Comment").fill(text)
    # A browser's own check of the address would hide ours.
    page.locator("form", has=page.get_by_label("Email")).evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Post comment").click()


def set_up(page: Page, replydesk: Replydesk, link: str) -> None:
    """Make the first moderator through the one-time link, which leads to the queue."""
    page.goto(replydesk.url + link)
    page.get_by_label("Login").fill(LOGIN)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Make the moderator").click()
    expect(page).to_have_url(replydesk.url + "/review/")


def shoot(page: Page, name: str) -> None:
    """Keep a screenshot where git does not look."""
    Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
