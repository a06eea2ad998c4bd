"""How the notifier's letters are sent: the address is opened, written to, and gone when the function returns.

Handed over and not heard of means a second try, once: a crash between sending and noting it costs one copy at most.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from comments.email import Email
from comments.opening import CannotOpen, OpeningKey
from comments.store.notice_letters import CONFIRMATION, REPLY
from comments.store.notices import Sealed, Wait
from comments.store.outbox import Letter
from comments.store.privacy_requests import PROOF, Unsent
from workers.mail.smtp import Failure, MailFailed, SmtpServer, send
from workers.notices.words import Catalogues, confirmation, notice, proof
from workers.outbox import NotBefore, NotNow, Post, Send

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Desk:
    """What the notifier writes with. `base` is the service's address for readers, without a slash at its end."""

    key: OpeningKey
    server: SmtpServer
    base: str
    catalogues: Catalogues
    now: Callable[[], datetime]


def ways(desk: Desk) -> Mapping[str, Send]:
    """Return how each kind of letter that only the notifier takes is sent."""
    return {CONFIRMATION: partial(ask, desk), REPLY: partial(tell, desk), PROOF: partial(prove, desk)}


def ask(desk: Desk, post: Post, letter: Letter) -> None:
    """Ask an author to confirm the address. Raises NotNow, and NotBefore while the mailbox was asked within a day."""
    to = post.store.notices.to_ask(letter, desk.now())
    opened = None if to is None else _open(desk, to)
    if to is None or opened is None:
        return
    email, token = opened
    wait = post.store.notices.begin_asking(to, desk.key.mailbox(email), desk.now())
    if wait is not None:
        raise NotBefore(wait.until)
    mail = confirmation(to, _mail_id(letter), desk.base, token, desk.catalogues(to.language))
    try:
        send(desk.server, mail, email, desk.now())
    except MailFailed as failed:
        _note_failure(post, letter, failed, (to.comment_id,))
    post.store.notices.asked(to)


def tell(desk: Desk, post: Post, letter: Letter) -> None:
    """Tell an author of all new replies in a thread. Raises NotNow, and NotBefore within an hour of the last notice."""
    bundle = post.store.notices.begin_telling(letter, desk.now())
    if isinstance(bundle, Wait):
        raise NotBefore(bundle.until)
    opened = None if bundle is None else _open(desk, bundle.to)
    if bundle is None or opened is None:
        return
    email, token = opened
    mail = notice(bundle, _mail_id(letter), desk.base, token, desk.catalogues(bundle.to.language))
    try:
        send(desk.server, mail, email, desk.now())
    except MailFailed as failed:
        _note_failure(post, letter, failed, bundle.contact_ids)
    post.store.notices.told(bundle, desk.now())


def prove(desk: Desk, post: Post, letter: Letter) -> None:
    """Send the link of a privacy request, to a mailbox that is known here or not: nobody looks. Raises NotNow.

    Once a day for each address, site and wish. A second request within the day is forgotten and not kept waiting: the
    first one's link is good for as long, so nobody can keep a link from its owner by asking in their name.
    """
    requests = post.store.privacy_requests
    unsent = requests.to_send(letter, desk.now())
    opened = None if unsent is None else _open_request(desk, unsent)
    if unsent is None or opened is None:
        return
    email, token = opened
    if not requests.begin_sending(unsent, desk.key.mailbox(email, f"{unsent.wish}/{unsent.site_key}"), desk.now()):
        return
    mail = proof(unsent, _mail_id(letter), desk.base, token, desk.catalogues(unsent.language))
    try:
        send(desk.server, mail, email, desk.now())
    except MailFailed as failed:
        _note_failed_proof(post, letter, failed, unsent)
        return
    requests.sent(unsent, desk.now())


def _note_failed_proof(post: Post, letter: Letter, failed: MailFailed, unsent: Unsent) -> None:
    """Return for what will never be taken. Raises NotNow for what may be the next time."""
    if failed.failure is Failure.REFUSED:
        post.store.privacy_requests.refused(unsent)
        log.warning("notice refused", letter_id=letter.id, kind=letter.kind, why=str(failed))
        return
    if failed.failure is Failure.LATER:
        post.store.privacy_requests.not_sent(unsent)
    raise NotNow(str(failed)) from None


def _open_request(desk: Desk, unsent: Unsent) -> tuple[Email, str] | None:
    try:
        return desk.key.open_request(unsent.sealed, unsent.link_hash)
    except CannotOpen:
        log.error("privacy request not opened", request_id=unsent.id, kid=desk.key.kid)  # noqa: TRY400 - a traceback would tell no more
        return None


def _open(desk: Desk, to: Sealed) -> tuple[Email, str] | None:
    """Return the address and the token of its link; None for what was sealed for another key, or moved."""
    try:
        return desk.key.open(to.sealed, to.receipt_hash)
    except CannotOpen:
        log.error("contact not opened", comment_id=to.comment_id, kid=desk.key.kid)  # noqa: TRY400 - a traceback would tell no more
        return None


def _note_failure(post: Post, letter: Letter, failed: MailFailed, contact_ids: tuple[int, ...]) -> None:
    """Return for what will never be taken: it is done. Raises NotNow for what may be the next time."""
    if failed.failure is not Failure.UNCERTAIN:
        post.store.notices.not_sent(*contact_ids)
    if failed.failure is not Failure.REFUSED:
        raise NotNow(str(failed)) from None
    log.warning("notice refused", letter_id=letter.id, kind=letter.kind, why=str(failed))


def _mail_id(letter: Letter) -> str:
    """Return the same name for a second try, and one that tells nothing."""
    return hashlib.sha256(f"{letter.kind} {letter.id} {letter.created_at.isoformat()}".encode()).hexdigest()[:32]
