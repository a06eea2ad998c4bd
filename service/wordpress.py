"""A drop-in for WordPress's `wp-comments-post.php`: the form of any theme, kept like every other reply."""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from comments.metrics import Way
from comments.store.inbox import UnknownSite
from comments.submission import Submission
from service import devices, proof_of_work
from service.admission import count_like_a_kept_one
from service.answers import problem_answer, wants_html
from service.body import FORMS, JSON, read_pairs, unsupported_type
from service.door import door
from service.language import use_language
from service.parts import parts
from service.posting import DeviceSent, Kept, Sent, keep
from service.problems import KNOWN_PROBLEMS
from service.public import accepted, read_idempotency_key
from service.reply_form import NOTIFY
from service.wordpress_answers import show_kept, show_refused
from service.wordpress_fields import HONEYPOT, Posted, as_submission, check_fields, read_posted
from service.wordpress_places import PATH, find_article
from service.wordpress_refusals import CLOSED, DUPLICATE, NO_ARTICLE, UNAPPROVED_PARENT, Refused, refused_for

wordpress = Blueprint("wordpress", __name__)

_REMEMBER = "replydesk_remember"
_REASONS: tuple[type[Exception], ...] = (Refused, *KNOWN_PROBLEMS)


# OPTIONS is refused like every other method: no script of another origin posts this form.
@wordpress.route(PATH, methods=["POST"], provide_automatic_options=False)
def post_comment() -> Response:
    """Keep a reply sent by the form of a WordPress theme."""
    idempotency_key = read_idempotency_key()
    fields = _read_fields()
    site_key = request.args.get("site", "")
    posted = read_posted(site_key, fields, find_article(site_key, request.referrer or ""))
    try:
        kept, thread_url = _keep(posted, fields, idempotency_key)
    except _REASONS as error:
        refused = refused_for(error)
        return problem_answer(refused.answer) if _wants_json() else show_refused(posted, refused)
    answer = accepted(kept) if _wants_json() else show_kept(posted, kept, thread_url)
    return devices.remember(answer, _device(posted, fields), posted.site, kept)


def _device(posted: Posted, fields: Mapping[str, str]) -> DeviceSent:
    """Return the browser's device. WordPress's own box is for name and address in a cookie, which is another wish."""
    return devices.read_cookie(posted.site, is_wanted=bool(fields.get(_REMEMBER)))


def _read_fields() -> dict[str, str]:
    if request.mimetype not in FORMS:
        raise unsupported_type(*sorted(FORMS))
    return dict(read_pairs())  # plugins send some names twice; the last one counts, as in PHP


def _wants_json() -> bool:
    """Say whether JSON is asked for in so many words: scripts of themes that ask for nothing expect WordPress."""
    return JSON in request.accept_mimetypes.values() and not wants_html()


def _keep(posted: Posted, fields: Mapping[str, str], idempotency_key: str | None) -> tuple[Kept, str]:
    """Keep the reply; also return the article's address as the thread knows it. Raises what first stands in its way."""
    site = door().sites.find(posted.site)
    if site is None:
        raise UnknownSite
    use_language(site.language)
    thread_url = _check_thread(posted)
    submission = check_fields(posted, fields)
    if idempotency_key is None:  # else the client itself says which of its posts are one
        _refuse_duplicate(submission)
    sent = Sent(
        as_submission(posted, fields),
        idempotency_key,
        way=Way.WORDPRESS,
        honeypot_filled=bool(fields.get(HONEYPOT)),
        wants_notices=bool(fields.get(NOTIFY)),
        proof=fields.get(proof_of_work.FIELD),
        device=_device(posted, fields),
    )
    return keep(sent), thread_url


def _check_thread(posted: Posted) -> str:
    outlook = parts().store.outlooks.of(posted.site, posted.thread_key, posted.parent_id, parts().now())
    if not outlook.takes_parent:
        raise Refused(UNAPPROVED_PARENT)
    if not posted.thread_key:
        raise Refused(NO_ARTICLE)
    if outlook.is_closed:
        raise Refused(CLOSED)
    return outlook.thread_url


def _refuse_duplicate(submission: Submission) -> None:
    is_said = parts().store.outlooks.is_said(
        submission.site, submission.thread.key, submission.parent, name=submission.name, text=submission.text
    )
    if is_said:
        count_like_a_kept_one(submission)  # nobody may ask without end
        raise Refused(DUPLICATE)
