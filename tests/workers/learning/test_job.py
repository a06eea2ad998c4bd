"""The learning job against a real store."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.learning import SETTLING_SECONDS, SiteModel
from comments.store.moves import Move, apply_moves
from comments.store.pending import Settlement
from comments.store.records import Site
from comments.verdict import Verdict
from tests import factories
from tests.workers.learning.samples import a_stage, a_text, stream, taught
from workers.learning.job import LEASE, has_news, learn_pending
from workers.learning.learner import SiteLearner, SiteScore
from workers.learning.packing import pack
from workers.learning.site_model import MIN_LABELS
from workers.model import FirstStage, Head
from workers.normalise import normalise

STAGE = a_stage(judges=False)
LATER = factories.NOW + timedelta(seconds=SETTLING_SECONDS)


def _later() -> datetime:
    return LATER


@dataclass(frozen=True)
class _Given:
    """A comment and what a moderator makes of it."""

    text: str
    label: int


def _decide(store: Store, given: Iterable[_Given], *, site: str = "demo", reason: Reason = Reason.INSULT) -> list[int]:
    """Have a moderator decide new comments; return the decisions' ids."""
    now, moderator, made = factories.NOW, factories.a_moderator(store), []
    judged = [(factories.accept(store, text=each.text, site=site), each.label) for each in given]
    waiting = Verdict(Status.HELD, (), ())
    store.pending.settle([Settlement(factories.a_claimed(store, it), waiting) for it, _ in judged], now)
    for accepted, label in judged:
        status, why = (Status.REJECTED, reason) if label else (Status.APPROVED, None)
        made.append(
            store.desk.decide(
                accepted.id, status, version=2, moderator_id=moderator.id, now=now, reason=why, scope=EVERY_SITE
            ).decision_id
        )
    return made


def _teach(store: Store, *, site: str = "demo", seed: int = 7, reason: Reason = Reason.INSULT) -> list[int]:
    """Have as many comments decided as it takes to have an opinion."""
    given = [_Given(f"{text} {seed} {number}", label) for number, (text, label) in enumerate(stream(90, seed=seed))]
    rude, clean = [it for it in given if it.label], [it for it in given if not it.label]
    both = zip(rude[:MIN_LABELS], clean[:MIN_LABELS], strict=True)
    return _decide(store, [it for pair in both for it in pair], site=site, reason=reason)


def _learn(store: Store, stage: FirstStage = STAGE, now: Callable[[], datetime] = _later) -> int:
    return learn_pending(store, stage, now=now)


def _ask(store: Store, site: Site, *, is_rude: bool = True, stage: FirstStage = STAGE) -> SiteScore | None:
    learner, text = SiteLearner(store.learning, stage.version), normalise(a_text(is_rude, random.Random(2)))
    learner.refresh([site.id])
    [shipped] = stage.score([text])
    return learner.score(site.id, text, shipped)[Head.ABUSE]


def test_moderators_decisions_become_an_opinion(store: Store, site: Site) -> None:
    _teach(store)
    assert has_news(store, LATER)
    assert _ask(store, site) is None

    _learn(store)

    rude, clean = _ask(store, site), _ask(store, site, is_rude=False)
    assert rude is not None
    assert clean is not None
    assert rude.is_doubtful
    assert not clean.is_doubtful
    assert not has_news(store, LATER)


def test_learning_twice_changes_nothing(sqlite_store: Store, site: Site) -> None:
    _teach(sqlite_store)
    _learn(sqlite_store)
    before = sqlite_store.learning.active(site.id)

    assert _learn(sqlite_store) == 0
    assert sqlite_store.learning.active(site.id) == before


def test_learning_in_steps_gives_what_learning_at_once_gives(sqlite_store: Store, site: Site) -> None:
    _teach(sqlite_store)
    _learn(sqlite_store)
    _decide(sqlite_store, [_Given(f"{text} later", label) for text, label in stream(10, seed=8)])
    _learn(sqlite_store)
    in_steps = _ask(sqlite_store, site)
    sqlite_store.learning.forget(site.id)

    _learn(sqlite_store)

    at_once = _ask(sqlite_store, site)
    assert in_steps is not None
    assert at_once is not None
    assert in_steps.labels == at_once.labels == 2 * MIN_LABELS + 10
    assert in_steps.probability == pytest.approx(at_once.probability, abs=1e-3)


def test_undone_decision_takes_its_label_back(sqlite_store: Store, site: Site) -> None:
    _teach(sqlite_store)
    [extra] = _decide(sqlite_store, [_Given("grakko wurgle once more", 1)])
    _learn(sqlite_store)
    before = _ask(sqlite_store, site)

    sqlite_store.desk.undo(
        extra, moderator_id=factories.a_moderator(sqlite_store).id, now=factories.NOW, scope=EVERY_SITE
    )
    _learn(sqlite_store)

    after = _ask(sqlite_store, site)
    assert before is not None
    assert after is not None
    assert (before.labels, after.labels) == (2 * MIN_LABELS + 1, 2 * MIN_LABELS)


