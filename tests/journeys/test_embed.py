"""The reply form and the thread on a newspaper of another origin: without JavaScript, and with embed.js.

The newspaper's content policy allows what the documentation says is enough, and nothing else.
"""

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from comments.door_hold import DoorHold
from comments.policy import BurstMode, Mode, ProofMode
from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store, open_store
from service import hot_answers, site_directory
from tests import factories
from tests.journeys.axe import WIDTHS, too_wide, violations
from tests.journeys.conftest import SCREENSHOTS
from tests.servers.newspaper import SITE, THREAD, TITLE, Newspaper, running_newspaper
from tests.servers.replydesk import Replydesk, running_replydesk, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PAYLOAD = "<img src=x onerror=window.xss=1><script>window.xss=1</script>"
# What a page tells of itself: breaches of its policy, and a mark that is gone once it was left.
WATCH = """
window.breaches = []; window.stayed = true;
document.addEventListener("securitypolicyviolation",
  event => window.breaches.push(event.violatedDirective + " " + event.blockedURI));
"""
STORED = """async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
  (await caches.keys()).length, document.cookie.length]"""
_numbers = count(1)


@dataclass
class Stage:
    """A newspaper, the service its comments are at, and a moderator's hand."""

    newspaper: Newspaper
    replydesk: Replydesk
    store: Store
    first: int

    def post(self, text: str, *, name: str = "Ngozi A.", **fields: Any) -> int:
        """Post a comment to the newspaper's thread and return its number once the checks have held it."""
        thread = {"key": THREAD, "url": f"{self.newspaper.url}/included", "title": TITLE}
        accepted = self.replydesk.post(
            text, site=SITE, name=name, thread=thread, **({"email": an_email()} | fields)
        ).json
        wait_until(lambda: self.replydesk.status(accepted) == "held")
        return int(accepted["id"])

    def decide(self, comment_id: int, status: Status, **why: Any) -> None:
        """Decide as a moderator who has just looked."""
        now = datetime.now(UTC)
        version = self.store.desk_reads.card(comment_id, scope=EVERY_SITE, now=now).version
        moderator = factories.a_moderator(self.store, "editor", now=now).id
        self.store.desk.decide(
            comment_id, status, version=version, moderator_id=moderator, scope=EVERY_SITE, now=now, **why
        )

    def held(self, text: str) -> int:
        """Return the number of the one comment with these words, once the checks have held it."""

        def found() -> int:
            with sqlite3.connect(f"file:{self.replydesk.data / 'replydesk.sqlite3'}?mode=ro", uri=True) as database:
                rows = database.execute("SELECT id FROM comments WHERE text = ? AND status = 'held'", [text]).fetchall()
            assert len(rows) < 2, "posted more than once"
            return int(rows[0][0]) if rows else 0

        return int(wait_until(found))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A newspaper whose every comment waits for a moderator, with two public ones."""
    directory = tmp_path_factory.mktemp("embed")
    with running_newspaper() as newspaper, running_replydesk(directory) as replydesk:
        newspaper.service_url = replydesk.url
        store = open_store(f"sqlite:///{replydesk.data / 'replydesk.sqlite3'}")
        site = store.sites.add(SITE, "The Courier", origins=(newspaper.url,), now=datetime.now(UTC))
        policy = replace(site.policy, mode=Mode.HOLD_ALL)
        store.sites.set(replace(site, policy=policy, burst_mode=BurstMode.OFF))
        made = Stage(newspaper, replydesk, store, 0)
        made.first = made.post("The envoys should have talked first.")
        for number in (made.first, made.post(f"Inert: {PAYLOAD}", name=f"A {PAYLOAD}"[:78])):
            made.decide(number, Status.APPROVED)
        yield made
        store.close()


@dataclass
class Reader:
    """A page of the newspaper in a fresh browser."""

    context: BrowserContext
    page: Page
    problems: list[str] = field(default_factory=list)

    def write(self, text: str, *, name: str = "Bashir", email: str = "") -> None:
        """Fill in the form."""
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Email").fill(email or an_email())
        self.page.get_by_role("textbox", name="Comment").fill(text)

    def send(self) -> None:
        """Press the button."""
        self.page.get_by_role("button", name="Post comment").click()

    def mine(self, text: str) -> Any:
        """Return the reader's own comment as the page shows it."""
        return self.page.locator(".mine", has_text=text)

    def focused(self) -> str:
        """Return what has the focus, by its id or else its words."""
        return str(self.page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


@pytest.fixture
def open_reader(browser: Browser) -> Iterator[Callable[..., Reader]]:
    """Open pages in fresh browsers, which have to stay clean: no breach, no error, no cookie, no byte of storage."""
    readers: list[Reader] = []

    def open_page(url: str, *, script: bool = True, **options: Any) -> Reader:
        context = browser.new_context(java_script_enabled=script, **options)
        context.add_init_script(WATCH)
        reader = Reader(context, context.new_page())
        reader.page.on("pageerror", lambda error: reader.problems.append(str(error)))
        reader.page.on("dialog", lambda dialog: reader.problems.append(dialog.message) or dialog.dismiss())
        reader.page.on("console", lambda said: "Policy" in said.text and reader.problems.append(said.text))
        readers.append(reader)
        reader.page.goto(url)
        return reader

    yield open_page
    for reader in readers:
        if reader.page.evaluate("'breaches' in window"):
            reader.problems += reader.page.evaluate("window.breaches")
            assert reader.page.evaluate(STORED) == [0, 0, 0, 0, 0]
            assert reader.page.evaluate("window.xss") is None
        assert reader.context.cookies() == []
        assert reader.problems == []
        reader.context.close()


def an_email() -> str:
    """Return an address nobody used before: authors are counted by it."""
    return f"reader{next(_numbers)}@leak-test.example"


def test_everything_works_without_javascript(stage: Stage, open_reader: Callable[..., Reader]) -> None:
    # given a reader on a phone without JavaScript, who reads
    reader = open_reader(f"{stage.newspaper.url}/included", script=False, viewport={"width": 360, "height": 740})
    page = reader.page
    expect(page.get_by_text("The envoys should have talked first.")).to_be_visible()
    expect(page.get_by_text("You are offline")).to_have_count(0)

    # when they reply to a comment
    page.get_by_role("link", name="Reply to Ngozi A.").click()
    expect(page.get_by_role("heading", name="Reply to Ngozi A.")).to_be_visible()
    reader.write("They did talk, on Tuesday.")
    reader.send()

    # then they are back at the article, see that it waits, and have a receipt that says why
    assert page.url.startswith(f"{stage.newspaper.url}/included?replydesk=")
    expect(reader.mine("They did talk, on Tuesday.")).to_contain_text("Awaiting moderation")
    receipt = str(page.get_by_role("link", name="Keep this link").get_attribute("href"))
    page.goto(receipt)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Waiting for a moderator")

    # and once it is approved, somebody replies to the reply
    stage.decide(stage.held("They did talk, on Tuesday."), Status.APPROVED)
    page.goto(f"{stage.newspaper.url}/included")
    page.get_by_role("link", name="Reply to Bashir").click()
    reader.write("And it changed nothing.", name="Ọlá")
    reader.send()
    expect(reader.mine("And it changed nothing.")).to_contain_text("Awaiting moderation")
    assert stage.held("And it changed nothing.")


def test_reply_is_written_under_the_comment_and_published_before_the_readers_eyes(
    stage: Stage, open_reader: Callable[..., Reader]
) -> None:
    # given a reader with a keyboard
    reader = open_reader(f"{stage.newspaper.url}/included")
    page = reader.page
    under = page.locator(f"#comment-{stage.first}")
    link = under.get_by_role("link", name="Reply to Ngozi A.")
    expect(page.locator(".count")).to_have_text("0 / 5,000")
    heading = page.locator("#comments-heading").inner_text()

    # when they open the form under a comment, leave it, and open it again
    link.press("Enter")
    expect(under.get_by_role("heading", name="Reply to Ngozi A.")).to_be_visible()
    assert reader.focused() == "reply-name"
    page.keyboard.type("Zaynab")
    under.get_by_role("link", name="Cancel the reply").press("Enter")
    assert reader.focused() == "Reply"
    expect(page.get_by_role("heading", name="Leave a reply")).to_be_visible()
    link.press("Enter")
    assert reader.focused() == "reply-text", "the name is there already"

    # and write nearly too much, and then what they want to say
    page.get_by_role("textbox", name="Comment").fill("x" * 4_900)
    assert page.locator(".count").get_attribute("aria-live") == "polite"
    text = "Both had promised to talk."
    reader.write(text, name="Zaynab")
    expect(page.locator(".count")).to_have_text(f"{len(text)} / 5,000")
    assert page.locator(".count").get_attribute("aria-live") == "off"
    look_at(reader, "inline-reply")
    page.get_by_role("button", name="Post comment").dblclick()

    # then their comment stands there once, with the focus, and the page was never left
    mine = reader.mine(text)
    expect(mine).to_contain_text("Awaiting moderation")
    expect(under.locator(".mine")).to_have_count(1)
    assert reader.focused().startswith("your-comment")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("")
    assert page.locator("input[name=parent]").input_value() == ""
    look_at(reader, "awaiting")
    comment_id = stage.held(text)

    # and when a moderator approves it, it is among the comments
    stage.decide(comment_id, Status.APPROVED)
    expect(mine.or_(under.locator(".mine"))).to_contain_text("Published", timeout=20_000)
    published = page.locator(f"article#comment-{comment_id}")
    expect(published).to_contain_text(text)
    assert page.evaluate("id => document.getElementById(id).previousElementSibling.id", published.get_attribute("id"))
    expect(page.locator("#comments-heading")).not_to_have_text(heading)
    assert page.evaluate("window.stayed")
    assert page.url == f"{stage.newspaper.url}/included"
    # and can be answered like any other
    published.get_by_role("link", name="Reply to Zaynab").click()
    expect(published.get_by_role("heading", name="Reply to Zaynab")).to_be_visible()


def test_author_is_told_why_a_comment_was_not_published(stage: Stage, open_reader: Callable[..., Reader]) -> None:
    # given two comments of one reader, one after the other
    reader = open_reader(f"{stage.newspaper.url}/included")
    for text in ("Your mother.", "And hers is a fine piece."):
        reader.write(text)
        reader.send()
        expect(reader.mine(text)).to_contain_text("Awaiting moderation")
    ids = reader.page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))

    # when a moderator decides on each
    stage.decide(stage.held("Your mother."), Status.REJECTED, reason=Reason.INSULT, note="Say it kindly.")
    stage.decide(stage.held("And hers is a fine piece."), Status.APPROVED)

    # then the page says what became of which
    rejected = reader.mine("Your mother.")
    expect(rejected).to_contain_text("Not published", timeout=20_000)
    expect(rejected).to_contain_text("it insults somebody")
    expect(rejected).to_contain_text("Say it kindly.")
    assert rejected.get_attribute("aria-live") == "polite"
    expect(reader.page.locator("article", has_text="And hers is a fine piece.")).to_be_visible(timeout=20_000)
    look_at(reader, "not-published")


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    stage: Stage, open_reader: Callable[..., Reader]
) -> None:
    # given a name that is an address, and an address that is none
    reader = open_reader(f"{stage.newspaper.url}/included")
    page = reader.page
    reader.write("Kept, every word.", name="ada@leak-test.example", email="ada@nowhere")

    # when it is sent
    reader.send()

    # then the summary has the focus and leads to each field
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(2)
    look_at(reader, "error")
    for name in ("Name", "Email"):
        box = page.get_by_label(name)
        assert box.get_attribute("aria-invalid") == "true"
        beside = page.locator(f"#{box.get_attribute('aria-describedby')}")
        expect(beside).to_be_visible()
        assert beside.inner_text() in summary.inner_text()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Kept, every word.")
    summary.get_by_role("link").last.click()
    expect(page.get_by_label("Email")).to_be_focused()

    # and mended, it is posted
    reader.write("Kept, every word.")
    reader.send()
    expect(reader.mine("Kept, every word.")).to_be_visible()
    expect(summary).to_be_hidden()
    expect(page.locator("[aria-invalid], [aria-describedby]")).to_have_count(0)


