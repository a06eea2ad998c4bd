"""What the description says is what the service does: thousands of requests made from it, good, bad and at limits."""

import os
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import hypothesis
import pytest
import schemathesis
from flask import Flask

from comments.migrations import upgrade
from comments.settings import Settings
from comments.store import open_store
from comments.wakeup import Wakeup
from service.app import create_app
from service.openapi import describe
from service.parts import Parts
from tests import factories

# For each operation, besides what stands at the limits of its fields.
MAX_EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "150"))
# What a schema has no words for: what can be seen in a text, what a name may hold, what is a web or email address;
# what came before; and a number of more than 20 digits in a field that nobody reads is malformed.
BEYOND_A_SCHEMA = {
    "forbidden_character",
    "holds_email",
    "idempotency_key_reused",
    "invalid_email",
    "malformed",
    "name_looks_like_email",
    "not_a_url",
    "required",
    "too_many_marks",
    "unknown_parent",
}
quietly = hypothesis.settings(
    max_examples=MAX_EXAMPLES,
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
)


running: list[Flask] = []


def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with the application that runs then: the tests are collected before there is one."""
    return running[0](environ, start_response)


schema = schemathesis.openapi.from_dict(describe())
schema.app = answer


@pytest.fixture(scope="module", autouse=True)
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Answer with one application and one database, so that what a request keeps is there for the next."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'replydesk.sqlite3'}")
    upgrade(store.database)
    factories.an_approved_comment(store)
    settings = Settings.model_validate({"rate_limits": False, "log_level": "error"})
    running.append(create_app(Parts(settings, store, factories.ROOT_KEY, Wakeup(None), lambda: factories.NOW)))
    yield
    running.clear()
    store.close()


@schema.exclude(path=["/healthz", "/readyz"]).parametrize()
@quietly
def test_service_keeps_to_its_description(case: Any) -> None:
    answer = case.call()
    case.validate_response(answer, excluded_checks=[schemathesis.checks.positive_data_acceptance])

    if was_good(case) and answer.status_code in {400, 422}:
        codes = {error["code"] for error in answer.json().get("errors", ())} or {answer.json()["code"]}
        assert codes <= BEYOND_A_SCHEMA | {"bad_thread", "bad_threads"}, answer.json()


def was_good(case: Any) -> bool:
    """Say whether the request was made to fit the description."""
    return case.meta is not None and case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE
