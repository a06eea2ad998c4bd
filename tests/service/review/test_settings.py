"""A site's settings: tried before they are saved, saved by who saw the latest, and only where one may."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from comments import schema
from comments.policy import BurstMode, Mode, ProofMode
from comments.preview import Preview, PreviewBusy
from comments.roles import Grant, Role
from comments.settings import load_settings
from comments.signal import Category, Weight
from comments.status import Status
from comments.store import Store
from comments.store.records import Site
from ops.preview import Trials
from service.embed.script import script
from service.parts import attach, parts
from tests import factories
from tests.notices import keys
from tests.service.conftest import Clock
from tests.service.review.conftest import COOKIE, OURS, Browser
from tests.service.review.pages import Form, Page

URL = "/review/settings/demo"


@pytest.fixture
def tried(app: Flask, sqlite_store: Store) -> Flask:
    """The application as ops assembles it: with what tries a change on what was decided."""
    with app.app_context():
        found = parts()
    trials = Trials(load_settings(second_stage="off"), sqlite_store)
    attach(app, replace(found, preview=trials))
    return app


@pytest.fixture
def ada(tried: Flask, log_in: Callable[..., Browser]) -> Browser:
    return log_in(tried)


def log_in_as(app: Flask, store: Store, login: str, *grants: Grant) -> Browser:
    moderator = factories.a_moderator(store, login, grants=grants)
    token = store.sessions.open(moderator.id, lasts=timedelta(hours=12), now=factories.NOW)
    client = app.test_client()
    client.set_cookie(COOKIE, token, path="/review")
    return Browser(client, store)


def form_of(html: str) -> Form:
    return Page(html).form(URL)


def send(browser: Browser, form: Form, step: str, **typed: str) -> TestResponse:
    return browser.client.post(URL, data={**filled(form), **typed, "step": step}, headers=OURS)


def filled(form: Form) -> dict[str, str]:
    """Return the form's fields; of radio buttons, which the reader of pages takes for one field, what is in force."""
    fields = dict(form.fields)
    fields.update(
        mode="hold_doubtful", burst_mode="off", proof_of_work="off", spam_false_positives="", abuse_false_positives=""
    )
    fields.update({name: fields.get(name, "") for name in ("blocked_words", "held_words", "allowed_words")})
    fields.pop("requires_second_factor", None)
    return fields


def preview_and_save(browser: Browser, **typed: str) -> TestResponse:
    shown = send(browser, form_of(browser.client.get(URL).text), "preview", **typed)
    assert shown.status_code == 200, shown.text
    previewed = form_of(shown.text).fields["previewed"]
    return send(browser, form_of(shown.text), "save", **typed, previewed=previewed)


def the_site(store: Store) -> Site:
    site = store.sites.find("demo")
    assert site is not None
    return site


def test_everything_can_be_set(ada: Browser, sqlite_store: Store) -> None:
    saved = preview_and_save(
        ada,
        name="Ìròyìn",
        mode="hold_first",
        spam_false_positives="0.01",
        abuse_false_positives="0.005",
        blocked_words="casino\ncrypto*",
        held_words="lottery",
        allowed_words="Gidan Banza",
        close_after_days="14",
        burst_mode="auto",
        proof_of_work="bursts",
        rejected_text_days="7",
        identity_days="90",
        requires_second_factor="yes",
        language="ha",
    )

    assert saved.status_code == 303
    site = the_site(sqlite_store)
    assert (site.name, site.policy.mode, site.language) == ("Ìròyìn", Mode.HOLD_FIRST, "ha")
    assert (site.policy.spam_false_positives, site.policy.abuse_false_positives) == (0.01, 0.005)
    assert (site.blocked_words, site.held_words, site.allowed_words) == (
        ("casino", "crypto*"),
        ("lottery",),
        ("Gidan Banza",),
    )
    assert (site.close_after_days, site.burst_mode, site.requires_second_factor) == (14, BurstMode.AUTO, True)
    assert (site.rejected_text_days, site.identity_days, site.proof_of_work) == (7, 90, ProofMode.BURSTS)


def test_trust_in_typed_names_is_warned_about_before_it_is_saved_and_ever_after(ada: Browser) -> None:
    warning = "Nobody proves that a name and an address are theirs"
    page = ada.client.get(URL).text
    assert warning not in page
    assert "known by what they type" in page

    shown = send(ada, form_of(page), "preview", mode="hold_first")
    assert shown.text.index(warning) < shown.text.index('value="save"')
    preview_and_save(ada, mode="hold_first")

    assert warning in ada.client.get(URL).text


def test_the_page_says_what_was_measured_and_what_does_not_run_yet(ada: Browser) -> None:
    page = ada.open(URL)

    assert "at most 1 in 100" in page.text
    assert "95 % sure" in page.text
    assert "Every hour the workers delete what is older" in page.text


