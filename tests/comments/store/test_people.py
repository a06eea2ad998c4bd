"""People: an admin sees and changes the roles of their own sites; nobody their own; never the last admin's."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from comments import schema
from comments.roles import EVERY_SITE, Grant, Role, Scope
from comments.store import Store
from comments.store.people import LastAdmin, NoSuchPerson, OwnAccount
from comments.store.records import Moderator
from tests import factories
from tests.together import together


@pytest.fixture
def sites(store: Store) -> tuple[int, int]:
    """Two sites."""
    return factories.a_site(store, "daily").id, factories.a_site(store, "weekly").id


def grants(store: Store, login: str) -> set[Grant]:
    found = store.moderators.find(login)
    assert found
    return set(found.grants)


def a_person(store: Store, login: str, *given: Grant) -> Moderator:
    return factories.a_moderator(store, login, grants=given)


def test_admin_of_one_site_sees_the_roles_on_that_site_only(store: Store, sites: tuple[int, int]) -> None:
    # given: somebody on both sites, somebody on the other one, an admin of all
    daily, weekly = sites
    a_person(store, "both", Grant(Role.EDITOR, daily), Grant(Role.ADMIN, weekly))
    a_person(store, "here", Grant(Role.VIEWER, daily))
    a_person(store, "there", Grant(Role.VIEWER, weekly))
    a_person(store, "everywhere", Grant(Role.ADMIN))
    a_person(store, "nowhere")

    # then
    seen = store.people.within(Scope(frozenset({daily})))
    assert [(person.login, person.grants, person.is_wholly_seen) for person in seen] == [
        ("both", (Grant(Role.EDITOR, daily),), False),
        ("here", (Grant(Role.VIEWER, daily),), True),
    ]
    assert len(store.people.within(EVERY_SITE)) == 5
    assert store.people.within(Scope(frozenset())) == ()


def test_role_is_given_changed_and_taken_and_each_is_recorded(
    store: Store, sites: tuple[int, int], now: datetime
) -> None:
    # given
    daily, _ = sites
    admin = a_person(store, "admin", Grant(Role.ADMIN))
    ada = a_person(store, "ada")

    # when
    for role in (Role.VIEWER, Role.EDITOR, Role.EDITOR, None):
        store.people.set_role(ada.id, daily, role, made_by_id=admin.id, now=now)

    # then: what changed nothing is not recorded
    assert grants(store, "ada") == set()
    with store.database.read() as connection:
        events = connection.execute(select(schema.events).order_by(schema.events.c.id)).all()
    assert [(event.kind, event.site_id, event.moderator_id, json.loads(event.detail)) for event in events] == [
        ("role changed", daily, admin.id, {"moderator_id": ada.id, "old": old, "new": new})
        for old, new in ((None, "viewer"), ("viewer", "editor"), ("editor", None))
    ]


def test_role_on_every_site_is_one_role(store: Store, now: datetime) -> None:
    ada = a_person(store, "ada", Grant(Role.VIEWER))
    for role in (Role.MODERATOR, Role.EDITOR):
        store.people.set_role(ada.id, None, role, made_by_id=None, now=now)
    assert grants(store, "ada") == {Grant(Role.EDITOR)}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN, None])
def test_admin_of_one_site_changes_nothing_elsewhere(
    store: Store, sites: tuple[int, int], now: datetime, role: Role | None
) -> None:
    # given
    daily, weekly = sites
    admin = a_person(store, "admin", Grant(Role.ADMIN, daily), Grant(Role.EDITOR, weekly))
    here = a_person(store, "here", Grant(Role.MODERATOR, daily))
    there = a_person(store, "there", Grant(Role.MODERATOR, weekly))
    before = grants(store, "here"), grants(store, "there")

    # when: another site, every site, a person who has no role on the admin's site, nobody
    for moderator_id, site_id in (
        (here.id, weekly),
        (here.id, None),
        (there.id, weekly),
        (there.id, daily),
        (9, daily),
    ):
        with pytest.raises(NoSuchPerson):
            store.people.set_role(moderator_id, site_id, role, made_by_id=admin.id, now=now)
    with pytest.raises(NoSuchPerson):
        store.people.set_disabled(there.id, disabled=True, made_by_id=admin.id, now=now)

    # then
    assert (grants(store, "here"), grants(store, "there")) == before


def test_admin_of_one_site_keeps_nobody_out_of_another(store: Store, sites: tuple[int, int], now: datetime) -> None:
    daily, weekly = sites
    admin = a_person(store, "admin", Grant(Role.ADMIN, daily))
    both = a_person(store, "both", Grant(Role.VIEWER, daily), Grant(Role.VIEWER, weekly))
    with pytest.raises(NoSuchPerson):
        store.people.set_disabled(both.id, disabled=True, made_by_id=admin.id, now=now)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_whoever_is_no_admin_changes_nothing(store: Store, now: datetime, role: Role) -> None:
    other = a_person(store, "other", Grant(role))
    ada = a_person(store, "ada", Grant(Role.VIEWER))
    with pytest.raises(NoSuchPerson):
        store.people.set_role(ada.id, None, Role.ADMIN, made_by_id=other.id, now=now)


def test_nobody_changes_their_own_roles_or_keeps_themselves_out(
    store: Store, sites: tuple[int, int], now: datetime
) -> None:
    admin = a_person(store, "admin", Grant(Role.ADMIN, sites[0]))
    for site_id in (*sites, None):
        with pytest.raises(OwnAccount):
            store.people.set_role(admin.id, site_id, Role.ADMIN, made_by_id=admin.id, now=now)
    with pytest.raises(OwnAccount):
        store.people.set_disabled(admin.id, disabled=True, made_by_id=admin.id, now=now)
    assert grants(store, "admin") == {Grant(Role.ADMIN, sites[0])}


def test_last_admin_stays_one(store: Store, sites: tuple[int, int], now: datetime) -> None:
    # given: an admin of all, one of a site, and one who is kept out
    daily, _ = sites
    chief, local = a_person(store, "chief", Grant(Role.ADMIN)), a_person(store, "local", Grant(Role.ADMIN, daily))
    out = a_person(store, "out", Grant(Role.ADMIN))
    store.people.set_disabled(out.id, disabled=True, made_by_id=None, now=now)

    # then: an operator cannot take the last one away
    for change in (
        lambda: store.people.set_role(chief.id, None, Role.EDITOR, made_by_id=None, now=now),
        lambda: store.people.set_role(chief.id, None, None, made_by_id=None, now=now),
        lambda: store.people.set_disabled(chief.id, disabled=True, made_by_id=None, now=now),
    ):
        with pytest.raises(LastAdmin):
            change()
    assert grants(store, "chief") == {Grant(Role.ADMIN)}

    # but the site's, since the other may still change roles there
    store.people.set_role(local.id, daily, None, made_by_id=chief.id, now=now)
    assert grants(store, "local") == set()


def test_of_two_admins_who_take_each_other_s_role_one_stays(store: Store, now: datetime) -> None:
    # given
    ada, bisi = a_person(store, "ada", Grant(Role.ADMIN)), a_person(store, "bisi", Grant(Role.ADMIN))

    def take(of: Moderator, by: Moderator) -> Callable[[], bool]:
        def change() -> bool:
            try:
                store.people.set_role(of.id, None, None, made_by_id=by.id, now=now)
            except (NoSuchPerson, LastAdmin):
                return False
            return True

        return change

    # when: both at the same moment
    done = together([take(bisi, ada), take(ada, bisi)])

    # then
    assert sorted(done) == [False, True]
    assert sorted([len(grants(store, "ada")), len(grants(store, "bisi"))]) == [0, 1]


def test_whoever_is_kept_out_has_no_session_and_no_power_until_let_in_again(store: Store, now: datetime) -> None:
    # given
    hour = timedelta(hours=1)
    admin, ada = a_person(store, "admin", Grant(Role.ADMIN)), a_person(store, "ada", Grant(Role.ADMIN))
    token = store.sessions.open(ada.id, lasts=hour, now=now)
    assert store.sessions.find(token, idle=hour, now=now)

    # when
    store.people.set_disabled(ada.id, disabled=True, made_by_id=admin.id, now=now)

    # then: nothing they had open goes on, also after they are let in again
    with pytest.raises(NoSuchPerson):
        store.people.set_role(admin.id, None, None, made_by_id=ada.id, now=now)
    store.people.set_disabled(ada.id, disabled=False, made_by_id=admin.id, now=now)
    assert store.sessions.find(token, idle=hour, now=now) is None
    assert grants(store, "ada") == {Grant(Role.ADMIN)}
