"""What stands in the mails: plain text in the site's language. A confirmation repeats nothing that anybody typed.

Whoever comments can type a stranger's address: a name, a title or a text in the first mail would let them write to
strangers in our name. What a notice quotes has been published.
"""

import json
from collections.abc import Callable
from gettext import NullTranslations
from urllib.parse import quote, urlencode, urlsplit

from comments.masking import mask_addresses
from comments.privacy_request import Wish
from comments.store.notices import Bundle, Reply, Sealed
from comments.store.privacy_requests import Unsent
from workers.mail.message import Mail

MAX_QUOTED_REPLIES = 10
MAX_QUOTED_CHARS = 280
# The catalogue of a language, by its code.
Catalogues = Callable[[str], NullTranslations]


def confirmation(to: Sealed, mail_id: str, base: str, token: str, words: NullTranslations) -> Mail:
    """Return the mail that asks whether the address is the author's own."""
    gettext = words.gettext
    subject = gettext("Please confirm: replies to your comment on %(site)s") % {"site": to.site_name}
    body = "\n\n".join(
        (
            gettext(
                "You, or somebody who typed your address, commented on %(site)s and asked to be written to when"
                " somebody replies."
            )
            % {"site": to.site_name},
            gettext("If that was you, confirm it here within two days:"),
            _link(base, token, "confirm"),
            gettext(
                "If it was not you, do nothing. Your address is erased in two days, and nothing else is sent to it."
            ),
        )
    )
    return Mail(mail_id, subject, body, stop_url=_link(base, token, "stop"))


def notice(bundle: Bundle, mail_id: str, base: str, token: str, words: NullTranslations) -> Mail:
    """Return the mail that tells of new replies."""
    gettext, count, to = words.gettext, len(bundle.replies), bundle.to
    subject = words.ngettext(
        "A new reply to your comment on %(site)s", "%(count)s new replies to your comment on %(site)s", count
    ) % {"site": to.site_name, "count": count}
    parts = [mask_addresses(to.thread_title)] if to.thread_title else []
    parts += [_quoted(reply, to, base) for reply in bundle.replies[:MAX_QUOTED_REPLIES]]
    if count > MAX_QUOTED_REPLIES:
        parts.append(gettext("And %(count)s more.") % {"count": count - MAX_QUOTED_REPLIES})
    parts.append(gettext("Stop these messages and erase your address:") + "\n" + _link(base, token, "stop"))
    return Mail(mail_id, subject, "\n\n".join(parts), stop_url=_link(base, token, "stop"))


def proof(unsent: Unsent, mail_id: str, base: str, token: str, words: NullTranslations) -> Mail:
    """Return the mail whose link proves that a mailbox is the reader's own."""
    gettext, site = words.gettext, unsent.site_name
    subject = gettext("Your request about your comments on %(site)s") % {"site": site}
    if unsent.wish is Wish.ERASE:
        asked = gettext(
            "You, or somebody who typed your address, asked for everything to be erased that %(site)s keeps of it."
        )
    else:
        asked = gettext("You, or somebody who typed your address, asked what %(site)s keeps of it.")
    body = "\n\n".join(
        (
            asked % {"site": site},
            gettext("If that was you, open this page and confirm it. The link works once, for a day:"),
            f"{base}/privacy/requests/{token}",
            gettext(
                "If it was not you, do nothing: without the link nothing is shown and nothing is erased. This message"
                " does not mean that we know your address. Whatever is typed there is written to, and then forgotten."
            ),
        )
    )
    return Mail(mail_id, subject, body)


def _quoted(reply: Reply, to: Sealed, base: str) -> str:
    text = " ".join(mask_addresses(reply.text).split())
    shown = text if len(text) <= MAX_QUOTED_CHARS else text[:MAX_QUOTED_CHARS].rstrip() + "…"
    return f"{mask_addresses(reply.name)}:\n> {shown}\n{_where(reply, to, base)}"


def _where(reply: Reply, to: Sealed, base: str) -> str:
    """Return where the reply stands: on the article when that is one of the site's own pages, else on ours."""
    page = to.thread_url.partition("#")[0]
    if not page or _origin(page) not in json.loads(to.site_origins):
        page = f"{base}/threads/{quote(to.site_key)}?{urlencode({'thread': to.thread_key})}"
    return f"{page}#comment-{reply.comment_id}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _link(base: str, token: str, wish: str) -> str:
    return f"{base}/notices/{token}/{wish}"
