"""What happens in an installation while addresses are in it: every door, every state, every role at every route."""

import contextlib
import os
import signal
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from redis import Redis
from sqlalchemy import select

from comments import schema
from comments.roles import EVERY_SITE
from comments.status import Status
from ops.clock import utc_now
from tests.notices import proof_in, token_in
from tests.ops.imports import files
from tests.privacy.canaries import Aviary, Kind
from tests.privacy.databases import put_back
from tests.privacy.doors import DOORS, FORM, HTML, POST, Request, body, posted, requests
from tests.privacy.routes import METHODS, Values, paths, rules, the_app
from tests.privacy.visits import JOURNEYS, visit
from tests.privacy.world import World
from tests.servers.replydesk import wait_until
from tests.servers.smtp import Envelope

_SETTLE_SECONDS = 60
# What is asked with more than one kind of answer.
_ACCEPTS = ("application/json", HTML)
ROLES = ("", "viewer", "moderator", "editor", "admin", "auditor", "other site")
# More than the two minutes in which a decision can be taken back.
_UNDO_SECONDS = 150


class NotEntered(AssertionError):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when a door or a state was not what it should have been: then its silence proves nothing."""


@dataclass(frozen=True)
class Extent:
    """How much is done. `commands` are about an address; when it `is_whole`, every kind of file goes in and out."""

    methods: Sequence[str] = METHODS
    roles: Sequence[str] = ROLES
    journeys: Sequence[str] = tuple(JOURNEYS)
    commands: Sequence[str] = ("ban add", "ban list", "ban remove", "privacy access", "privacy erase")
    is_whole: bool = True


WHOLE = Extent()
# For every change: a process that starts is what costs most. The commands have tests of their own.
QUICK = Extent(("GET", "POST"), ("", "admin"), (), ("privacy erase",), is_whole=False)


def live(world: World, aviary: Aviary, extent: Extent = WHOLE) -> None:
    """Go through everything once, with a browser where there is one."""
    wrong = _enter(world, aviary)
    if wrong:
        raise NotEntered("; ".join(wrong))
    _crowd(world, aviary)
    _settle(world)
    _decide(world)
    _change_by_receipt(world, aviary)
    _lose_redis(world, aviary)
    _follow_requests(world)
    _answer(world, aviary)
    _bring_in(world, aviary, extent)
    _ask_of_the_operator(world, aviary, extent)
    visit(world, aviary, extent.journeys)
    world.note_processes()
    _read(world, extent)
    _lock_database(world, aviary)
    _crash(world, aviary)
    world.ask_operator(aviary.hatch("operator's port"))
    _take_out(world, extent)


def _enter(world: World, aviary: Aviary) -> list[str]:
    wrong = []
    for door, request in requests(aviary):
        status, said = world.ask(f"door {door.name}", request)
        if status not in door.statuses:
            wrong.append(f"{door.name} answered {status}")
        if status == 202 and b"receipt_url" in said:
            world.receipts.append(said.split(b"/receipts/")[1].split(b'"')[0].decode())
    return wrong


def _crowd(world: World, aviary: Aviary) -> None:
    """Post too often, as JSON and as a form (429)."""
    address = aviary.hatch("too many")
    statuses = [world.ask("too many", posted(body(address, text=f"Number {number}.")))[0] for number in range(8)]
    form = urlencode({"site": "demo", "email": address, "name": "Ada", "text": "x", "thread_key": "a"}).encode()
    status, _ = world.ask("too many by form", Request("POST", POST, form, {"Content-Type": FORM, "Accept": HTML}))
    if 429 not in statuses or status not in {422, 429}:
        raise NotEntered(f"too many were answered {statuses} and {status}")


def _settle(world: World) -> None:
    wait_until(lambda: not _numbers(world, Status.PENDING), seconds=_SETTLE_SECONDS)


def _numbers(world: World, status: Status | None = None) -> list[int]:
    statement = select(schema.comments.c.id).order_by(schema.comments.c.id)
    if status is not None:
        statement = statement.where(schema.comments.c.status == status.value)
    with world.store.database.read() as connection:
        return list(connection.execute(statement).scalars())


def _decide(world: World) -> None:
    """Approve nearly everything, hold two, reject two, take one approval back, erase one: at the desk's own door."""
    numbers = _numbers(world)
    for number in numbers:
        _move(world, number, Status.APPROVED)
    for number, status in zip(
        numbers[:5], (Status.HELD, Status.REJECTED, Status.HELD, Status.REJECTED, Status.ERASED), strict=True
    ):
        _move(world, number, status)


def _move(world: World, number: int, status: Status) -> None:
    card = world.store.desk.card(number, now=utc_now(), scope=EVERY_SITE)
    if card.status is not status:
        world.store.desk.decide(
            number,
            status,
            version=card.version,
            moderator_id=world.moderators["admin"],
            now=utc_now(),
            scope=EVERY_SITE,
        )


