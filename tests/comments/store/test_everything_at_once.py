"""Everybody at once: whatever moderators, authors and workers do in the same moment, every rule holds afterwards."""

import random
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

from comments.receipt import receipt_hash
from comments.roles import EVERY_SITE
from comments.status import ForbiddenMove, Status
from comments.store import Store, StoreUnavailable
from comments.store.appeals import NotAppealable
from comments.store.audit import NotThere
from comments.store.desk import StaleDecision
from comments.store.pending import Settlement
from comments.store.records import Accepted, Claimed
from comments.store.revisions import NotEditable
from comments.store.unsound import what_is_unsound
from comments.verdict import Verdict
from tests import factories
from tests.at_the_desk import a_campaign, mark_sensitive, version_of
from tests.together import together

NOW = factories.NOW
SECONDS = 3.0
# On a machine that is busy otherwise, until everything was done at least once.
PATIENCE_SECONDS = 60.0
THREADS = 8
# What one finds who comes too late. Anything else, and a deadlock above all, ends the test.
TOO_LATE = (StaleDecision, ForbiddenMove, NotThere, NotEditable, NotAppealable)
VERDICTS = (Status.APPROVED, Status.HELD, Status.HELD, Status.REJECTED)


class Crowd:
    """Moderators, authors and workers over a few comments, so that they meet."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.moderators = [factories.a_moderator(store, login).id for login in ("ada", "eve", "obi")]
        self.accepted: list[Accepted] = [factories.accept(store, text=f"Words {each}.") for each in range(24)]
        self.accepted += [factories.accept(store, thread="another", text=f"More {each}.") for each in range(8)]
        self.campaign = a_campaign(store, 12)
        self.batches: list[int] = []
        self.decisions: list[int] = []

    def ids(self) -> list[int]:
        return [each.id for each in self.accepted] + self.campaign

    def decide(self, dice: random.Random) -> None:
        comment_id = dice.choice(self.ids())
        new = dice.choice((Status.APPROVED, Status.HELD, Status.REJECTED))
        version = version_of(self.store, comment_id)
        outcome = self.store.desk.decide(comment_id, new, version=version, **self._by(dice))
        self.decisions += [outcome.decision_id] if outcome.decision_id else []

    def undo(self, dice: random.Random) -> None:
        if self.decisions:
            undone = self.store.desk.undo(dice.choice(self.decisions[-12:]), **self._by(dice))
            self.decisions.append(undone.id)

    def bulk(self, dice: random.Random) -> None:
        ids = dice.sample(self.ids(), 10)
        seen = [(each, version_of(self.store, each)) for each in ids]
        new = dice.choice((Status.APPROVED, Status.REJECTED))
        self._keep(self.store.bulk.decide(seen, new, **self._by(dice)).batch_id)

    def decide_campaign(self, dice: random.Random) -> None:
        wish = {"seen": self.campaign[-1], **self._by(dice)}
        self._keep(self.store.bulk.decide_campaign(self.campaign[0], Status.REJECTED, **wish).batch_id)

    def undo_batch(self, dice: random.Random) -> None:
        if self.batches:
            self._keep(self.store.bulk.undo(dice.choice(self.batches[-6:]), **self._by(dice)).batch_id)

    def edit(self, dice: random.Random) -> None:
        text = f"Words {dice.randrange(1000)}."
        self.store.revisions.edit(self._receipt(dice), text, now=NOW)

    def withdraw(self, dice: random.Random) -> None:
        if dice.random() < 0.05:  # else nothing would be left to meet over
            self.store.revisions.withdraw(self._receipt(dice), now=NOW)

    def settle(self, dice: random.Random) -> None:
        for claim in (self.store.pending.claim, self.store.pending.claim_edits):
            batch = claim(NOW, lease_seconds=60, limit=8)
            self.store.pending.settle([self._judged(each, dice) for each in batch[::-1]], NOW)

    def index(self, _: random.Random) -> None:
        self.store.search.index_waiting(NOW)

    def appeal(self, dice: random.Random) -> None:
        comment_id = dice.choice(self.ids())
        self.store.appeals.open(comment_id, "Why?", NOW)
        new = dice.choice((Status.REJECTED, Status.APPROVED))
        self.store.appeals.answer(comment_id, new, version=version_of(self.store, comment_id), **self._by(dice))

    def claim(self, dice: random.Random) -> None:
        by = self._by(dice)
        ids = dice.sample(self.ids(), 6)
        self.store.claims.take(ids, **by)
        self.store.claims.renew(ids[::-1], **by)
        self.store.claims.release(ids, by["moderator_id"])
        self.store.notes.add(ids[0], "Look.", **by)

    def _judged(self, claimed: Claimed, dice: random.Random) -> Settlement:
        alike = tuple(each for each in dice.sample(self.ids(), 3) if each < claimed.id)
        verdict = Verdict(dice.choice(VERDICTS), ("The dice say so.",), ())
        return Settlement(claimed, verdict, ((0, claimed.id),), alike=alike, audit_rate=0.5)

    def _by(self, dice: random.Random) -> dict[str, object]:
        return {"moderator_id": dice.choice(self.moderators), "scope": EVERY_SITE, "now": NOW}

    def _receipt(self, dice: random.Random) -> bytes:
        return receipt_hash(factories.receipt_of(dice.choice(self.accepted)))

    def _keep(self, batch_id: int | None) -> None:
        self.batches += [batch_id] if batch_id else []


def test_whatever_everybody_does_at_once_every_rule_holds(store: Store) -> None:
    # given
    crowd = Crowd(store)
    actions = [
        *(crowd.decide, crowd.undo, crowd.bulk, crowd.decide_campaign, crowd.undo_batch),
        *(crowd.edit, crowd.edit, crowd.settle, crowd.settle, crowd.withdraw, crowd.appeal, crowd.claim, crowd.index),
    ]
    begun_at, wanted = time.monotonic(), {action.__name__ for action in actions} | {"too late"}

    def go_on() -> bool:
        passed_seconds = time.monotonic() - begun_at
        return passed_seconds < SECONDS or (bool(wanted) and passed_seconds < PATIENCE_SECONDS)

    def act(seed: int) -> Counter[str]:
        dice, done = random.Random(seed), Counter[str]()
        while go_on():
            action: Callable[[random.Random], None] = dice.choice(actions)
            try:
                action(dice)
                done[action.__name__] += 1
            except TOO_LATE:
                done["too late"] += 1
            except StoreUnavailable:
                # SQLite's writers queue up, and whoever has waited for long is told to come back. Nobody else is.
                if not store.database.is_sqlite:
                    raise
            wanted.difference_update(done)
            if seed == 0 and done.total() == 20:
                mark_sensitive(store)
        return done

    # when
    done = sum(together([partial(act, seed) for seed in range(THREADS)]), Counter[str]())

    # then
    assert not wanted, "else this proves nothing"
    assert what_is_unsound(store.database) == ()
    print(done)  # how much of each, with -s
