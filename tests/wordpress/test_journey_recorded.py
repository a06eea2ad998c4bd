"""What readers saw on a real WordPress: kept by `make wordpress`, for every way that we tell people to go."""

import json
from pathlib import Path

import pytest

from tests.wordpress.journey import RESULT
from tests.wordpress.ways import WAYS

RECORDED = json.loads(RESULT.read_text(encoding="utf-8"))["ways"]
BACK = "ARTICLE/?unapproved=ID&moderation-hash=HASH#comment-ID"
SHIPPED = Path(__file__).parents[2] / "deploy" / "wordpress"
DOCUMENT = (Path(__file__).parents[2] / "docs" / "wordpress.md").read_text(encoding="utf-8")


def test_every_way_was_gone() -> None:
    assert list(RECORDED) == list(WAYS)


@pytest.mark.parametrize("script", ["with script", "without script"])
@pytest.mark.parametrize("way", WAYS)
def test_reader_commented_waited_was_published_and_answered(way: str, script: str) -> None:
    seen = RECORDED[way][script]

    posted_to = "WORDPRESS/wp-comments-post.php" if "rewrite" in way else "REPLYDESK/wp-comments-post.php?site=herald"
    assert (seen["form posts to"], seen["refused at"]) == (posted_to, posted_to)
    assert seen["after posting"] == BACK
    assert all(
        seen[step]
        for step in (
            "awaiting notice",
            "nobody else sees it while it waits",
            "held, then approved at the desk",
            "on the article once approved",
            "form answers our comment",
            "answer stands under its comment",
        )
    )
    assert seen.get("axe-core finds in our part", []) == []
    assert (seen["cookies"], seen["address on a page"], seen["comments that WordPress kept"]) == (0, False, 0)


@pytest.mark.parametrize("way", WAYS)
def test_article_stood_while_replydesk_was_away(way: str) -> None:
    assert RECORDED[way]["replydesk away"] == {
        "status": 200,
        "comments": 0,
        "form is there": True,
        "seconds below": 5,
    }


@pytest.mark.parametrize("way", [way for way in WAYS if "plugin" in way])
def test_plugin_names_whom_the_form_answers_and_the_article(way: str) -> None:
    for script in ("with script", "without script"):
        assert RECORDED[way][script]["form says whom"]
        assert RECORDED[way][script]["named at the desk"]


def test_what_the_guide_shows_is_what_was_tried() -> None:
    shown = DOCUMENT.partition("```nginx\n")[2].partition("```")[0]
    shipped = (SHIPPED / "nginx-server.conf").read_text(encoding="utf-8")

    assert shown.count("\n") > 5, "else this proves nothing"
    assert [line for line in shown.splitlines() if line not in shipped.splitlines()] == []
