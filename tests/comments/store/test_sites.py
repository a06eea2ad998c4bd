"""Sites: what editors set is what the workers get, and every change is a new policy version."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from comments import schema
from comments.policy import BurstMode, Mode, Policy, ProofMode
from comments.store import Store
from comments.store.records import Site
from comments.store.sites import SITE_CHANGED, SiteChange, SiteExists, StaleSite
from tests import factories
from tests.together import together


def test_a_new_site_has_the_default_policy(store: Store, now: datetime) -> None:
    site = store.sites.add("demo", "The Demo", origins=("https://news.example",), now=now)

    assert site == store.sites.find("demo")
    assert site.policy == Policy(Mode.HOLD_DOUBTFUL, 0.5, "1")
    assert site.origins == ("https://news.example",)


def test_a_key_is_given_once(store: Store, now: datetime) -> None:
    factories.a_site(store, "demo")

    with pytest.raises(SiteExists):
        store.sites.add("demo", "Another", now=now)
    assert [site.name for site in store.sites.all()] == ["The demo news"]


def test_an_unknown_site_is_none(store: Store) -> None:
    assert store.sites.find("nobody") is None
    assert store.sites.all() == ()


def test_every_change_is_a_new_policy_version(store: Store) -> None:
    site = factories.a_site(store)
    changed = store.sites.set(
        replace(
            site,
            name="Ìròyìn",
            policy=replace(site.policy, mode=Mode.HOLD_ALL, hold_at=0.25),
            blocked_words=("casino", 'quo"te', "ọ̀rọ̀"),
            held_words=("lottery",),
        )
    )

    assert changed == store.sites.find("demo")
    assert changed.policy == Policy(Mode.HOLD_ALL, 0.25, "2")
    assert changed.blocked_words == ("casino", 'quo"te', "ọ̀rọ̀")


def test_sites_are_listed_by_key(store: Store) -> None:
    for key in ("b", "c", "a"):
        factories.a_site(store, key)

    assert [site.key for site in store.sites.all()] == ["a", "b", "c"]


def _everything(site: Site) -> Site:
    policy = replace(site.policy, mode=Mode.HOLD_FIRST, spam_false_positives=0.01, abuse_false_positives=0.005)
    return replace(
        site,
        policy=policy,
        blocked_words=("casino", "crypto*"),
        allowed_words=("Gidan Banza",),
        close_after_days=14,
        burst_mode=BurstMode.AUTO,
        proof_of_work=ProofMode.ALWAYS,
        rejected_text_days=7,
        identity_days=90,
        requires_second_factor=True,
        language="ha",
        contact_url="https://news.example/contact",
    )


def test_all_that_editors_set_is_kept(store: Store, now: datetime) -> None:
    site = factories.a_site(store)

    saved = store.sites.change(_everything(site), moderator_id=None, now=now)

    assert saved == store.sites.find("demo")
    assert saved == replace(_everything(site), policy=replace(_everything(site).policy, version="2"))


def test_a_change_is_recorded_with_what_it_was_before(store: Store, now: datetime) -> None:
    ada = factories.a_moderator(store)
    site = store.sites.change(
        replace(factories.a_site(store), blocked_words=("casino", "lottery")), moderator_id=ada.id, now=now
    )

    changed = replace(site, policy=replace(site.policy, mode=Mode.HOLD_ALL), blocked_words=("casino", "crypto*"))
    store.sites.change(changed, moderator_id=ada.id, now=now)

    [_, event] = _events(store)
    assert (event.site_id, event.moderator_id, event.kind) == (site.id, ada.id, SITE_CHANGED)
    assert json.loads(event.detail) == {
        "version": "3",
        "changed": {
            "mode": {"from": "hold_doubtful", "to": "hold_all"},
            "blocked_words": {"added": ["crypto*"], "removed": ["lottery"]},
        },
    }


def test_of_two_editors_the_second_changes_nothing_and_learns_who_was_first(store: Store, now: datetime) -> None:
    ada, ben = factories.a_moderator(store, "ada"), factories.a_moderator(store, "ben")
    seen = factories.a_site(store)
    store.sites.change(replace(seen, name="Ada's"), moderator_id=ada.id, now=now)

    with pytest.raises(StaleSite) as raised:
        store.sites.change(replace(seen, name="Ben's"), moderator_id=ben.id, now=now)

    assert raised.value.latest == SiteChange("ada", now)
    assert [site.name for site in store.sites.all()] == ["Ada's"]
    assert len(_events(store)) == 1


def test_of_two_editors_at_the_same_moment_one_is_too_late(store: Store, now: datetime) -> None:
    seen = factories.a_site(store)

    def change(name: str) -> str:
        try:
            return store.sites.change(replace(seen, name=name), moderator_id=None, now=now).name
        except StaleSite:
            return ""

    done = together([lambda name=name: change(name) for name in ("A", "B", "C")])

    assert sorted(map(bool, done)) == [False, False, True]
    assert [site.name for site in store.sites.all()] == [max(done)]


def test_a_change_that_changes_nothing_leaves_no_trace(store: Store, now: datetime) -> None:
    site = factories.a_site(store)

    assert store.sites.change(site, moderator_id=None, now=now) == site
    assert _events(store) == []
    assert store.sites.last_change(site.id) is None


def _events(store: Store) -> list[Any]:
    with store.database.read() as connection:
        return list(connection.execute(select(schema.events).order_by(schema.events.c.id)))
