"""A slice of `make privacy` for every change: one whole installation, with the planted leaks in it.

`make privacy` keeps the two apart; here everything that was not planted has to be clean, and what was, found.
"""

from collections import Counter

import pytest

from tests.privacy.canaries import Aviary
from tests.privacy.controls import PLANTED, addresses_of, missed, plant
from tests.privacy.detector import Hit
from tests.privacy.doors import DOORS
from tests.privacy.planted.leaks import PLANTS
from tests.privacy.routes import the_app, unlisted
from tests.privacy.scenario import QUICK, live
from tests.privacy.verdict import Verdict, judge
from tests.privacy.world import watched
from tests.servers.chromium import NONE_HERE, find_chromium

pytestmark = pytest.mark.slow
SEED = 7
BROWSER = "browser"


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    """What was found where, after everything has happened once."""
    aviary = Aviary(SEED)
    addresses = addresses_of(aviary)
    with watched("sqlite", planted=True) as world:
        live(world, aviary, QUICK)
        plant(world, addresses)
        return judge(world, aviary.canaries)


def test_there_are_enough_doors_and_planted_leaks() -> None:
    assert len(DOORS) >= 30
    assert len(PLANTS) >= 16


def test_the_manifest_names_every_route() -> None:
    assert unlisted(the_app()) == []


def test_nothing_made_of_an_address_is_in_any_sink(verdict: Verdict) -> None:
    found = {place: others for place, hits in verdict.leaks.items() if (others := _not_planted(hits))}

    assert found == {}
    assert [sink for sink in verdict.empty if sink != BROWSER] == [], "else their silence proves nothing"


def test_every_planted_leak_is_found_where_it_was_planted(verdict: Verdict) -> None:
    assert [name for name in missed(verdict) if PLANTS[name].sink != BROWSER] == []


def test_a_real_browser_was_looked_at(verdict: Verdict) -> None:
    if find_chromium() is None:
        pytest.skip(f"{NONE_HERE}: what it keeps and shows was not looked at")

    assert BROWSER not in verdict.empty
    assert [name for name in missed(verdict) if PLANTS[name].sink == BROWSER] == []


def _not_planted(hits: Counter[Hit]) -> Counter[Hit]:
    return Counter({hit: number for hit, number in hits.items() if not hit.door.startswith(PLANTED)})
