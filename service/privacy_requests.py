"""The reader's own way to what is kept of their address: a form, a link to the mailbox, and what the link does.

Nothing is looked up before the mailbox has proved itself: whoever asks, for whatever address, gets the same answer. The
link's page asks once more, by a box to tick, because mail scanners open every link and some press every button.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from flask import Blueprint, Response, render_template, request

from comments.access_file import written_out
from comments.identity import AuthorKeys
from comments.phrases import phrase
from comments.privacy_request import Wish, read_request, unlock
from comments.store import StoreUnavailable
from comments.store.privacy_requests import PrivacyRequest
from comments.store.records import Site
from comments.store.rights import ACCESSED, BY_LINK, ERASED
from comments.submission import MAX_EMAIL_CHARS
from service.admission import count_network
from service.answers import html_answer
from service.body import FORMS, read_form, unsupported_type
from service.door import door
from service.headers import keep_private
from service.language import gettext, said, use_accepted_language, use_language
from service.parts import parts
from service.problems import KNOWN_PROBLEMS, UNAVAILABLE, UNKNOWN_SITE, Answer, Problem, answer_for
from service.rate_limits import REQUEST
from service.reply_form import HONEYPOT

privacy_requests = Blueprint("privacy_requests", __name__)

SURE, AS_FILE = "sure", "file"
_NOT_NOW = replace(UNAVAILABLE, detail=phrase("We cannot take your request right now. Try again in a moment."))


class Standing(StrEnum):
    """What the form's page says."""

    ASKS = "asks"
    SENT = "sent"
    OFF = "off"  # there is no mail here, so nothing can prove a mailbox


@privacy_requests.get("/privacy/request")
def show_form() -> Response:
    """Answer with the form, or with how the newsroom is reached where nobody can be written to."""
    keep_private()
    site = _site(request.args.get("site", ""))
    return _form(site, Standing.ASKS if parts().sealing_key else Standing.OFF, wish=request.args.get("wish", ""))


@privacy_requests.post("/privacy/request")
def ask() -> Response:
    """Keep the request and have its link sent. The answer is the same for every address."""
    keep_private()
    if request.mimetype not in FORMS:
        raise unsupported_type(*sorted(FORMS))
    typed = read_form()
    site = _site(typed.get("site", ""))
    sealing_key = parts().sealing_key
    if sealing_key is None:
        return _form(site, Standing.OFF, status=403)
    try:
        count_network(site.key, REQUEST)
        new = read_request(typed, site.key, parts().key, sealing_key)
        if not typed.get(HONEYPOT):
            parts().store.privacy_requests.add(site.id, new, parts().now())
    except KNOWN_PROBLEMS as error:
        problem = _NOT_NOW if isinstance(error, StoreUnavailable) else answer_for(error)
        return _form(site, Standing.ASKS, problem=problem, wish=typed.get("wish", ""))
    return _form(site, Standing.SENT, status=202)


@privacy_requests.get("/privacy/requests/<token>")
def show_link(token: str) -> Response:
    """Show what the link is for and the form that does it. Opening it changes nothing."""
    found = _find(token)
    return _confirm(found, token) if found is not None and found.is_open else _gone(found)


@privacy_requests.post("/privacy/requests/<token>")
def use_link(token: str) -> Response:
    """Show or erase what is kept, once."""
    found = _find(token)
    count_network()
    if found is None or not found.is_open:
        return _gone(found)
    typed = _read_sent()
    if not typed.get(SURE):
        return _confirm(found, token, is_unsure=True)
    keys = unlock(found.locked_keys, token, found.site_key, found.wish)
    if keys is None:  # the row was put together by somebody else
        return _gone(found)
    try:
        if found.wish is Wish.ERASE:
            return _erase(found, keys)
        return _access(found, keys, as_file=bool(typed.get(AS_FILE)))
    except StoreUnavailable:
        raise Problem(_NOT_NOW.status, _NOT_NOW.code, _NOT_NOW.detail, headers=_NOT_NOW.headers) from None


def _access(found: PrivacyRequest, keys: tuple[AuthorKeys, ...], *, as_file: bool) -> Response:
    """Look first and use the link up then: a database that is away costs nobody their link."""
    store, now = parts().store, parts().now()
    comments = store.rights.look(found.site_id, keys)
    if not store.privacy_requests.use(found, now, event=ACCESSED, comments=len(comments)):
        return _gone(found)
    file = written_out(now, {found.site_key: comments})
    if as_file:
        answer = Response(file, mimetype="application/json")
        answer.headers["Content-Disposition"] = f'attachment; filename="comments-{found.site_key}.json"'
        return answer
    site = _site(found.site_key)
    return html_answer(render_template("privacy_held.html", site=site, comments=comments, file=file))


def _erase(found: PrivacyRequest, keys: tuple[AuthorKeys, ...]) -> Response:
    """Erase first and use the link up then, so that it can be done again if it could not be finished."""
    store, now = parts().store, parts().now()
    count = len(store.rights.erase(found.site_id, keys, now, asked_by=BY_LINK).comment_ids)
    store.privacy_requests.use(found, now, event="" if count else ERASED)  # erasing something has recorded it
    return html_answer(render_template("privacy_erased.html", site=_site(found.site_key), count=count))


def _site(key: str) -> Site:
    """Return the site that is named, or the only one there is. Raises Problem."""
    site = door().sites.find(key) if key else door().sites.only()
    if site is None:
        raise Problem(UNKNOWN_SITE.status, UNKNOWN_SITE.code, UNKNOWN_SITE.detail)
    use_language(site.language)
    return site


def _find(token: str) -> PrivacyRequest | None:
    keep_private()
    use_accepted_language()
    found = parts().store.privacy_requests.find(token, parts().now())
    if found is not None:
        _site(found.site_key)
    return found


def _read_sent() -> Mapping[str, str]:
    """Return what was sent along; a link that is pressed by a machine may send anything."""
    return read_form() if request.mimetype in FORMS else {}


def _form(
    site: Site, standing: Standing, *, status: int = 200, problem: Answer | None = None, wish: str = ""
) -> Response:
    errors = {error.field: said(error.message) for error in problem.errors} if problem else {}
    page = render_template(
        "privacy_request.html",
        site=site,
        standing=standing,
        wish=wish if wish in set(Wish) else "",
        errors=errors,
        alert="" if errors or problem is None else said(problem.detail),
        honeypot=HONEYPOT,
        max_email_chars=MAX_EMAIL_CHARS,
    )
    answer = html_answer(page, problem.status if problem else status)
    answer.headers.update(problem.headers if problem else {})
    return answer


def _confirm(found: PrivacyRequest, token: str, *, is_unsure: bool = False) -> Response:
    error = gettext("Tick the box first.") if is_unsure else ""
    site = _site(found.site_key)
    page = render_template("privacy_confirm.html", site=site, wish=found.wish, token=token, error=error)
    return html_answer(page, 422 if is_unsure else 200)


def _gone(found: PrivacyRequest | None) -> Response:
    site = None if found is None else _site(found.site_key)
    return html_answer(render_template("privacy_gone.html", site=site), 404)
