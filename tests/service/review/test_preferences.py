"""A moderator's own desk: keys chosen and checked, kept for one moderator alone, by a form that needs no script."""

from collections.abc import Callable

import pytest
from flask import Flask

from comments.preferences import Preferences, preferences_from_json
from comments.store import Store
from service.review.keymap import Action, BadKeys, chosen_keys, keys_of
from tests import factories
from tests.service.review.conftest import Browser
from tests.service.review.pages import Page

ADDRESS = "/review/preferences"


def test_chosen_keys_are_kept_and_shown_on_every_page(ada: Browser, sqlite_store: Store) -> None:
    # given
    factories.a_held_comment(sqlite_store)

    # when
    answer = ada.press(ada.open(ADDRESS), ADDRESS, keys_on="yes", **{"key-a": "Q", "key-s": "!"})

    # then: in small letters, on the buttons and for the script
    assert answer.status_code == 303
    page = ada.open()
    assert 'aria-keyshortcuts="q"' in page.html
    assert "<kbd>q</kbd>" in page.html
    assert 'aria-keyshortcuts="!"' in page.html
    assert "&#34;a&#34;: &#34;q&#34;" in page.html
    assert "Kept." in ada.open(answer.location).text


def test_two_actions_on_one_key_are_refused_and_nothing_is_kept(ada: Browser, sqlite_store: Store) -> None:
    answer = ada.press(ada.open(ADDRESS), ADDRESS, **{"key-a": "s", "key-x": "7", "key-n": "ab"})
    page = Page(answer.text)
    assert answer.status_code == 400
    assert page.text.count("Another action has this key.") == 2
    assert "1 to 7 open the lists." in page.text
    assert "Use one small letter, digit or sign." in page.text
    assert page.form(ADDRESS).fields["key-a"] == "s"
    assert sqlite_store.preferences.of(factories.a_moderator(sqlite_store).id) == Preferences()


def test_two_actions_may_swap_their_keys(ada: Browser, sqlite_store: Store) -> None:
    ada.press(ada.open(ADDRESS), ADDRESS, **{"key-a": "s", "key-s": "a"})
    assert sqlite_store.preferences.of(factories.a_moderator(sqlite_store).id).keys == {"a": "s", "s": "a"}


def test_keys_go_back_to_how_they_were_made(ada: Browser, sqlite_store: Store) -> None:
    moderator = factories.a_moderator(sqlite_store)
    sqlite_store.preferences.set(moderator.id, Preferences(keys_on=False, keys={"a": "q"}))
    ada.press(ada.open(ADDRESS), ADDRESS, wish="defaults")
    assert sqlite_store.preferences.of(moderator.id) == Preferences()


def test_switched_off_keys_stand_on_no_button(ada: Browser, sqlite_store: Store) -> None:
    factories.a_held_comment(sqlite_store)
    form = ada.open(ADDRESS).form(ADDRESS)
    del form.fields["keys_on"]
    ada.client.post(ADDRESS, data=form.fields, headers={"Origin": "http://localhost"})
    page = ada.open()
    assert "aria-keyshortcuts" not in page.attributes
    assert "&#34;on&#34;: false" in page.html


def test_preferences_are_ones_own(ada: Browser, app: Flask, log_in: Callable[..., Browser]) -> None:
    ada.press(ada.open(ADDRESS), ADDRESS, keys_on="yes", **{"key-a": "q"})
    assert log_in(app, "bisi").open(ADDRESS).form(ADDRESS).fields["key-a"] == "a"


def test_desk_speaks_the_language_that_was_chosen(ada: Browser, sqlite_store: Store) -> None:
    ada.press(ada.open(ADDRESS), ADDRESS, language="fr")
    assert '<html lang="fr"' in ada.open().html
    ada.press(ada.open(ADDRESS), ADDRESS, language="tlh")
    assert sqlite_store.preferences.of(factories.a_moderator(sqlite_store).id).language == ""


@pytest.mark.parametrize("raw", ["[]", '{"keys": 7, "keys_on": "yes", "more": 1}', '{"language": null}'])
def test_what_another_release_kept_is_read_as_far_as_it_is_understood(raw: str) -> None:
    assert preferences_from_json(raw) == Preferences()


def test_kept_keys_that_make_no_sense_any_more_are_the_usual_ones() -> None:
    # given: a release that gives a chosen key to a new action
    kept = Preferences(keys={"a": "j"})
    assert keys_of(kept)[Action.APPROVE] == "a"
    with pytest.raises(BadKeys):
        chosen_keys({Action.APPROVE: "j"})