def _change_by_receipt(world: World, aviary: Aviary) -> None:
    """Edit, appeal and withdraw, with an address wherever it does not belong."""
    address = aviary.hatch("receipt")
    for token in world.receipts[:8]:
        for wish, name in (("edit", "text"), ("appeal", "appeal"), ("withdraw", "x")):
            for fields in ({name: "", "email": address}, {name: "Mended words.", "email": address, address: address}):
                sent = Request("POST", f"/receipts/{token}/{wish}", urlencode(fields).encode(), {"Content-Type": FORM})
                world.ask(f"receipt {wish}", sent)


def _lose_redis(world: World, aviary: Aviary) -> None:
    """Post while Redis hangs, and again after somebody has emptied it."""
    os.kill(world.valkey.process.pid, signal.SIGSTOP)
    try:
        status, _ = world.ask("Redis is down", posted(body(aviary.hatch("Redis is down"))))
    finally:
        os.kill(world.valkey.process.pid, signal.SIGCONT)
    if status != 202:
        raise NotEntered(f"while Redis was down a comment was answered {status}")
    with contextlib.closing(Redis.from_url(world.valkey.url)) as client:
        client.flushall()
    status, _ = world.ask("Redis is empty", posted(body(aviary.hatch("Redis is empty"))))
    if status not in {202, 429}:
        raise NotEntered(f"after FLUSHALL a comment was answered {status}")


def _answer(world: World, aviary: Aviary) -> None:
    """Reply to those who want to be told, so that mails go out."""
    with world.store.database.read() as connection:
        wanted = list(connection.execute(select(schema.contacts.c.comment_id)).scalars())
    if not wanted:
        raise NotEntered("nobody wants to be told of replies")
    for number in wanted:
        _move(world, number, Status.APPROVED)
    world.forward(_UNDO_SECONDS)
    _confirm(world, len(wanted))
    for number in wanted:
        world.ask(
            "reply", posted(body(aviary.hatch(f"reply to {number}"), parent=number, text=f"An answer to {number}."))
        )
    _settle(world)
    before = len(world.mail.received)
    for number in _numbers(world)[-len(wanted) :]:
        _move(world, number, Status.APPROVED)
    world.forward(2 * _UNDO_SECONDS)
    wait_until(lambda: len(world.mail.received) > before, seconds=_SETTLE_SECONDS)
    world.ask("stop", Request("POST", f"/notices/{world.notices[0]}/stop"))


def _follow_requests(world: World) -> None:
    """Follow the links of the privacy requests made at the doors: look, press without the box, and with it."""
    asked = sum("request" in door.name and door.statuses == (202,) for door in DOORS)
    wait_until(lambda: len(_received(world, "/privacy/requests/")) >= asked, seconds=_SETTLE_SECONDS)
    for envelope in _received(world, "/privacy/requests/"):
        path = proof_in(envelope)
        world.ask("link of a request", Request("GET", path, headers={"Accept": HTML}))
        for fields in ({}, {"sure": "yes"}, {"sure": "yes", "file": "yes"}):
            sent = Request("POST", path, urlencode(fields).encode(), {"Content-Type": FORM, "Accept": HTML})
            world.ask("link of a request", sent)


def _received(world: World, link: str) -> list[Envelope]:
    return [envelope for envelope in list(world.mail.received) if link in envelope.body]


def _confirm(world: World, number: int) -> None:
    """Follow the links of the mails that ask for a confirmation."""
    wait_until(lambda: len(_received(world, "/notices/")) >= number, seconds=_SETTLE_SECONDS)
    world.notices = [token_in(envelope) for envelope in _received(world, "/notices/")]
    for token in world.notices:
        world.ask("confirm", Request("GET", f"/notices/{token}/confirm", headers={"Accept": HTML}))
        world.ask("confirm", Request("POST", f"/notices/{token}/confirm"))


