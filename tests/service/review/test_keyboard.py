"""The desk in a real browser: keys, focus and announcements, under the content policy of the real pages."""

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

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


# Opens the card's reasons with its key and goes on to the note before the browser has told that they are open.
UNFOLD_AND_GO_ON = """async (note) => {
  const told = new Promise((done) => document.addEventListener("toggle", done, { capture: true, once: true }));
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "r", code: "KeyR", bubbles: true }));
  note.focus();
  await told;
  return document.activeElement === note;
}"""


def test_field_that_somebody_went_on_to_keeps_the_focus(enter: Callable[..., Page], sqlite_store: Store) -> None:
    factories.a_held_comment(sqlite_store)
    page = enter()
    page.keyboard.press("j")

    assert page.locator("article").get_by_label("Note to the author").evaluate(UNFOLD_AND_GO_ON)


def hold_back(page: Page, addresses: str) -> list[Route]:
    """Hold back what is asked of addresses that this is found in. Returns what is held, as it comes."""
    held: list[Route] = []
    page.route(re.compile(addresses), lambda route: held.append(route))  # noqa: PLW0108 - Playwright wants a function
    return held


def the_next_of(page: Page, held: list[Route]) -> Route:
    """Wait for a request that is held back."""
    while not held:
        page.wait_for_timeout(10)
    return held.pop(0)


def test_answer_that_comes_while_somebody_types_leaves_him_typing(
    enter: Callable[..., Page], sqlite_store: Store
) -> None:
    # given: the first is decided, and undoing that takes its time
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(3)]
    page = enter()
    held = hold_back(page, "/undo$")
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator("article")).to_have_count(2)
    page.keyboard.press("z")
    undo = the_next_of(page, held)

    # when: it is done in the middle of a note on the second
    page.keyboard.press("n")
    page.keyboard.type("as")
    undo.continue_()
    expect(page.locator("article")).to_have_count(3)
    expect(page.locator("#toast")).to_contain_text("Undone")
    page.keyboard.type("as")

    # then
    assert page.locator(f"#comment-{ids[1]} [data-key=n] textarea").input_value() == "asas"
    assert {status(sqlite_store, each) for each in ids} == {Status.HELD}


def test_undo_waits_for_the_list_that_is_on_its_way(enter: Callable[..., Page], sqlite_store: Store) -> None:
    # given: the last one was decided, and the list that comes in its place takes its time
    comment = factories.a_held_comment(sqlite_store)
    page = enter()
    held = hold_back(page, "/review/$|/undo$")
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator("article")).to_have_count(0)

    # when: it is undone before the list is there
    page.keyboard.press("z")
    for _ in ("the list", "undoing", "the list with the card"):
        the_next_of(page, held).continue_()

    # then: no news of a place that was gone (an error of the console fails the test), and the card is back
    expect(page.locator(f"#comment-{comment.id}")).to_be_visible()
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
    page.locator("article [data-key=r] summary").first.click()
    page.locator(".signals summary").first.click()

    # then: no sideways scrolling, every list is there, and every target is at least 24 px
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".bar nav").evaluate("nav => nav.scrollWidth - nav.clientWidth") == 0
    assert page.get_by_role("navigation").get_by_role("link").count() == 8
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


# A hundred -----------------------------------------------------------------------------------------------------------