def test_erased_comment_is_unlearned(sqlite_store: Store, site: Site) -> None:
    _teach(sqlite_store)
    [extra] = _decide(sqlite_store, [_Given("grakko wurgle once more", 1)])
    _learn(sqlite_store)
    before = _ask(sqlite_store, site)
    erased = sqlite_store.learning.lessons(site.id, limit=1)[0]
    assert erased.last_id == extra

    with sqlite_store.database.write() as connection:
        apply_moves(connection, [Move(erased.comment_id, Status.REJECTED, Status.ERASED, "reader")], factories.NOW)
    _decide(sqlite_store, [_Given("bawo gidi", 0)])
    _learn(sqlite_store)

    after = _ask(sqlite_store, site)
    assert before is not None
    assert after is not None
    assert (before.labels, after.labels) == (2 * MIN_LABELS + 1, 2 * MIN_LABELS + 1), "one came, one went"
    metrics = sqlite_store.learning.active(site.id)["abuse"].metrics
    assert (metrics["approved"], metrics["rejected"]) == (MIN_LABELS + 1, MIN_LABELS)


def test_other_sites_model_is_never_touched(sqlite_store: Store, site: Site) -> None:
    _teach(sqlite_store, site="demo")
    _learn(sqlite_store)
    mine = sqlite_store.learning.active(site.id)

    _teach(sqlite_store, site="other", seed=8)
    _learn(sqlite_store)

    other = sqlite_store.sites.find("other")
    assert other is not None
    assert sqlite_store.learning.active(site.id) == mine
    theirs = sqlite_store.learning.active(other.id)
    assert theirs.keys() == mine.keys()
    assert theirs["abuse"].state != mine["abuse"].state


def test_heads_learn_only_what_the_reason_speaks_of(sqlite_store: Store, site: Site) -> None:
    _teach(sqlite_store, reason=Reason.SPAM)

    _learn(sqlite_store)

    models = sqlite_store.learning.active(site.id)
    assert models["spam"].metrics["rejected"] == MIN_LABELS
    assert models["abuse"].metrics["rejected"] == 0
    assert _ask(sqlite_store, site) is None


def test_fresh_decision_waits_for_its_undoing(sqlite_store: Store, site: Site) -> None:
    _decide(sqlite_store, [_Given("bawo gidi", 0)])

    assert not has_news(sqlite_store, factories.NOW)
    assert _learn(sqlite_store, now=lambda: factories.NOW) == 0
    assert sqlite_store.learning.active(site.id) == {}


def test_newer_shipped_weights_teach_every_site_again(sqlite_store: Store, site: Site) -> None:
    _teach(sqlite_store)
    _learn(sqlite_store)
    newer = a_stage(judges=False, version="shipped-2")
    assert _ask(sqlite_store, site, stage=newer) is None

    assert _learn(sqlite_store, newer) == 2

    assert _ask(sqlite_store, site, stage=newer) is not None
    assert _learn(sqlite_store, newer) == 0


def test_only_one_learns_at_a_time(sqlite_store: Store, site: Site) -> None:
    _decide(sqlite_store, [_Given("bawo gidi", 0)])
    sqlite_store.leases.take(LEASE, "somebody else", seconds=60, now=LATER)

    assert _learn(sqlite_store) == 0
    assert sqlite_store.learning.active(site.id) == {}


def test_weights_that_turn_against_approved_comments_are_kept_back(sqlite_store: Store, site: Site) -> None:
    approved = _decide(sqlite_store, [_Given(f"quill oxbow {number} tansy", 0) for number in range(25)])
    state = pack(taught(300))  # it learned those approvals long ago, and has forgotten the words
    in_force = SiteModel(site.id, "abuse", "v1", STAGE.version, state, {}, True, approved[-1], factories.NOW)
    assert sqlite_store.learning.save(in_force, seen_before=0)

    last = _decide(sqlite_store, [_Given(f"quill oxbow {number} tansy.", 1) for number in range(40)])[-1]
    with capture_logs() as logs:
        _learn(sqlite_store)

    assert sqlite_store.learning.active(site.id)["abuse"] == in_force
    assert sqlite_store.learning.trained_to(site.id, "abuse") == last
    assert not has_news(sqlite_store, LATER)
    assert "site model kept back" in [entry["event"] for entry in logs]


def test_confirmed_audit_sample_weighs_what_it_stands_for(sqlite_store: Store, site: Site) -> None:
    accepted, moderator = factories.accept(sqlite_store), factories.a_moderator(sqlite_store)
    settlement = Settlement(
        factories.a_claimed(sqlite_store, accepted), Verdict(Status.APPROVED, (), ()), audit_rate=0.05
    )
    sqlite_store.pending.settle([settlement], factories.NOW)
    [drawn] = sqlite_store.samples.waiting(site.id)
    sqlite_store.samples.confirm(
        drawn.comment_id, version=drawn.version, moderator_id=moderator.id, now=factories.NOW, scope=EVERY_SITE
    )

    _learn(sqlite_store)

    [lesson] = sqlite_store.learning.lessons(site.id, limit=10)
    assert lesson.audit_rate == 0.05
    assert sqlite_store.learning.active(site.id)["abuse"].metrics["approved"] == 1
