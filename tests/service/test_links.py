"""Origins are read as browsers write them; links inside a thread keep the page they stand on."""

import pytest

from comments.store.threads import Order
from service.links import origin_of
from service.page_links import PageLinks


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/a?b#c", "https://news.example"),
        ("https://NEWS.example:443/", "https://news.example"),
        ("http://news.example:80", "http://news.example"),
        ("http://news.example:8000/", "http://news.example:8000"),
        ("http://[2001:db8::1]:8000/", "http://[2001:db8::1]:8000"),
        ("//news.example/", None),
        ("/a", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("https://news.example:x/", None),
        ("https://[news.example/", None),
        ("", None),
    ],
)
def test_origin_of_an_address(url: str, expected: str | None) -> None:
    assert origin_of(url) == expected


def test_links_keep_what_names_the_page_and_change_only_what_they_are_for() -> None:
    query = {"email": "zaynab@canary.example", "sort": "oldest", "after": "7", "reply_to": "3", "replydesk": "secret"}
    links = PageLinks(query, named_by={"edition": "2"})

    assert links.sort(Order.NEWEST) == "?edition=2&sort=newest#comments"
    assert links.more(9) == "?edition=2&sort=oldest&after=9#comments"
    assert links.reply(5) == "?edition=2&sort=oldest&after=7&reply_to=5#reply-form"
    assert links.cancel() == "?edition=2&sort=oldest&after=7#reply-form"


def test_links_of_a_plain_page_are_short() -> None:
    assert PageLinks({}, named_by={}).reply(5) == "?reply_to=5#reply-form"
