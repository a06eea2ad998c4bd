"""What is sent to WordPress and to us alike: each row of the tables in WordPress's own code, and a little around them.

The rows are numbered by the order of WordPress's checks (docs/wordpress.md); 0 is what it keeps.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

NAME, ADDRESS, SITE_OF_READER = "Ọlá", "ola.marker@address-canary.example", "https://ola.example"

ARTICLES = ("open", "elsewhere", "closed", "aged", "private", "password", "draft", "future", "trashed", "page")
# The number of no article and no comment.
MISSING = "987654"


@dataclass(frozen=True)
class Ask:
    """One request. `article` and `situation` are names that each side knows how to make true.

    `{approved}` and such in `comment_parent` stand for the number of a comment, `{missing}` for that of none. A field
    that is None is not sent. `before`: what the same reader sent just before, field by field.
    """

    name: str
    row: int
    sends: Mapping[str, str | None] = field(default_factory=dict)
    article: str = "open"
    situation: str = ""
    method: str = "POST"
    encoding: str = "form"
    before: tuple[Mapping[str, str], ...] = ()

    def fields(self, before: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return what the stock theme's form sends; words of their own, or they would be duplicates."""
        typed: dict[str, str | None] = {
            "comment": f"What I think of {self.name}.",
            "author": NAME,
            "email": ADDRESS,
            "url": SITE_OF_READER,
            "submit": "Post Comment",
            "comment_parent": "0",
        }
        typed |= self.sends | (before or {})
        return {name: value for name, value in typed.items() if value is not None}


def _of(count: int, end: str = "") -> str:
    return "a" * (count - len(end)) + end


_LONGEST_EMAIL = f"{_of(60)}@{_of(39, '.com')}"
_TWO_LINKS = 'See <a href="https://one.example">one</a> and <a href="https://two.example">two</a>.'
_CONSENT = {"wp-comment-cookies-consent": "yes"}


def _several(count: int) -> tuple[Mapping[str, str], ...]:
    return tuple({"comment": f"Number {number} of {count}"} for number in range(count))


