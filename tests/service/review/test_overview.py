"""The overview's page: numbers in words, drawings without style or script, within the moderator's sites."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from comments.roles import EVERY_SITE, Grant, Role
from comments.status import Status
from comments.store import Store
from comments.store.floods import TurnedAway, hour_of
from comments.store.learning import SiteModel
from service.review.overview import duration, percent
from tests import factories
from tests.service.review.conftest import Browser

OVERVIEW = "/review/overview"


@pytest.fixture
def busy(sqlite_store: Store) -> Store:
    """A desk where one hold of two was in vain, one still waits, and a lesson was learned."""
    moderator = factories.a_moderator(sqlite_store)
    for new in (Status.APPROVED, Status.REJECTED):
        held = factories.a_held_comment(sqlite_store, now=factories.NOW - timedelta(minutes=12))
        sqlite_store.desk.decide(
            held.id, new, version=2, moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW
        )
    factories.a_held_comment(sqlite_store, now=factories.NOW - timedelta(hours=3))
    drawn = factories.a_drawn_comment(sqlite_store)
    sqlite_store.samples.confirm(drawn.id, version=2, moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW)
    metrics = {"approved": 40, "rejected": 20, "choice": "stacked", "log_loss": {"shipped": 0.61, "stacked": 0.42}}
    model = SiteModel(factories.a_site(sqlite_store).id, "spam", "v1", "s1", b"", metrics, True, 1, factories.NOW)
    assert sqlite_store.learning.save(model, seen_before=0)
    return sqlite_store


def said(browser: Browser, address: str = OVERVIEW) -> str:
    """Return the words of the page, those of neighbouring cells apart."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", browser.open(address).html)).split())


def test_an_empty_desk_says_so(ada: Browser) -> None:
    text = said(ada)

    assert "Waiting for a person 0" in text
    assert "nothing held was decided" in text
    assert "nobody has looked at the audit sample" in text
    assert "Nothing was held in this time." in text
    assert "Too few comments have been decided yet" in text


def test_numbers_are_told_in_words(ada: Browser, busy: Store) -> None:
    text = said(ada)

    assert "Waiting for a person 1 the oldest for 3 h" in text
    assert "Half are decided within 12 min of 2 decisions" in text
    assert "Nine of ten within 12 min" in text
    assert "Published that should not be 0 % most likely 0 % to 79 %; 0 of 1 drawn at random" in text


def test_floods_are_one_figure_of_the_moderators_sites(ada: Browser, sqlite_store: Store) -> None:
    factories.a_site(sqlite_store, "other")
    assert "Turned away" not in said(ada)

    for site, posts in (("demo", 12_000), ("other", 345)):
        away = TurnedAway(site, hour_of(factories.NOW), b"network", posts, factories.NOW)
        sqlite_store.floods.add([away])

    assert "Turned away for sending too much 12,345 in 2 floods, the latest" in said(ada)
    assert "Turned away for sending too much 345 in 1 flood, the latest" in said(ada, f"{OVERVIEW}?site=other")


def test_a_check_is_told_with_its_holds_in_vain(ada: Browser, busy: Store) -> None:
    text = said(ada)

    assert "Of the latest 3 comments that were held." in text
    assert "links 100 % 2 50 % 9.5 % – 91 %" in text


def test_a_lesson_stands_beside_the_shipped_model(ada: Browser, busy: Store) -> None:
    page = ada.open(OVERVIEW)

    assert "60 0.420 0.610 yes" in said(ada)
    assert page.tags.count("polyline") == 2


def test_every_drawing_has_a_name_and_a_table(ada: Browser, busy: Store) -> None:
    page = ada.open(OVERVIEW)

    assert page.html.count('role="img" aria-labelledby=') == 2
    assert {"pace-table", "curve-table-1"} <= set(page.ids)
    assert page.tags.count("table") == 3


def test_drawings_need_no_style_and_no_script(ada: Browser, busy: Store) -> None:
    page = ada.open(OVERVIEW)

    assert "style" not in page.attributes
    assert "style" not in page.tags
    assert page.tags.count("rect") > 2, "else nothing was drawn"


@pytest.mark.parametrize(("period", "rows"), [("day", 24), ("week", 28), ("month", 30), ("nonsense", 28)])
def test_a_period_can_be_chosen(ada: Browser, busy: Store, period: str, rows: int) -> None:
    page = ada.open(f"{OVERVIEW}?period={period}")

    pace = page.html[page.html.index('id="pace-table"') :]
    assert pace[: pace.index("</table>")].count('scope="row"') == rows


def test_a_site_can_be_chosen(ada: Browser, busy: Store) -> None:
    factories.a_site(busy, "other")

    assert "Waiting for a person 0" in said(ada, f"{OVERVIEW}?site=other")
    assert "Waiting for a person 1" in said(ada, f"{OVERVIEW}?site=demo")
    assert "Waiting for a person 1" in said(ada, f"{OVERVIEW}?site=nowhere")


def test_a_moderator_of_another_site_sees_none_of_it(app: Flask, log_in: Callable[..., Browser], busy: Store) -> None:
    other = factories.a_site(busy, "other")
    factories.a_moderator(busy, "eve", grants=[Grant(Role.VIEWER, other.id)])
    eve = log_in(app, "eve")

    assert "Waiting for a person 0" in said(eve)
    assert "Waiting for a person 0" in said(eve, f"{OVERVIEW}?site=demo")


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "< 1 min"), (12, "12 min"), (60, "1 h 0 min"), (200, "3 h 20 min"), (3_120, "2 d 4 h")],
)
def test_durations_in_words(app: Flask, minutes: int, words: str) -> None:
    assert duration(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(("share", "words"), [(0, "0 %"), (0.004, "0.4 %"), (0.12, "12 %"), (1, "100 %")])
def test_shares_in_words(share: float, words: str) -> None:
    assert percent(share).replace("\u00a0", " ") == words
