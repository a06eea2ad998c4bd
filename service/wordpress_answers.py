"""What a WordPress form gets back: its article again, or a page with WordPress's sentence and what was typed."""

from dataclasses import replace

from flask import Response, render_template

from comments.masking import find_addresses
from comments.submission import MAX_NAME_CHARS, MAX_TEXT_CHARS, without_address
from service.answers import NO_STORE, html_answer
from service.headers import policy_with_form_action
from service.links import origin_of, public_base
from service.parts import parts
from service.posting import Kept
from service.wordpress_fields import HONEYPOT, MAX_BYTES, Posted, read_number
from service.wordpress_places import find_page, find_page_with_comment, origins_of
from service.wordpress_refusals import UNAPPROVED_PARENT, Refused

# What the corrected form lets in: of WordPress's bytes and our characters the fewer.
_MAX_CHARS = {**MAX_BYTES, "author": MAX_NAME_CHARS, "comment": MAX_TEXT_CHARS}


def show_kept(posted: Posted, kept: Kept, thread_url: str) -> Response:
    """Send the reader back to the article."""
    where = {"Location": find_page_with_comment(posted, kept, thread_url), "Cache-Control": NO_STORE}
    return Response(status=302, headers=where)


def show_refused(posted: Posted, refused: Refused) -> Response:
    """Show WordPress's sentence and the form with what was typed, but not the address, of which we keep no copy."""
    status = refused.refusal.status_for(parts().settings.wordpress_statuses)
    if refused.refusal.is_silent and status == 200:
        return html_answer("")
    answer = html_answer(_page(posted, refused), status)
    answer.headers["Content-Security-Policy"] = _policy(posted.site)
    answer.headers.update(refused.headers)
    return answer


def _page(posted: Posted, refused: Refused) -> str:
    # Links are whole: under a rewrite this page stands on the newspaper's own host.
    return render_template(
        "wordpress_error.html",
        posted=_shown_again(posted, refused),
        refused=refused,
        wrong={each.field for each in refused.errors},
        back=find_page(posted),
        base=public_base(),
        honeypot=HONEYPOT,
        max_chars=_MAX_CHARS,
    )


def _shown_again(posted: Posted, refused: Refused) -> Posted:
    # The text is worth more than its place: posted again it stands by itself.
    parent = "" if refused.refusal is UNAPPROVED_PARENT else read_number(posted.parent)
    return replace(
        posted,
        author="" if find_addresses(posted.author) else posted.author,
        url=without_address(posted.url),
        redirect_to=find_page(posted),
        parent=parent,
    )


def _policy(site_key: str) -> str:
    ours = origin_of(public_base()) or ""
    policy = policy_with_form_action([*origins_of(site_key), ours])
    return policy.replace("style-src 'self'", f"style-src 'self' {ours}")
