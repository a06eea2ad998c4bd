"""Sends the desk what nobody's page sends, as somebody who is logged in, and says what is wrong with the answer."""

import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from urllib.parse import quote_plus

from flask import Flask
from werkzeug.test import TestResponse

import service
from service.headers import HEADERS
from tests.corpus.cases import CANARY, JSON, URLENCODED, Case
from tests.corpus.desk_cases import Attack, Form, named_in_address, watch
from tests.corpus.desk_stage import BINDING, Stage, Target
from tests.corpus.desk_values import MARK, TYPED
from tests.corpus.oracle import NEVER_SHOWN, PROBLEM, Oracle, Outcome, wrong_with_problem

FINE = frozenset({200, 201, 303, 304, 308})
REFUSED = frozenset({400, 401, 403, 404, 405, 409, 411, 413, 415, 422, 429})
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "hx-get", "hx-post"})
_SOURCES = (*Path(str(service.__file__)).parent.glob("templates/**/*.html"),)
_OUR_TAGS = frozenset(tag for each in _SOURCES for tag in re.findall(r"<([a-z][a-z0-9]*)", each.read_text()))
# To log in, or to set up a second factor: then the form itself was not looked at.
_SENT_AWAY = re.compile(r"/review/(login/code|login\b.*back|account/second-factor)")
# Where a page of the desk is, as its forms and links say it: it goes back to the very address that was asked for.
_OWN_ADDRESS = re.compile(r"""(?<==["'])/review/[^"']*(?=["'])""")
_PREVIEWED = re.compile(r'name="previewed" value="([^"]+)"')
# Secrets are by chance, and PostgreSQL does not give a number again that a transaction gave back.
_BY_CHANCE = re.compile(r"[\w-]{22,}|\d+")
# What of a page makes it worth a closer look: every payload has one of these.
_SUSPECT = re.compile(r"4711|evil\.example|<b>|<i>")


class DeskOracle(Oracle):
    """One desk on one store, and all that was wrong with its answers."""

    def __init__(self, app: Flask, stage: Stage, log: StringIO) -> None:
        super().__init__(app, log)
        self._stage = stage
        self.accepted_forms: set[Form] = set()

    def fields(self, forms: Iterable[Form]) -> dict[Form, tuple[str, ...]]:
        """Return for each form what it asks for when it is sent as an honest page would."""
        plain, found = self.app.request_class, {}
        for form in forms:
            noted = watch(self.app)
            self.attack(Attack(f"honest {form.id}", form, at="-"))
            target = self._stage.target(form.name)
            sent = set(_tokens(self._stage, target)) | set(target.form) if form.method == "POST" else set()
            found[form] = tuple(sorted(noted | sent | set(named_in_address(form))))
        self.app.request_class = plain
        self.outcomes.clear()
        return found

    def attack(self, attack: Attack) -> None:
        """Send one wrong request; what a form was about is made anew when it went through."""
        self.app.extensions.pop("replydesk-backoff", None)  # else the sixth wrong password would be the last one read
        form, target = attack.form, self._stage.target(attack.form.name)
        case = self._case(attack, target)
        outcome = self.ask(case)
        self.outcomes.append(outcome)
        if outcome.status in FINE and case.method == "POST":
            self.accepted_forms |= set() if _SENT_AWAY.search(str(outcome.kept)) else {form}
            self._stage.use_up(form.name)

    def _case(self, attack: Attack, target: Target, **more: str) -> Case:
        form, sent = attack.form, {**_tokens(self._stage, target), **target.form, **more}
        honest = [
            f"{quote_plus(name)}={quote_plus(value)}".encode() for name, value in sent.items() if name != attack.at
        ]
        pairs = b"&".join([*honest, *filter(None, [attack.pairs])])
        path = form.path({**target.place, **dict(form.place), **attack.wrong_place})
        headers = [("Accept", attack.accept), ("Cookie", _cookies(self._stage, target)), ("Origin", "http://localhost")]
        if form.method == "GET":
            path, body = f"{path}?{attack.pairs.decode('latin-1')}" if attack.pairs else path, b""
        else:
            body = attack.whole(pairs) if attack.whole else pairs
            headers.append(("Content-Type", URLENCODED))
        replaced = {name for name, _ in attack.headers} | ({"Content-Type"} if attack.whole else set())
        kept = [header for header in headers if header[0] not in replaced]
        return Case(attack.id, FINE | REFUSED, body, (*kept, *attack.headers), attack.method or form.method, path)

    def _send(self, case: Case) -> TestResponse:
        answer = super()._send(case)
        seen = _PREVIEWED.search(answer.text) if "change_site" in case.id and answer.status_code == 200 else None
        if seen is None or case.method != "POST":
            return answer
        # An honest editor would now save what they were shown.
        body = re.sub(rb"(^|&)(step|previewed)=[^&]*", b"", case.body) + f"&step=save&previewed={seen[1]}".encode()
        return super()._send(Case(case.id, case.statuses, body, case.headers, case.method, case.path))

    def _wrong_with_answer(self, case: Case, answer: TestResponse) -> Iterator[str]:
        if answer.status_code not in case.statuses:
            yield f"{answer.status_code}: {answer.text[:300]}"
        yield from (f"no {name}" for name in HEADERS if name not in answer.headers)
        yield from (f"line break in {name}" for name, value in answer.headers if {"\r", "\n"} & set(value))
        said = _OWN_ADDRESS.sub("", answer.text)
        yield from (f"shows {word!r}" for word in NEVER_SHOWN if word in said)
        if answer.headers.get("Cache-Control") != "no-store" and case.path.startswith(("/review/", "/receipts/")):
            yield f"caches may keep it: {answer.headers.get('Cache-Control')}"
        yield from _wrong_with_type(case, answer)
        if answer.mimetype == "text/html" and _SUSPECT.search(answer.text):
            yield from Look(answer.text).wrong

    def _wrong_with_log(self, case: Case) -> Iterator[str]:
        for line in self._log.getvalue().splitlines():
            try:
                level = json.loads(line)["level"]
            except ValueError:
                level = "none, it is no JSON"
            if level not in {"info", "warning"}:
                yield f"logged {line[:600]}"
            yield from (f"logs {word!r}" for word in (CANARY, TYPED, MARK) if word in line)

    def _outcome(self, case: Case, answer: TestResponse, found: list[str]) -> Outcome:
        is_problem = answer.mimetype == PROBLEM and bool(answer.data)
        fields = answer.json if is_problem else {}
        errors = tuple((error["field"], error["code"]) for error in fields.get("errors", ()))
        place = _BY_CHANCE.sub("...", answer.headers.get("Location", ""))
        return Outcome(answer.status_code, fields.get("code", ""), errors, (answer.mimetype, place))


