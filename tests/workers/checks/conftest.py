"""A subject for checks: an ordinary comment, in which a test sets only what it is about."""

from collections.abc import Callable

import pytest

from workers.checks.subject import AuthorHistory, DoorNotes, Likeness, SiteRules, Subject
from workers.normalise import normalise

ASubject = Callable[..., Subject]


@pytest.fixture(scope="session")
def a_subject() -> ASubject:
    """Return a builder of subjects."""
    return _subject


def _subject(
    text: str = "The bridge should have been repaired before the rains.",
    *,
    name: str = "Ada Obi",
    title: str = "",
    rules: SiteRules | None = None,
    history: AuthorHistory | None = None,
    likenesses: tuple[Likeness, ...] = (),
    door: DoorNotes | None = None,
) -> Subject:
    return Subject(
        name=name,
        text=text,
        normalised=normalise(text),
        normalised_name=normalise(name),
        thread_title=title,
        rules=rules or SiteRules(),
        history=history or AuthorHistory(),
        likenesses=likenesses,
        door=door or DoorNotes(),
    )
