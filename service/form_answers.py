"""What a browser gets for a posted form. Never a redirect to anywhere but the site's own pages or ours."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Response, render_template, url_for

from comments.masking import mask_addresses
from comments.store import StoreUnavailable
from comments.store.records import Site
from comments.submission import holds_address, is_web_address, names_somebody, without_address
from service.answers import NO_STORE, html_answer
from service.door import door
from service.headers import policy_with_form_action
from service.language import said
from service.links import origin_of, public_base
from service.page_links import RECEIPT
from service.parts import parts
from service.posting import Kept
from service.problems import Answer
from service.reply_form import OUR_PAGE, ReplyForm, Typed, challenge_for, new_token, offers_notices


def show_kept(typed: Typed, kept: Kept) -> Response:
    """Send the reader back to the page, which shows them their comment by its receipt."""
    typed = _without_addresses(typed)
    page = typed.thread_url if typed.return_to != OUR_PAGE and is_page_of(typed.site, typed.thread_url) else ""
    if not page:
        page = url_for("threads.show_thread", site_key=typed.site, thread=typed.thread_key)
    where = {"Location": _with_receipt(page, kept), "Cache-Control": NO_STORE}
    return Response(status=303, headers=where)


def show_again(typed: Typed, problem: Answer) -> Response:
    """Show the form with what was typed (but not the address, of which we keep no copy) and what to change."""
    messages = {error.field: said(error.message) for error in problem.errors}
    if "parent" in messages:
        # The text is worth more than its place: posted again it stands by itself.
        typed = replace(typed, parent="")
    typed = _without_addresses(typed)
    form = ReplyForm(
        typed,
        new_token(typed.site, typed.thread_key),
        alert="" if messages else said(problem.detail),
        offers_notices=offers_notices(_site(typed.site)),
        challenge=challenge_for(_site(typed.site), typed.thread_key, is_burst=_is_burst(typed)),
        errors=messages,
    )
    page = render_template("form_again.html", form=form, base="")
    answer = html_answer(page, problem.status)
    answer.headers["Content-Security-Policy"] = policy_with_form_action(_origins(typed.site))
    answer.headers.update(problem.headers)
    return answer


def is_page_of(site_key: str, url: str) -> bool:
    """Say whether `url` is a web address on one of the site's origins or on ours."""
    origin = origin_of(url) if is_web_address(url) else None
    return origin is not None and origin in (*_origins(site_key), origin_of(public_base()))


def _origins(site_key: str) -> tuple[str, ...]:
    site = _site(site_key)
    return site.origins if site else ()


def _is_burst(typed: Typed) -> bool:
    """Say whether the story was overrun when a comment came to it last."""
    return door().slow_down.lasts(typed.site, typed.thread_key, parts().now())


def _site(key: str) -> Site | None:
    try:
        return door().sites.find(key)
    except StoreUnavailable:
        return None


def _without_addresses(typed: Typed) -> Typed:
    """Return what may be shown again: no address, whether the reader or a newsletter's link put it there."""
    return replace(
        typed,
        thread_key="" if names_somebody(typed.thread_key) else typed.thread_key,
        thread_url=without_address(typed.thread_url),
        thread_title=mask_addresses(typed.thread_title),
        thread_section=mask_addresses(typed.thread_section),
        thread_lead=mask_addresses(typed.thread_lead),
        name="" if holds_address(typed.name) else typed.name,
    )


def _with_receipt(page: str, kept: Kept) -> str:
    parts_of = urlsplit(page)
    query = [pair for pair in parse_qsl(parts_of.query, keep_blank_values=True) if pair[0] != RECEIPT]
    own = f"your-comment-{kept.id}"  # as in _mine.html
    return parts_of._replace(query=urlencode([*query, (RECEIPT, kept.token)]), fragment=own).geturl()