# More than a page, so that others come below; all hundred with CORPUS=whole, and in make bench-keys.
MANY = 100 if os.environ.get("CORPUS") == "whole" else 40


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_many_comments_are_decided_with_one_key_each_and_undo_restores_each(
    enter: Callable[..., Page], sqlite_store: Store
) -> None:
    # given: pages of comments, and nobody touches the mouse
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(MANY)]
    page = enter()
    page.keyboard.press("j")

    # when: one key for each, as soon as the next card is there
    for turn, number in enumerate(ids):
        assert focused(page) == f"comment-{number}"
        page.keyboard.press("as"[turn % 2])
        expect(page.locator(f"#comment-{number}")).to_have_count(0)
    expect(page.get_by_text("Nothing waits.")).to_be_visible()

    # then
    assert [status(sqlite_store, number) for number in ids] == [Status.APPROVED, Status.REJECTED] * (MANY // 2)

    # and when each is taken back, the last one first
    for left, number in enumerate(reversed(ids), start=1):
        page.keyboard.press("z")
        expect(page.locator(".bar [data-count=review]")).to_have_text(str(left), timeout=20_000)
        assert status(sqlite_store, number) is Status.HELD

    # then
    assert {status(sqlite_store, number) for number in ids} == {Status.HELD}
    page.keyboard.press("z")
    expect(page.locator("#toast")).to_contain_text("Nothing to undo here.")


def test_fast_fingers_lose_no_key(enter: Callable[..., Page], sqlite_store: Store) -> None:
    # given
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(6)]
    page = enter()

    # when: nobody waits for an answer, and the last two were wrong
    for key in "jaaaaazz":
        page.keyboard.press(key)

    # then
    expect(page.locator("#toast")).to_contain_text("Undone")
    expect(page.locator("[data-count=review]")).to_have_text(["3", "3"])
    assert [status(sqlite_store, number) for number in ids] == [Status.APPROVED] * 3 + [Status.HELD] * 3
    assert focused(page) == f"comment-{ids[3]}"


# Keys of one's own ---------------------------------------------------------------------------------------------------


def test_keys_can_be_switched_off_and_on_again(enter: Callable[..., Page], desk_url: str, sqlite_store: Store) -> None:
    # given
    comment = factories.a_held_comment(sqlite_store)
    page = enter()
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("link", name="Change the keys").click()

    # when: they are switched off
    page.get_by_label("Single keys act").uncheck()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Kept.")).to_be_visible()

    # then: no key acts, none is shown, and every button still does
    page.goto(desk_url)
    for key in ("j", "?", "1"):
        page.keyboard.press(key)
    assert focused(page) == ""
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.locator("button kbd, [aria-keyshortcuts]").count() == 0
    page.get_by_role("button", name="Approve").first.focus()
    page.keyboard.press("a")
    assert status(sqlite_store, comment.id) is Status.HELD
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    assert status(sqlite_store, comment.id) is Status.APPROVED


def test_chosen_key_acts_and_the_old_one_does_not(enter: Callable[..., Page], sqlite_store: Store) -> None:
    # given: approve is q, and so it stands on the button
    moderator = factories.a_moderator(sqlite_store)
    sqlite_store.preferences.set(moderator.id, Preferences(keys={"a": "q", "x": "v"}))
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(3)]
    page = enter()
    expect(page.locator("[data-key=a]").first).to_have_attribute("aria-keyshortcuts", "q")
    page.keyboard.press("j")

    # when
    page.keyboard.press("a")
    page.keyboard.press("x")
    page.keyboard.press("q")
    expect(page.locator("#toast")).to_contain_text("Approved.")

    # then
    assert [status(sqlite_store, number) for number in ids] == [Status.APPROVED, Status.HELD, Status.HELD]

    # and with Shift for what is selected
    page.keyboard.press("v")
    page.keyboard.press("Shift+Q")
    expect(page.locator("[data-count=review]")).to_have_text(["1", "1"])
    assert [status(sqlite_store, number) for number in ids] == [Status.APPROVED, Status.APPROVED, Status.HELD]


# Many at once --------------------------------------------------------------------------------------------------------


