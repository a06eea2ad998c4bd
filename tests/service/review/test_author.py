"""An author's page: one pseudonym, everything they wrote on the site, and what moderators noted. No address."""

from collections.abc import Callable

from flask import Flask

from comments.reasons import Reason
from comments.roles import Grant, Role
from comments.status import Status
from comments.store import Store
from tests import factories
from tests.at_the_desk import decide
from tests.service.review.conftest import Browser
from tests.service.review.pages import Page


def words_of(page: Page) -> str:
    return " ".join(page.text.split())


def test_page_shows_what_became_of_everything_the_author_wrote(ada: Browser, sqlite_store: Store) -> None:
    # given: three comments of one author and one of another
    mine = [factories.a_held_comment(sqlite_store, email="n@x.org", text=f"My word number {n}.").id for n in range(3)]
    factories.a_held_comment(sqlite_store, email="other@x.org", text="Somebody else's word.")
    decide(sqlite_store, mine[0], Status.APPROVED)
    decide(sqlite_store, mine[1], Status.REJECTED, reason=Reason.INSULT)

    # when
    page = ada.open(f"/review/authors/{mine[2]}")

    # then
    words = words_of(page)
    assert f"Reader {mine[0]:04X}" in words
    for number in range(3):
        assert f"My word number {number}." in words
    assert "Somebody else's word." not in words.partition("All their comments here")[2]
    assert "1 published" in words
    assert "1 waiting" in words
    assert "Rejected: insult by ada" in words
    assert "It contains two links." in words


def test_card_leads_to_its_author(ada: Browser, sqlite_store: Store) -> None:
    number = factories.a_held_comment(sqlite_store).id
    page = ada.open()
    assert f"/review/authors/{number}" in page.links
    assert "data-drawer" in page.attributes


def test_note_is_written_on_the_page_and_shown_on_card_and_page(ada: Browser, sqlite_store: Store) -> None:
    number = factories.a_held_comment(sqlite_store).id
    answer = ada.press(ada.open(f"/review/authors/{number}"), "/note", text="Usually fair.\nAsk the chief.")
    assert answer.location == f"/review/authors/{number}#comment-{number}"
    assert "Usually fair. Ask the chief." in words_of(ada.open(f"/review/authors/{number}"))
    assert "Usually fair." in ada.open(f"/review/comments/{number}").text
    assert "1 note" in words_of(ada.open())


def test_htmx_gets_the_inside_alone(ada: Browser, sqlite_store: Store) -> None:
    number = factories.a_held_comment(sqlite_store).id
    answer = ada.client.get(f"/review/authors/{number}", headers={"HX-Request": "true"})
    page = Page(answer.text)
    assert answer.text.lstrip().startswith("<main")
    assert f"Reader {number:04X}" in page.text
    assert "nav" not in page.tags[:5]
    assert "html" not in page.tags


def test_author_with_more_than_a_page_is_paged(ada: Browser, sqlite_store: Store) -> None:
    ids = [factories.a_held_comment(sqlite_store, email="n@x.org").id for _ in range(27)]
    first = ada.open(f"/review/authors/{ids[0]}")
    following = next(link for link in first.links if "after=" in link)
    second = ada.open(following)
    numbers = [link for page in (first, second) for link in page.links if link.startswith("/review/comments/")]
    assert {f"/review/comments/{number}" for number in ids} <= set(numbers)
    assert not [link for link in second.links if "after=" in link and link != following]


def test_viewer_reads_notes_and_writes_none(app: Flask, log_in: Callable[..., Browser], sqlite_store: Store) -> None:
    number = factories.a_held_comment(sqlite_store).id
    factories.a_moderator(sqlite_store, "vera", grants=[Grant(Role.VIEWER)])
    vera = log_in(app, "vera")
    for address in (f"/review/authors/{number}", "/review/"):
        assert not [form for form in vera.open(address).forms if form.action.endswith(("/note", "/decide", "/bulk"))]


def test_author_of_a_comment_that_is_not_there_is_404(ada: Browser) -> None:
    for number in (99, 2**53 - 1, 2**64):
        assert ada.client.get(f"/review/authors/{number}").status_code == 404
