"""Two real browsers at one queue: who has what open, who was first, and what is new, without moving anything."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.claims import LEASE_SECONDS
from tests import factories
from tests.servers.replydesk import wait_until
from tests.service.conftest import Clock

pytestmark = pytest.mark.browser


def status(store: Store, comment_id: int) -> Status:
    return store.desk.card(comment_id, scope=EVERY_SITE, now=factories.NOW).status


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def look(page: Page) -> None:
    """Let the page ask for news now, as it does when it is looked at again."""
    with page.expect_response("**/review/live?*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def take_in_hand(page: Page, key: str = "j") -> None:
    """Go to a card and stay there until it is claimed."""
    with page.expect_response("**/claim"):
        page.keyboard.press(key)


def test_exactly_one_decision_stands_and_the_other_sees_who_what_and_when(
    enter: Callable[..., Page], sqlite_store: Store, clock: Clock
) -> None:
    # given: both see the same two cards
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(2)]
    ada, bisi = enter(), enter("bisi")
    bisi.keyboard.press("j")
    bisi.keyboard.press("s")
    expect(bisi.locator("article")).to_have_count(1)
    clock.now += timedelta(minutes=3)
    before = sqlite_store.desk.history(ids[0], scope=EVERY_SITE)

    # when
    ada.keyboard.press("j")
    ada.keyboard.press("a")

    # then: nothing was changed, and the hands were not moved
    notice = ada.locator(f"#comment-{ids[0]} [role=alert]")
    expect(notice).to_contain_text("Rejected as spam by bisi, 3 min ago (2026-05-04 12:00 UTC)")
    expect(notice).to_contain_text("Your decision was not applied.")
    assert focused(ada) == f"comment-{ids[1]}"
    expect(ada.locator("[data-count=review]")).to_have_text(["1", "1"])
    assert sqlite_store.desk.history(ids[0], scope=EVERY_SITE) == before


def test_card_in_hand_is_claimed_and_the_other_is_warned_once(
    enter: Callable[..., Page], sqlite_store: Store, clock: Clock
) -> None:
    # given: ada reads the first card
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(2)]
    ada, bisi = enter(), enter("bisi")
    take_in_hand(ada)
    assert sqlite_store.claims.present(EVERY_SITE, clock.now)[0].login == "ada"

    # when: bisi comes to it and decides
    take_in_hand(bisi)
    expect(bisi.locator(f"#comment-{ids[0]} > .label")).to_have_text("ada has this open")
    bisi.keyboard.press("a")

    # then: not yet
    expect(bisi.locator("#toast")).to_contain_text("ada has this open. Once more to decide all the same.")
    assert focused(bisi) == f"comment-{ids[0]}"
    assert status(sqlite_store, ids[0]) is Status.HELD

    # and when it is meant
    bisi.keyboard.press("a")
    expect(bisi.locator("article")).to_have_count(1)
    assert status(sqlite_store, ids[0]) is Status.APPROVED


def test_hands_pass_over_what_somebody_else_has_open(enter: Callable[..., Page], sqlite_store: Store) -> None:
    # given: ada reads the second card, and bisi's page knows it
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(3)]
    ada, bisi = enter(), enter("bisi")
    ada.keyboard.press("j")
    take_in_hand(ada)
    bisi.keyboard.press("j")
    look(bisi)
    expect(bisi.locator(f"#comment-{ids[1]} > .label")).to_have_text("ada has this open")

    # when
    bisi.keyboard.press("a")

    # then
    expect(bisi.locator("article")).to_have_count(2)
    assert focused(bisi) == f"comment-{ids[2]}"


def test_claim_left_behind_frees_itself(enter: Callable[..., Page], sqlite_store: Store, clock: Clock) -> None:
    # given: ada's browser dies with a card open; it says nothing any more
    comment = factories.a_held_comment(sqlite_store)
    ada, bisi = enter(), enter("bisi")
    take_in_hand(ada)
    ada.context.set_offline(True)
    look(bisi)
    expect(bisi.locator("#present")).to_have_text("Also here: ada")

    # when
    clock.now += timedelta(seconds=LEASE_SECONDS + 1)
    look(bisi)

    # then
    expect(bisi.locator("#present")).to_have_text("")
    expect(bisi.locator(f"#comment-{comment.id} > .label")).to_have_count(0)
    take_in_hand(bisi)
    bisi.keyboard.press("a")
    expect(bisi.get_by_text("Nothing waits.")).to_be_visible()


def test_page_that_is_left_gives_its_card_back(
    enter: Callable[..., Page], desk_url: str, sqlite_store: Store, clock: Clock
) -> None:
    factories.a_held_comment(sqlite_store)
    page = enter()
    take_in_hand(page)
    page.goto(f"{desk_url}decided")
    wait_until(lambda: sqlite_store.claims.present(EVERY_SITE, clock.now) == ())


def test_news_is_announced_and_moves_neither_focus_nor_cards(enter: Callable[..., Page], sqlite_store: Store) -> None:
    # given: ada has the second of three in hand, so bisi's hands will pass over it
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(3)]
    page = enter()
    page.keyboard.press("j")
    take_in_hand(page)
    where = "[...document.querySelectorAll('article')].map(card => [card.id, card.getBoundingClientRect().top])"
    before, bar = page.evaluate(where), page.locator(".bar").bounding_box()

    # when: two more come, and bisi decides the first and opens the third
    for _ in range(2):
        factories.a_held_comment(sqlite_store)
    bisi = enter("bisi")
    bisi.keyboard.press("j")
    with bisi.expect_response("**/claim"):
        bisi.keyboard.press("s")
    look(page)

    # then: it is said, and nothing has moved
    expect(page.locator("#arrivals")).to_have_text("2 new – show")
    expect(page.locator(f"#comment-{ids[0]} > .label")).to_have_text("Rejected as spam by bisi, 2026-05-04 12:00 UTC")
    expect(page.locator(f"#comment-{ids[2]} > .label")).to_have_text("bisi has this open")
    expect(page.locator("[data-count=review]")).to_have_text(["4", "4"])
    assert focused(page) == f"comment-{ids[1]}"
    assert page.evaluate(where) == before
    assert page.locator(".bar").bounding_box() == bar

    # and when they are asked for
    page.get_by_role("link", name="2 new – show").click()
    expect(page.locator("article")).to_have_count(4)
    expect(page.locator("#arrivals")).to_have_text("")


def test_page_that_nobody_looks_at_asks_nothing(enter: Callable[..., Page], sqlite_store: Store) -> None:
    # given: a page with a clock of its own, in the background from the start
    factories.a_held_comment(sqlite_store)
    page = enter()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/review/live?" in request.url else None)
    page.clock.install()
    page.reload()

    # when: an hour passes unseen
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.run_for(3_600_000)
    assert asked == []

    # then: it asks at once when it is looked at, and then now and then
    page.evaluate("Object.defineProperty(document, 'hidden', {value: false, configurable: true})")
    with page.expect_response("**/review/live?*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    with page.expect_response("**/review/live?*") as answer:
        page.clock.run_for(13_000)
    assert answer.value.status == 304


COUNT_REQUESTS = """
const ask = fetch;
globalThis.sent = globalThis.ended = 0;
globalThis.fetch = (...given) => {
  sent += 1;
  return ask(...given).finally(() => (ended += 1));
};
"""


def test_errors_make_the_page_ask_less_often(
    enter: Callable[..., Page], sqlite_store: Store, problems: list[str]
) -> None:
    factories.a_held_comment(sqlite_store)
    page = enter()
    asked: list[str] = []
    page.route("**/review/live?*", lambda route: (asked.append(route.request.url), route.abort()))
    page.clock.install()
    page.add_init_script(COUNT_REQUESTS)
    page.reload()
    for _ in range(60):
        page.clock.run_for(10_000)
        while page.evaluate("sent !== ended"):  # that takes no time by the page's clock, and some by ours
            page.wait_for_timeout(5)
    # 12 s, then 24, 48, … 300: five or six times in ten minutes where fifty would be usual
    assert 2 <= len(asked) <= 7
    page.close()
    problems.clear()  # the browser tells of each request that failed
