"""The test of the test: an installation with planted leaks. Each must be found in the sink where it was planted."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.privacy.canaries import Aviary
from tests.privacy.doors import HTML, Request, body, posted
from tests.privacy.planted.leaks import PLANTS
from tests.privacy.scenario import ROLES
from tests.privacy.verdict import Verdict, judge
from tests.privacy.world import World, watched


@dataclass(frozen=True)
class Caught:
    """What became of the planted leaks: the sink in which each was seen, or nothing."""

    found: dict[str, str]
    verdict: Verdict

    @property
    def missed(self) -> list[str]:
        """The leaks that nobody saw."""
        return [name for name, where in self.found.items() if not where]


def catch(database: str, seed: int) -> Caught:
    """Run an installation with every leak and say which were found."""
    aviary = Aviary(seed)
    addresses = {name: aviary.hatch(f"planted: {name}") for name in PLANTS}
    with watched(database, planted=True) as world:
        Path(world.settings["planted"]).write_text(json.dumps(addresses))
        _live(world, addresses)
        verdict = judge(world, aviary.canaries)
    return Caught({name: _where(verdict, name) for name in PLANTS}, verdict)


def _live(world: World, addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        is_refused = "error" in name
        world.ask(f"door {name}", posted(body(f"{address}@" if is_refused else address)))
    for path in (
        "/threads/demo?thread=border-strikes",
        "/feeds/demo.atom",
        "/api/v1/comments?site=demo&thread=border-strikes",
    ):
        world.ask(f"GET {path}", Request("GET", path, headers={"Accept": HTML}))
    for path in ("/review/", "/review/approved"):
        world.ask(f"GET {path}", Request("GET", path, headers={"Accept": HTML}), ROLES[2])
    world.note_processes()
    world.command("export", "--site", "demo", str(world.directory / "made" / "export.jsonl"))


def _where(verdict: Verdict, name: str) -> str:
    plant = PLANTS[name]
    for (sink, _), hits in verdict.leaks.items():
        if sink == plant.sink and any(hit.door == f"planted: {name}" and hit.kind is plant.kind for hit in hits):
            return sink
    return ""
