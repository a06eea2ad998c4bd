"""The demo replies: enough of every sort, well-formed, and nobody's real address or number."""

import re
import unicodedata
from collections import Counter

import pytest
from email_validator import validate_email

from demo.replies import Expectation, Kind, Reply, load_replies
from demo.stories import STORIES

REPLIES = load_replies()
RESERVED_DOMAINS = ("example.org", "example.com", "example.net")
# Ofcom keeps 07700 900000-900999 for drama; nothing in Nigeria begins 0800 000.
INVENTED_NUMBERS = re.compile(r"\+44 7700 900\d{3}|0800 000 \d{4}")
TONE_OR_DOT = {"yo": "ẹọṣ", "ig": "ịọụ", "ha": "ɗƙɓ"}


def test_ids_are_unique() -> None:
    assert not [name for name, count in Counter(reply.id for reply in REPLIES).items() if count > 1]


@pytest.mark.parametrize(("language", "least"), [("en", 20), ("pcm", 6), ("ha", 5), ("yo", 5), ("ig", 5)])
def test_every_language_is_heard(language: str, least: int) -> None:
    assert sum(reply.kind is Kind.FAIR and reply.language == language for reply in REPLIES) >= least


def test_every_kind_and_both_threads_occur() -> None:
    assert {reply.kind for reply in REPLIES} == set(Kind)
    assert {reply.thread for reply in REPLIES} == {story.key for story in STORIES}
    assert {reply.language for reply in REPLIES if reply.kind is Kind.THREAT} == {"en", "pcm", "ha"}


def test_a_parent_comes_before_its_replies_in_the_same_thread() -> None:
    seen: dict[str, Reply] = {}
    for reply in REPLIES:
        if reply.parent:
            assert seen[reply.parent].thread == reply.thread, reply.id
            assert seen[reply.parent].expect is Expectation.APPROVED, "only what is public can be replied to"
        seen[reply.id] = reply
    assert any(reply.parent for reply in REPLIES), "else this proves nothing"


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: reply.id)
def test_reply_is_a_valid_submission_and_names_nobody_real(reply: Reply) -> None:
    address = validate_email(reply.email, check_deliverability=False)

    assert address.domain in RESERVED_DOMAINS
    assert reply.name.strip() == reply.name
    assert 0 < len(reply.text) < 5000
    assert unicodedata.is_normalized("NFC", reply.text)
    without_invented = INVENTED_NUMBERS.sub("", reply.text)
    assert not re.search(r"\d[\d -]{6,}\d", without_invented), "a number that could ring somewhere"
    addresses = re.findall(r"\S+@(\S+\.\w+)", reply.text)
    assert all(domain in RESERVED_DOMAINS for domain in addresses)


def test_fair_replies_are_expected_to_be_published_and_the_others_not() -> None:
    wanted = {reply.kind for reply in REPLIES if reply.expect is Expectation.APPROVED}

    assert wanted == {Kind.FAIR, Kind.SHOUTING}
    assert not [reply.id for reply in REPLIES if reply.kind in wanted and reply.expect is not Expectation.APPROVED]


@pytest.mark.parametrize("language", TONE_OR_DOT)
def test_languages_are_spelled_with_their_own_letters(language: str) -> None:
    text = "".join(reply.text for reply in REPLIES if reply.language == language).lower()

    assert all(letter in unicodedata.normalize("NFC", text) for letter in TONE_OR_DOT[language])


def test_yoruba_carries_its_tone_marks() -> None:
    grave, acute = "\u0300", "\u0301"

    for reply in REPLIES:
        if reply.language == "yo":
            assert {grave, acute} <= set(unicodedata.normalize("NFD", reply.text)), reply.id


def test_obfuscation_is_really_there() -> None:
    text = {reply.id: reply.text for reply in REPLIES}

    assert "\u200b" in text["hidden-zero-width"]
    assert any("CYRILLIC" in unicodedata.name(letter) for letter in text["hidden-homoglyph"])
    assert "s t u p i d" in text["hidden-spaced"]
    assert text["twice-1"] == text["twice-2"] != text["twice-3"]
