"""Ways to reach somebody are found as people write them; prices, dates and scores are not among them."""

from collections.abc import Callable

import pytest

from comments.signal import Category, Field, Weight
from workers.checks.contact_details import check
from workers.checks.subject import Subject

ASubject = Callable[..., Subject]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("call 08031234567", "a phone number"),
        ("0803 123 4567", "a phone number"),
        ("0803-123-4567.", "a phone number"),
        ("+2348031234567", "a phone number"),
        ("234 803 123 4567", "a phone number"),
        ("+234 (0) 803 123 4567", "a phone number"),
        ("０８０３１２３４５６７", "a phone number"),
        ("o8o3l234567", "a phone number"),
        ("+44 20 7946 0958", "a phone number"),
        ("WhatsApp 555 123 4567", "a phone number"),
        ("zero eight zero three, one two three, four five six seven", "a phone number in words"),
        ("Telegram: @quickmoney", "a messenger account"),
        ("whatsapp me on @quick", "a messenger account"),
        ("@quickmoney on telegram", "a messenger account"),
        ("https://t.me/quickmoney", "a messenger account"),
        ("wa.me/2348031234567", "a messenger account"),
        ("ada@example.com", "an email address"),
        ("ada at example dot com", "an email address"),
        ("account number: 0123456789", "a bank account or identity number"),
        ("his BVN is 22123456789", "a bank account or identity number"),
        ("She lives at 14 Bode Thomas Street", "where somebody lives"),
        ("his house is at No. 7, Ahmadu Bello Way", "where somebody lives"),
    ],
)
def test_contact_detail_holds(a_subject: ASubject, text: str, kind: str) -> None:
    signals = check(a_subject(f"Hello. {text}"))

    assert kind in {signal.detail for signal in signals}
    assert {(signal.category, signal.weight) for signal in signals} == {(Category.PERSONAL_DATA, Weight.HOLD)}


@pytest.mark.parametrize(
    "text",
    [
        "N5,000,000,000 was budgeted and 27.5 trillion spent",
        "between 2019-2023 and on 12/05/2026 at 10:30",
        "It cost 08031234567890123 atoms",
        "the score was 3-0, 2-1, 4-4 and 1-0 in 1998 1999 2000",
        "call 112 or 199 in an emergency",
        "one two three four and go",
        "@ada I agree, and @obi too",
        "the account of 1967 is in chapter 12",
        "he lives at peace with 14 neighbours",
        "population 223,804,632 in 2023",
        "the text of section 36 of the 1999 constitution",
    ],
)
def test_ordinary_number_is_no_contact_detail(a_subject: ASubject, text: str) -> None:
    assert check(a_subject(text)) == ()


def test_address_in_the_name_is_found(a_subject: ASubject) -> None:
    (signal,) = check(a_subject(name="ada@example.com"))

    assert [span.field for span in signal.spans] == [Field.NAME]


def test_detail_never_repeats_what_was_found(a_subject: ASubject) -> None:
    (signal,) = check(a_subject("ada@example.com"))

    assert "example" not in signal.detail
