"""1,000 comments in a real WordPress, given out by its own exporter, imported, and compared one by one.

What WordPress says of each comment is read from its database, not from the export.
"""

import json
import random
import tempfile
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from tests.ops.imports.installation import Installation, told_briefly
from tests.servers.wordpress import Wordpress, running_wordpress

COMMENTS = 1_000
ADDRESS = "Zqx.Marker+{n}@zqx-domain.example"
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_ARTICLES = {
    "open": {},
    "closed": {"comment_status": "closed"},
    "page": {"post_type": "page"},
    "private": {"post_status": "private"},
    "draft": {"post_status": "draft"},
    "password": {"post_password": "harmattan"},
    "trashed": {},
}
# HTML as WordPress keeps it, and what its readers read of it.
_TEXTS = (
    ("Plain words, number {n}.", "Plain words, number {n}."),
    ("<p>One {n}</p>\n<p>two</p>", "One {n}\n\ntwo"),
    ("Bread &amp; butter &#8212; &lt;b&gt; {n}", "Bread & butter — <b> {n}"),
    (
        'See <a href="https://x.example/?a=1&amp;n={n}" rel="nofollow ugc">this</a>.',
        "See this (https://x.example/?a=1&n={n}).",
    ),
    ("Ṣé ó dára? Ọ̀rẹ́ mi {n} 😀", "Ṣé ó dára? Ọ̀rẹ́ mi {n} 😀"),
    ("line {n}\nline\n\nline", "line {n}\nline\n\nline"),
    ("<strong>Bold</strong> {n}<br />\n<blockquote>said</blockquote>", "Bold {n}\n\nsaid"),
    ("Odd \x0b\x1b controls {n} ]]> end", "Odd  controls {n} ]]> end"),
)
_FILL = (Path(__file__).parent / "fill_wordpress.php").read_text(encoding="utf-8")
_EXPORT = "require_once ABSPATH . 'wp-admin/includes/export.php'; export_wp( array( 'content' => 'all' ) );"
_WITH_SPAM = """add_filter( 'query', fn( $q ) => str_replace( " AND comment_approved <> 'spam'", '', $q ) );"""
_STATUSES = {"1": "approved", "0": "held", "spam": "rejected", "trash": "rejected", "post-trashed": "rejected"}


def prove() -> dict[str, Any]:
    """Return the reconciliation. Raises NoWordpress where none can run."""
    with running_wordpress() as wordpress, tempfile.TemporaryDirectory() as folder:
        given = _invent()
        there = _fill(wordpress, given, Path(folder))
        usual, whole = Path(folder) / "usual.xml", Path(folder) / "whole.xml"
        usual.write_text(wordpress.php(_EXPORT), encoding="utf-8")
        whole.write_text(wordpress.php(_WITH_SPAM + _EXPORT), encoding="utf-8")
        ours, later = Installation(Path(folder) / "ours"), Installation(Path(folder) / "later")
        for each in (ours, later):
            each.start(wordpress.url)
        reports = {
            "dry_run": ours.bring("wxr", whole, "--dry-run"),
            "first": ours.bring("wxr", whole),
            "again": ours.bring("wxr", whole),
            "as_wordpress_exports": later.bring("wxr", usual),
            "with_spam_afterwards": later.bring("wxr", whole),
        }
        wrong = _compare(there, given["comments"], ours, reports["first"]["skipped"])
        wrong += [] if later.numbers("wxr").keys() == ours.numbers("wxr").keys() else ["in two steps: others"]
        faults = [*ours.faults(), *later.faults(), *ours.leaks(*(ADDRESS.format(n=n) for n in (0, 500, 999)))]
        counts = {name: sum(row["approved"] == name for row in there["comments"]) for name in _STATUSES}
        return {
            "wordpress": wordpress.version,
            "comments_in_wordpress": len(there["comments"]),
            "states_in_wordpress": counts,
            "replies_in_wordpress": sum(row["parent"] != "0" for row in there["comments"]),
            "reports": {name: told_briefly(report) for name, report in reports.items()},
            "imported": len(ours.numbers("wxr")),
            "not_as_they_were": wrong,
            "faults": faults,
            "is_complete": not wrong and not faults and all(each["adds_up"] for each in reports.values()),
        }


def _invent() -> dict[str, Any]:
    chance = random.Random(6)
    comments: list[dict[str, Any]] = []
    for n in range(COMMENTS):
        article = chance.choices(list(_ARTICLES), [60, 10, 8, 6, 4, 4, 8])[0]
        above = [m for m, each in enumerate(comments) if each["article"] == article and each["type"] == "comment"]
        html, text = chance.choice(_TEXTS)
        approved, then = chance.choices([("1", ""), ("0", ""), ("1", "spam"), ("0", "trash")], [70, 10, 10, 10])[0]
        at = _BEGIN + timedelta(seconds=chance.randrange(60_000_000))
        comments.append(
            {
                "article": article,
                "parent": chance.choice(above) if above and chance.random() < 0.5 and n > 20 else None,
                "name": escape(f"O’Brien & Reader {n}"),
                "email": ADDRESS.format(n=n) if n % 7 else "",
                "html": html.format(n=n),
                "text": text.format(n=n),
                "approved": approved,
                "then": then,
                "type": "pingback" if n % 50 == 49 else "comment",
                "date": f"{at:%Y-%m-%d %H:%M:%S}",
            }
        )
    return {"articles": _ARTICLES, "comments": comments}


def _fill(wordpress: Wordpress, given: dict[str, Any], folder: Path) -> dict[str, Any]:
    path = folder / "given.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    told: dict[str, Any] = json.loads(wordpress.php(_FILL.replace("@FILE@", str(path))))
    return told


def _compare(
    there: dict[str, Any], given: list[dict[str, Any]], ours: Installation, skipped: dict[str, list[str]]
) -> list[str]:
    """Return a sentence for each comment that is missing or not as WordPress has it."""
    numbers, comments = ours.numbers("wxr"), ours.comments()
    texts = {str(there["ids"][n]): each["text"] for n, each in enumerate(given)}
    left_out = {number for ids in skipped.values() for number in ids}
    circle = {str(there["ids"][n]) for n in (12, 13)}
    wrong = []
    for row in there["comments"]:
        number = row["id"]
        if row["type"] == "pingback":
            wrong += (
                [] if number in left_out and number not in numbers else [f"{number}: a pingback that was not skipped"]
            )
            continue
        if number not in numbers:
            wrong.append(f"{number}: missing")
            continue
        comment = comments[numbers[number]]
        is_hidden = row["post_status"] != "publish" or bool(row["password"])
        status = "held" if row["approved"] == "1" and is_hidden else _STATUSES[row["approved"]]
        expected: dict[str, Any] = {
            "status": status,
            "thread": f"wp:{row['post']}",
            "name": row["name"].replace("&amp;", "&"),
            "text": texts[number],
        }
        found = {
            "status": comment.status.value,
            "thread": comment.thread.key,
            "name": comment.name,
            "text": comment.text,
        }
        if not row["at"].startswith("0000"):
            expected["at"], found["at"] = row["at"], f"{comment.created_at:%Y-%m-%d %H:%M:%S}"
        if number not in circle:
            expected["parent"], found["parent"] = numbers.get(row["parent"]), comment.parent_id
        wrong += [f"{number}: {name} is not as it was" for name in expected if expected[name] != found[name]]
    return wrong
