"""The audit sample: published comments drawn for a look, judged once."""

from comments.status import Status
from comments.store import Store
from comments.store.pending import Settlement
from comments.store.records import Accepted, Site
from comments.verdict import Verdict
from tests import factories


def _settle_drawn(store: Store, status: Status, rate: float | None = 0.01) -> Accepted:
    accepted = factories.accept(store)
    claimed = factories.a_claimed(store, accepted)
    store.pending.settle([Settlement(claimed, Verdict(status, (), ()), audit_rate=rate)], factories.NOW)
    return accepted


def _drawn(store: Store, site: Site) -> list[int]:
    return [drawn.comment_id for drawn in store.samples.waiting(site.id)]


def test_drawn_approved_comment_waits_for_a_look(store: Store, site: Site) -> None:
    drawn = _settle_drawn(store, Status.APPROVED)

    [waiting] = store.samples.waiting(site.id)

    assert (waiting.comment_id, waiting.rate) == (drawn.id, 0.01)


def test_only_drawn_and_published_comments_are_in_the_sample(store: Store, site: Site) -> None:
    _settle_drawn(store, Status.HELD)
    _settle_drawn(store, Status.REJECTED)
    _settle_drawn(store, Status.APPROVED, rate=None)

    assert _drawn(store, site) == []
    assert store.samples.count(site.id) == (0, 0)


def test_confirmed_comment_stays_public_and_is_recorded(store: Store, site: Site) -> None:
    drawn, moderator = _settle_drawn(store, Status.APPROVED), factories.a_moderator(store)
    [waiting] = store.samples.waiting(site.id)

    made = store.samples.confirm(drawn.id, version=waiting.version, moderator_id=moderator.id, now=factories.NOW)

    record = store.desk.history(drawn.id)[-1]
    assert (record.id, record.new_status, record.moderator) == (made, Status.APPROVED, moderator.login)
    assert store.desk.card(drawn.id, now=factories.NOW).version == waiting.version
    assert _drawn(store, site) == []
    assert store.samples.count(site.id) == (1, 1)


def test_a_second_or_stale_confirmation_changes_nothing(store: Store, site: Site) -> None:
    drawn, moderator = _settle_drawn(store, Status.APPROVED), factories.a_moderator(store)
    [waiting] = store.samples.waiting(site.id)
    stale = store.samples.confirm(drawn.id, version=waiting.version - 1, moderator_id=moderator.id, now=factories.NOW)
    store.samples.confirm(drawn.id, version=waiting.version, moderator_id=moderator.id, now=factories.NOW)
    before = store.desk.history(drawn.id)

    again = store.samples.confirm(drawn.id, version=waiting.version, moderator_id=moderator.id, now=factories.NOW)

    assert (stale, again) == (None, None)
    assert store.desk.history(drawn.id) == before


def test_comment_taken_down_meanwhile_no_longer_waits(store: Store, site: Site) -> None:
    drawn, moderator = _settle_drawn(store, Status.APPROVED), factories.a_moderator(store)
    version = store.samples.waiting(site.id)[0].version

    store.desk.decide(drawn.id, Status.REJECTED, version=version, moderator_id=moderator.id, now=factories.NOW)

    assert _drawn(store, site) == []
