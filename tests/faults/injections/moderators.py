"""R-09: two moderators on one card, a moderator against the worker, many against one."""

import threading
from concurrent.futures import ThreadPoolExecutor

from comments.roles import EVERY_SITE, Grant, Role
from comments.status import Status
from comments.store import Store, StoreUnavailable, open_store
from comments.store.desk import StaleDecision
from ops.clock import utc_now
from tests.faults.stage import Stage

CARDS = 10
RIVALS = 2
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
