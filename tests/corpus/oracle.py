"""Sends a case to the application and says what is wrong with the answer, whatever the case was."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from flask import Flask
from flask.testing import FlaskClient
from pydantic import ValidationError
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Request

from service import contract
from service.headers import HEADERS
from service.problems import PROBLEM_CODES
from tests.corpus.cases import CANARY, Case

PROBLEM = "application/problem+json"
NEVER_SHOWN = ("address-canary", "Traceback", 'File "', "sqlalchemy", "psycopg", "sqlite3", "werkzeug", "site-packages")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What two databases have to agree on. An id may differ: it says how many were kept before."""

    status: int
    code: str
    errors: tuple[tuple[str, str], ...]
    kept: tuple[str, ...]


class Oracle:
    """One application, its log, and all that was wrong with its answers."""

    def __init__(self, app: Flask, log: io.StringIO) -> None:
        self.app = app
        self._client: FlaskClient = app.test_client()
        self._log = log
        self.wrong: list[str] = []
        self.outcomes: list[Outcome] = []
        self.accepted: list[int] = []

    def ask_all(self, cases: Iterable[Case]) -> None:
        """Send every case, in order."""
        self.outcomes += [self.ask(case) for case in cases]

    def ask(self, case: Case) -> Outcome:
        """Send one case and note what is wrong with its answer."""
        self._log.seek(0)
        self._log.truncate()
        answer = self._send(case)
        found = [*self._wrong_with_answer(case, answer), *self._wrong_with_log(case)]
        outcome = self._outcome(case, answer, found)
        self.wrong += [f"[{case.id}] {each}" for each in found]
        return outcome

    def _send(self, case: Case) -> TestResponse:
        path, _, query = case.path.partition("?")
        builder = EnvironBuilder(method=case.method, data=case.body, headers=list(case.headers))
        environ = builder.get_environ()
        builder.close()
        # As the bridge from granian does it; the builder would mend what a browser would not send.
        environ["PATH_INFO"] = unquote_to_bytes(path).decode("latin-1")
        environ["QUERY_STRING"] = query.encode("utf-8", "replace").decode("latin-1")
        for name, value in case.headers:  # the client would say how long the body really is
            if name == "Content-Length":
                environ["CONTENT_LENGTH"] = value
        return TestResponse(*run_wsgi_app(self.app, environ, buffered=True), Request(environ))

    def _wrong_with_answer(self, case: Case, answer: TestResponse) -> Iterator[str]:
        if answer.status_code not in case.statuses:
            yield f"{answer.status_code} instead of {sorted(case.statuses)}: {answer.text[:300]}"
        yield from (f"no {name}" for name in HEADERS if name not in answer.headers)
        yield from (f"line break in {name}" for name, value in answer.headers if {"\r", "\n"} & set(value))
        shown = answer.text + str(answer.headers)
        yield from (f"shows {word!r}" for word in NEVER_SHOWN if word in shown)
        if answer.status_code >= 400 and case.method != "HEAD":
            yield from wrong_with_problem(answer)
            yield from (f"repeats {word[:60]!r}" for word in case.hidden if word in shown)

    def _wrong_with_log(self, case: Case) -> Iterator[str]:
        lines = self._log.getvalue().splitlines()
        if len(lines) > 1:
            yield f"{len(lines)} lines in the log: {lines}"
        for line in lines:
            if not _is_request(line):
                yield f"logged {line}"
            yield from (f"logs {word[:60]!r}" for word in (*case.hidden, CANARY) if word in line)

    def _outcome(self, case: Case, answer: TestResponse, found: list[str]) -> Outcome:
        has_problem = answer.status_code >= 400 and answer.mimetype == PROBLEM and case.method != "HEAD"
        fields = answer.json if has_problem else {}
        errors = tuple((error["field"], error["code"]) for error in fields.get("errors", ()))
        kept: tuple[str, ...] = ()
        if answer.status_code == 202:
            self.accepted.append(answer.json["id"])
            kept = self._read_back(case, answer, found)
        return Outcome(answer.status_code, fields.get("code", ""), errors, kept)

    def _read_back(self, case: Case, answer: TestResponse, found: list[str]) -> tuple[str, ...]:
        receipt = contract.Receipt.model_validate(self._client.get(answer.json["receipt_url"]).json)
        for name, sent in (case.kept or {}).items():
            if getattr(receipt, name) != sent:
                found.append(f"kept {name} {getattr(receipt, name)!r} instead of {sent!r}")
        return receipt.name, receipt.text


def _is_request(line: str) -> bool:
    try:
        return bool(json.loads(line)["event"] == "request")
    except ValueError:
        return False


def wrong_with_problem(answer: TestResponse) -> Iterator[str]:
    if answer.mimetype != PROBLEM:
        yield f"an error as {answer.mimetype}"
        return
    try:
        problem = contract.ProblemBody.model_validate(answer.json)
    except ValidationError as error:
        yield f"no problem: {error.errors(include_input=False)}"
        return
    if problem.code not in PROBLEM_CODES or problem.status != answer.status_code:
        yield f"code {problem.code} with status {problem.status}"
    if answer.headers["Cache-Control"] != "no-store":
        yield f"an error that caches keep: {answer.headers['Cache-Control']}"
