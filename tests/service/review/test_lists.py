"""What moderators see: exact counts, whole reasons, inert texts, and nothing of an address."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from comments.identity import RootKey, loose_form, strict_form
from comments.signal import Category, Field, Span, Weight
from comments.status import Status
from comments.store import Store
from tests import factories
from tests.service.conftest import Clock
from tests.service.review.conftest import Browser
from tests.service.review.pages import Page

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</div></article><form action=//evil.example>",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "<!-- --><style>*{display:none}</style>",
    "http://evil.example/ www.evil.example",
    "&lt;b&gt; &#60;b&#62;",
)


def hold(store: Store, *, reasons: tuple[str, ...] = ("It contains two links.",), **overrides: object) -> int:
    """Hold a comment for these reasons, with the signals in `signals`. Returns its number."""
    signals = overrides.pop("signals", (factories.a_signal(),))
    accepted = factories.accept(store, **overrides)  # type: ignore[arg-type]  # its own keywords and the body's fields
    moment = overrides.get("now", factories.NOW)
    factories.settle(store, accepted, Status.HELD, reasons=reasons, signals=signals, now=moment)  # type: ignore[arg-type]  # as above
    return accepted.id


def counts(page: Page, name: str) -> list[str]:
    """Return the numbers that stand beside the name of a list, in the bar and in the heading."""
    return re.findall(rf'data-count="{name}"[^>]*>([\d,]+)<', page.html)


# The queue -----------------------------------------------------------------------------------------------------------


def test_queue_shows_the_oldest_first_with_the_exact_count(ada: Browser, sqlite_store: Store) -> None:
    # given: more than one page waits, and some comments do not
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(28)]
    factories.an_approved_comment(sqlite_store)
    factories.accept(sqlite_store)

    # when
    first = ada.open()
    second = ada.open(next(link for link in first.links if "after=" in link))

    # then
    shown = [int(i.removeprefix("comment-")) for page in (first, second) for i in page.ids if i.startswith("comment-")]
    assert shown == ids
    for page in (first, second):
        assert counts(page, "review") == ["28", "28"]
        assert counts(page, "approved") == ["1"]
    assert not [link for link in second.links if "after=" in link]


def test_next_page_stays_where_it_was_when_earlier_comments_are_decided(ada: Browser, sqlite_store: Store) -> None:
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(28)]
    following = next(link for link in ada.open().links if "after=" in link)
    before = ada.open(following).ids
    ada.decide(ids[0], "approve")
    assert ada.open(following).ids == before


def test_queue_of_one_site(ada: Browser, sqlite_store: Store) -> None:
    # given: two sites
    ours, theirs = hold(sqlite_store), hold(sqlite_store, site="sport")

    # when
    page = ada.open("/review/?site=sport")

    # then: its comment alone, with its own count beside the count of all
    assert f"comment-{theirs}" in page.ids
    assert f"comment-{ours}" not in page.ids
    assert counts(page, "review") == ["2"]
    assert re.findall(r"data-count-here>(\d+)<", page.html) == ["1"]
    assert "Nothing here fits these filters" in ada.open("/review/?site=nowhere").text


def test_empty_queue_says_what_is_next(ada: Browser) -> None:
    page = ada.open()
    assert "Nothing waits." in page.text
    assert "/review/decided" in page.links


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=99999999999999999999", "site=%00", "done=1", "done=x"])
def test_address_that_somebody_changed_shows_a_page(ada: Browser, sqlite_store: Store, query: str) -> None:
    hold(sqlite_store)
    assert ada.open(f"/review/?{query}").ids


def test_lists_of_published_and_rejected_comments_are_newest_first(ada: Browser, sqlite_store: Store) -> None:
    published = [factories.an_approved_comment(sqlite_store).id for _ in range(3)]
    rejected = [factories.a_rejected_comment(sqlite_store).id for _ in range(2)]
    for address, ids in (("/review/approved", published), ("/review/rejected", rejected)):
        shown = [int(i.removeprefix("comment-")) for i in ada.open(address).ids if i.startswith("comment-")]
        assert shown == ids[::-1]


# The card ------------------------------------------------------------------------------------------------------------


def test_card_says_why_by_whom_where_and_since_when(ada: Browser, sqlite_store: Store, clock: Clock) -> None:
    # given: an author with a past, and a reply to a published comment
    parent = factories.an_approved_comment(
        sqlite_store, name="Ngozi A.", text="The envoy was recalled.", email="n@x.org"
    )
    factories.an_approved_comment(sqlite_store)
    factories.a_rejected_comment(sqlite_store)
    hold(sqlite_store, reasons=("It contains two links.", "It reads like an advertisement."), parent=parent.id)
    clock.now += timedelta(minutes=4)

    # when
    page = ada.open()
    words = " ".join(page.text.split())

    # then
    assert "Held because: It contains two links. It reads like an advertisement." in words
    assert "Reader 0002 · 1 published · 1 rejected" in words
    assert "in reply to Ngozi A. · the conversation The envoy was recalled." in words
    assert "4 min · The demo news" in words
    assert "https://news.example/border-strikes" in page.links
    assert "links 1" in words
    assert "0.90" in words


def test_evidence_is_marked_in_text_and_name_and_the_text_stays_as_typed(ada: Browser, sqlite_store: Store) -> None:
    # given: overlapping findings, one of them in disguised words
    text = "😀 get fr€€ loans now\n  and\tmore"
    start = text.index("fr€€")
    signals = (
        factories.a_signal(
            check="disguise", version="4", category=Category.OBFUSCATION, spans=(Span(start, start + 4, shown="free"),)
        ),
        factories.a_signal(check="loans", category=Category.SPAM, score=0.97, spans=(Span(start, start + 10),)),
        factories.a_signal(check="rude", category=Category.INSULT, spans=(Span(0, 2, Field.NAME),)),
    )
    hold(sqlite_store, text=text, name="Dr Loan", signals=signals)

    # when
    page = ada.open()

    # then
    assert page.marks == ["Dr", "fr€€", " loans"]
    assert page.typed_texts == [text]
    assert "disguised words 0.90" in page.notes[1]
    assert "disguise 4" in page.notes[1]
    assert "spam 0.97" in page.notes[1]
    assert "→ free" in " ".join(page.text.split())
    assert 'class="mark-abuse"' in page.html
    described = re.findall(r'<mark[^>]* aria-describedby="([^"]+)"', page.html)
    assert described
    assert all(name in page.ids for names in described for name in names.split())


def test_finding_on_trial_is_listed_as_not_counted_and_marks_nothing(ada: Browser, sqlite_store: Store) -> None:
    hold(sqlite_store, signals=(factories.a_signal(shadow=True), factories.a_signal(weight=Weight.NOTE, spans=())))
    page = ada.open()
    assert page.marks == []
    assert "on trial, not counted" in page.text
    assert "a note, not counted" in page.text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_typed_markup_is_inert_in_every_list(
    app: Flask, ada: Browser, log_in: Callable[..., Browser], sqlite_store: Store, payload: str
) -> None:
    # given: the same comment harmless and with a payload in every field that people or checks fill in
    def fill(words: str) -> None:
        spans = (Span(0, 3, shown=words), Span(0, len(words), Field.NAME, words))
        signal = factories.a_signal(detail=words, check=words[:40], version=words[:40], spans=spans)
        thread = {"key": words, "url": "https://news.example/a", "title": words}
        parent = factories.an_approved_comment(sqlite_store, thread=thread, name=words[:80], text=words)
        number = hold(
            sqlite_store,
            thread=thread,
            parent=parent.id,
            name=words[:80],
            text=words,
            reasons=(words,),
            signals=(signal,),
        )
        ada.decide(number, "reject", reason="other", note=words)

    fill("harmless words")
    pages = ("/review/", "/review/decided", "/review/rejected", "/review/approved", "/review/comments/2")
    pages += ("/review/authors/2", "/review/rejected?q=words")
    harmless = {address: ada.open(address) for address in pages}
    tags = {tag for page in harmless.values() for tag in page.tags}
    attributes = {name for page in harmless.values() for name in page.attributes}

    # when
    fill(payload)

    # then: it stands there as words, and brings no element, no attribute and no link of its own
    for address in (*pages, "/review/comments/4"):
        page = ada.open(address)
        assert set(page.tags) <= tags, address
        assert page.attributes <= attributes, address
        assert not [link for link in page.links if "evil" in link or link.startswith("javascript")]
    assert payload in ada.open("/review/comments/4").typed_texts


def test_page_has_no_inline_code_or_style(ada: Browser, sqlite_store: Store) -> None:
    hold(sqlite_store)
    for address in ("/review/", "/review/decided", "/review/comments/1", "/review/authors/1", "/review/help"):
        page = ada.open(address)
        assert "style" not in page.tags
        assert "style" not in page.attributes
        assert not [name for name in page.attributes if name.startswith("on")]
        assert not re.findall(r"<script(?![^>]*\bsrc=)", page.html)
        assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!news\.example)', page.html)


def test_article_without_a_web_address_gets_no_link(ada: Browser, sqlite_store: Store) -> None:
    hold(sqlite_store, thread={"key": "a", "url": "", "title": ""})
    page = ada.open()
    assert "an article without a title" in page.text
    assert 'data-key="o"' not in page.html


def test_no_address_and_no_hash_is_in_any_page(ada: Browser, sqlite_store: Store, root_key: RootKey) -> None:
    # given: an author whose address would be recognised in any form we keep
    number = hold(sqlite_store, email="Canary.Bird+tag@leak-test.example", client_ip="198.51.100.77")
    ada.decide(number, "spam")
    local, domain = "Canary.Bird+tag", "leak-test.example"
    strict = root_key.digest("email-strict/demo", strict_form(local, domain).encode())
    loose = root_key.digest("email-loose/demo", loose_form(local, domain).encode())
    secrets = ("canary", "leak-test", "198.51.100", strict.hex(), loose.hex(), strict.hex()[:12], loose.hex()[:12])

    # then
    pages = ("/review/", "/review/decided", "/review/rejected", f"/review/comments/{number}")
    for address in (*pages, f"/review/authors/{number}"):
        page = ada.open(address).html.lower()
        assert not [secret for secret in secrets if secret in page]


# One comment ---------------------------------------------------------------------------------------------------------


def test_comment_with_its_past(ada: Browser, sqlite_store: Store) -> None:
    number = hold(sqlite_store)
    ada.decide(number, "reject", reason="insult", note="Please be kind.")
    words = " ".join(ada.open(f"/review/comments/{number}").text.split())
    assert "Received" in words
    assert "Held by the site's rules: It contains two links." in words
    assert "Rejected: insult by ada · note: Please be kind." in words


def test_comment_that_is_not_there_is_404(ada: Browser) -> None:
    for number in (99, 2**53 - 1, 2**64):
        assert ada.client.get(f"/review/comments/{number}").status_code == 404
