"""The desk in a real browser: keys, focus and announcements, under the content policy of the real pages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from comments.preferences import Preferences
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from tests import factories

pytestmark = pytest.mark.browser


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def status(store: Store, comment_id: int) -> Status:
    return store.desk.card(comment_id, now=factories.NOW, scope=EVERY_SITE).status


def test_queue_is_worked_off_with_single_keys(enter: Callable[..., Page], sqlite_store: Store) -> None:
    # given: four comments wait, and nothing has the focus
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(4)]
    page = enter()
    assert focused(page) == ""

    # when: the first is approved
    page.keyboard.press("j")
    assert focused(page) == f"comment-{ids[0]}"
    page.keyboard.press("a")

    # then: it is gone, the next has the focus, the counts agree, and the news is in a live region
    expect(page.locator(f"#comment-{ids[0]}")).to_have_count(0)
    assert focused(page) == f"comment-{ids[1]}"
    expect(page.locator("[data-count=review]")).to_have_text(["3", "3"])
    expect(page.locator("#toast")).to_contain_text("Approved.")
    assert status(sqlite_store, ids[0]) is Status.APPROVED

    # and spam and a rejection go on from there
    page.keyboard.press("s")
    expect(page.locator("#toast")).to_contain_text("Rejected as spam.")
    page.keyboard.press("r")
    page.keyboard.type("Off")
    page.keyboard.press("Enter")
    expect(page.locator("#toast")).to_contain_text("Rejected: off topic.")
    assert focused(page) == f"comment-{ids[3]}"
    assert sqlite_store.desk.history(ids[2], scope=EVERY_SITE)[-1].reason == "off_topic"

    # and the last one leaves the page that says so, with its undo
    page.keyboard.press("a")
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    expect(page.locator("#toast")).to_contain_text("Approved.")


def test_undo_brings_the_card_back_to_its_place_and_can_be_decided_anew(
    enter: Callable[..., Page], sqlite_store: Store
) -> None:
    # given: the middle one was rejected as spam
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(3)]
    page = enter()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator("article")).to_have_count(2)

    # when
    page.keyboard.press("z")

    # then
    expect(page.locator("article")).to_have_count(3)
    order = page.locator("article").evaluate_all("cards => cards.map(card => card.id)")
    assert order == [f"comment-{number}" for number in ids]
    assert focused(page) == f"comment-{ids[1]}"
    page.keyboard.press("a")
    expect(page.locator("#toast")).to_contain_text("Approved.")
    assert status(sqlite_store, ids[1]) is Status.APPROVED


def test_audit_sample_is_worked_off_with_the_same_keys(
    enter: Callable[..., Page], desk_url: str, sqlite_store: Store
) -> None:
    # given: three published comments were drawn
    ids = [factories.a_drawn_comment(sqlite_store).id for _ in range(3)]
    page = enter()
    page.goto(f"{desk_url}audit")

    # when: the first is fine
    page.keyboard.press("j")
    page.keyboard.press("a")

    # then: the next has the focus, the counts agree, and a look can be taken back and given again
    expect(page.locator("#toast")).to_contain_text("Looked at, stays public.")
    expect(page.locator(f"#comment-{ids[0]}")).to_have_count(0)
    assert focused(page) == f"comment-{ids[1]}"
    expect(page.locator("[data-count=audit]")).to_have_text(["2", "2"])
    page.keyboard.press("z")
    expect(page.locator("[data-count=audit]")).to_have_text(["3", "3"])
    assert focused(page) == f"comment-{ids[0]}"
    page.keyboard.press("a")
    expect(page.locator("[data-count=audit]")).to_have_text(["2", "2"])

    # and when the second is not: it is taken down, brought back, and left public after all
    page.keyboard.press("s")
    expect(page.locator("#toast")).to_contain_text("Rejected as spam.")
    assert focused(page) == f"comment-{ids[2]}"
    page.keyboard.press("z")
    expect(page.locator("[data-count=audit]")).to_have_text(["2", "2"])
    assert focused(page) == f"comment-{ids[1]}"
    page.keyboard.press("a")
    expect(page.locator("[data-count=audit]")).to_have_text(["1", "1"])

    # and the last one leaves the page that says so
    page.keyboard.press("a")
    expect(page.get_by_text("Nothing is due for audit.")).to_be_visible()
    expect(page.locator(".bar [data-count=audit]")).to_have_text("0")
    assert [status(sqlite_store, each) for each in ids] == [Status.APPROVED] * 3


def test_keys_do_nothing_while_typing_with_modifiers_or_without_a_card(
    enter: Callable[..., Page], sqlite_store: Store
) -> None:
    comment = factories.a_held_comment(sqlite_store)
    page = enter()
    # given: no card in hand
    page.keyboard.press("a")
    expect(page.locator("#toast")).to_contain_text("Choose a comment first")
    # and: words typed into the note
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.locator("article").get_by_label("Note to the author").fill("")
    page.keyboard.type("a sazz")
    assert page.locator("article").get_by_label("Note to the author").input_value() == "a sazz"
    # and: the browser's own shortcuts
    page.keyboard.press("Escape")
    assert focused(page) == f"comment-{comment.id}"
    page.keyboard.press("Control+a")
    assert status(sqlite_store, comment.id) is Status.HELD


def test_card_that_somebody_else_decided_says_so_in_place(enter: Callable[..., Page], sqlite_store: Store) -> None:
    # given: two moderators with the same two cards
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(2)]
    ada, bisi = enter(), enter("bisi")
    bisi.keyboard.press("j")
    bisi.keyboard.press("s")
    expect(bisi.locator("article")).to_have_count(1)

    # when
    ada.keyboard.press("j")
    ada.keyboard.press("a")

    # then
    notice = ada.locator(f"#comment-{ids[0]} [role=alert]")
    expect(notice).to_contain_text("Rejected as spam by bisi, just now")
    expect(notice).to_contain_text("Your decision was not applied.")
    assert focused(ada) == f"comment-{ids[1]}"
    expect(ada.locator("[data-count=review]")).to_have_text(["1", "1"])
    assert status(sqlite_store, ids[0]) is Status.REJECTED


def test_session_that_has_ended_leads_to_the_login(enter: Callable[..., Page], sqlite_store: Store) -> None:
    comment = factories.a_held_comment(sqlite_store)
    page = enter()
    sqlite_store.moderators.set_password(factories.a_moderator(sqlite_store).id, "changed")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert status(sqlite_store, comment.id) is Status.HELD


def test_evidence_can_be_walked_through_and_names_its_check(enter: Callable[..., Page], sqlite_store: Store) -> None:
    factories.a_held_comment(sqlite_store, text="cheap loans here")
    page = enter()
    page.keyboard.press("j")
    page.keyboard.press("e")
    shown = page.evaluate("getComputedStyle(document.activeElement, '::after').content")
    assert shown == '"spam 0.90 · links 1"'


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_is_wider_than_the_window(enter: Callable[..., Page], sqlite_store: Store, width: int) -> None:
    # given: what breaks layouts
    factories.a_held_comment(sqlite_store, name="W" * 80, text="w" * 2000 + "\n" * 30 + "ọ̀ " * 500)
    factories.a_held_comment(
        sqlite_store, thread={"key": "x", "url": "https://news.example/" + "x" * 900, "title": "T" * 300}
    )
    factories.a_drawn_comment(sqlite_store)
    page = enter(viewport={"width": width, "height": 740})
    page.locator(".rejecting summary").first.click()
    page.locator(".signals summary").first.click()

    # then: no sideways scrolling, every list is in reach by its whole name, and every target is at least 24 px
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".bar nav").evaluate("nav => nav.scrollWidth - nav.clientWidth") == 0
    assert page.get_by_role("navigation").get_by_role("link").count() == 5
    expect(page.get_by_role("link", name="Audit sample 1", exact=True)).to_be_in_viewport(ratio=1)
    small = "e => e.filter(x => x.offsetParent && (x.offsetHeight < 24 || x.offsetWidth < 24)).map(x => x.outerHTML)"
    assert page.locator("button, .button, summary, select, .bar a, .meta a").evaluate_all(small) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_typed_words_run_no_code(enter: Callable[..., Page], sqlite_store: Store, scheme: str) -> None:
    factories.a_held_comment(sqlite_store, name="<img src=x onerror=alert(1)>", text="<script>alert(1)</script>")
    page = enter(color_scheme=scheme)
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.keyboard.press("z")
    expect(page.locator("article")).to_contain_text("<script>alert(1)</script>")