def _bring_in(world: World, aviary: Aviary, extent: Extent) -> None:
    """Import one file of each other system, and a broken one."""
    home = world.directory / "made"
    address, typed = aviary.hatch("import"), aviary.hatch("import, in a text", kind=Kind.TYPED)
    originals = {
        "wxr": files.wxr(files.an_item(7, [files.a_comment(1), files.a_comment(2, content=f"Mail {typed}")])),
        "disqus": files.disqus(files.a_thread(1), files.a_post(1, 1), files.a_post(2, 1, parent=1)),
    }
    for source, text in list(originals.items())[: None if extent.is_whole else 1]:
        file = home / f"{source}.xml"
        file.write_text(text.replace(files.ADDRESS, address))
        done = world.command("import", source, str(file), "--site", "demo")
        file.write_text(file.read_text()[: len(text) // 2])
        broken = world.command("import", source, str(file), "--site", "demo")
        file.unlink()  # the newspaper's own file is no sink of ours
        if done.returncode or not broken.returncode:
            raise NotEntered(f"importing {source} ended with {done.returncode}, half of it with {broken.returncode}")


def _ask_of_the_operator(world: World, aviary: Aviary, extent: Extent) -> None:
    """Ban, tell what is kept, erase: an operator types an address, in the right place and in the wrong one."""
    for command in extent.commands:
        words, address = command.split(), aviary.hatch(f"replydesk {command}")
        status, _ = world.ask("before a command", posted(body(address, text=f"Before {command}.")))
        done = world.command(*words, given=f"{address}\n".encode())
        if (status, done.returncode) != (202, 0):
            raise NotEntered(f"{words} ended with {done.returncode} after {status}: {done.stderr[-200:]!r}")
        if words[1] != "list" and extent.is_whole:
            wrong = [world.command(*words, given=f"{address}@\n".encode()), world.command(*words, address)]
            if not all(each.returncode for each in wrong):
                raise NotEntered(f"{words} took what is no address, or an address as an argument")


def _read(world: World, extent: Extent) -> None:
    """Ask for every route in every role with every method."""
    numbers = [
        *_numbers(world, Status.APPROVED)[:1],
        *_numbers(world, Status.HELD)[:1],
        *_numbers(world, Status.REJECTED)[:1],
    ]
    receipts = [*world.receipts[:3], world.receipts[-1]]
    for rule in rules(the_app()):
        if rule == "/review/live":  # it never ends; what it says is a number
            continue
        for path in paths(rule, Values(numbers, receipts, world.notices)):
            for role in extent.roles if rule.startswith("/review") else extent.roles[:1]:
                for method in extent.methods:
                    for accept in _ACCEPTS if method == "GET" else _ACCEPTS[:1]:
                        headers = {"Accept": accept, "Origin": "self"}
                        sent = Request(method, path, b"", headers)
                        # Unsafe ones carry no CSRF token: they are refused, and the refusal is what is looked at.
                        world.ask(f"{method} {rule}{f', {role}' if role else ''}", sent, role)


def _lock_database(world: World, aviary: Aviary) -> None:
    """Post while nobody can write (503)."""
    with _nobody_writes(world):
        status, _ = world.ask("the database is locked", posted(body(aviary.hatch("the database is locked"))))
    if status != 503:
        raise NotEntered(f"with the database locked a comment was answered {status}")


@contextlib.contextmanager
def _nobody_writes(world: World) -> Iterator[None]:
    if world.postgres is None:
        connection = sqlite3.connect(world.running.data / "replydesk.sqlite3", isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
    else:
        locking = world.postgres.connect(world.database_name)
        locking.execute("BEGIN; LOCK TABLE comments IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        (connection if world.postgres is None else locking).close()


def _crash(world: World, aviary: Aviary) -> None:
    """Kill a worker and a web process with SIGABRT while an address is on its way."""
    for words in (("worker",), ("web",)):
        victims = [process for process in world.running.children(*words) if process.status() != "zombie"]
        with contextlib.suppress(OSError):
            world.ask(f"{words[0]} dies", posted(body(aviary.hatch(f"{words[0]} dies"))))
        for victim in victims[-1:]:
            victim.send_signal(signal.SIGABRT)
    wait_until(lambda: world.running.get("/healthz").status == 200, seconds=_SETTLE_SECONDS)


def _take_out(world: World, extent: Extent) -> None:
    """Back up, export, send digests, look at the trail, and write everything to disk."""
    home = world.directory / "made"
    commands: list[tuple[str, ...]] = [
        ("backup", str(home / "backup.replydesk")),
        ("export", "--site", "demo", str(home / "export.jsonl")),
        ("digest", "test", "--site", "demo"),
        ("export", "--site", "demo", "--format", "wxr", str(home / "export.xml")),
        ("digest", "show", "--site", "demo"),
        ("moderator", "list"),
        ("site", "list"),
    ]
    if not extent.is_whole:
        commands = commands[:3]
    ended = {" ".join(words): world.command(*words) for words in commands}
    failed = [name for name, done in ended.items() if done.returncode and name.split()[0] in {"backup", "export"}]
    if failed:
        raise NotEntered(f"these failed: {failed} {[ended[name].stderr[-300:] for name in failed]}")
    wait_until(lambda: world.webhook.received, seconds=_SETTLE_SECONDS)
    world.restored = put_back(world, home / "backup.replydesk", "restored")
    with contextlib.closing(Redis.from_url(world.valkey.url)) as client:
        client.save()
