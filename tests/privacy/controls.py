"""The test of the test: an installation with planted leaks. Each must be found in the sink where it was planted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.privacy.canaries import Aviary
from tests.privacy.doors import HTML, Request, body, posted
from tests.privacy.planted.leaks import PLANTS
from tests.privacy.scenario import ROLES
from tests.privacy.verdict import Verdict, judge
from tests.privacy.visits import post_under_names
from tests.privacy.world import World, watched

PLANTED = "planted: "


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
    addresses = addresses_of(aviary)
    with watched(database, planted=True) as world:
        plant(world, addresses)
        verdict = judge(world, aviary.canaries)
    return Caught({name: _where(verdict, name) for name in PLANTS}, verdict)


def addresses_of(aviary: Aviary) -> dict[str, str]:
    """Return the address that each leak gives away."""
    return {name: aviary.hatch(f"{PLANTED}{name}") for name in PLANTS}


def plant(world: World, addresses: Mapping[str, str]) -> None:
    """Have every leak leak its address."""
    Path(world.settings["planted"]).write_text(json.dumps(addresses))
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
    post_under_names(world, {name: addresses[name] for name, leak in PLANTS.items() if leak.in_script})
    world.note_processes()
    world.ask_operator("nobody@other.example")
    world.command("export", "--site", "demo", str(world.directory / "made" / "export-planted.jsonl"))


def missed(verdict: Verdict) -> list[str]:
    """Return the leaks that are not found where they were planted."""
    return [name for name in PLANTS if not _where(verdict, name)]


def _where(verdict: Verdict, name: str) -> str:
    leak = PLANTS[name]
    for (sink, piece), hits in verdict.leaks.items():
        is_there = sink == leak.sink and leak.piece in {"", piece}
        if is_there and any(hit.door == f"{PLANTED}{name}" and hit.kind is leak.kind for hit in hits):
            return sink
    return ""
