"""The learner's room: lessons out, models in and out, one site apart from another."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update

from comments import schema
from comments.lessons import standing
from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.learning import SETTLING_SECONDS, SiteModel
from comments.store.records import Site
from tests import factories

HEADS = ("spam", "abuse")
LATER = factories.NOW + timedelta(seconds=SETTLING_SECONDS)


def _decide(
    store: Store, status: Status, reason: Reason | None = None, *, now: datetime = factories.NOW, **comment: object
) -> tuple[int, int]:
    """Return (comment id, decision id) of a held comment that a moderator decided."""
    held, moderator = factories.a_held_comment(store, **comment), factories.a_moderator(store)
    card = store.desk.card(held.id, now=now, scope=EVERY_SITE)
    made = store.desk.decide(
        held.id, status, version=card.version, moderator_id=moderator.id, now=now, reason=reason, scope=EVERY_SITE
    )
    assert made.decision_id is not None
    return held.id, made.decision_id


def _model(site: Site, **changes: object) -> SiteModel:
    model = SiteModel(site.id, "abuse", "v1", "shipped", b"state", {"labels": 3}, True, 10, factories.NOW)
    return replace(model, **changes)  # type: ignore[arg-type]  # checked by SiteModel


def test_policys_decisions_are_no_lessons(store: Store, site: Site) -> None:
    factories.an_approved_comment(store)
    factories.a_rejected_comment(store)

    assert store.learning.lessons(site.id, limit=10) == ()
    assert store.learning.sites_with_news(HEADS, LATER) == ()


def test_moderators_decisions_are_lessons_in_their_order(store: Store, site: Site) -> None:
    rejected, first = _decide(store, Status.REJECTED, Reason.SPAM, text="Cheap loans for everybody.")
    approved, second = _decide(store, Status.APPROVED, text="Thank you for this report.")

    lessons = store.learning.lessons(site.id, limit=10)

    assert [(lesson.comment_id, lesson.last_id, lesson.text) for lesson in lessons] == [
        (rejected, first, "Cheap loans for everybody."),
        (approved, second, "Thank you for this report."),
    ]
    assert [lesson.marks[0].reason for lesson in lessons] == ["spam", None]
    assert store.learning.lessons(site.id, after=first, limit=10) == lessons[1:]
    assert store.learning.lessons(site.id, limit=1) == lessons[1:]


def test_decision_settles_before_it_is_learned(store: Store, site: Site) -> None:
    _, made = _decide(store, Status.APPROVED)

    early = LATER - timedelta(seconds=1)

    assert store.learning.sites_with_news(HEADS, early) == ()
    assert store.learning.settled_to(site.id, early) == 0
    assert store.learning.sites_with_news(HEADS, LATER) == (site.id,)
    assert store.learning.settled_to(site.id, LATER) == made


def test_undone_decision_comes_with_its_undoing(store: Store, site: Site) -> None:
    comment_id, made = _decide(store, Status.REJECTED, Reason.INSULT)
    moderator = factories.a_moderator(store)

    undone = store.desk.undo(made, moderator_id=moderator.id, now=factories.NOW, scope=EVERY_SITE)

    [lesson] = store.learning.lessons(site.id, after=made, limit=10)
    assert (lesson.comment_id, [mark.id for mark in lesson.marks]) == (comment_id, [made, undone.id])
    assert standing(lesson.marks) is None


def test_lessons_are_read_as_of_a_decision(store: Store, site: Site) -> None:
    made = [_decide(store, Status.APPROVED) for _ in range(3)]

    then = store.learning.lessons(site.id, limit=2, up_to=made[1][1])
    last = store.learning.lessons(site.id, limit=1)

    assert [lesson.comment_id for lesson in then] == [made[0][0], made[1][0]]
    assert [lesson.comment_id for lesson in last] == [made[2][0]]


def test_another_sites_lessons_and_models_are_never_read(store: Store, site: Site) -> None:
    _decide(store, Status.APPROVED, site="other")
    other = store.sites.find("other")
    assert other is not None
    store.learning.save(_model(other), seen_before=0)

    assert store.learning.sites_with_news(("abuse",), LATER) == (), "the other site's only decision is older than 10"
    assert store.learning.lessons(site.id, limit=10) == ()
    assert store.learning.active(site.id) == {}
    assert store.learning.trained_to(site.id, "abuse") == 0
    assert store.learning.active_versions([site.id]) == {}


def test_saved_model_takes_the_place_of_the_one_before(store: Store, site: Site) -> None:
    assert store.learning.save(_model(site), seen_before=0)

    assert store.learning.save(_model(site, version="v2", state=b"\x00\xff", trained_to_decision_id=20), seen_before=10)

    active = store.learning.active(site.id)["abuse"]
    assert (active.version, active.state, active.metrics) == ("v2", b"\x00\xff", {"labels": 3})
    assert store.learning.active_versions([site.id]) == {site.id: {"abuse": "v2"}}


def test_saving_twice_keeps_one(store: Store, site: Site) -> None:
    assert store.learning.save(_model(site), seen_before=0)

    again = store.learning.save(_model(site, version="twin"), seen_before=0)

    assert not again
    assert store.learning.active(site.id)["abuse"].version == "v1"


def test_refused_version_leaves_the_active_one(store: Store, site: Site) -> None:
    store.learning.save(_model(site), seen_before=0)

    store.learning.save(_model(site, version="bad", is_active=False, trained_to_decision_id=20), seen_before=10)

    assert store.learning.active(site.id)["abuse"].version == "v1"
    assert store.learning.trained_to(site.id, "abuse") == 20, "so that the same decisions are no news again"


def test_few_old_versions_are_kept(store: Store, site: Site) -> None:
    for number in range(8):
        model = _model(site, version=f"v{number}", trained_to_decision_id=number + 1)
        assert store.learning.save(model, seen_before=number)

    with store.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT version FROM site_models ORDER BY id").scalars().all()

    assert kept == ["v5", "v6", "v7"]


def test_models_on_top_of_other_shipped_weights_are_found(store: Store, site: Site) -> None:
    store.learning.save(_model(site), seen_before=0)

    assert store.learning.sites_taught_on_others("shipped") == ()
    assert store.learning.sites_taught_on_others("newer") == (site.id,)


def test_erased_and_edited_words_teach_nothing(store: Store, site: Site) -> None:
    kept, _ = _decide(store, Status.APPROVED)
    erased, _ = _decide(store, Status.APPROVED)
    edited, _ = _decide(store, Status.APPROVED)
    with store.database.write() as connection:
        comments = schema.comments
        connection.execute(update(comments).where(comments.c.id == erased).values(status="erased", text=""))
        connection.execute(update(comments).where(comments.c.id == edited).values(revision=2))

    assert [lesson.comment_id for lesson in store.learning.lessons(site.id, limit=10)] == [kept]


def test_forgotten_site_starts_again(store: Store, site: Site) -> None:
    store.learning.save(_model(site), seen_before=0)

    store.learning.forget(site.id)

    assert store.learning.active(site.id) == {}
    assert store.learning.trained_to(site.id, "abuse") == 0


def test_shadow_checks_of_a_site_are_kept(store: Store, site: Site) -> None:
    store.sites.set(replace(site, shadow_checks=("links", "spam_model")))

    found = store.sites.find(site.key)

    assert found is not None
    assert found.shadow_checks == ("links", "spam_model")