def test_selection_is_decided_at_once_and_undone_in_one_step(enter: Callable[..., Page], sqlite_store: Store) -> None:
    # given: five comments, of which the second to the fourth are selected as one stretch
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(5)]
    page = enter()
    expect(page.locator("#bulk")).to_be_hidden()
    for key in ("j", "j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(page.locator("[data-selected]")).to_have_text("3")

    # when: they are rejected with a reason
    page.keyboard.press("Shift+R")
    page.keyboard.type("Off")
    page.keyboard.press("Enter")

    # then: one news, one step
    expect(page.locator("#toast")).to_contain_text("Rejected: off topic: 3 comments.")
    expect(page.locator("article")).to_have_count(2)
    assert [sqlite_store.desk.history(each, scope=EVERY_SITE)[-1].reason for each in ids[1:4]] == ["off_topic"] * 3
    page.keyboard.press("z")
    expect(page.locator("article")).to_have_count(5)
    assert {status(sqlite_store, number) for number in ids} == {Status.HELD}
    expect(page.locator("#bulk")).to_be_hidden()


def test_shift_x_without_a_stretch_takes_all_that_are_shown_and_gives_them_back(
    enter: Callable[..., Page], sqlite_store: Store
) -> None:
    for _ in range(3):
        factories.a_held_comment(sqlite_store)
    page = enter()
    page.keyboard.press("Shift+A")
    expect(page.locator("#toast")).to_contain_text("Nothing is selected")
    page.keyboard.press("Shift+X")
    assert page.locator("[data-select]:checked").count() == 3
    page.keyboard.press("Shift+X")
    assert page.locator("[data-select]:checked").count() == 0


# Where the hands are -------------------------------------------------------------------------------------------------


def test_decision_by_mouse_leaves_the_focus_where_it_was_put(enter: Callable[..., Page], sqlite_store: Store) -> None:
    # given: the second card is in hand
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(3)]
    page = enter()
    page.keyboard.press("j")
    page.keyboard.press("j")

    # when: the third is decided by mouse, which takes the hands there first
    page.locator(f"#comment-{ids[2]} button[value=approve]").click()

    # then: the nearest one that is left
    expect(page.locator(f"#comment-{ids[2]}")).to_have_count(0)
    assert focused(page) == f"comment-{ids[1]}"


def test_note_is_kept_from_the_card_and_the_hands_stay(enter: Callable[..., Page], sqlite_store: Store) -> None:
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(2)]
    page = enter()
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type("asks for money every week: j a s x z")
    page.locator(f"#comment-{ids[0]}").get_by_role("button", name="Keep the note").press("Enter")
    expect(page.locator("#toast")).to_contain_text("The note is kept.")
    expect(page.locator(f"#comment-{ids[0]}")).to_contain_text("1 note")
    assert focused(page) == f"comment-{ids[0]}"
    [note] = sqlite_store.notes.of(ids[0], scope=EVERY_SITE)
    assert (note.login, note.text) == ("ada", "asks for money every week: j a s x z")
    assert status(sqlite_store, ids[0]) is Status.HELD


def test_author_opens_beside_the_list_and_escape_leads_back(enter: Callable[..., Page], sqlite_store: Store) -> None:
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(2)]
    page = enter()
    page.keyboard.press("j")
    page.keyboard.press("u")
    expect(page.locator("#drawer h1")).to_be_focused()
    expect(page.locator("#drawer")).to_contain_text("Reader 0001")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    page.keyboard.press("j")
    assert focused(page) == f"comment-{ids[1]}"


def test_number_opens_its_list_and_slash_the_search(enter: Callable[..., Page], sqlite_store: Store) -> None:
    factories.a_held_comment(sqlite_store)
    page = enter()
    page.keyboard.press("/")
    page.keyboard.type("5 a")
    assert page.locator("[data-search]").input_value() == "5 a"
    page.keyboard.press("Escape")
    page.keyboard.press("5")
    page.wait_for_url("**/review/audit*")


# The content policy --------------------------------------------------------------------------------------------------


def test_policy_forbids_what_a_page_does_not_need(
    enter: Callable[..., Page], sqlite_store: Store, problems: list[str]
) -> None:
    # given: htmx has sent a decision, an undo and a list without a breach
    for _ in range(2):
        factories.a_held_comment(sqlite_store)
    page = enter()
    for key in ("j", "a", "z"):
        page.keyboard.press(key)
    expect(page.locator("article")).to_have_count(2)
    assert problems == []
    assert page.evaluate("[htmx.config.allowEval, htmx.config.historyEnabled, htmx.version]") == [
        False,
        False,
        "2.0.11",
    ]

    # then: inline code and styles are refused, and this test would have seen it
    page.evaluate("document.head.append(Object.assign(document.createElement('style'), {textContent: 'p {}'}))")
    page.evaluate("document.body.setAttribute('onclick', 'alert(1)')")
    expect(page.locator("article")).to_have_count(2)
    assert any("style-src" in problem for problem in problems)
    assert any("script-src" in problem for problem in problems)
    problems.clear()