def test_nothing_is_saved_that_was_not_shown_before(ada: Browser, sqlite_store: Store) -> None:
    form = form_of(ada.client.get(URL).text)

    unseen = send(ada, form, "save", mode="hold_all")
    forged = send(ada, form, "save", mode="hold_all", previewed="x" * 22)
    assert "What this changes" in unseen.text
    seen = form_of(unseen.text).fields["previewed"]
    other = send(ada, form_of(unseen.text), "save", mode="hold_first", previewed=seen)

    assert {unseen.status_code, forged.status_code, other.status_code} == {200}
    assert the_site(sqlite_store).policy.mode is Mode.HOLD_DOUBTFUL


def test_a_change_is_tried_on_what_was_decided(ada: Browser, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store, text="Buy cryptocoins, write to ada@example.org")
    factories.an_approved_comment(sqlite_store, text="The harvest was good")

    shown = send(ada, form_of(ada.client.get(URL).text), "preview", blocked_words="crypto*")

    page = Page(shown.text)
    assert "Tried on the last 2 comments" in page.text
    assert "1 would be rejected instead of published" in page.text
    assert "added: crypto*" in page.text
    assert "Buy cryptocoins" in page.text
    assert "ada@example.org" not in shown.text
    assert "harvest" not in page.text
    assert the_site(sqlite_store).blocked_words == ()


def test_agreement_with_moderators_is_shown_before_and_after(ada: Browser, sqlite_store: Store) -> None:
    soft = factories.a_signal(check="models", category=Category.SPAM, score=0.6, weight=Weight.SOFT)
    comment = factories.accept(sqlite_store, text="Cheap flights")
    factories.settle(sqlite_store, comment, Status.HELD, signals=(soft,))
    ada.decide(comment.id, "approve")

    shown = send(ada, form_of(ada.client.get(URL).text), "preview", spam_false_positives="0.005")

    page = Page(shown.text)
    assert "1 would be published instead of held" in page.text
    assert "Against the 1 of them that moderators have decided" in page.text
    assert "better" in page.text


def test_what_touches_no_verdict_is_said_to(ada: Browser) -> None:
    shown = send(ada, form_of(ada.client.get(URL).text), "preview", close_after_days="30")

    assert "No verdict depends on this." in shown.text
    assert "never by themselves → 30 days" in shown.text


def test_of_two_editors_the_second_learns_who_was_first_and_when(
    tried: Flask, ada: Browser, sqlite_store: Store, log_in: Callable[..., Browser], clock: Clock
) -> None:
    ben = log_in(tried, "ben")
    shown = send(ben, form_of(ben.client.get(URL).text), "preview", mode="hold_all")
    assert preview_and_save(ada, held_words="lottery").status_code == 303
    clock.now += timedelta(minutes=3)

    late = send(ben, form_of(shown.text), "save", mode="hold_all", previewed=form_of(shown.text).fields["previewed"])

    assert late.status_code == 409
    text = Page(late.text).text
    assert "ada has changed these settings meanwhile." in text
    assert "3 min ago" in text
    assert "taken off: lottery" in text, "what the late form would undo is shown"
    assert the_site(sqlite_store).policy.mode is Mode.HOLD_DOUBTFUL
    again = form_of(late.text)
    kept = send(ben, again, "save", mode="hold_all", held_words="", previewed=again.fields["previewed"])
    assert kept.status_code == 303, "who has seen it may still want it"


