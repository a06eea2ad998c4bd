"""What was found where, and whether it may be there."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from comments import schema
from comments.identity import RootKey, loose_form, strict_form
from tests.privacy.canaries import NETWORK, NETWORK_6, STAFF, Canary, Kind
from tests.privacy.detector import Class, Detector, Found, Hit
from tests.privacy.sinks import TEXTS, sinks_of
from tests.privacy.world import World

_STORED = frozenset(
    {
        "database files",
        "database changes",
        "database dump",
        "database cells",
        "database log",
        "backups",
        "restored backup",
    }
)
# Keyed hashes live in `identities`; so in the file, its log of changes, its dump and its backup.
_KEYED_MAY = _STORED - {"database cells"}
# What somebody wrote into the text stays with it, and its author and the desk may read it (docs/privacy.md).
_TYPED_MAY = _STORED | {"answers"}
# Who moderates is known at the desk, to the operator, and in what is stored; not to readers and what leaves (P-09).
_STAFF_MAY = _STORED | {"answers", "commands", "browser"}
KEYED_COLUMNS = ("strict_key", "loose_key", "network_key", "idempotency_hash", "request_digest")


@dataclass
class Verdict:
    """The table sink × class, and what must not be."""

    table: dict[str, Counter[str]] = field(default_factory=dict)
    scanned: dict[str, int] = field(default_factory=dict)
    leaks: dict[tuple[str, str], Counter[Hit]] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)
    needles: int = 0
    canaries: int = 0
    answers: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing leaked and every sink was looked at."""
        return not self.leaks and not self.empty


def judge(world: World, canaries: Mapping[str, Canary]) -> Verdict:
    """Look for every canary in every sink."""
    detector = Detector(canaries.values(), keyed_hashes(world, canaries), _plain(world))
    verdict = Verdict(needles=detector.needles, canaries=len(canaries), answers=len(world.answers))
    for sink, pieces in sinks_of(world).items():
        whole = Found()
        for name, content in pieces(world):
            found = detector.look(content, is_text=sink in TEXTS)
            whole += found
            bad = Counter({hit: number for hit, number in found.hits.items() if not _may(sink, name, hit, canaries)})
            if bad:
                verdict.leaks.setdefault((sink, name), Counter()).update(bad)
        verdict.scanned[sink] = whole.scanned
        verdict.table[sink] = Counter()
        for (where, _), hits in verdict.leaks.items():
            for hit, number in hits.items() if where == sink else ():
                verdict.table[sink][hit.kind.value] += number
    verdict.empty = [sink for sink, scanned in verdict.scanned.items() if not scanned]
    return verdict


def keyed_hashes(world: World, canaries: Mapping[str, Canary]) -> dict[str, dict[str, bytes]]:
    """Return what the installation's key makes of each address, and every keyed column there is."""
    made = {canary.door: _hashes(world.key, canary.address) for canary in canaries.values()}
    with world.store.database.read() as connection:
        for row in connection.execute(select(schema.identities)).mappings():
            kept = {f"{name} of {row['comment_id']}": bytes(row[name]) for name in KEYED_COLUMNS if row[name]}
            made.setdefault("identities", {}).update(kept)
    return made


def _hashes(key: RootKey, address: str) -> dict[str, bytes]:
    local, _, domain = address.partition("@")
    domains = {domain, domain.encode("idna").decode().lower()}
    return {
        f"{purpose}/{site} {place}": key.digest(f"email-{purpose}/{site}", form(local, place).encode())
        for site in ("demo", "other", "")
        for place in domains
        for purpose, form in (("strict", strict_form), ("loose", loose_form))
    }


def _plain(world: World) -> dict[bytes, Hit]:
    """Return the readers' networks and the installation's secrets."""
    root = (world.running.data / "root.key").read_text().strip()
    secrets = {root: "root key", **{token: f"session of {role}" for role, token in world.sessions.items()}}
    found = {word.encode(): Hit("secret", Class.SECRET, name) for word, name in secrets.items()}
    found[bytes.fromhex(root)] = Hit("secret", Class.SECRET, "root key as bytes")
    found[STAFF.encode()] = Hit("staff", Class.STAFF, "a moderator's login")
    for network in (NETWORK, NETWORK_6):
        found[network.encode()] = Hit("network", Class.NETWORK, network)
    return found


def _may(sink: str, piece: str, hit: Hit, canaries: Mapping[str, Canary]) -> bool:
    if hit.kind is Class.KEYED:
        return sink in _KEYED_MAY
    if hit.kind is Class.STAFF:
        # Of all answers those of the desk alone, and what a browser shows of it.
        return sink in _STAFF_MAY and (sink != "answers" or "/review" in piece)
    if hit.kind is Class.SECRET:
        # The key lies in its own file; that file is among those left in the data directory.
        return sink == "files left behind" and hit.needle == "root key"
    kind = canaries[hit.door].kind if hit.door in canaries else None
    return kind is Kind.TYPED and sink in _TYPED_MAY