class Look(HTMLParser):
    """What a page holds that none of our templates has put there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self._in_script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        if tag not in _OUR_TAGS:
            self.wrong.append(f"markup: <{tag[:40]}>")
        for name, value in attrs:
            if name.startswith("on") or MARK in name or name == "style":
                self.wrong.append(f"markup: {name[:40]} on <{tag}>")
            if name in _ADDRESSES and not re.match(r"https?://|[/#?.]|$|\w+$", value or ""):
                self.wrong.append(f"a link to {value!r}")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.wrong.append(f"script: {data[:60]!r}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"comment: {data[:60]!r}")


def _wrong_with_type(case: Case, answer: TestResponse) -> Iterator[str]:
    """Say what is wrong with the kind of answer: a page, a problem for a program, a file where one was asked for."""
    if case.method == "HEAD" or not answer.data:
        return
    if answer.mimetype == PROBLEM:
        yield from wrong_with_problem(answer)
        return
    place = answer.headers.get("Location", "").removeprefix("http://localhost")
    if place and not re.match(r"/(review|receipts)/(?!/)", place):
        yield f"leads to {place[:80]!r}"
    expected = {"text/html"}
    if answer.status_code < 300:
        accept = dict(case.headers)["Accept"]
        if case.path.startswith("/review/live"):
            expected = {JSON}
        elif "/trail/export" in case.path:
            expected = {"text/csv", "application/jsonl"} if case.method == "POST" else {"text/html"}
        elif accept == JSON and (case.path.startswith("/receipts/") or case.path.endswith(("/claim", "/release"))):
            expected = {JSON}
    elif case.path.startswith("/receipts/") and dict(case.headers)["Accept"] == JSON:
        expected = {PROBLEM}
    if answer.mimetype not in expected:
        yield f"{answer.status_code} as {answer.mimetype}"
    if answer.mimetype == JSON:
        json.loads(answer.text)


def _tokens(stage: Stage, target: Target) -> dict[str, str]:
    found = {"token": stage.plain_token(target.purpose)} if target.purpose else {}
    return found | (
        {"csrf": stage.session(target.who or "ada")[1]} if target.who or "invitation" in target.purpose else {}
    )


def _cookies(stage: Stage, target: Target) -> str:
    whose = target.who or ("ada" if "invitation" in target.purpose else "")
    session = f"; replydesk_session={stage.session(whose)[0]}" if whose else ""
    return f"replydesk_form={BINDING}{session}"
