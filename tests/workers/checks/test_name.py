"""A name may be anything a person is called, but not an advertisement and not the staff."""

from collections.abc import Callable

import pytest

from workers.checks.name import check
from workers.checks.subject import SiteRules, Subject

ASubject = Callable[..., Subject]


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("www.pills.example", "the name is a web address"),
        ("cheap-pills.com", "the name is a web address"),
        ("Quick Loan", "the name advertises something"),
        ("Best Online Casino", "the name advertises something"),
        ("Admin", "the name passes for a member of the staff"),
        ("The Moderator", "the name passes for a member of the staff"),
        ("Аdmin", "the name passes for a member of the staff"),
        ("Comment Desk", "the name passes for a member of the staff"),
        ("Newsroom", "the name passes for a member of the staff"),
        ("12345", "the name has no letters"),
        ("...", "the name has no letters"),
    ],
)
def test_name_that_is_no_name_is_seen(a_subject: ASubject, name: str, detail: str) -> None:
    assert detail in {signal.detail for signal in check(a_subject(name=name))}


@pytest.mark.parametrize(
    "name",
    [
        "Ada Obi",
        "Ọláolúwa Adé",
        "Ƙasim Ɗanladi",
        "Ngọzi",
        "Modupe",
        "Edit Kovács",
        "J. J.",
        "王小明",
        "Mr. Adminson",
        "Dr Slotnick",
        "Reader 7",
        "",
    ],
)
def test_name_of_a_person_is_silent(a_subject: ASubject, name: str) -> None:
    assert check(a_subject(name=name)) == ()


@pytest.mark.parametrize(
    ("own_name", "name"),
    [
        ("The Harmattan Courier", "Harmattan Courier"),
        ("The Harmattan Courier", "the HARMATTAN  c0urier"),
        ("The Harmattan Courier", "Harmattan Courier (official)"),
        ("The Harmattan Courier", "Ada, The Harmattan Courier"),
        ("Ìròyìn Òwúrọ̀", "Iroyin Owuro"),
        ("Punch", "Punch"),
        ("Punch", "The Punch"),
        ("Punch", "Punсh Editorial Team"),  # with a Cyrillic с
        ("أخبار اليوم", "أخبار اليوم"),
    ],
)
def test_name_of_the_site_is_no_readers(a_subject: ASubject, own_name: str, name: str) -> None:
    found = check(a_subject(name=name, rules=SiteRules(own_name=own_name)))

    assert "the name passes for the site itself" in {signal.detail for signal in found}


@pytest.mark.parametrize(
    ("own_name", "name"),
    [
        ("The Harmattan Courier", "Harmattan Jones"),
        ("The Harmattan Courier", "A reader of the Courier"),
        ("Punch", "Punch Adeyemi"),
        ("Guardian", "Guardian Angel"),
        ("...", "Ada"),
        ("", "Ada"),
    ],
)
def test_name_that_only_sounds_like_it_is_silent(a_subject: ASubject, own_name: str, name: str) -> None:
    assert check(a_subject(name=name, rules=SiteRules(own_name=own_name))) == ()
