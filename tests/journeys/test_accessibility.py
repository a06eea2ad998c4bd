"""Every page there is, taken from the app's own routes, against axe-core: in light and dark, on a phone and at a desk.

axe-core 4 (Deque) with the rules of WCAG 2.2 A and AA and its best practices; nothing is excused.
"""

import contextlib
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from comments.privacy_request import Wish
from comments.queue_query import Queue
from comments.reasons import Reason
from comments.roles import EVERY_SITE, Grant, Role
from comments.settings import Settings
from comments.status import Status
from comments.store import Store, open_store
from comments.wakeup import Wakeup
from service.app import create_app
from service.parts import Parts
from tests import factories, notices
from tests.journeys.axe import WIDTHS, too_wide, violations
from tests.journeys.conftest import SCREENSHOTS
from tests.servers.replydesk import Replydesk, running_replydesk, wait_until
from tests.servers.smtp import running_smtp
from tests.service.review.conftest import COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

REPLIES = {
    "held": "Call me on WhatsApp +234 803 000 0001 for guaranteed loan without collateral, visit bit.ly/loan-now",
    "abusive": "You are a stupid fool and your mother is one too, I will find you and kill you.",
    "approved": "The envoys should have talked before the missiles flew.",
    "yoruba": "Ọ̀rọ̀ yìí ṣe pàtàkì gan-an; ẹ jẹ́ kí a gbọ́ tẹnu àwọn aráàlú.",
}


@dataclass(frozen=True)
class Stage:
    """A running service with comments in every state, a moderator's session in it and an invitation to it."""

    replydesk: Replydesk
    session: str
    invitation: str
    paths: dict[str, str]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A service of its own, because the others' first moderator comes by the link: comments, an admin, every path."""
    folder = tmp_path_factory.mktemp("axe")
    with running_smtp() as smtp:
        sealed = notices.sealed_settings(folder, smtp.port)
        with running_replydesk(folder, rate_limits="off", **sealed) as running:
            yield from _stage(running)


def _stage(replydesk: Replydesk) -> Iterator[Stage]:
    store = open_store(f"sqlite:///{replydesk.data / 'replydesk.sqlite3'}")
    factories.a_site(store, reply_notices=True)
    accepted = {name: replydesk.post(text, name=f"Reader {name}").json for name, text in REPLIES.items()}
    for one in accepted.values():
        wait_until(lambda one=one: replydesk.status(one) != "pending")
    now = datetime.now(UTC)
    admin = store.moderators.add("axe", factories.NO_PASSWORD, grants=[Grant(Role.ADMIN)], now=now)
    session = store.sessions.open(admin.id, lasts=timedelta(hours=1), now=now)
    _appeal(store, accepted["abusive"]["id"], admin.id, now)
    token = store.invitations.add(None, Role.VIEWER, invited_by_id=admin.id, lasts=timedelta(hours=1), now=now)
    examples = _examples([accepted["held"]["id"], accepted["abusive"]["id"]])
    receipts = {f"receipt {name}": "/" + one["receipt_url"].split("/", 3)[3] for name, one in accepted.items()}
    fixed = {"article": "/", "thread": "/threads/demo?thread=border-strikes", "no such page": "/nowhere"}
    fixed |= {
        "one conversation": f"{fixed['thread']}&conversation={accepted['approved']['id']}",
        "no such comment": "/threads/demo/comments/4711",
        "devices": "/devices/forget",
        "privacy request": "/privacy/request?site=demo",
        "privacy request gone": f"/privacy/requests/{'A' * 22}",
        **_request_paths(store, now),
    }
    fixed |= _notice_paths(store, accepted, now)
    yield Stage(replydesk, session, f"/review/invitations/{token}", fixed | receipts | _desk_paths(store, examples))
    store.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_has_a_barrier(stage: Stage, browser: Browser, width: str) -> None:
    found = {}
    with _visitor(stage, browser, WIDTHS[width]) as inside, browser.new_context() as outside:
        # The way in is shown to those who are not in yet.
        stranger = outside.new_page()
        stranger.set_viewport_size({"width": WIDTHS[width], "height": 900})
        strangers = {"login": "/review/login", "invitation": stage.invitation}
        pages = [(inside, stage.paths), (stranger, strangers)]
        for page, name, path in ((page, name, path) for page, paths in pages for name, path in paths.items()):
            # when: the page is opened as it is, with its dialogs closed
            page.emulate_media(color_scheme="light")
            answer = page.goto(stage.replydesk.url + path)
            assert answer is not None
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            assert answer.status < 500, (name, answer.status)
            light = [*violations(page), *too_wide(page)]
            _shoot(page, f"axe-{name}-light-{width}")

            # and: in the dark, where only the colours are others
            page.emulate_media(color_scheme="dark")
            found[name] = [*light, *violations(page, only="color-contrast")]
            _shoot(page, f"axe-{name}-dark-{width}")

    # then: axe finds nothing, and nothing has to be scrolled sideways
    assert len(found) > 25
    assert {name: problems for name, problems in found.items() if problems} == {}


