"""An author's page: everything one pseudonym wrote on a site, what became of it, and what moderators noted.

The same page is the drawer beside a list: htmx asks for it there and gets its inside alone.
"""

from flask import Blueprint, render_template, request, url_for

from comments.roles import Permission
from comments.store.desk import NotThere
from comments.submission import MAX_ID
from service.parts import parts
from service.review.frame import totals
from service.review.guard import needs, scope

_AFTER = "after"


def register(blueprint: Blueprint) -> None:
    """Add the page."""
    blueprint.add_url_rule(f"/authors/<int(max={MAX_ID}):comment_id>", "author", _author)


@needs(Permission.SEE)
def _author(comment_id: int) -> tuple[str, int]:
    reads, after = parts().store.desk_reads, request.args.get(_AFTER)
    try:
        author = reads.author(comment_id, scope=scope(), cursor=after, now=parts().now())
        around = reads.conversation(comment_id, scope=scope())
    except NotThere:
        return render_template("review/not_there.html"), 404
    following = author.next_cursor and url_for("review.author", comment_id=comment_id, after=author.next_cursor)
    shown = {"author": author, "around": around, "comment_id": comment_id, "is_first": after is None}
    if request.headers.get("HX-Request"):
        return render_template("review/drawer.html", next_page=following, **shown), 200
    return render_template("review/author.html", next_page=following, **totals(), **shown), 200
