"""kill -9 of worker, web and Valkey under load: nothing accepted is lost, nothing unapproved is public."""

import itertools
import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.servers.replydesk import Replydesk, running_replydesk, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

KILLS = 9
SPAM = "Guaranteed loan in 10 minutes, no collateral! WhatsApp +234 803 000 0000 or visit bit.ly/loan-now number {}"
FAIR = "The ministers should have picked up the telephone first, remark {}"
SETTLE_SECONDS = 120  # the longest a comment may take from healing to its final state
VICTIMS = {
    "web": lambda running: [process for process in running.children("ops web") if not process.children()],
    "worker": lambda running: [process for process in running.children("ops worker") if not process.children()],
    "valkey": lambda running: running.children("valkey-server"),
}


@dataclass
class Oracle:
    """What the service promised, written down outside it and on disk before it counts."""

    path: Path
    accepted: dict[str, dict[str, object]] = field(default_factory=dict)
    seen_public: set[str] = field(default_factory=set)

    def note(self, text: str, answer: dict[str, object]) -> None:
        with self.path.open("a") as file:
            file.write(f"{answer['id']} {text}\n")
            file.flush()
            os.fsync(file.fileno())
        self.accepted[text] = answer


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Replydesk]:
    """A service of this test's own, with a short lease so that recovery is seen."""
    with running_replydesk(tmp_path, rate_limits="off", lease_seconds="3", sweep_seconds="1") as started:
        yield started


@pytest.mark.parametrize("victim", list(VICTIMS))
def test_killed_process_loses_no_accepted_comment(running: Replydesk, tmp_path: Path, victim: str) -> None:
    # given: an outside witness, load, and somebody who watches the public page
    oracle = Oracle(tmp_path / "oracle.log")
    chance = random.Random(victim)
    with load(running, oracle), watch(running, oracle):
        # when: the process is killed again and again at odd moments
        for _ in range(KILLS):
            before = len(oracle.accepted)
            kill_one(running, victim, chance)
            wait_until(lambda least=before + 6: len(oracle.accepted) >= least, seconds=60)

    # then: every accepted comment is there, decided, and nothing doubtful was ever public
    assert len(oracle.accepted) >= KILLS * 6, "else this proves nothing"
    wait_until(
        lambda: all(status != "pending" for status in statuses(running, oracle).values()), seconds=SETTLE_SECONDS
    )
    final = statuses(running, oracle)
    assert len(final) == len(oracle.accepted)
    public = running.public_texts()
    assert len(public) == len(set(public)), "a comment is public twice"
    assert set(public) == {text for text, status in final.items() if status == "approved"}
    assert oracle.seen_public <= {text for text, status in final.items() if status == "approved"}
    assert not [text for text in oracle.seen_public if text.startswith("Guaranteed loan")]
    assert any(status == "approved" for status in final.values())
    assert all(final[text] != "approved" for text in final if text.startswith("Guaranteed loan"))


def kill_one(running: Replydesk, victim: str, chance: random.Random) -> None:
    """Kill -9 one process of a kind, the moment there is one."""
    process: psutil.Process = chance.choice(wait_until(lambda: VICTIMS[victim](running), seconds=60))
    process.kill()


def statuses(running: Replydesk, oracle: Oracle) -> dict[str, str]:
    """Ask for the status of every accepted comment by its receipt."""
    return {text: running.status(answer) for text, answer in oracle.accepted.items()}


@contextmanager
def load(running: Replydesk, oracle: Oracle) -> Iterator[None]:
    """Post fair comments and spam until the block ends; only a 202 counts, a retry uses the same key."""
    with _thread(lambda number: _post(running, oracle, number)):
        yield


@contextmanager
def watch(running: Replydesk, oracle: Oracle) -> Iterator[None]:
    """Read the public thread again and again until the block ends."""
    with _thread(lambda _: oracle.seen_public.update(running.public_texts())):
        yield


def _post(running: Replydesk, oracle: Oracle, number: int) -> None:
    text = (SPAM if number % 3 == 0 else FAIR).format(number)
    answer = running.post(text, key=f"load-{number}", name=f"Reader {number}", email=f"reader{number}@example.org")
    if answer.status == 202:
        oracle.note(text, answer.json)


@contextmanager
def _thread(step: object) -> Iterator[None]:
    stop = threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        for number in itertools.count():
            try:
                step(number)  # type: ignore[operator]  # a callable of one number
            except (OSError, ValueError):
                pass  # a killed server does not answer, or half; that is the point of the test
            except BaseException as error:
                failures.append(error)
                return
            if stop.wait(0.01):
                return

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert not failures, failures
