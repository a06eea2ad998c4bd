"""Links are counted, read for what they hide, and free when they lead to the site itself."""

from collections.abc import Callable

import pytest

from comments.signal import Weight
from workers.checks.links import check
from workers.checks.subject import SiteRules, Subject

ASubject = Callable[..., Subject]
WORDS = "The report of the commission says so in its third chapter on page twelve"


def test_one_plain_link_is_only_noted(a_subject: ASubject) -> None:
    (signal,) = check(a_subject(f"{WORDS}: https://example.org/report.pdf"))

    assert (signal.weight, signal.detail) == (Weight.NOTE, "one link")


def test_three_links_hold(a_subject: ASubject) -> None:
    (signal,) = check(a_subject(f"{WORDS} https://a.example/1 {WORDS} https://b.example/2 {WORDS} www.example.org"))

    assert (signal.weight, signal.detail) == (Weight.HOLD, "three links")


def test_detail_names_the_shortener(a_subject: ASubject) -> None:
    (signal,) = check(a_subject(f"{WORDS} https://a.example/1 {WORDS} https://bit.ly/3xyz"))

    assert signal.detail == "two links, one through a shortener"


@pytest.mark.parametrize(
    ("link", "trait"),
    [
        ("https://xn--pypal-4ve.com/login", "letters that pass for others"),
        ("https://pаypal.com/login", "letters that pass for others"),
        ("http://203.0.113.7/x", "bare number"),
        ("https://bit.ly/3xyz", "shortener"),
    ],
)
def test_doubtful_link_is_enough_to_hold(a_subject: ASubject, link: str, trait: str) -> None:
    (signal,) = check(a_subject(f"{WORDS} {link}"))

    assert trait in signal.detail
    assert signal.score >= 0.5


def test_link_with_few_words_weighs_more(a_subject: ASubject) -> None:
    (bare,) = check(a_subject("https://example.org/report"))
    (among_words,) = check(a_subject(f"{WORDS} https://example.org/report"))

    assert bare.score > among_words.score
    assert bare.detail == "one link, with few words around"


@pytest.mark.parametrize("host", ["news.example", "www.news.example"])
def test_link_to_the_site_itself_is_free(a_subject: ASubject, host: str) -> None:
    rules = SiteRules(own_hosts=("news.example",))

    assert check(a_subject(f"https://{host}/article", rules=rules)) == ()


def test_other_host_that_ends_alike_is_not_the_sites_own(a_subject: ASubject) -> None:
    assert check(a_subject("https://fakenews.example/", rules=SiteRules(own_hosts=("news.example",))))


@pytest.mark.parametrize(
    "text",
    [
        "They failed.It is over",
        "the economy.so what now",
        "e.g. this, i.e. that, U.S.A. and 3.5 percent at 10.30 a.m.",
        "Mr.Obi said it... and/or not",
        "look at section 4.2/5",
        "ada@example.com",
    ],
)
def test_missing_space_is_not_a_link(a_subject: ASubject, text: str) -> None:
    assert check(a_subject(text)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "www dot cheap-pills dot com",
        "go to cheap-pills (dot) com today",
        "cheappills [.] com",
        "cheappills . com is the place",
        "WWW DOT PILLS DOT NG",
    ],
)
def test_spelled_out_address_is_found(a_subject: ASubject, text: str) -> None:
    assert any("spelled out" in signal.detail for signal in check(a_subject(text)))


def test_link_behind_a_long_text_without_spaces_is_found(a_subject: ASubject) -> None:
    (signal,) = check(a_subject("評" * 1000 + " https://bit.ly/3xyz"))

    assert "shortener" in signal.detail


def test_evidence_points_at_the_link(a_subject: ASubject) -> None:
    subject = a_subject(f"{WORDS} https://example.org/a {WORDS} www.example.net")

    (signal,) = check(subject)

    assert [subject.text[span.start : span.end] for span in signal.spans] == [
        "https://example.org/a",
        "www.example.net",
    ]


def test_row_of_punycode_labels_is_read_in_no_time(a_subject: ASubject) -> None:
    # Read at one go it would take the link finder longer than anybody lives; the test's time limit would end it.
    signals = check(a_subject("xn--a.xn--b." * 400 + " https://xn--pypal-4ve.xn--p1ai/login"))

    assert any("letters that pass for others" in signal.detail for signal in signals)
