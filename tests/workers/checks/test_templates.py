"""Spam patterns need several kinds of phrases to meet; the news may speak of each alone."""

from collections.abc import Callable

import pytest

from comments.signal import Weight
from workers.checks.lists import phrases, read_list
from workers.checks.subject import Subject
from workers.checks.templates import check

ASubject = Callable[..., Subject]
TEMPLATES: dict[str, dict[str, str]] = read_list("spam")["templates"]


@pytest.mark.parametrize("template", TEMPLATES)
def test_strong_phrase_with_another_kind_holds(a_subject: ASubject, template: str) -> None:
    kinds = {kind: phrases(listed)[0] for kind, listed in TEMPLATES[template].items()}
    other = next(phrase for kind, phrase in kinds.items() if kind != "strong")

    found = {signal.detail: signal for signal in check(a_subject(f"{kinds['strong']}. And then: {other}."))}

    assert found[f"the wording of {template}"].weight is Weight.HOLD


@pytest.mark.parametrize("template", TEMPLATES)
def test_ordinary_phrase_alone_is_silent(a_subject: ASubject, template: str) -> None:
    for kind, listed in TEMPLATES[template].items():
        if kind != "strong":
            assert check(a_subject(phrases(listed)[0])) == ()


@pytest.mark.parametrize(
    "text",
    [
        "My bank refused the loan because the interest rate had changed",
        "Contact us, says the ministry, and nobody answers",
        "Herbal medicine is sold at every corner",
        "He was scammed of his pension",
        "The odds are against peace",
    ],
)
def test_news_about_the_same_things_is_silent(a_subject: ASubject, text: str) -> None:
    assert check(a_subject(text)) == ()


def test_disguised_wording_is_read(a_subject: ASubject) -> None:
    assert check(a_subject("gu@r@nteed l0an, n0 collateral"))
