"""200 comments full of addresses through the web and a real worker, in a process that writes down every way out.

`unshare -n python -m tests.workers.egress_process DATABASE REDIS FOLDER` prints what was tried and what became of it.
"""

import json
import socket
import sys
from functools import partial
from pathlib import Path

from comments.clock import utc_now
from comments.settings import EmailMode, Settings
from comments.store import open_store
from comments.wakeup import Wakeup, connect_quickly
from service.app import create_app
from service.parts import Parts
from tests import factories
from workers import runtime
from workers.heartbeat import Pulse
from workers.opinion import opinion_of_process
from workers.reader import load_models
from workers.runtime import open_runtime
from workers.second_opinion import SecondOpinion
from workers.worker import Worker

COMMENTS = 200
ADDRESSES = (
    "https://preview-me.example/{n}?utm=1",
    "http://169.254.169.254/latest/meta-data/{n}",
    "http://127.0.0.1:{port}/{n}",
    "ftp://files.example/{n}",
    "www.some-shop.example/{n}",
    "xn--bcher-kva.example/{n}",
    "<img src=https://pixel.example/{n}.gif>",
    "[x](https://markdown.example/{n})",
    "reader{n}@mail-check.example",
)


def watch(tried: list[str]) -> None:
    """Write down every socket that goes beyond this machine, and every name that is looked up."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
            tried.append(f"{event} {arguments[1]}")
        elif event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}:
            tried.append(f"{event} {arguments[0]}")

    sys.addaudithook(hook)


def run(database_url: str, redis_url: str, folder: str) -> dict[str, object]:
    """Post, check, and return what was tried."""
    settings = Settings.model_validate(
        {
            "data_dir": folder,
            "database_url": database_url,
            "redis_url": redis_url,
            "rate_limits": False,
            "email_mode": EmailMode.HASH,
            "root_key_file": str(factories.root_key_file(Path(folder))),
        }
    )
    store = open_store(database_url)
    parts = Parts(settings, store, factories.ROOT_KEY, Wakeup(connect_quickly(redis_url)), utc_now)
    client = create_app(parts).test_client()
    statuses = [
        client.post("/api/v1/comments", json=a_body_of_addresses(number)).status_code for number in range(COMMENTS)
    ]
    client.get("/threads/demo?thread=border-strikes")
    here = open_runtime(
        settings,
        partial(opinion_of_process, load_models(SecondOpinion(settings.second_stage))),
        Pulse(),
        lease="worker/x",
    )
    Worker(redis_url, "x", here.beat).work(burst=True, logging_level="CRITICAL")
    waiting = store.pending.oldest_at()
    runtime.use(None)
    return {"statuses": sorted(set(statuses)), "posted": len(statuses), "waiting": str(waiting)}


def a_body_of_addresses(number: int) -> dict[str, object]:
    """Return a comment that asks to be looked up in every way."""
    places = " ".join(address.format(n=number, port=8000 + number) for address in ADDRESSES)
    thread = {"key": "border-strikes", "url": f"https://news.example/{number}", "title": "https://title.example"}
    return factories.a_body(
        text=f"Look {number}: {places}",
        thread=thread,
        name=f"Reader {number}",
        email=f"r{number}@no-such-domain.example",
    )


if __name__ == "__main__":
    found: list[str] = []
    watch(found)
    done = run(*sys.argv[1:])
    ours = list(found)
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=1)
        has_way_out = True
    except OSError:
        has_way_out = False
    print(json.dumps(done | {"tried": ours, "is_watched": len(found) > len(ours), "has_way_out": has_way_out}))
