"""The learning job: turns what moderators decided into each site's models, in the background.

The only module of the learner that meets the store. Wired like the drain: a name without arguments.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import structlog

from comments.lessons import Lesson
from comments.store import Store
from comments.store.learning import Learning, SiteModel
from workers import runtime
from workers.learning.gate import APPROVED_COMMENTS, GateResult, pass_gate
from workers.learning.labels import HEADS, label_of
from workers.learning.lessons import MOST_LESSONS, Classroom, TakenBack, new_labels, teach, teach_from_start
from workers.learning.packing import SiteModelUnreadable, pack, unpack, version_of
from workers.learning.site_model import Example, HeadModel
from workers.model import FirstStage, Head, load_model

log = structlog.get_logger()

LEASE = "learner"
LEASE_SECONDS = 120
# After so long no other site is begun: comments wait behind this job. The sweeper rings again while there is news.
BUDGET_SECONDS = 5.0


def learn() -> None:
    """Learn what moderators decided since the last time, site by site.

    Safe to run twice, or in two places at once: a lease lets one in, and a model is kept only if its versions have seen
    exactly the decisions that were seen when it was read.
    """
    here = runtime.current()
    learn_pending(here.store, shipped_stage(), now=here.now, beat=here.beat)


@lru_cache(maxsize=1)
def shipped_stage() -> FirstStage:
    """Return the shipped models, loaded when a process first learns."""
    return load_model()


def has_news(store: Store, now: datetime) -> bool:
    """Say whether some site's decisions wait to be learned: then the sweeper rings. Raises StoreUnavailable."""
    return bool(store.learning.sites_with_news(HEADS, now))


def learn_pending(
    store: Store,
    stage: FirstStage,
    *,
    now: Callable[[], datetime],
    beat: Callable[[], None] = lambda: None,
    holder: str = "learner",
    budget_seconds: float = BUDGET_SECONDS,
    monotonic: Callable[[], float] = time.monotonic,
) -> int:
    """Learn site after site until nothing is new or the time is up. Returns how many versions were kept.

    `beat` is called all the while: whoever calls this is alive. Raises StoreUnavailable; what was kept stays.
    """
    if not store.leases.take(LEASE, holder, seconds=LEASE_SECONDS, now=now()):
        return 0
    ends_at, kept = monotonic() + budget_seconds, 0
    try:
        outdated = store.learning.sites_taught_on_others(stage.version)
        for site_id in sorted({*outdated, *store.learning.sites_with_news(HEADS, now())}):
            classroom = Classroom(stage, beat)
            kept += sum(Course(store.learning, classroom, site_id, head).learn(now()) for head in HEADS)
            if monotonic() >= ends_at:
                break
    finally:
        store.leases.give_back(LEASE, holder)
    return kept


@dataclass(frozen=True, slots=True)
class Course:
    """One site's learning for one head."""

    learning: Learning
    classroom: Classroom
    site_id: int
    head: Head

    def learn(self, now: datetime) -> bool:
        """Learn the new decisions. Returns whether a version was kept, in force or not."""
        seen_before = self.learning.trained_to(self.site_id, self.head)
        stored, up_to = self.learning.active(self.site_id).get(self.head), self.learning.settled_to(self.site_id, now)
        before = self._unpacked(stored)
        if up_to <= seen_before and (stored is None or before is not None):
            return False
        after = self._taught(stored, up_to)
        gate = pass_gate(before, after, self._approved(up_to))
        if not gate.is_open:
            log.warning("site model kept back", site_id=self.site_id, head=self.head, held=gate.after)
        return self.learning.save(self._packed(after, gate, up_to, now), seen_before=seen_before)

    def _unpacked(self, stored: SiteModel | None) -> HeadModel | None:
        """Return the stored model, None when this version of the program and of its weights cannot go on from it."""
        if stored is None or stored.shipped_version != self.classroom.shipped_version:
            return None
        try:
            return unpack(stored.state)
        except SiteModelUnreadable:
            return None

    def _taught(self, stored: SiteModel | None, up_to: int) -> HeadModel:
        """Return the model in force with what is new, or one built from the start where that cannot be."""
        model = self._unpacked(stored)
        # What was erased must not live on as counts.
        if stored is not None and model is not None and not self._has_erased(stored):
            learned_to = stored.trained_to_decision_id
            lessons = self._lessons(up_to, after=learned_to)
            try:
                teach(model, new_labels(lessons, self.head, learned_to=learned_to), self.head, self.classroom)
            except TakenBack:
                log.info("site model built again", site_id=self.site_id, head=self.head)
            else:
                return model
        return teach_from_start(self._lessons(up_to), self.head, self.classroom)

    def _has_erased(self, stored: SiteModel) -> bool:
        return self.learning.has_erased(self.site_id, after=stored.trained_to_decision_id)

    def _approved(self, up_to: int) -> list[Example]:
        """Return the last approved comments, decided at any time up to now."""
        lessons = self._lessons(up_to, limit=3 * APPROVED_COMMENTS)
        approved = [lesson for lesson in lessons if label_of(lesson.marks, self.head) == 0]
        return self.classroom.examples(approved[-APPROVED_COMMENTS:], self.head)

    def _lessons(self, up_to: int, *, after: int = 0, limit: int = MOST_LESSONS) -> tuple[Lesson, ...]:
        return self.learning.lessons(self.site_id, after=after, up_to=up_to, limit=limit)

    def _packed(self, model: HeadModel, gate: GateResult, up_to: int, now: datetime) -> SiteModel:
        state = pack(model)
        return SiteModel(
            site_id=self.site_id,
            head=self.head.value,
            version=version_of(state),
            shipped_version=model.shipped_version,
            state=state,
            metrics=metrics_of(model, gate),
            is_active=gate.is_open,
            trained_to_decision_id=up_to,
            created_at=now,
        )


def metrics_of(model: HeadModel, gate: GateResult) -> dict[str, object]:
    """Return what operators may want to know of a version. No words, no ids."""
    approved, rejected = model.tally.sum(axis=(0, 1)).tolist()
    return {
        "approved": approved,
        "rejected": rejected,
        "choice": model.choice.name.lower(),
        "log_loss": {kind.name.lower(): round(loss, 4) for kind, loss in model.losses().items()},
        "hold_at": model.bands.hold_at,
        "reject_at": model.bands.reject_at,
        "approved_compared": gate.approved,
        "would_hold_before": gate.before,
        "would_hold_after": gate.after,
        "kept_back": not gate.is_open,
    }