def test_reply_to_a_comment_that_is_gone_can_be_posted_by_itself(
    stage: Stage, open_reader: Callable[..., Reader]
) -> None:
    # given a form under a comment that a moderator takes down meanwhile
    gone = stage.post("Here for a moment.", name="Gone")
    stage.decide(gone, Status.APPROVED)
    reader = open_reader(f"{stage.newspaper.url}/included")
    reader.page.get_by_role("link", name="Reply to Gone").click()
    reader.write("Too late for an answer.")
    stage.decide(gone, Status.REJECTED, reason=Reason.OTHER)

    # when it is posted
    reader.send()

    # then it says so, and stands by itself the second time
    expect(reader.page.get_by_role("alert")).to_contain_text("not there any more")
    expect(reader.page.get_by_role("heading", name="Leave a reply")).to_be_visible()
    reader.send()
    expect(reader.mine("Too late for an answer.")).to_be_visible()


def test_comment_written_offline_is_posted_once_when_the_line_is_back(
    stage: Stage, open_reader: Callable[..., Reader]
) -> None:
    # given a reader whose line is gone
    reader = open_reader(f"{stage.newspaper.url}/included")
    reader.write("Written in a tunnel.")
    reader.context.set_offline(True)

    # when they post
    reader.send()

    # then the page says what is going on and keeps the words
    status = reader.page.get_by_role("status")
    expect(status).to_contain_text("You are offline")
    expect(reader.page.get_by_role("textbox", name="Comment")).to_have_value("Written in a tunnel.")

    # and posts them by itself
    reader.context.set_offline(False)
    expect(reader.mine("Written in a tunnel.")).to_be_visible()
    expect(status).to_be_empty()
    assert stage.held("Written in a tunnel.")


