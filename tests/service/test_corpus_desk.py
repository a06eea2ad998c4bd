"""The desk's and the receipts' forms, lists and addresses, sent wrongly in every way, on both databases.

`CORPUS=whole` sends all of it; else each field gets what no field is spared and a few of the rest, always the same.
"""

from collections.abc import Callable, Iterator, Sequence
from io import StringIO

import pytest
from flask import Flask, request

from comments.roles import Permission
from comments.store import Store, open_store
from service.review.guard import needs
from tests.corpus.desk_cases import IS_WHOLE, Attack, Form, attacks, forms
from tests.corpus.desk_oracle import DeskOracle, Look
from tests.corpus.desk_stage import TARGETS, Stage

MIN_ATTACKS = 1_000
SHOWN = 20
# These take nothing but the proof that our page sent them.
WITHOUT_FIELDS = frozenset(
    {"review.logout", "review.end_sessions", "review.end_session", "review.oidc_link", "review.oidc_unlink"}
)
# An honest page gets no further here: no provider is set up, the code is wrong, the password is wrong.
NEVER_THROUGH = frozenset(
    {
        "review.oidc_login",
        "review.oidc_invitation",
        "review.oidc_link",
        "review.code",
        "review.login",
        "review.setup",
        "review.second_factor",
        "review.remove_factor",
        "review.renew_codes",
    }
)


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


@pytest.fixture
def make_oracle(make_app: Callable[..., Flask], log: StringIO) -> Callable[[Store], DeskOracle]:
    """Set a stage on a store and send it requests."""

    def make(store: Store) -> DeskOracle:
        app = make_app(store)
        return DeskOracle(app, Stage(app, store), log)

    return make


@pytest.mark.timeout(7_200 if IS_WHOLE else 600)
def test_wrong_requests_get_a_good_answer_and_the_same_on_both_databases(
    stores: Sequence[Store], make_oracle: Callable[[Store], DeskOracle]
) -> None:
    oracles = [make_oracle(store) for store in stores]
    asked = [oracle.fields(forms(oracle.app)) for oracle in oracles]
    everything = list(attacks(asked[0]))
    assert len(everything) >= MIN_ATTACKS
    assert len({each.id for each in everything}) == len(everything), "else a failure would not say which it was"
    assert all(each == asked[0] for each in asked)

    for oracle in oracles:
        for attack in everything:
            oracle.attack(attack)

    for oracle in oracles:
        assert not oracle.wrong, "\n".join([f"{len(oracle.wrong)} wrong", *oracle.wrong[:SHOWN]])
    different = [
        f"[{attack.id}] {both}"
        for attack, *both in zip(everything, *(oracle.outcomes for oracle in oracles), strict=True)
        if any(outcome != both[0] for outcome in both)
    ]
    assert not different, "\n".join([f"{len(different)} different", *different[:SHOWN]])


def test_every_form_goes_through_when_it_is_sent_as_a_page_would(
    sqlite_store: Store, make_oracle: Callable[[Store], DeskOracle]
) -> None:
    """A form that is refused at once would never be asked for its other fields: give a new one its target."""
    oracle = make_oracle(sqlite_store)
    posts = [form for form in forms(oracle.app) if form.method == "POST"]

    fields = oracle.fields(posts)

    assert not oracle.wrong, oracle.wrong
    assert {form.name for form in posts if form not in oracle.accepted_forms} == NEVER_THROUGH
    bare = {form.name for form in posts if not set(fields[form]) - {"csrf", "back"}}
    assert bare <= WITHOUT_FIELDS | {form.name for form in posts if form.numbers}
    assert set(TARGETS) <= {form.name for form in forms(oracle.app)}, "else a target is for nothing"


def test_oracle_finds_what_is_wrong(sqlite_store: Store, make_oracle: Callable[[Store], DeskOracle]) -> None:
    """A desk that shows what was sent as markup, or breaks, would not get through."""
    help_page = Form("review.help", "review.help", "GET", "/review/help")
    oracle = make_oracle(sqlite_store)
    broken: dict[str, Callable[[], str]] = {"raw": lambda: request.args["x"], "break": lambda: str(1 / 0)}

    for name, view in broken.items():
        oracle.app.view_functions["review.help"] = needs(Permission.SEE)(view)
        oracle.attack(Attack(name, help_page, "x", b"x=<zz4711 onload=x>address-canary"))

    assert "[raw] markup: <zz4711>" in oracle.wrong
    assert "[raw] shows 'address-canary'" in oracle.wrong
    assert any(each.startswith("[break] 500") for each in oracle.wrong)
    assert Look('<a href="javascript:x">4711</a>').wrong
    assert Look("<script>4711</script>").wrong
    assert not Look('<a href="/review/?a=javascript:x">4711</a>').wrong
