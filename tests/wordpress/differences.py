"""Where we answer something else than WordPress on purpose, and why; docs/wordpress.md says the same to people.

The test holds exactly this list: whatever differs and does not stand here is a mistake of ours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from comments.settings import WordpressStatuses
from tests.wordpress.answers import Answered

_FAILURE = "Comment Submission Failure"
_AWAITING = "?unapproved=ID&moderation-hash=HASH#comment-ID"
_KEPT = {"status": 302, "title": "", "sentence": "", "is_empty": True, "type": "text/html"}
_KEPT_IN_OPEN = {**_KEPT, "location": f"SITE/open/{_AWAITING}"}
_REFUSED = {"location": "", "type": "text/html", "title": _FAILURE, "is_empty": False}


@dataclass(frozen=True)
class Difference:
    """What of an answer is ours, and why. `{article}` in a location is the ask's own."""

    why: str
    asks: tuple[str, ...]
    ours: Mapping[str, object]


DIFFERENCES = (
    Difference(
        "Who opens the address in a browser is told what is wrong, not shown an empty page.",
        ("GET instead of POST", "PUT instead of POST", "DELETE instead of POST", "OPTIONS instead of POST"),
        {
            "type": "text/html",
            "title": "Method Not Allowed",
            "sentence": "This address does not take that method.",
            "is_empty": False,
        },
    ),
    Difference("The same, but HEAD has no body.", ("HEAD instead of POST",), {"type": "text/html"}),
    Difference(
        "WordPress refuses these since 6.2; Debian's 6.1 keeps them as comments that answer nobody.",
        (
            "a reply to a missing comment",
            "a reply to a held comment",
            "a reply to spam",
            "a reply to a comment of another article",
            "a reply to a number below 0",
        ),
        {**_REFUSED, "status": 403, "sentence": "Sorry, replies to unapproved comments are not allowed."},
    ),
    Difference(
        "What is no number is not read as 0: a reply would lose its place and nobody would know.",
        ("a reply to no number",),
        {**_REFUSED, "status": 403, "sentence": "Sorry, replies to unapproved comments are not allowed."},
    ),
    Difference(
        "Which articles there are and who may read them only WordPress knows; it must not show a form there.",
        ("a missing article", "registration required"),
        _KEPT_IN_OPEN,
    ),
    *(
        Difference(
            "The state of an article only WordPress knows; it must not show a form there.",
            (ask,),
            {**_KEPT, "location": f"SITE/{article}/{_AWAITING}"},
        )
        for ask, article in (
            ("a private article", "private"),
            ("a page, closed as pages are", "page"),
            ("a trashed article", "trashed"),
            ("an article with a password", "password"),
            ("a draft", "draft"),
            ("an article of tomorrow", "future"),
            ("a draft that the reader may read", "draft"),
        )
    ),
    Difference(
        "Names have at most 80 characters here.",
        ("a name of 245 bytes",),
        {**_REFUSED, "status": 200, "sentence": "Error: Your name is too long."},
    ),
    Difference(
        "Texts have at most 5,000 characters here.",
        ("a text of 65,525 bytes",),
        {**_REFUSED, "status": 200, "sentence": "Error: Your comment is too long."},
    ),
    Difference(
        "Else whoever repeats a public comment with guessed addresses would find its author's.",
        ("the same from another address",),
        {
            **_REFUSED,
            "status": 409,
            "sentence": "Duplicate comment detected; it looks as though you’ve already said that!",
        },
    ),
    Difference(
        "Our limits count comments in a minute and an hour; a quick second thought is let in.",
        ("two within 15 seconds",),
        _KEPT_IN_OPEN,
    ),
    Difference(
        "No cookie is set with the reader's name and address in it: the redirect has the receipt instead.",
        (
            "the first comment of a reader who lets cookies be set",
            "a comment of a known reader who lets cookies be set",
        ),
        {"cookies": (), "location": f"SITE/open/{_AWAITING}"},
    ),
    Difference(
        "What becomes of a comment is decided after the answer, and nobody is known by what they typed.",
        ("a comment of a reader who is known", "a comment with a word that is blocked", "a second page of comments"),
        {"location": f"SITE/open/{_AWAITING}"},
    ),
    Difference(
        "A path becomes a whole address: the form may have been posted to another host.",
        ("back to a path of the site",),
        {"location": f"SITE/thanks/{_AWAITING}"},
    ),
    Difference(
        "A reader who cannot be sent where the form says is sent to the article, not to a login.",
        ("back to another host", "back to another host without a scheme", "back to a script"),
        {"location": f"SITE/open/{_AWAITING}"},
    ),
    Difference(
        "No form, and said so.",
        ("JSON",),
        {"status": 415, "title": "Unsupported Media Type", "sentence": "Send JSON or a form.", "is_empty": False},
    ),
)

# With honest statuses a refusal says by its status that it is one, and never without a word.
_HONEST = {200: 422, 500: 503}


def expected(name: str, theirs: Answered, statuses: WordpressStatuses) -> Answered:
    """Return what we answer where WordPress answered `theirs`."""
    answer = theirs
    for each in _about(name):
        answer = replace(answer, **each.ours)  # type: ignore[arg-type]  # fields of Answered
    if statuses is WordpressStatuses.HONEST:
        answer = replace(answer, status=_HONEST.get(answer.status, answer.status))
        if answer.status == 422 and answer.is_empty:
            answer = replace(answer, title=_FAILURE, sentence="There is no such article.", is_empty=False)
    return answer


def _about(name: str) -> Iterator[Difference]:
    return (each for each in DIFFERENCES if name in each.asks)
