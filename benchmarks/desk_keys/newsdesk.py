"""The service as an operator starts it, with a hundred comments that wait, and a moderator at a real browser."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from tests.servers.chromium import running_chromium
from tests.servers.replydesk import Replydesk, running_replydesk, setup_link, wait_until

PASSWORD = "Harmattan-dust-at-noon-7"  # noqa: S105 - of a service that lives as long as the benchmark
# Each differs in more than a number, or the checks would see one campaign.
PLACES = ("Kano", "Lagos", "Enugu", "Jos", "Ibadan", "Yola", "Owerri", "Sokoto", "Benin", "Calabar")
TOPICS = ("school fees", "fuel queues", "the new bridge", "rice prices", "the league", "rain", "hospital beds", "buses")
WORDS = ("never", "always", "rarely", "finally", "hardly", "often", "again")


@contextlib.contextmanager
def a_full_desk(waiting: int) -> Iterator[Page]:
    """Give a browser that stands before a queue of so many comments."""
    with (
        tempfile.TemporaryDirectory(prefix="desk-keys-") as directory,
        running_replydesk(Path(directory), rate_limits="off") as service,
        running_chromium() as chromium,
    ):
        _hold_everything(service)
        _post(service, waiting)
        page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.goto(service.url + setup_link(service))
        for name, typed in {"login": "ada", "password": PASSWORD, "again": PASSWORD}.items():
            page.locator(f"[name={name}]").fill(typed)
        page.locator("main form button.primary").click()
        page.wait_for_url("**/review/**")
        page.goto(f"{service.url}/review/")
        yield page


def _hold_everything(service: Replydesk) -> None:
    command = [sys.executable, "-m", "ops", "site", "set", "demo", "--mode", "hold_all"]
    environment = {**os.environ, "REPLYDESK_DATA_DIR": str(service.data)}
    subprocess.run(command, env=environment, check=True, capture_output=True)


def _post(service: Replydesk, waiting: int) -> None:
    """Send replies as readers do and wait until the workers have judged all of them."""
    accepted = []
    for turn in range(waiting):
        place, topic, word = PLACES[turn % 10], TOPICS[turn // 10 % 8], WORDS[turn % 7]
        text = f"In {place} they {word} talk about {topic}; I counted {turn * 37}, see www.{place}{turn}.example"
        answer = service.post(text, name=f"Reader {turn}", email=f"reader{turn}@example.org")
        accepted.append(answer.json)
    wait_until(lambda: all(service.status(each) == "held" for each in accepted), seconds=120)