def _notice_paths(store: Store, accepted: dict[str, dict[str, int]], now: datetime) -> dict[str, str]:
    """Return the pages that a mail's links lead to, in every state that opening them shows."""
    asking = notices.a_link(store, accepted["approved"]["id"], now)
    confirmed = notices.a_link(store, accepted["yoruba"]["id"], now, confirmed_at=now)
    paths = {"ask": (asking, "confirm"), "confirmed": (confirmed, "confirm"), "stop": (confirmed, "stop")}
    paths |= {"gone": ("A" * 22, "confirm"), "stopped": ("A" * 22, "stop")}
    return {f"notice {name}": f"/notices/{token}/{wish}" for name, (token, wish) in paths.items()}


def _request_paths(store: Store, now: datetime) -> dict[str, str]:
    """Return the pages that the links of privacy requests lead to, before they are used."""
    site = factories.a_site(store)
    tokens = {wish: notices.a_request(store, site.id, wish, now) for wish in Wish}
    return {f"privacy request {wish}": f"/privacy/requests/{token}" for wish, token in tokens.items()}


def _desk_paths(store: Store, examples: dict[str, list[object]]) -> dict[str, str]:
    """Return every page of the desk that can be looked at, by the name of its endpoint."""
    app = create_app(Parts(Settings(), store, factories.ROOT_KEY, Wakeup(None), lambda: factories.NOW))
    adapter = app.url_map.bind("localhost")
    paths = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.endpoint.startswith("review."):
            continue
        names = sorted(rule.arguments - set(rule.defaults or {}))
        assert set(names) <= set(examples), f"give {rule.endpoint} an example of {set(names) - set(examples)}"
        for values in itertools.product(*(examples[name] for name in names)):
            chosen = dict(zip(names, values, strict=True))
            words = " ".join(str(value) for value in values)
            paths[f"{rule.endpoint} {words}".strip()] = adapter.build(rule.endpoint, (rule.defaults or {}) | chosen)
    return paths


def _examples(comment_ids: list[int]) -> dict[str, list[object]]:
    lists = [queue.value for queue in Queue if queue is not Queue.REVIEW]
    return {
        "comment_id": [*comment_ids],
        "queue": [*lists],
        "site_key": ["demo"],
        "thread_id": [1],
        "token": ["A" * 43],
    }


def _appeal(store: Store, comment_id: int, moderator_id: int, now: datetime) -> None:
    """Reject a comment and let its author appeal."""
    version = store.desk_reads.card(comment_id, scope=EVERY_SITE, now=now).version
    store.desk.decide(
        comment_id,
        Status.REJECTED,
        version=version,
        moderator_id=moderator_id,
        scope=EVERY_SITE,
        now=now,
        reason=Reason.INSULT,
        note="Leave out the first sentence.",
    )
    store.appeals.open(comment_id, "I was angry, and nobody is named.", now)


@contextlib.contextmanager
def _visitor(stage: Stage, browser: Browser, width: int) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": 900})
    cookie = {"name": COOKIE, "value": stage.session, "url": f"{stage.replydesk.url}/review"}
    context.add_cookies([cookie])  # type: ignore[list-item]  # a plain dict is what it takes
    yield context.new_page()
    context.close()


def _shoot(page: Page, name: str) -> None:
    """Keep a picture of every page for whoever asks with REPLYDESK_SCREENSHOTS=1: it takes a minute."""
    if not os.environ.get("REPLYDESK_SCREENSHOTS"):
        return
    Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name.replace('/', '-').replace(' ', '-')}.png", full_page=True)
