"""R-13 and R-19: too many at the door. Some shout the same spam, some never finish their sentence."""

import contextlib
import resource
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from tests.faults.reader import Reader
from tests.faults.stage import Stage
from tests.faults.texts import Expected, Sample

# Who is who at the door is told by the reader's X-Forwarded-For.
BEHIND_A_PROXY = {"REPLYDESK_RATE_LIMITS": "on", "REPLYDESK_TRUSTED_PROXIES": "127.0.0.1"}
FLOODERS = 12
FLOOD_ADDRESSES = 4
FLOOD_SECONDS = 6.0
HONEST = 20
CLIENTS = 1_000
LOOKS = 40
# A page comes within a quarter of a second to 95 of 100; here the machine's other core is the load.
P95_SECONDS = 1.0
OWN_FILES = 300
_HEAD = b"POST /api/v1/comments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
_BEGINNINGS = (b"GET / HTTP/1.1\r\nHost: localhost\r\n", _HEAD + b'Content-Length: 60000\r\n\r\n{"text":"', b"")


def flood(stage: Stage) -> None:
    """R-13: a dozen clients at four addresses send spam as fast as they can; an honest reader is heard at once."""
    stage.pause(0.5)
    ends_at = time.monotonic() + FLOOD_SECONDS
    with ThreadPoolExecutor(FLOODERS) as pool:
        shouting = [pool.submit(_shout, stage, number, ends_at) for number in range(FLOODERS)]
        turned_away = sum(not _is_heard_at_once(stage) for _ in range(HONEST))
        tries = sum(each.result() for each in shouting)
    if turned_away:
        stage.journal.problem(f"{turned_away} of {HONEST} honest readers were turned away in a flood of {tries}")
    if tries <= 10 * HONEST:
        stage.journal.problem(f"{tries} tries are no flood")


def _shout(stage: Stage, number: int, ends_at: float) -> int:
    """Send until the end. Returns how many tries that were."""
    tries = 0
    address = f"198.51.100.{number % FLOOD_ADDRESSES}"
    with contextlib.closing(Reader(stage.installation.urls, stage.journal, stage.chance, address)) as reader:
        while time.monotonic() < ends_at:
            tries += 1
            key = f"flood{stage.seed}-{stage.cycle}-{number}-{tries}"
            text = f"Guaranteed loan, no collateral! WhatsApp +234 803 000 0000 or visit bit.ly/loan ({key})"
            reader.post_once(Sample(key, text, f"rig-{stage.seed}", Expected.NOT_APPROVED))
    return tries


def _is_heard_at_once(stage: Stage) -> bool:
    with contextlib.closing(Reader(stage.installation.urls, stage.journal, stage.chance)) as reader:
        return bool(reader.post_once(stage.write_down("Let me say this between all the shouting.")))


def send_slowly(stage: Stage) -> None:
    """R-19: a thousand clients that send slowly or nothing; a page still comes quickly."""
    stage.pause(0.5)
    _allow_files(CLIENTS + OWN_FILES)
    with _slow_clients(stage) as clients:
        took = []
        for look in range(LOOKS):
            _trickle(clients[look::LOOKS])
            began = time.monotonic()
            _get_page(stage)
            took.append(time.monotonic() - began)
    p95 = sorted(took)[int(LOOKS * 0.95) - 1]
    if p95 > P95_SECONDS:
        stage.journal.problem(f"with {CLIENTS} slow clients a page took {p95:.2f} s (p95)")


@contextlib.contextmanager
def _slow_clients(stage: Stage) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        clients = []
        for number in range(CLIENTS):
            place = urlsplit(stage.installation.urls[number % len(stage.installation.urls)])
            client = stack.enter_context(socket.create_connection((place.hostname, place.port), timeout=10))
            client.sendall(_BEGINNINGS[number % len(_BEGINNINGS)])
            clients.append(client)
        yield clients


def _trickle(clients: list[socket.socket]) -> None:
    for client in clients:
        with contextlib.suppress(OSError):  # it may have been cut off by now
            client.send(b"a")


def _get_page(stage: Stage) -> None:
    with contextlib.closing(Reader(stage.installation.urls, stage.journal, stage.chance)) as reader:
        if reader.public(stage.article) is None:
            stage.journal.problem("no page came while a thousand clients were slow")


def _allow_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
