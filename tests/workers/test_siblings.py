"""Likeness inside one batch, which the store cannot know of yet."""

from dataclasses import replace

import pytest

from comments.policy import Policy
from comments.store.records import Claimed, Site
from workers.fingerprint import bands
from workers.normalise import normalise
from workers.siblings import Siblings

SITE = Site(1, "demo", "Demo", (), Policy(), (), ())
TEXT = "Get your loan today from the most trusted lender in Lagos, no papers and no questions asked at all"
OFFER = Claimed(
    id=1,
    site=SITE,
    thread_id=1,
    thread_title="",
    parent_id=None,
    revision=1,
    name="Ada",
    text=TEXT,
    honeypot_filled=False,
    seconds_to_submit=None,
    disposable_email=False,
    attempts=1,
    author_number=1,
)


@pytest.fixture
def siblings() -> Siblings:
    return Siblings()


def meet(siblings: Siblings, claimed: Claimed) -> list[tuple[int, bool]]:
    found = siblings.meet(claimed, bands(normalise(claimed.text)))
    return [(other.comment_id, other.is_exact) for other in found]


def test_the_same_text_is_seen_from_the_second_time_on(siblings: Siblings) -> None:
    assert meet(siblings, OFFER) == []
    assert meet(siblings, replace(OFFER, id=2)) == [(1, True)]
    assert meet(siblings, replace(OFFER, id=3)) == [(2, True), (1, True)]


def test_nearly_the_same_text_is_seen_as_near(siblings: Siblings) -> None:
    meet(siblings, OFFER)

    assert meet(siblings, replace(OFFER, id=2, text=f"{TEXT} !!! call")) == [(1, False)]


def test_another_site_s_comments_are_not_looked_at(siblings: Siblings) -> None:
    meet(siblings, OFFER)

    assert meet(siblings, replace(OFFER, id=2, site=replace(SITE, id=2))) == []


def test_different_texts_are_not_alike(siblings: Siblings) -> None:
    meet(siblings, OFFER)

    assert meet(siblings, replace(OFFER, id=2, text="The governor should answer for the border strikes at once")) == []