ASKS = (
    *(Ask(f"{method} instead of POST", 1, method=method) for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS")),
    Ask("a reply to a missing comment", 2, {"comment_parent": "{missing}"}),
    Ask("a reply to a held comment", 2, {"comment_parent": "{held}"}),
    Ask("a reply to spam", 2, {"comment_parent": "{spam}"}),
    Ask("a reply to a comment of another article", 2, {"comment_parent": "{elsewhere}"}),
    Ask("a reply to no number", 2, {"comment_parent": "abc"}),
    Ask("a reply to a number below 0", 2, {"comment_parent": "-2147483648"}),
    Ask("a missing article", 3, {"comment_post_ID": "987654"}),
    Ask("no article", 3, {"comment_post_ID": None}),
    Ask("article 0", 3, {"comment_post_ID": "0"}),
    Ask("an article that is no number", 3, {"comment_post_ID": "first"}),
    Ask("a private article", 3, article="private"),
    Ask("a closed article", 4, article="closed"),
    Ask("a closed article and nothing typed", 4, {"author": "", "email": "", "comment": ""}, article="closed"),
    Ask("an article closed by age", 4, article="aged", situation="closed by age"),
    Ask("a page, closed as pages are", 4, article="page"),
    Ask("a trashed article", 5, article="trashed"),
    Ask("an article with a password", 5, article="password"),
    Ask("a draft", 5, article="draft"),
    Ask("an article of tomorrow", 5, article="future"),
    Ask("a draft that the reader may read", 6, article="draft", situation="logged in"),
    Ask("registration required", 7, situation="registered only"),
    Ask("no name", 8, {"author": ""}),
    Ask("a name of tags", 8, {"author": " <b> </b> "}),
    Ask("no email", 8, {"email": "  "}),
    Ask("nothing at all", 8, {"author": "", "email": "", "comment": ""}),
    Ask("a list for a name", 8, {"author": None, "author[]": "Ọlá"}),
    Ask("no real address", 9, {"email": "ola@address-canary"}),
    Ask("no real address and no text", 9, {"email": "ola", "comment": ""}),
    Ask("no text", 10, {"comment": " \r\n "}),
    Ask("no text and too long a URL", 10, {"comment": "", "url": _of(201)}),
    Ask("a list for a text", 10, {"comment": None, "comment[]": "What?"}),
    Ask("a name of 240 bytes", 11, {"author": "ọ" * 80}),
    Ask("a name of 245 bytes", 11, {"author": _of(245)}),
    Ask("a name of 246 bytes", 11, {"author": _of(246)}),
    Ask("a name of 246 bytes in 82 characters", 11, {"author": "ọ" * 82}),
    Ask("an email of 100 bytes", 11, {"email": _LONGEST_EMAIL}),
    Ask("an email of 101 bytes", 11, {"email": f"a{_LONGEST_EMAIL}"}),
    Ask("a URL of 200 bytes", 11, {"url": f"https://ola.example/{_of(180)}"}),
    Ask("a URL of 201 bytes", 11, {"url": f"https://ola.example/{_of(181)}"}),
    Ask("a text of 5,000 bytes", 11, {"comment": _of(5_000)}),
    Ask("a text of 65,525 bytes", 11, {"comment": _of(65_525)}),
    Ask("a text of 65,526 bytes", 11, {"comment": _of(65_526)}),
    Ask("everything too long", 11, {"author": _of(246), "url": _of(201), "comment": _of(65_526)}),
    Ask("the same again", 13, {"comment": "I agree."}, before=({"comment": "I agree."},)),
    Ask(
        "the same again, with spaces around it",
        13,
        {"comment": " I agree, too.\r\n"},
        before=({"comment": "I agree, too."},),
    ),
    Ask(
        "the same from another address",
        13,
        {"comment": "So do I."},
        before=({"comment": "So do I.", "email": "ada@address-canary.example"},),
    ),
    Ask("the same under another name", 13, {"comment": "Me too."}, before=({"comment": "Me too.", "author": "Ada"},)),
    Ask(
        "the same in another place",
        13,
        {"comment": "Hear, hear.", "comment_parent": "{approved}"},
        before=({"comment": "Hear, hear.", "comment_parent": "0"},),
    ),
    Ask("the same as what was thrown away", 13, {"comment": "Buy pills."}, situation="thrown away"),
    Ask("two within 15 seconds", 14, before=_several(1), situation="flood"),
    Ask("four within 15 seconds", 14, before=_several(3), situation="flood"),
    Ask("it cannot be saved", 15, situation="cannot save"),
    Ask("the first comment of a reader", 0),
    Ask("the first comment of a reader who lets cookies be set", 0, _CONSENT),
    Ask("a comment of a reader who is known", 0, situation="known author"),
    Ask("a comment of a known reader who lets cookies be set", 0, _CONSENT, situation="known author"),
    Ask("a comment where all are held", 0, situation="all are held"),
    Ask("a comment with two links", 0, {"comment": _TWO_LINKS}, situation="known author"),
    Ask("a comment with a word that is held", 0, {"comment": "This is heldword."}, situation="words"),
    Ask("a comment with a word that is blocked", 0, {"comment": "This is blockedword."}, situation="words"),
    Ask("a reply", 0, {"comment_parent": "{approved}"}),
    Ask("a reply without a field for its parent", 0, {"comment_parent": None}),
    Ask("a name with tags", 0, {"author": "<b>Ọlá</b>"}),
    Ask("a form without submit and URL", 0, {"submit": None, "url": None}),
    Ask("fields of plugins", 0, {"ak_js": "17", "akismet_comment_nonce": "a1b2", "topics[]": "1"}),
    Ask("back to a page of the site", 0, {"redirect_to": "{site}/thanks/?a=1"}),
    Ask("back to a path of the site", 0, {"redirect_to": "/thanks/"}),
    Ask("back to another host", 0, {"redirect_to": "https://evil.example/"}),
    Ask("back to another host without a scheme", 0, {"redirect_to": "//evil.example/"}),
    Ask("back to a script", 0, {"redirect_to": "javascript:alert(1)"}),
    Ask("multipart", 0, encoding="multipart"),
    Ask("JSON", 0, encoding="json"),
    Ask("a second page of comments", 0, {"comment": "On the second page."}, situation="pages of one comment"),
)


def fill_in(ask: Ask, fields: Mapping[str, str], article: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return the fields with the article's number, and with numbers and addresses where the ask names them."""
    typed = dict(fields) if "comment_post_ID" in ask.sends else {"comment_post_ID": article} | dict(fields)
    for name in {"comment_parent", "redirect_to"} & typed.keys():
        for word, value in known.items():
            typed[name] = typed[name].replace(f"{{{word}}}", value)
    return typed


def encoded(fields: Mapping[str, str], encoding: str) -> tuple[bytes, str]:
    """Return a body and its type."""
    if encoding == "json":
        return json.dumps(dict(fields)).encode(), "application/json"
    if encoding == "form":
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return f"{''.join(parts)}--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
