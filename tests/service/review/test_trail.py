"""The audit trail's page and its files: for auditors, within their sites, without an address of a reader."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from comments.roles import EVERY_SITE, Grant, Role
from comments.seal import seal_key
from comments.status import Status
from comments.store import Store
from tests import factories
from tests.service.review.conftest import OURS, Browser

TRAIL = "/review/trail"


@pytest.fixture
def decided(sqlite_store: Store) -> int:
    """A comment that Bola rejected with a note that holds an address."""
    bola = factories.a_moderator(sqlite_store, "bola")
    held = factories.a_held_comment(sqlite_store)
    sqlite_store.desk.decide(
        held.id,
        Status.REJECTED,
        version=2,
        moderator_id=bola.id,
        scope=EVERY_SITE,
        now=factories.NOW + timedelta(seconds=1),
        note="=cmd|' /C calc'!A0 to spam.mer@example.org",
    )
    return held.id


def test_people_and_machine_stand_in_one_list(ada: Browser, decided: int) -> None:
    text = " ".join(ada.open(TRAIL).text.split())

    assert "Rejected · bola" in text
    assert "Held · the site's rules (not a moderator)" in text
    assert "Received · the author (not a moderator)" in text
    assert f"comment {decided}" in text


def test_a_place_in_the_chain_is_shown(ada: Browser, sqlite_store: Store, decided: int) -> None:
    before = ada.open(TRAIL).text
    sqlite_store.chain.seal_next(seal_key(factories.ROOT_KEY), factories.NOW)

    after = ada.open(TRAIL).text

    assert before.count("about to be sealed") == 3
    assert "place 3" in after
    assert "3 lines are sealed" in after


def test_a_line_that_should_have_been_sealed_is_marked(ada: Browser, sqlite_store: Store, decided: int) -> None:
    sqlite_store.events.add(None, None, "mode changed", {}, factories.NOW - timedelta(hours=1))

    assert ada.open(TRAIL).text.count("not sealed") == 1


def test_a_filter_is_kept_in_the_address_and_the_form(ada: Browser, decided: int) -> None:
    page = ada.open(f"{TRAIL}?who=people&kind=rejected")

    assert "Rejected · bola" in " ".join(page.text.split())
    assert "Received" not in page.text
    assert page.form("/export").fields["kind"] == "rejected"


def test_nothing_found_is_said(ada: Browser, decided: int) -> None:
    assert "Nothing like that in the trail." in ada.open(f"{TRAIL}?moderator=nobody").text


def test_pages_go_on(ada: Browser, sqlite_store: Store) -> None:
    for number in range(60):
        sqlite_store.events.add(None, None, f"change {number}", {}, factories.NOW + timedelta(seconds=number))

    first = ada.open(TRAIL)
    second = ada.open(next(link for link in first.links if "after=" in link))

    assert ("change 10" in first.text, "change 9" in first.text) == (True, False)
    assert ("change 9" in second.text, "change 0" in second.text) == (True, True)


@pytest.mark.parametrize("after", ["x", "1", "-", "99999999999999999999-1", "9999999999999999999-1"])
def test_a_cursor_that_is_none_shows_the_first_page(ada: Browser, decided: int, after: str) -> None:
    assert "bola" in ada.open(f"{TRAIL}?after={after}").text


def export(browser: Browser, form: str, **fields: str) -> str:
    page = browser.open(TRAIL)
    sent = {**page.form("/export").fields, **fields, "format": form}
    answer = browser.client.post("/review/trail/export", data=sent, headers=OURS)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="replydesk-trail-2026-05-04.{form}"'
    return answer.text


def test_csv_runs_nothing_in_a_spreadsheet_and_holds_no_address(ada: Browser, decided: int) -> None:
    rows = list(csv.DictReader(io.StringIO(export(ada, "csv").removeprefix("\ufeff"), newline="")))

    [row] = [row for row in rows if row["moderator"] == "bola"]
    assert row["note"] == "'=cmd|' /C calc'!A0 to [address removed]"
    assert "spam.mer@example.org" not in ada.open(TRAIL).html


def test_json_lines_hold_what_the_filter_shows(ada: Browser, decided: int) -> None:
    lines = [json.loads(line) for line in export(ada, "jsonl", who="people", kind="decisions").splitlines()]

    assert [(line["moderator"], line["new_status"]) for line in lines] == [("bola", "rejected")]


def test_that_somebody_took_the_trail_stands_in_it(ada: Browser, sqlite_store: Store, decided: int) -> None:
    export(ada, "csv", kind="rejected")

    text = " ".join(ada.open(TRAIL).text.split())

    assert "trail exported · ada" in text
    assert 'asked_for: {"kind": "rejected"}' in text
    assert "format: csv" in text


def test_an_unknown_format_is_refused(ada: Browser, decided: int) -> None:
    fields = ada.open(TRAIL).form("/export").fields

    assert ada.client.post("/review/trail/export", data={**fields, "format": "xls"}, headers=OURS).status_code == 400


def test_export_without_our_form_is_refused(ada: Browser, decided: int) -> None:
    answer = ada.client.post("/review/trail/export", data={"format": "csv"}, headers=OURS)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("role", "status"), [(Role.VIEWER, 403), (Role.MODERATOR, 403), (Role.EDITOR, 200), (Role.AUDITOR, 200)]
)
def test_who_may_see_the_trail(
    app: Flask, log_in: Callable[..., Browser], sqlite_store: Store, role: Role, status: int
) -> None:
    factories.a_moderator(sqlite_store, "eve", grants=[Grant(role)])

    assert log_in(app, "eve").client.get(TRAIL).status_code == status


def test_an_auditor_of_one_site_sees_no_other(
    app: Flask, log_in: Callable[..., Browser], sqlite_store: Store, decided: int
) -> None:
    other = factories.a_site(sqlite_store, "other")
    factories.a_held_comment(sqlite_store, site="other")
    sqlite_store.events.add(None, None, "key rotated", {}, factories.NOW)
    factories.a_moderator(sqlite_store, "eve", grants=[Grant(Role.AUDITOR, other.id)])
    eve = log_in(app, "eve")

    lines = [json.loads(line) for line in export(eve, "jsonl").splitlines()]

    assert {line["site"] for line in lines} == {"other"}
    assert "· bola" not in eve.open(TRAIL).text.replace("\n", " ")
    assert "key rotated" not in eve.open(TRAIL).text
