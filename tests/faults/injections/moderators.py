"""R-09: two moderators on one card, a moderator against the worker, many at once against one, an author against one."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

from comments.identity import RootKey, load_root_key
from comments.reasons import Reason
from comments.receipt import receipt_hash, receipt_token
from comments.roles import EVERY_SITE, Grant, Role
from comments.status import ForbiddenMove, Status
from comments.store import Store, StoreUnavailable, open_store
from comments.store.outcomes import StaleDecision
from comments.store.revisions import NotEditable
from ops.clock import utc_now
from tests.faults.keeper import wait_for
from tests.faults.ledger import find_nonce, find_row, read_ledger
from tests.faults.stage import Stage

CARDS = 10
RIVALS = 2
DECIDED_SECONDS = 60.0
LOGINS = ("rig-ada", "rig-ben")


def race_moderators(stage: Stage) -> None:
    """R-09: approve against reject on the same version in the same instant, on cards that a worker may be judging."""
    store = open_store(stage.installation.database_url)
    try:
        moderators = [_moderator(store, login) for login in LOGINS]
        posted = [stage.post(stage.write_down("Please look at this yourself.")) for _ in range(CARDS)]
        with ThreadPoolExecutor(RIVALS) as rivals:
            for comment_id in posted:
                _race(stage, store, rivals, comment_id, moderators)
    finally:
        store.close()


def race_bulk(stage: Stage) -> None:
    """R-09b: a bulk decision against single ones in the same instant: each comment is decided by one of them."""
    store = open_store(stage.installation.database_url)
    try:
        ada, ben = (_moderator(store, login) for login in LOGINS)
        posted = [stage.post(stage.write_down("Please look at all of these.")) for _ in range(CARDS)]
        stage.wait_until_decided(posted, seconds=DECIDED_SECONDS)
        seen = [
            (comment_id, store.desk.card(comment_id, now=utc_now(), scope=EVERY_SITE).version) for comment_id in posted
        ]
        together = threading.Barrier(RIVALS)
        with ThreadPoolExecutor(RIVALS) as rivals:
            bulk = rivals.submit(_reject_all, store, seen, ada, together)
            single = rivals.submit(_approve_each, store, seen, ben, together)
        both = bulk.result() & single.result()
        if both:
            stage.journal.problem(f"{both}: decided in bulk and singly on the same version")
    finally:
        store.close()


def _reject_all(store: Store, seen: list[tuple[int, int]], moderator: int, together: threading.Barrier) -> set[int]:
    together.wait()
    try:
        batch = store.bulk.decide(
            seen, Status.REJECTED, moderator_id=moderator, scope=EVERY_SITE, now=utc_now(), reason=Reason.SPAM
        )
    except StoreUnavailable:
        return set()
    return {item.comment_id for item in batch.decided}


def _approve_each(store: Store, seen: list[tuple[int, int]], moderator: int, together: threading.Barrier) -> set[int]:
    together.wait()
    return {comment_id for comment_id, version in reversed(seen) if _approves(store, comment_id, version, moderator)}


def _approves(store: Store, comment_id: int, version: int, moderator: int) -> bool:
    try:
        store.desk.decide(
            comment_id, Status.APPROVED, version=version, moderator_id=moderator, now=utc_now(), scope=EVERY_SITE
        )
    except (StaleDecision, ForbiddenMove, StoreUnavailable):
        return False
    return True


def race_author(stage: Stage) -> None:
    """R-09c: an author's edit against a moderator's approval: no text goes public on an approval of another one."""
    store = open_store(stage.installation.database_url)
    key = load_root_key(stage.installation.data / "root.key")
    try:
        ada = _moderator(store, LOGINS[0])
        for number in range(CARDS):
            _race_author(stage, store, key, ada, number)
    finally:
        store.close()


def _race_author(stage: Stage, store: Store, key: RootKey, moderator: int, number: int) -> None:
    sample = stage.write_down("Let me put it like this. Visit bit.ly/loan-1 or bit.ly/loan-2.")
    comment_id = stage.post(sample)
    stage.wait_until_decided([comment_id], seconds=DECIDED_SECONDS)
    card = store.desk.card(comment_id, now=utc_now(), scope=EVERY_SITE)
    before = find_row(stage.installation.database_url, comment_id)
    text = f"I take that back, and say something else. (Edit {sample.key})"
    stage.journal.edited(comment_id, text)
    together = threading.Barrier(RIVALS)
    with ThreadPoolExecutor(RIVALS) as rivals:
        edit = rivals.submit(_edit, store, receipt_of(stage, key, comment_id), text, together)
        approval = rivals.submit(_approve_each, store, [(comment_id, card.version)], moderator, together)
    edit.result(), approval.result()
    wait_for(
        "the new text is checked", lambda: store.revisions.waiting_text(comment_id) is None, seconds=DECIDED_SECONDS
    )
    for entry in read_ledger(stage.installation.database_url).trails[comment_id]:
        if entry.made_by == "moderator" and entry.revision != before.revision:
            stage.journal.problem(f"{comment_id}: approved in revision {entry.revision}, seen was {before.revision}")


def receipt_of(stage: Stage, key: RootKey, comment_id: int) -> bytes:
    """Return what the author's link is looked up by."""
    return receipt_hash(receipt_token(key, find_nonce(stage.installation.database_url, comment_id)))


def _edit(store: Store, receipt: bytes, text: str, together: threading.Barrier) -> None:
    together.wait()
    with contextlib.suppress(StoreUnavailable, NotEditable):
        store.revisions.edit(receipt, text, now=utc_now())


def _race(stage: Stage, store: Store, rivals: ThreadPoolExecutor, comment_id: int, moderators: list[int]) -> None:
    card = store.desk.card(comment_id, now=utc_now(), scope=EVERY_SITE)
    together = threading.Barrier(RIVALS)

    def decide(status: Status, moderator: int) -> bool:
        together.wait()
        try:
            store.desk.decide(
                comment_id, status, version=card.version, moderator_id=moderator, now=utc_now(), scope=EVERY_SITE
            )
        except (StaleDecision, StoreUnavailable):
            return False
        return True

    wishes = [(Status.APPROVED, moderators[0]), (Status.REJECTED, moderators[1])]
    won = list(rivals.map(lambda wish: decide(*wish), wishes))
    # Both may lose, to the worker; both may never win.
    if all(won):
        stage.journal.problem(f"{comment_id}: two moderators won on the same version")


def _moderator(store: Store, login: str) -> int:
    found = store.moderators.find(login)
    return (
        found.id
        if found
        else store.moderators.add(login, "not a password hash", grants=[Grant(Role.MODERATOR)], now=utc_now()).id
    )