def test_comment_whose_answer_was_lost_is_posted_once(stage: Stage, open_reader: Callable[..., Reader]) -> None:
    # given a line that breaks after the service has kept the comment
    reader = open_reader(f"{stage.newspaper.url}/included")
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method == "POST":
            keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1 and route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    reader.page.route("**/api/v1/comments", lose_the_first_answer)
    reader.write("Heard once, said twice.")

    # when it is posted
    reader.send()

    # then it is sent again with the same key, and is one comment
    expect(reader.page.get_by_role("status")).to_contain_text("we try again in 2 seconds")
    expect(reader.mine("Heard once, said twice.")).to_be_visible()
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert stage.held("Heard once, said twice.")


def test_comment_waits_while_the_database_takes_nothing(stage: Stage, open_reader: Callable[..., Reader]) -> None:
    # given a database that somebody else holds
    reader = open_reader(f"{stage.newspaper.url}/included")
    reader.write("Patience.")
    blocker = sqlite3.connect(stage.replydesk.data / "replydesk.sqlite3", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    # when a comment is posted
    reader.send()

    # then the page waits for as long as the service says, and posts it
    expect(reader.page.get_by_role("status")).to_contain_text("we try again in 5 seconds", timeout=20_000)
    blocker.execute("ROLLBACK")
    blocker.close()
    expect(reader.mine("Patience.")).to_be_visible(timeout=20_000)
    assert stage.held("Patience.")


def test_who_posts_too_fast_is_told_how_long_to_wait(stage: Stage, open_reader: Callable[..., Reader]) -> None:
    # given an author who has posted as much as one may in a minute
    email = an_email()
    thread = {"key": "elsewhere", "url": stage.newspaper.url, "title": "Elsewhere"}
    for number in range(6):
        stage.replydesk.post(f"Again {number}.", site=SITE, thread=thread, email=email)
    reader = open_reader(f"{stage.newspaper.url}/included")

    # when they post another one
    reader.write("And again.", email=email)
    reader.send()

    # then the page says when it tries again, unless the words are changed first
    status = reader.page.get_by_role("status")
    expect(status).to_have_text(re.compile(r"we try again in [1-6]?\d seconds"))
    reader.page.get_by_role("textbox", name="Comment").press_sequentially("!")
    expect(status).to_be_empty()
    expect(reader.page.get_by_role("textbox", name="Comment")).to_have_value("And again.!")


def test_one_line_brings_the_whole_thread(stage: Stage, open_reader: Callable[..., Reader]) -> None:
    # given a page with the element alone: without JavaScript it leads to a page that has everything
    plain = open_reader(f"{stage.newspaper.url}/element", script=False)
    plain.page.get_by_role("link", name="Comments").click()
    expect(plain.page.get_by_text("The envoys should have talked first.")).to_be_visible()

    # when the script is there
    reader = open_reader(f"{stage.newspaper.url}/element?utm=x&sort=oldest&email=zqx@leak-test.example")
    expect(reader.page.get_by_text("The envoys should have talked first.")).to_be_visible()
    expect(reader.page.get_by_text(f"Inert: {PAYLOAD}")).to_be_visible()
    expect(reader.page.get_by_text("Oldest", exact=True)).to_have_attribute("aria-current", "true")
    assert "zqx" not in reader.page.locator("replydesk-thread").inner_html()

    # then it is drawn as ours, as light as the page around it whatever the reader's system likes
    ink = "getComputedStyle(document.querySelector('.replydesk')).color"
    reader.page.emulate_media(color_scheme="dark")
    assert reader.page.evaluate(ink) == "rgb(27, 29, 33)"
    included = open_reader(f"{stage.newspaper.url}/included", color_scheme="dark")
    assert included.page.evaluate(ink) == "rgb(232, 233, 236)"

    # and works as an included one does
    assert reader.page.locator(".button").evaluate("each => getComputedStyle(each).borderRadius") == "6px"
    reader.page.get_by_role("link", name="Reply to Ngozi A.").click()
    reader.write("By one line.")
    reader.send()
    expect(reader.mine("By one line.")).to_contain_text("Awaiting moderation")
    stage.decide(stage.held("By one line."), Status.APPROVED)
    expect(reader.page.locator("article", has_text="By one line.").last).to_contain_text("By one line.", timeout=20_000)
    permalink = reader.page.locator(".when").first
    permalink.click()
    assert "#comment-" in reader.page.url


def test_waiting_comment_is_asked_for_less_and_less_and_never_unseen(
    stage: Stage, open_reader: Callable[..., Reader]
) -> None:
    # given a comment that waits, and a clock that a test can turn
    reader = open_reader(f"{stage.newspaper.url}/included")
    asked: list[str] = []
    answered: list[str] = []
    for event, noted in (("request", asked), ("requestfinished", answered)):
        reader.page.on(event, lambda one, noted=noted: noted.append(one.url) if "format=mine" in one.url else None)  # type: ignore[call-overload]  # both give a request
    reader.page.clock.install(time=0)
    reader.page.clock.pause_at(1)
    reader.write("Still waiting.")
    reader.send()
    expect(reader.mine("Still waiting.")).to_be_visible()
    comment_id = stage.held("Still waiting.")

    # when half a minute goes by in front of the reader
    for _ in range(30):
        reader.page.clock.run_for(1_000)
    assert 2 <= len(asked) - 1 <= 5, "after 2, 3, 4½, … seconds"

    while len(answered) < len(asked):
        reader.page.wait_for_timeout(20)
    reader.page.wait_for_timeout(50)  # until the page has set its next timer

    # and behind another window, for an hour
    reader.page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    before = len(asked)
    reader.page.clock.run_for("01:00:00")
    assert len(asked) == before

    # then it is asked for again as soon as they look, and no more once it is decided
    stage.decide(comment_id, Status.REJECTED, reason=Reason.OFF_TOPIC)
    reader.page.evaluate(
        "delete document.hidden; document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))"
    )
    expect(reader.mine("Still waiting.")).to_contain_text("it is not about the article")
    before = len(asked)
    reader.page.clock.run_for("00:10:00")
    assert len(asked) == before


def test_other_bytes_are_not_run(stage: Stage, open_reader: Callable[..., Reader]) -> None:
    # given somebody between reader and service who changes the script
    reader = open_reader("about:blank")

    def add_a_line(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + "\nwindow.xss = 1;")

    reader.page.route("**/embed-*.js", add_a_line)

    # when the page is opened
    reader.page.goto(f"{stage.newspaper.url}/included")

    # then nothing of it runs, and the page is whole without it
    expect(reader.page.get_by_text("The envoys should have talked first.")).to_be_visible()
    assert reader.page.locator(".count").inner_text() == ""
    assert reader.page.evaluate("window.xss") is None


def test_lists_say_how_many_comments_each_article_has(stage: Stage, open_reader: Callable[..., Reader]) -> None:
    # given a list of 121 articles
    reader = open_reader("about:blank")
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.method) if "counts" in request.url else None)

    # when it is opened
    reader.page.goto(f"{stage.newspaper.url}/list")

    # then each has its number, from two requests
    places = reader.page.locator("[data-replydesk-count]")
    expect(places.last).to_have_text("Comments · 0")
    total = stage.replydesk.ask("GET", f"/api/v1/comments?site={SITE}&thread={THREAD}").json["total"]
    assert total
    expect(places.first).to_have_text(f"Comments · {total}")
    assert asked.count("POST") == 2