def test_what_was_set_elsewhere_meanwhile_is_not_taken_back_unseen(ada: Browser, sqlite_store: Store) -> None:
    # given: the page on people sets columns of its own, without a new version of the policy
    shown = form_of(send(ada, form_of(ada.client.get(URL).text), "preview", close_after_days="9").text)
    with sqlite_store.database.write() as connection:
        connection.execute(update(schema.sites).values(identity_days=90))

    again = send(ada, shown, "save", close_after_days="9", previewed=shown.fields["previewed"])

    assert again.status_code == 200
    assert "90 days → 180 days" in Page(again.text).text
    assert the_site(sqlite_store).identity_days == 90


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", " ", "Give the site a name"),
        ("mode", "hold_none", "Choose one of these"),
        ("spam_false_positives", "0.5", "Choose one of these"),
        ("blocked_words", "f*ck", "a * may stand at the end only"),
        ("allowed_words", "ab*", "a beginning needs 3 letters"),
        ("close_after_days", "0", "Give a number of days"),
        ("identity_days", "", "Give a number of days"),
        ("language", "tlh", "Choose one of these"),
        ("contact_url", "javascript:alert(1)", "Give the full web address of a page"),
        ("contact_url", "mailto:desk@news.example", "Give the full web address of a page"),
        ("contact_url", "https://news.example/?to=desk@news.example", "Give the full web address of a page"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field_and_nothing_is_lost(
    ada: Browser, sqlite_store: Store, field: str, value: str, said: str
) -> None:
    typed, before = {"held_words": "keep what I typed", field: value}, the_site(sqlite_store)

    answer = send(ada, form_of(ada.client.get(URL).text), "preview", **typed)

    assert answer.status_code == 400
    assert said in Page(answer.text).text
    assert f'id="problem-{field}"' in answer.text
    assert "keep what I typed" in answer.text
    assert the_site(sqlite_store) == before


def test_only_editors_of_the_site_may(tried: Flask, sqlite_store: Store) -> None:
    demo, other = the_site(sqlite_store), factories.a_site(sqlite_store, "other")
    moderator = log_in_as(tried, sqlite_store, "mod", Grant(Role.MODERATOR, demo.id))
    elsewhere = log_in_as(tried, sqlite_store, "else", Grant(Role.EDITOR, other.id))
    editor = log_in_as(tried, sqlite_store, "ed", Grant(Role.EDITOR, demo.id))

    assert moderator.client.get(URL).status_code == 403
    assert elsewhere.client.get(URL).status_code == 404
    assert editor.client.get(URL).status_code == 200
    form = form_of(editor.client.get(URL).text)
    own = {**filled(form), "csrf": Page(elsewhere.client.get("/review/settings/other").text).forms[0].fields["csrf"]}
    assert (
        elsewhere.client.post(URL, data={**own, "mode": "hold_all", "step": "preview"}, headers=OURS).status_code == 404
    )
    assert the_site(sqlite_store).policy.mode is Mode.HOLD_DOUBTFUL


def test_an_editor_cannot_ask_everybody_for_a_second_factor_or_spare_them_it(tried: Flask, sqlite_store: Store) -> None:
    editor = log_in_as(tried, sqlite_store, "ed", Grant(Role.EDITOR, the_site(sqlite_store).id))

    assert preview_and_save(editor, requires_second_factor="yes", close_after_days="9").status_code == 303

    site = the_site(sqlite_store)
    assert (site.close_after_days, site.requires_second_factor) == (9, False)


def test_an_editor_says_on_which_page_readers_reach_the_newsroom(ada: Browser, sqlite_store: Store) -> None:
    assert preview_and_save(ada, contact_url=" https://news.example/contact ").status_code == 303
    given = the_site(sqlite_store).contact_url
    assert preview_and_save(ada, contact_url="").status_code == 303

    assert (given, the_site(sqlite_store).contact_url) == ("https://news.example/contact", "")


def test_an_editor_offers_notices_where_mail_can_be_sent(tried: Flask, sqlite_store: Store) -> None:
    with tried.app_context():
        attach(tried, replace(parts(), sealing_key=keys()[0]))
    editor = log_in_as(tried, sqlite_store, "ed", Grant(Role.EDITOR, the_site(sqlite_store).id))

    assert preview_and_save(editor, reply_notices="yes").status_code == 303
    offered = the_site(sqlite_store).reply_notices
    fields = filled(form_of(editor.client.get(URL).text))
    fields.pop("reply_notices", None)
    shown = editor.client.post(URL, data={**fields, "step": "preview"}, headers=OURS).text
    kept = filled(form_of(shown))
    kept.pop("reply_notices", None)
    saved = editor.client.post(URL, data={**kept, "step": "save"}, headers=OURS)

    assert (offered, saved.status_code, the_site(sqlite_store).reply_notices) == (True, 303, False)
    assert "offered → not offered" in shown


def test_where_no_mail_can_be_sent_the_desk_leaves_it_as_it_is(tried: Flask, sqlite_store: Store) -> None:
    factories.a_site(sqlite_store, reply_notices=True)
    editor = log_in_as(tried, sqlite_store, "ed", Grant(Role.EDITOR, the_site(sqlite_store).id))

    assert "reply_notices" not in editor.client.get(URL).text
    assert preview_and_save(editor, close_after_days="9").status_code == 303
    assert the_site(sqlite_store).reply_notices


def test_while_another_change_is_tried_one_is_asked_to_wait(app: Flask, log_in: Callable[..., Browser]) -> None:
    def busy(old: Site, new: Site) -> Preview:
        raise PreviewBusy

    with app.app_context():
        attach(app, replace(parts(), preview=busy))
    browser = log_in(app)

    answer = send(browser, form_of(browser.client.get(URL).text), "preview", mode="hold_all")

    assert answer.status_code == 503
    assert "previewed" not in form_of(answer.text).fields


def test_long_lists_fit_and_endless_ones_do_not(ada: Browser, sqlite_store: Store) -> None:
    many = "\n".join(f"ọ̀rọ̀-{number}" for number in range(900))

    assert preview_and_save(ada, blocked_words=many, held_words=many).status_code == 303
    assert len(the_site(sqlite_store).blocked_words) == 900
    form = form_of(ada.client.get(URL).text)
    assert send(ada, form, "preview", blocked_words="x" * 200_000).status_code == 413


def test_the_one_site_there_is_needs_no_choosing(ada: Browser, sqlite_store: Store) -> None:
    assert ada.client.get("/review/settings").headers["Location"] == URL
    factories.a_site(sqlite_store, "other")
    assert URL in ada.open("/review/settings").links


def test_the_page_has_the_lines_to_copy(ada: Browser, sqlite_store: Store) -> None:
    shown = ada.client.get(URL).text
    factories.a_site(sqlite_store, origins=())
    nowhere = ada.client.get(URL).text

    assert script().integrity in unescape(shown)
    assert "connect-src http://localhost" in shown
    assert "No address of the site is known yet" not in shown
    assert "No address of the site is known yet" in nowhere
