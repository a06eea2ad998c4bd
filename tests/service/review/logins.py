"""Log in the way people do: by the form, with a password, and with the code a phone would show."""

import re
from datetime import datetime

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.roles import Grant, Role
from comments.store import Store
from service.auth.passwords import hash_password
from tests import factories
from tests.service.review.conftest import OURS
from tests.service.review.pages import Page

PASSWORD = "harmattan dust at noon"
_HASH = hash_password(PASSWORD)


def a_person(store: Store, login: str = "ada", grants: tuple[Grant, ...] = (Grant(Role.ADMIN),)) -> int:
    """Add a moderator with the password; return the id."""
    return factories.a_moderator(store, login, password_hash=_HASH, grants=grants).id


def send(client: FlaskClient, address: str, form: int = 0, *, ip: str = "203.0.113.7", **typed: str) -> TestResponse:
    """Open a page and send one of its forms with what is typed."""
    chosen = Page(client.get(address).text).forms[form]
    environ = {"REMOTE_ADDR": ip}
    return client.post(chosen.action, data={**chosen.fields, **typed}, headers=OURS, environ_base=environ)


def submit(client: FlaskClient, address: str, ending: str, **typed: str) -> TestResponse:
    """Open a page and send the form whose address ends so."""
    form = Page(client.get(address).text).form(ending)
    return client.post(form.action, data={**form.fields, **typed}, headers=OURS)


def log_in(
    app: Flask, login: str = "ada", *, ip: str = "203.0.113.7", client: FlaskClient | None = None
) -> FlaskClient:
    """Return a browser that has shown this login and the password."""
    client = client or app.test_client()
    assert send(client, "/review/login", login=login, password=PASSWORD, ip=ip).status_code == 303
    return client


def show_code(client: FlaskClient, code: str, *, ip: str = "203.0.113.7") -> TestResponse:
    """Type a code at the second step."""
    return send(client, "/review/login/code", code=code, ip=ip)


def enrol(client: FlaskClient, now: datetime) -> tuple[str, list[str]]:
    """Set up a second factor; return its secret and the recovery codes."""
    page = client.get("/review/account/second-factor").text
    found = re.search(r'<p class="secret">([A-Z2-7 ]+)</p>', page)
    assert found
    secret = found[1].replace(" ", "")
    form = Page(page).forms[0]
    sent = {**form.fields, "code": code_at(secret, now)}
    answer = client.post(form.action, data=sent, headers=OURS)
    assert answer.status_code == 200, answer.text
    return secret, re.findall(r"<code>([\w-]+)</code>", answer.text)


def code_at(secret: str, now: datetime) -> str:
    """Return what the phone shows."""
    return pyotp.TOTP(secret).at(now)


def is_in(client: FlaskClient) -> bool:
    """Say whether the desk opens."""
    return client.get("/review/account").status_code == 200