def test_long_thread_goes_on_where_it_ends(stage: Stage, open_reader: Callable[..., Reader]) -> None:
    # given more conversations than a page has
    made = [factories.an_approved_comment(stage.store, site=SITE, thread="long") for _ in range(52)]
    reader = open_reader(f"{stage.replydesk.url}/threads/{SITE}?thread=long&sort=oldest")
    expect(reader.page.locator("article")).to_have_count(50)

    # when the reader asks for more
    reader.page.get_by_role("link", name="More comments").press("Enter")

    # then they follow below, and the focus is on the first of them
    expect(reader.page.locator("article")).to_have_count(52)
    expect(reader.page.locator(f"#comment-{made[50].id} a.when")).to_be_focused()
    expect(reader.page.get_by_role("link", name="More comments")).to_have_count(0)
    assert reader.page.evaluate("window.stayed")


def test_demo_newspaper_has_it_too(stage: Stage, open_reader: Callable[..., Reader]) -> None:
    # given a clean comment on the demo's front page
    reader = open_reader(f"{stage.replydesk.url}/")
    reader.write("Water under the border, then.")
    reader.send()

    # then it is published by the checks while the reader looks on
    expect(reader.page.locator("article.comment", has_text="Water under the border")).to_be_visible(timeout=20_000)

    # and the section says how many there are
    reader.page.goto(f"{stage.replydesk.url}/foreign")
    expect(reader.page.locator("[data-replydesk-count=border-strikes]")).to_have_text("Comments · 1")


