"""Forged forms: what the browser says of itself, and tokens for forms without a session."""

from datetime import timedelta

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from comments.identity import RootKey
from service.auth.forms import form_token, is_form_token, is_from_our_page
from tests import factories

NOW, KEY = factories.NOW, factories.ROOT_KEY


def a_request(**headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(EnvironBuilder(method="POST", base_url="https://desk.example", headers=named).get_environ())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://desk.example"},
        {"Origin": "https://desk.example", "Sec_Fetch_Site": "same-origin"},
        {"Origin": "null", "Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
    ],
)
def test_our_own_page_is_believed(headers: dict[str, str]) -> None:
    assert is_from_our_page(a_request(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "https://desk.example.evil.example"},
        {"Origin": "https://desk.example:444"},
        {"Origin": "http://[::1"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://desk.example", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "https://evil.example", "Sec_Fetch_Site": "same-origin"},
    ],
)
def test_another_page_is_not_believed(headers: dict[str, str]) -> None:
    assert not is_from_our_page(a_request(**headers))


def test_form_token_is_good_for_its_browser_its_form_and_an_hour() -> None:
    token = form_token(KEY, "browser", "login", NOW)
    assert is_form_token(token, KEY, "browser", "login", now=NOW + timedelta(minutes=59))
    assert not is_form_token(token, KEY, "another browser", "login", now=NOW)
    assert not is_form_token(token, KEY, "browser", "setup", now=NOW)
    assert not is_form_token(token, KEY, "browser", "login", now=NOW + timedelta(minutes=61))
    assert not is_form_token(token, KEY, "browser", "login", now=NOW - timedelta(minutes=2))
    assert not is_form_token(token, RootKey(b"x" * 32), "browser", "login", now=NOW)


def test_form_given_out_before_a_rotation_is_good_after_it() -> None:
    token = form_token(KEY, "browser", "login", NOW)
    rotated = RootKey(b"x" * 32, others=(KEY,))

    assert is_form_token(token, rotated, "browser", "login", now=NOW)
    assert not is_form_token(form_token(rotated, "browser", "login", NOW), KEY, "browser", "login", now=NOW)


@pytest.mark.parametrize("token", ["", ".", "1.x", "abc", "1" * 40 + "." + "A" * 22, "é.é"])
def test_token_of_another_shape_is_refused(token: str) -> None:
    assert not is_form_token(token, KEY, "browser", "login", now=NOW)


def test_form_token_without_its_cookie_is_refused() -> None:
    assert not is_form_token(form_token(KEY, "", "login", NOW), KEY, "", "login", now=NOW)
