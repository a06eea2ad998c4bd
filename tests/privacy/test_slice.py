"""A slice of `make privacy` for every change: one whole installation, and one with planted leaks."""

import pytest

from tests.privacy.canaries import Aviary
from tests.privacy.controls import catch
from tests.privacy.doors import DOORS
from tests.privacy.planted.leaks import PLANTS
from tests.privacy.routes import the_app, unlisted
from tests.privacy.scenario import live
from tests.privacy.verdict import judge
from tests.privacy.world import watched

pytestmark = pytest.mark.slow
SEED = 7


def test_there_are_enough_doors_and_planted_leaks() -> None:
    assert len(DOORS) >= 30
    assert len(PLANTS) >= 16


def test_the_manifest_names_every_route() -> None:
    assert unlisted(the_app()) == []


def test_nothing_made_of_an_address_is_in_any_sink() -> None:
    aviary = Aviary(SEED)
    with watched("sqlite") as world:
        live(world, aviary, methods=("GET", "POST"), roles=("", "admin"))
        verdict = judge(world, aviary.canaries)

    assert verdict.leaks == {}
    assert verdict.empty == [], "else their silence proves nothing"


def test_every_planted_leak_is_found_where_it_was_planted() -> None:
    assert catch("sqlite", SEED).missed == []
