"""The card says all that a moderator must know before deciding, and offers exactly what can be done."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, update

from comments import schema
from comments.preferences import Preferences
from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.signal import Span
from comments.status import Status
from comments.store import Store
from tests import factories
from tests.at_the_desk import a_campaign, decide, made, mark_sensitive, status_of
from tests.factories import NOW
from tests.service.review.conftest import Browser
from tests.service.review.pages import Page

# 25 cards with the usual text and evidence are read on a phone in the field.
MOST_BYTES = 120_000


def words_of(page: Page) -> str:
    return " ".join(page.text.split())


def change(store: Store, comment_id: int, **values: object) -> None:
    with store.database.write() as connection:
        connection.execute(update(schema.comments).where(schema.comments.c.id == comment_id).values(**values))


def appeal(store: Store, *, by: str = "bisi") -> int:
    """Return a comment that this moderator rejected and whose author appeals."""
    number = factories.a_held_comment(store).id
    decision_id = made(decide(store, number, Status.REJECTED, by=by, reason=Reason.INSULT))
    row = {"comment_id": number, "decision_id": decision_id, "text": "Look again, please.", "made_at": NOW}
    with store.database.write() as connection:
        connection.execute(insert(schema.appeals).values(**row))
    return number


def test_language_and_risk_are_in_words_and_the_text_is_in_its_language(ada: Browser, sqlite_store: Store) -> None:
    number = factories.a_held_comment(sqlite_store).id
    change(sqlite_store, number, language="yo", risk=0.97)
    page = ada.open()
    assert "Yoruba" in page.text
    assert "1 finding, risk 0.97" in page.text
    assert re.search(r'<div class="text" dir="auto" lang="yo"', page.html)


def test_who_has_it_open_is_on_the_card_of_the_others(
    ada: Browser, app: Flask, log_in: Callable[..., Browser], sqlite_store: Store
) -> None:
    number = factories.a_held_comment(sqlite_store).id
    bisi = log_in(app, "bisi")
    moderator = factories.a_moderator(sqlite_store, "bisi")
    sqlite_store.claims.take([number], moderator.id, scope=EVERY_SITE, now=NOW)
    assert "bisi has this open" in words_of(ada.open())
    assert "has this open" not in words_of(bisi.open())


def test_campaign_is_one_card_decided_and_undone_together(ada: Browser, sqlite_store: Store) -> None:
    # given
    ids = a_campaign(sqlite_store, 4)
    page = ada.open()
    assert [name for name in page.ids if name.startswith("comment-")] == [f"comment-{ids[0]}"]
    assert "and 3 like it" in page.text
    assert "Approve all 4" in words_of(page)

    # when
    answer = ada.press(page, f"/campaigns/{ids[0]}/decide", "reject", reason="advertising")

    # then: all of them in one step, and in one step back
    assert answer.status_code == 200
    assert {status_of(sqlite_store, number) for number in ids} == {Status.REJECTED}
    decided = ada.open("/review/decided")
    assert "4 comments in one step" in words_of(decided)
    ada.press(decided, "/undo")
    assert {status_of(sqlite_store, number) for number in ids} == {Status.HELD}


def test_one_of_a_campaign_can_be_decided_alone(ada: Browser, sqlite_store: Store) -> None:
    ids = a_campaign(sqlite_store, 3)
    ada.press(ada.open(), f"/comments/{ids[0]}/decide", "approve")
    assert [status_of(sqlite_store, number) for number in ids] == [Status.APPROVED, Status.HELD, Status.HELD]


def test_first_of_two_approvals_is_told_to_the_second_moderator_and_asked_of_nobody_twice(
    ada: Browser, app: Flask, log_in: Callable[..., Browser], sqlite_store: Store
) -> None:
    # given: a sensitive thread and ada's approval
    number = factories.a_held_comment(sqlite_store).id
    mark_sensitive(sqlite_store)
    ada.decide(number, "approve")

    # then
    mine = ada.open()
    assert "somebody else must agree" in words_of(mine)
    assert ("decision", "approve") not in mine.form(f"/comments/{number}/decide").buttons
    bisi = log_in(app, "bisi")
    theirs = bisi.open()
    assert "ada approved it; one more is needed." in words_of(theirs)
    bisi.press(theirs, f"/comments/{number}/decide", "approve")
    assert status_of(sqlite_store, number) is Status.APPROVED


def test_appeal_shows_its_words_and_is_answered_by_somebody_else(ada: Browser, sqlite_store: Store) -> None:
    number = appeal(sqlite_store)
    page = ada.open("/review/appeals")
    assert "Look again, please." in page.text
    assert "Rejected: insult by bisi" in words_of(page)
    ada.press(page, f"/comments/{number}/appeal", "approve")
    assert status_of(sqlite_store, number) is Status.APPROVED


def test_appeal_can_be_refused_with_a_note(ada: Browser, sqlite_store: Store) -> None:
    number = appeal(sqlite_store)
    page = ada.open("/review/appeals")
    assert ada.press(page, f"/comments/{number}/appeal", "uphold", note="It is one.").status_code == 303
    assert status_of(sqlite_store, number) is Status.REJECTED
    assert "No appeal waits." in ada.open("/review/appeals").text


def test_who_rejected_is_told_that_somebody_else_answers(ada: Browser, sqlite_store: Store) -> None:
    appeal(sqlite_store, by="ada")
    page = ada.open("/review/appeals")
    assert "somebody else answers the appeal" in page.text
    assert not [form for form in page.forms if form.action.endswith(("/appeal", "/decide"))]


def test_edit_shows_what_changed_without_an_address(ada: Browser, sqlite_store: Store) -> None:
    number = factories.a_held_comment(sqlite_store, text="I like big cats.").id
    change(sqlite_store, number, edited_at=NOW, revision=2)
    row = {"comment_id": number, "revision": 1, "text": "I like dogs, ask me@home.example.", "made_at": NOW}
    with sqlite_store.database.write() as connection:
        connection.execute(insert(schema.revisions).values(**row))
    for address in ("/review/", f"/review/comments/{number}"):
        page = ada.open(address)
        assert "Edited by the author" in page.text
        assert "<ins>big cats</ins>" in page.html
        assert "<del>dogs, ask [address removed]</del>" in page.html
        assert "home.example" not in page.html


def test_abusive_text_stays_folded_until_asked_for_by_who_wants_that(ada: Browser, sqlite_store: Store) -> None:
    number = factories.a_held_comment(sqlite_store).id
    change(sqlite_store, number, suspected="abuse")
    assert 'class="veil"' not in ada.open().html
    sqlite_store.preferences.set(factories.a_moderator(sqlite_store, "ada").id, Preferences(blurs_abuse=True))
    page = ada.open()
    assert 'class="veil"' in page.html
    assert "It sounds abusive. Show the text" in page.text
    assert len(page.typed_texts) == 1


def test_long_text_scrolls_in_a_region_that_the_keyboard_reaches(ada: Browser, sqlite_store: Store) -> None:
    factories.a_held_comment(sqlite_store, text=("word " * 1000).strip())
    assert re.search(r'<div class="text" dir="auto" role="region" aria-label="[^"]+" tabindex="0"', ada.open().html)


def test_selected_comments_are_decided_together_without_a_script(ada: Browser, sqlite_store: Store) -> None:
    # given: two of three ticked
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(3)]
    page = ada.open()
    items = [value for form, name, value in page.boxes if (form, name) == ("bulk", "item")]
    assert [int(item.partition(":")[0]) for item in items] == ids
    bulk = next(form for form in page.forms if form.id == "bulk")

    # when
    sent = {**bulk.fields, "decision": "spam", "item": items[:2]}
    answer = ada.client.post(bulk.action, data=sent, headers={"Origin": "http://localhost"})

    # then
    assert answer.status_code == 200
    assert [status_of(sqlite_store, number) for number in ids] == [Status.REJECTED, Status.REJECTED, Status.HELD]


def test_enter_in_the_note_of_the_bulk_form_decides_nothing(ada: Browser, sqlite_store: Store) -> None:
    factories.a_held_comment(sqlite_store)
    form = ada.open().html.partition('<form id="bulk"')[2]
    assert re.search(r"<button[^>]*>", form).group() == "<button disabled hidden>"  # type: ignore[union-attr]  # there is one


def test_page_of_25_cards_is_light(ada: Browser, sqlite_store: Store) -> None:
    places = [(Span(0, 6),), (Span(10, 15),), (Span(20, 25),), ()]
    signals = tuple(factories.a_signal(check=f"check{n}", spans=spans) for n, spans in enumerate(places))
    reasons = ("It reads like spam (1.00).", "It contains a phone number.", "It contains the wording of a loan offer.")
    for number in range(25):
        accepted = factories.accept(sqlite_store, text=f"A text of the usual length, number {number}. " * 8)
        factories.settle(sqlite_store, accepted, Status.HELD, reasons=reasons, signals=signals)
    page = ada.open()
    assert len(page.typed_texts) == 25
    assert len(page.html.encode()) <= MOST_BYTES


@pytest.mark.parametrize("passed", [timedelta(seconds=5), timedelta(hours=3), timedelta(days=1), timedelta(days=9)])
def test_age_is_in_one_unit(ada: Browser, sqlite_store: Store, passed: timedelta) -> None:
    factories.a_held_comment(sqlite_store, now=NOW - passed)
    expected = {5: "< 1 min", 10_800: "3 h", 86_400: "1 day", 777_600: "9 days"}[int(passed.total_seconds())]
    assert expected in ada.open().text


def test_page_of_what_was_decided_together_offers_one_undo_for_all_of_it(ada: Browser, sqlite_store: Store) -> None:
    ids = a_campaign(sqlite_store, 3)
    answer = ada.press(ada.open(), f"/campaigns/{ids[0]}/decide", "spam")
    undos = [form.action for form in Page(answer.text).forms if form.action.endswith("/undo")]
    assert len(undos) == 1
    assert undos[0].startswith("/review/batches/")


@pytest.mark.parametrize("place", ["/review/rejected", "/review/comments/{}", "/review/authors/{}"])
def test_a_comment_whose_words_are_gone_offers_nothing_to_decide(ada: Browser, sqlite_store: Store, place: str) -> None:
    number = factories.a_rejected_comment(sqlite_store, name="Watch Man").id
    before = ada.open(place.format(number))
    sqlite_store.retention.forget_rejected_words(NOW + timedelta(days=31))

    page = ada.open(place.format(number))

    assert "Watch Man" in before.text, "else this proves nothing"
    assert place.endswith("authors/{}") or f"/review/comments/{number}/decide" in before.html
    assert "Its name and its words are not kept any more." in words_of(page)
    assert "Watch Man" not in page.text
    assert f"/review/comments/{number}/decide" not in page.html
