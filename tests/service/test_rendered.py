"""Text for clients that take it for HTML."""

from service.rendered import paragraphs, shown_name
from tests.corpus.markup import PAYLOADS


def test_blank_lines_make_paragraphs_and_line_ends_breaks() -> None:
    assert paragraphs("One\ntwo\n\n \nThree\n") == "<p>One<br>\ntwo</p>\n<p>Three</p>"
    assert paragraphs("") == ""


def test_addresses_are_masked() -> None:
    assert "canary" not in paragraphs("Write to zaynab@canary.example") + shown_name("zaynab@canary.example")


def test_no_markup_is_left() -> None:
    assert len(PAYLOADS) > 100, "else this proves nothing"
    for typed in PAYLOADS:
        shown = paragraphs(typed).replace("<p>", "").replace("</p>", "").replace("<br>", "")
        assert not set("<>\"'") & set(shown + shown_name(typed)), typed
