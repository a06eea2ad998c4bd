"""Invitations: one link, one role, once; and only while the inviter could still give it."""

from datetime import datetime, timedelta

import pytest

from comments.roles import EVERY_SITE, Grant, Role, Scope
from comments.store import Store
from comments.store.invitations import HasRole, NoSuchInvitation
from comments.store.moderators import LoginTaken, SubjectTaken
from comments.store.people import NoSuchPerson
from comments.store.records import Moderator
from tests import factories
from tests.together import together

WEEK = timedelta(days=7)


@pytest.fixture
def site_id(store: Store) -> int:
    """A site."""
    return factories.a_site(store, "daily").id


@pytest.fixture
def admin(store: Store, site_id: int) -> Moderator:
    """Its admin."""
    return factories.a_moderator(store, "admin", grants=[Grant(Role.ADMIN, site_id)])


@pytest.fixture
def token(store: Store, site_id: int, admin: Moderator, now: datetime) -> str:
    """An invitation to moderate there."""
    return store.invitations.add(site_id, Role.MODERATOR, invited_by_id=admin.id, lasts=WEEK, now=now)


def is_live(store: Store, token: str, now: datetime) -> bool:
    try:
        store.invitations.find(token, now=now)
    except NoSuchInvitation:
        return False
    return True


def test_invitation_makes_a_moderator_of_its_role_once(store: Store, site_id: int, token: str, now: datetime) -> None:
    made = store.invitations.accept_as_new(token, "new", "hash", now=now)
    assert made == store.moderators.find("new")
    assert made.grants == (Grant(Role.MODERATOR, site_id),)
    with pytest.raises(NoSuchInvitation):
        store.invitations.accept_as_new(token, "eve", "hash", now=now)
    assert store.moderators.find("eve") is None


def test_of_many_who_follow_a_link_at_once_one_comes_in(store: Store, token: str, now: datetime) -> None:
    def follow(number: int) -> bool:
        try:
            store.invitations.accept_as_new(token, f"new{number}", "hash", now=now)
        except NoSuchInvitation:
            return False
        return True

    done = together([lambda number=number: follow(number) for number in range(4)])
    assert sum(done) == 1


def test_looking_changes_nothing_and_a_week_ends_it(store: Store, token: str, now: datetime) -> None:
    assert all(is_live(store, token, now) for _ in range(3))
    assert is_live(store, token, now + WEEK - timedelta(seconds=1))
    assert not is_live(store, token, now + WEEK)
    assert store.invitations.waiting(EVERY_SITE, now=now + WEEK) == ()


def test_login_that_is_taken_leaves_the_link(store: Store, token: str, now: datetime) -> None:
    with pytest.raises(LoginTaken):
        store.invitations.accept_as_new(token, "admin", "hash", now=now)
    assert is_live(store, token, now)


def test_provider_s_account_of_another_moderator_leaves_the_link(
    store: Store, admin: Moderator, token: str, now: datetime
) -> None:
    store.moderators.link_subject(admin.id, "subject", now=now)
    with pytest.raises(SubjectTaken):
        store.invitations.accept_as_new(token, "new", "", subject="subject", now=now)
    assert store.moderators.find("new") is None
    assert is_live(store, token, now)


def test_somebody_who_is_there_takes_a_role_on_another_site_and_keeps_theirs(
    store: Store, site_id: int, token: str, now: datetime
) -> None:
    elsewhere = factories.a_site(store, "weekly").id
    ada = factories.a_moderator(store, "ada", grants=[Grant(Role.EDITOR, elsewhere)])
    store.invitations.accept(token, ada.id, now=now)
    found = store.moderators.find("ada")
    assert found
    assert set(found.grants) == {Grant(Role.EDITOR, elsewhere), Grant(Role.MODERATOR, site_id)}
    assert not is_live(store, token, now)


def test_nobody_changes_a_role_they_have_by_an_invitation(
    store: Store, admin: Moderator, token: str, now: datetime
) -> None:
    # given: an admin follows the link to a lesser role, by which the site would lose its last one
    with pytest.raises(HasRole):
        store.invitations.accept(token, admin.id, now=now)
    assert store.moderators.find("admin") == admin
    assert is_live(store, token, now)


@pytest.mark.parametrize("end", ["disabled", "demoted"])
def test_link_serves_while_its_inviter_may_invite(
    store: Store, admin: Moderator, token: str, now: datetime, end: str
) -> None:
    # given
    factories.a_moderator(store, "chief")
    site_id = admin.grants[0].site_id

    # when
    if end == "disabled":
        store.people.set_disabled(admin.id, disabled=True, made_by_id=None, now=now)
    else:
        store.people.set_role(admin.id, site_id, Role.EDITOR, made_by_id=None, now=now)

    # then
    assert not is_live(store, token, now)
    with pytest.raises(NoSuchInvitation):
        store.invitations.accept_as_new(token, "new", "hash", now=now)


def test_nobody_invites_beyond_their_sites(store: Store, admin: Moderator, now: datetime) -> None:
    other = factories.a_site(store, "weekly").id
    for site_id in (other, None):
        with pytest.raises(NoSuchPerson):
            store.invitations.add(site_id, Role.VIEWER, invited_by_id=admin.id, lasts=WEEK, now=now)


def test_waiting_invitations_are_seen_and_revoked_by_admins_of_the_site(
    store: Store, site_id: int, admin: Moderator, token: str, now: datetime
) -> None:
    # given: an admin of another site
    other = factories.a_site(store, "weekly").id
    stranger = factories.a_moderator(store, "stranger", grants=[Grant(Role.ADMIN, other)])
    [waiting] = store.invitations.waiting(Scope(frozenset({site_id})), now=now)
    assert (waiting.role, waiting.site_name, waiting.invited_by) == (Role.MODERATOR, "The daily news", "admin")
    assert store.invitations.waiting(Scope(frozenset({other})), now=now) == ()

    # when
    with pytest.raises(NoSuchInvitation):
        store.invitations.revoke(waiting.id, made_by_id=stranger.id, now=now)
    assert is_live(store, token, now)
    store.invitations.revoke(waiting.id, made_by_id=admin.id, now=now)

    # then
    assert not is_live(store, token, now)
