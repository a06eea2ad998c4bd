"""Sites: what editors set is what the workers get, and every change is a new policy version."""

from dataclasses import replace
from datetime import datetime

import pytest

from comments.policy import Mode, Policy
from comments.store import Store
from comments.store.sites import SiteExists
from tests import factories


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
