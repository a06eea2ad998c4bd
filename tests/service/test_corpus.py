"""Thousands of requests that should not be, on both databases: the same answers, all of them in order."""

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from io import StringIO

import psutil
import pytest
from flask import Flask, request

from comments.store import Store, open_store
from tests import factories
from tests.corpus import (
    addresses,
    complexity,
    forms,
    injections,
    json_bodies,
    lengths,
    markup,
    media_types,
    questions,
    scripts,
)
from tests.corpus.cases import ACCEPTED, CANARY, INVALID, Case, Category, as_form, as_json, get
from tests.corpus.oracle import Oracle, Outcome

CATEGORIES: dict[str, Category] = {
    "I-01a JSON": json_bodies.cases,
    "I-01b media types": media_types.cases,
    "I-02 lengths": lengths.cases,
    "I-03 forms": forms.cases,
    "I-04 scripts": scripts.cases,
    "I-05 markup": markup.cases,
    "I-06 complexity": complexity.cases,
    "I-07 injections": injections.cases,
    "I-08 addresses": addresses.cases,
    "reads": questions.cases,
}
MIN_CASES = 5_000
MAX_GROWTH_BYTES = 50 * 2**20
SHOWN = 20
# The first request of each kind loads templates, tables and connections.
WARM_UP = (as_json("kept", ACCEPTED), as_form("kept", ACCEPTED), get("read", {200}, "/threads/demo?thread=corpus"))


@pytest.fixture
def stores(request: pytest.FixtureRequest, sqlite_store: Store) -> Iterator[Sequence[Store]]:
    """A store on each kind of database that can run here."""
    try:
        postgres_url = request.getfixturevalue("postgresql_url")
    except pytest.skip.Exception:
        yield [sqlite_store]
        return
    postgres = open_store(postgres_url)
    yield [sqlite_store, postgres]
    postgres.close()


def test_corpus_is_as_large_as_it_says() -> None:
    names = [(category, case.id) for category, cases in CATEGORIES.items() for case in cases()]

    assert len(names) >= MIN_CASES
    assert len(set(names)) == len(names), "else a failure would not say which case it was"


@pytest.mark.parametrize("category", CATEGORIES)
def test_bad_input_gets_a_good_answer_and_the_same_on_both_databases(
    category: str, stores: Sequence[Store], make_app: Callable[..., Flask], log: StringIO
) -> None:
    cases = list(CATEGORIES[category]())
    answered: list[list[Outcome]] = []

    for store in stores:
        oracle, grown_bytes = ask_all(make_app(store), store, log, cases)

        assert not oracle.wrong, "\n".join([f"{len(oracle.wrong)} wrong", *oracle.wrong[:SHOWN]])
        assert grown_bytes < MAX_GROWTH_BYTES
        answered.append(oracle.outcomes)

    different = [
        f"[{case.id}] {both}" for case, *both in zip(cases, *answered, strict=True) if any(o != both[0] for o in both)
    ]
    assert not different, "\n".join(different[:SHOWN])


def ask_all(app: Flask, store: Store, log: StringIO, cases: Sequence[Case]) -> tuple[Oracle, int]:
    """Send every case, and return with the answers how much larger the process became."""
    factories.a_site(store)
    oracle, process = Oracle(app, log), psutil.Process()
    oracle.ask_all(WARM_UP)
    oracle.outcomes.clear()
    gc.collect()
    before_bytes = process.memory_info().rss
    oracle.ask_all(cases)
    gc.collect()
    return oracle, process.memory_info().rss - before_bytes


def test_oracle_finds_what_is_wrong(make_app: Callable[..., Flask], sqlite_store: Store, log: StringIO) -> None:
    """A service that shows what was sent, or breaks, would not get through."""
    factories.a_site(sqlite_store)
    app = make_app(sqlite_store)
    app.add_url_rule("/echo", "echo", view_func=lambda: (request.get_data(), 422), methods=["POST"])
    app.add_url_rule("/broken", "broken", view_func=lambda: 1 / 0, methods=["POST"])
    oracle = Oracle(app, log)

    for path in ("/echo", "/broken"):
        oracle.ask(Case(path, INVALID, CANARY.encode(), path=path, hidden=("zaynab",)))
    oracle.ask(replace(as_json("changed", ACCEPTED, text="kept"), kept={"text": "other"}))

    assert "[/echo] shows 'address-canary'" in oracle.wrong
    assert "[/echo] an error as text/html" in oracle.wrong
    assert "[/echo] repeats 'zaynab'" in oracle.wrong
    assert any(each.startswith("[/broken] 500 instead of [422]") for each in oracle.wrong)
    assert "[changed] kept text 'kept' instead of 'other'" in oracle.wrong
