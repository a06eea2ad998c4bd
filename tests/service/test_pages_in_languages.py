"""A site's language is what its readers read: thread, form, receipt and errors, in every language there is."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments.reasons import Reason
from comments.status import Status
from comments.store import Store
from service.language import LANGUAGES
from tests import factories
from tests.service.conftest import SITE_ORIGIN, Clock
from tests.service.test_form import BROWSER, fields
from tests.service.test_receipts import address, decide
from tests.service.test_wordpress import post as post_like_wordpress
from tests.translations.catalogues import TRANSLATED, entries

THREAD = "/threads/demo?thread=border-strikes"
LEAVE_A_REPLY = {
    "en": "Leave a reply",
    "pcm": "Drop your comment",
    "ha": "Ku bayyana ra'ayinku",
    "yo": "Sọ èrò rẹ",
    "ig": "Kwuo uche gị",
    "fr": "Laisser un commentaire",
}
every_language = pytest.mark.parametrize("code", LANGUAGES)
every_translation = pytest.mark.parametrize("code", TRANSLATED)


@pytest.fixture
def speak(app: Flask, sqlite_store: Store, clock: Clock) -> Callable[[str], None]:
    """Give the site a language, and let the service notice."""

    def set_language(code: str) -> None:
        factories.a_site(sqlite_store, language=code)
        clock.now += timedelta(seconds=4)

    return set_language


def said(code: str, english: str) -> str:
    """Return the translation."""
    found = entries(code, "readers").get(english)
    assert found, f"there is no such text: {english}"
    return str(found.string)


def left_in_english(code: str, page: str) -> list[str]:
    """Return every text for readers that a page says in English although it has a translation."""
    shown = unescape(page)
    texts = [(message.id, message.string) for message in entries(code, "readers") if isinstance(message.id, str)]
    whole = [(english, other) for english, other in texts if english.count(" ") > 1 and "%(" not in english]
    assert len(whole) > 80, "else this proves nothing"
    return [english for english, other in whole if english in shown and english not in other]


@every_language
def test_thread_speaks_the_language_of_its_site(
    client: FlaskClient, sqlite_store: Store, speak: Callable[[str], None], code: str
) -> None:
    factories.an_approved_comment(sqlite_store, now=factories.NOW - timedelta(hours=2))
    factories.an_approved_comment(sqlite_store, now=factories.NOW - timedelta(days=90))
    speak(code)

    page, fragment = client.get(THREAD).text, client.get(f"{THREAD}&format=fragment").text

    assert f'<html lang="{code}" dir="ltr">' in page
    assert f'<div class="replydesk" lang="{code}" dir="ltr">' in fragment
    for shown in (page, fragment):
        assert LEAVE_A_REPLY[code] in unescape(shown)
        assert code == "en" or left_in_english(code, shown) == []


@pytest.mark.parametrize(
    ("code", "times"),
    [
        ("en", ("2 hours ago", "3 February 2026")),
        ("pcm", ("2 hours ago", "3 February 2026")),
        ("ha", ("awanni 2 da suka wuce", "3 Faburairu, 2026")),
        ("yo", ("wákàtí 2 sẹ́yìn", "3 Oṣù Èrèlè 2026")),
        ("ig", ("awa 2 gara aga", "3 Febrụwarị 2026")),
        ("fr", ("il y a 2 heures", "3 février 2026")),
    ],
)
def test_times_are_said_in_the_language_of_the_site(
    client: FlaskClient, sqlite_store: Store, speak: Callable[[str], None], code: str, times: tuple[str, str]
) -> None:
    factories.an_approved_comment(sqlite_store, now=factories.NOW - timedelta(hours=2))
    factories.an_approved_comment(sqlite_store, now=factories.NOW - timedelta(days=90))
    speak(code)

    page = unescape(client.get(THREAD).text)

    for time in times:
        assert f">{time}</time>" in page


@pytest.mark.parametrize(("code", "one"), [("en", "1 hour ago"), ("ha", "awa 1 da ta wuce"), ("fr", "il y a 1 heure")])
def test_one_thing_has_its_own_form(
    client: FlaskClient, sqlite_store: Store, speak: Callable[[str], None], code: str, one: str
) -> None:
    factories.an_approved_comment(sqlite_store, now=factories.NOW - timedelta(hours=1))
    speak(code)

    assert f">{one}</time>" in client.get(THREAD).text


def test_a_change_of_language_shows_in_lists_that_were_drawn_before(
    client: FlaskClient, sqlite_store: Store, speak: Callable[[str], None]
) -> None:
    factories.an_approved_comment(sqlite_store)
    assert ">Reply</a>" in client.get(THREAD).text

    speak("fr")

    assert ">Répondre</a>" in client.get(THREAD).text


@every_translation
def test_form_says_what_to_change_in_the_language_of_its_site(
    client: FlaskClient, speak: Callable[[str], None], code: str
) -> None:
    speak(code)

    typed = fields(name="", email="no address", text="x" * 5_001)
    page = client.post("/api/v1/comments", data=typed, headers=BROWSER).text

    assert f'<html lang="{code}"' in page
    assert said(code, "Give your name.") in unescape(page)
    assert said(code, "Give an email address like name@example.org.") in unescape(page)
    number = "5\u202f000" if code == "fr" else "5,000"
    assert said(code, "Use at most %(count)s characters.") % {"count": number} in unescape(page)
    assert left_in_english(code, page) == []


@every_translation
def test_receipt_speaks_the_language_of_its_site(
    client: FlaskClient, sqlite_store: Store, speak: Callable[[str], None], code: str
) -> None:
    held, refused = factories.a_held_comment(sqlite_store), factories.a_held_comment(sqlite_store)
    decide(sqlite_store, refused, Status.REJECTED, Reason.PERSONAL_DATA)
    speak(code)

    waiting = unescape(client.get(address(held), headers=BROWSER).text)
    rejected = unescape(client.get(address(refused), headers=BROWSER).text)

    why = said(code, "it holds personal data, such as a phone number or an address")
    assert said(code, "Waiting for a moderator.") in waiting
    assert "It contains two links." not in waiting
    assert said(code, "Not published: %(why)s.") % {"why": why} in rejected
    for page in (waiting, rejected):
        assert f'<html lang="{code}"' in page
        assert left_in_english(code, page) == []


def test_receipt_says_what_a_check_found(
    client: FlaskClient, sqlite_store: Store, speak: Callable[[str], None]
) -> None:
    held = factories.a_held_comment(sqlite_store)
    speak("yo")

    assert "<li>Ó ní líǹkì 2.</li>" in client.get(address(held), headers=BROWSER).text


@every_translation
def test_form_that_cannot_be_kept_on_a_receipt_says_so_in_its_language(
    client: FlaskClient, sqlite_store: Store, speak: Callable[[str], None], code: str
) -> None:
    held = factories.a_held_comment(sqlite_store)
    speak(code)

    page = client.post(f"{address(held)}/edit", data={"text": ""}, headers=BROWSER).text

    assert said(code, "Write your comment.") in unescape(page)
    assert left_in_english(code, page) == []


@every_translation
def test_wordpress_form_is_answered_in_the_language_of_its_site(
    client: FlaskClient, speak: Callable[[str], None], code: str
) -> None:
    speak(code)

    page = post_like_wordpress(client, author="").text

    assert f'<html lang="{code}"' in page
    assert f"<strong>{said(code, 'Error:')}</strong> {said(code, 'Please fill the required fields.')}" in unescape(page)
    assert left_in_english(code, page) == []


@every_translation
def test_problem_of_a_thread_is_told_in_the_language_of_its_site(
    client: FlaskClient, speak: Callable[[str], None], code: str
) -> None:
    speak(code)

    page = client.get(f"{THREAD}&sort=loudest", headers=BROWSER).text

    assert said(code, "Sort by newest or oldest.") in unescape(page)
    assert left_in_english(code, page) == []


@every_translation
def test_page_about_the_address_follows_the_form_that_leads_there(
    client: FlaskClient, speak: Callable[[str], None], code: str
) -> None:
    speak(code)

    assert f'href="/privacy?site=demo&amp;lang={code}"' in client.get(THREAD).text
    page = client.get(f"/privacy?site=demo&lang={code}").text

    assert f'<html lang="{code}"' in page
    assert said(code, "What becomes of your email address") in unescape(page)
    assert left_in_english(code, page) == []


@every_translation
def test_page_of_requests_speaks_the_language_of_its_site(
    client: FlaskClient, speak: Callable[[str], None], code: str
) -> None:
    speak(code)

    page = client.get("/privacy/request?site=demo").text

    assert f'<html lang="{code}"' in page
    assert said(code, "See or erase what is kept of you") in unescape(page)
    assert left_in_english(code, page) == []


@pytest.mark.parametrize("lang", ["", "xx", "../../etc/passwd", "yo\x00", "y" * 5_000])
def test_a_language_that_is_none_is_english(client: FlaskClient, lang: str) -> None:
    page = client.get("/privacy", query_string={"lang": lang}).text

    assert '<html lang="en"' in page


def test_program_is_answered_in_english_unless_it_asks(client: FlaskClient, speak: Callable[[str], None]) -> None:
    speak("yo")

    def messages(**headers: str) -> list[str]:
        answer = client.post("/api/v1/comments", json=factories.a_body(name=""), headers=headers)
        assert answer.json["errors"][0]["code"] == "required"
        assert "Accept-Language" in answer.headers["Vary"]
        return [each["message"] for each in answer.json["errors"]]

    assert messages() == ["Give your name."]
    assert messages(**{"Accept-Language": "de, fr-CA;q=0.8"}) == ["Indiquez votre nom."]
    assert messages(**{"Accept-Language": "yo"}) == ["Kọ orúkọ rẹ."]


def test_receipt_for_a_program_is_in_what_it_accepts(
    client: FlaskClient, sqlite_store: Store, speak: Callable[[str], None]
) -> None:
    held = factories.a_held_comment(sqlite_store)
    speak("yo")

    assert client.get(address(held)).json["sentence"] == "Waiting for a moderator."
    asked = client.get(address(held), headers={"Accept-Language": "fr"}).json
    assert (asked["sentence"], asked["explanation"]) == ("En attente d’un modérateur.", ["Il contient 2 liens."])


@every_translation
@pytest.mark.parametrize("text", ["Ẹ kú iṣẹ́ o, ọ̀rẹ́ mi; ńlá ni yìí", "السلام عليكم ورحمة الله", "Ọ dị mma nke ukwuu ṅ"])
def test_text_in_any_script_stands_in_a_page_of_any_language(
    client: FlaskClient, sqlite_store: Store, speak: Callable[[str], None], code: str, text: str
) -> None:
    factories.an_approved_comment(sqlite_store, text=text, name="عائشة Ọlá")
    speak(code)

    page = client.get(THREAD).text

    assert re.search(rf'<p class="text" dir="auto"[^>]*>{re.escape(text)}</p>', page)
    assert re.search("<bdi[^>]*>عائشة Ọlá</bdi>", page)


def test_names_are_escaped_inside_translated_sentences(
    client: FlaskClient, sqlite_store: Store, speak: Callable[[str], None]
) -> None:
    first = factories.an_approved_comment(sqlite_store, name='"><img src=x onerror=alert(1)> %(name)s')
    speak("fr")

    page = client.get(f"{THREAD}&reply_to={first.id}").text

    assert "<img" not in page
    assert "Répondre à <bdi>&#34;&gt;&lt;img src=x onerror=alert(1)&gt; %(name)s</bdi>" in page


def test_site_that_nobody_knows_is_answered_in_english(client: FlaskClient, speak: Callable[[str], None]) -> None:
    speak("yo")

    page = client.post("/api/v1/comments", data=fields(site="nobody"), headers=BROWSER).text

    assert '<html lang="en"' in page


def test_article_of_the_site_leads_back(client: FlaskClient, sqlite_store: Store, speak: Callable[[str], None]) -> None:
    published = factories.an_approved_comment(sqlite_store)
    speak("ig")

    page = client.get(address(published), headers=BROWSER).text

    assert "E bipụtara ya na 4 Mee 2026 n'elekere 12:00 UTC." in unescape(page)
    assert f'href="{SITE_ORIGIN}/border-strikes#comment-{published.id}"' in page