def look_at(reader: Reader, name: str) -> None:
    """Hold the page as it is against axe on a phone; keep pictures for whoever asks with REPLYDESK_SCREENSHOTS=1."""
    page = reader.page
    for width, scheme in (("phone", "light"), ("phone", "dark"), ("desk", "dark"), ("desk", "light")):
        page.set_viewport_size({"width": WIDTHS[width], "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
        if width == "phone":
            assert too_wide(page) == []
            assert violations(page, only="" if scheme == "light" else "color-contrast") == []
        if os.environ.get("REPLYDESK_SCREENSHOTS"):
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"embed-{name}-{width}-{scheme}.png", full_page=True)


@pytest.fixture
def asking(stage: Stage) -> Iterator[Stage]:
    """The same with a proof of work asked for, as every web process knows."""

    def ask(mode: ProofMode) -> None:
        site = stage.store.sites.find(SITE)
        assert site is not None
        stage.store.sites.set(replace(site, proof_of_work=mode))

    ask(ProofMode.ALWAYS)
    # As many requests as one likes may all be answered by the process that knows already.
    time.sleep(site_directory.KEEP_SECONDS + hot_answers.KEEP_SECONDS + 0.1)
    yield stage
    ask(ProofMode.OFF)


def door_hold(stage: Stage, comment_id: int) -> str:
    with sqlite3.connect(f"file:{stage.replydesk.data / 'replydesk.sqlite3'}?mode=ro", uri=True) as database:
        return str(database.execute("SELECT door_hold FROM comments WHERE id = ?", [comment_id]).fetchone()[0])


@pytest.mark.parametrize("path", ["included", "element"])
def test_proof_of_work_is_done_unseen_and_for_each_comment(
    asking: Stage, open_reader: Callable[..., Reader], path: str
) -> None:
    # given a reader who sees nothing of it
    reader = open_reader(f"{asking.newspaper.url}/{path}")
    challenges: list[str] = []
    reader.page.on("request", lambda sent: "/challenge" in sent.url and challenges.append(sent.url))
    expect(reader.page.get_by_role("button", name="Post comment")).to_be_visible()
    assert challenges == [], "nothing is computed for who only reads"

    # when they post twice without leaving the page
    for text in (f"I worked for this on {path}.", f"And for this on {path}."):
        reader.write(text)
        reader.send()
        expect(reader.mine(text)).to_contain_text("Awaiting moderation")

    # then each came with a proof of its own
    for text in (f"I worked for this on {path}.", f"And for this on {path}."):
        assert door_hold(asking, asking.held(text)) == DoorHold.NONE
    assert len(challenges) == 2
    assert reader.page.evaluate("window.stayed")


def test_without_javascript_it_is_held_and_says_why(asking: Stage, open_reader: Callable[..., Reader]) -> None:
    reader = open_reader(f"{asking.newspaper.url}/included", script=False)
    reader.write("I have no script to work for me.")
    reader.send()

    expect(reader.mine("I have no script")).to_contain_text("Awaiting moderation")
    assert door_hold(asking, asking.held("I have no script to work for me.")) == DoorHold.NO_PROOF
    reader.page.goto(str(reader.page.get_by_role("link", name="Keep this link").get_attribute("href")))
    expect(reader.page.get_by_text("It came without the computation that this site asks of browsers")).to_be_visible()


@pytest.mark.parametrize("lost", ["**/pow-*.js", "**/api/v1/challenge*"])
def test_where_the_proof_fails_the_comment_is_posted_all_the_same(
    asking: Stage, open_reader: Callable[..., Reader], lost: str
) -> None:
    reader = open_reader("about:blank")
    reader.page.route(lost, lambda route: route.abort())
    reader.page.goto(f"{asking.newspaper.url}/included")
    text = f"Nobody could work for this without {lost}."

    reader.write(text)
    reader.send()

    expect(reader.mine(text)).to_contain_text("Awaiting moderation")
    assert door_hold(asking, asking.held(text)) == DoorHold.NO_PROOF
