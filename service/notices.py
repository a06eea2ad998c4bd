"""Where the links of our mails lead: a page that asks, and the POST that does it. Opening a link changes nothing.

Mail scanners open every link, and some press buttons: so nothing here does more than what a reader may do by mistake
and do again. The link is the only proof there is, so these forms need no token against forgery; a mailbox's own
"unsubscribe" (RFC 8058) posts to the same address.
"""

from enum import StrEnum

from flask import Blueprint, Response, render_template

from comments.store.contacts import Contact
from service.answers import html_answer
from service.form_answers import is_page_of
from service.headers import keep_private
from service.language import use_accepted_language, use_language
from service.parts import parts

notices = Blueprint("notices", __name__)


class Standing(StrEnum):
    """What the page says."""

    ASKS = "asks"  # shall we write to you?
    CONFIRMED = "confirmed"
    ENDS = "ends"  # shall we stop?
    STOPPED = "stopped"
    GONE = "gone"


@notices.get("/notices/<token>/<any(confirm, stop):wish>")
def ask(token: str, wish: str) -> Response:
    """Show what the link is for, and the button that does it."""
    contact = _find(token)
    if contact is None:
        return _page(Standing.GONE if wish == "confirm" else Standing.STOPPED, None, token)
    if wish == "stop":
        return _page(Standing.ENDS, contact, token)
    return _page(_confirming(contact), contact, token)


@notices.post("/notices/<token>/<any(confirm, stop):wish>")
def do(token: str, wish: str) -> Response:
    """Confirm, or erase the address. What is sent along is not read. Safe to do twice."""
    contact = _find(token)
    if wish == "stop":
        parts().store.contacts.stop(token)
        return _page(Standing.STOPPED, contact, token)
    if contact is None:
        return _page(Standing.GONE, None, token)
    is_confirmed = contact.is_confirmed or parts().store.contacts.confirm(token, parts().now())
    return _page(Standing.CONFIRMED if is_confirmed else Standing.GONE, contact, token)


def _find(token: str) -> Contact | None:
    keep_private()
    use_accepted_language()
    contact = parts().store.contacts.find(token, parts().now())
    if contact is not None:
        use_language(contact.language)
    return contact


def _confirming(contact: Contact) -> Standing:
    if contact.is_confirmed:
        return Standing.CONFIRMED
    return Standing.ASKS if contact.may_confirm else Standing.GONE


def _page(standing: Standing, contact: Contact | None, token: str) -> Response:
    link = contact.thread_url if contact and is_page_of(contact.site_key, contact.thread_url) else ""
    page = render_template("notice.html", standing=standing, contact=contact, token=token, link=link)
    return html_answer(page, 404 if standing is Standing.GONE else 200)
