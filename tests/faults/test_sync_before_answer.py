"""A 202 is never written before the commit that covers it is on disk: seen in the web process's own system calls."""

import contextlib
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.broken.acceptance import NO_SYNC
from tests.faults.controls import BROKEN
from tests.faults.installation import Installation, Shape, running_installation
from tests.faults.journal import Journal
from tests.faults.keeper import wait_for
from tests.faults.reader import Reader
from tests.faults.texts import sample

pytestmark = [pytest.mark.faults, pytest.mark.skipif(sys.platform != "linux", reason="ptrace is Linux's")]

COMMENTS = 12
SECONDS = 30.0


def test_sqlite_is_synced_before_the_answer_is_written() -> None:
    # given, when
    words = words_of(Shape(environment=ONE_PROCESS))

    # then: between the last write to the log and the answer there is a sync, for every single one
    assert len(answers(words)) == COMMENTS, words
    assert all(is_synced(before) for before in answers(words)), words


def test_the_trace_shows_a_missing_sync() -> None:
    # given: the same service, told not to wait for the disk
    broken = Shape(web=BROKEN, environment=ONE_PROCESS | {"REPLYDESK_RIG_BROKEN": NO_SYNC})

    # when
    words = words_of(broken)

    # then
    assert len(answers(words)) == COMMENTS, words
    assert not any(is_synced(before) for before in answers(words)), "else the first test proves nothing"


def test_postgresql_has_said_committed_before_the_answer_is_written() -> None:
    # given, when
    words = words_of(Shape(database="postgresql", environment=ONE_PROCESS))

    # then
    assert len(answers(words)) == COMMENTS, words
    assert all("commit" in before for before in answers(words)), words


ONE_PROCESS = {"REPLYDESK_WEB_WORKERS": "1"}


def words_of(shape: Shape) -> list[str]:
    """Return what the web process did while a dozen comments came in, one after the other."""
    with running_installation(shape) as running, contextlib.ExitStack() as stack:
        journal = Journal(running.evidence, "tracer")
        reader = stack.enter_context(contextlib.closing(Reader(running.urls, journal, random.Random(1))))
        assert reader.post_until_accepted(sample(1, COMMENTS), lambda: False), "connections are open by now"
        with traced(running) as notes:
            for number in range(COMMENTS):
                assert reader.post_until_accepted(sample(1, number), lambda: False)
            wait_for("every answer is noted", lambda: notes.read_text().count("202") >= COMMENTS, seconds=SECONDS)
        journal.close()
        return notes.read_text().split()


@contextmanager
def traced(running: Installation) -> Iterator[Path]:
    """Trace the web process for the length of the block."""
    notes = running.evidence / "words"
    (web,) = running.webs[0].children()
    command = [sys.executable, "-m", "tests.faults.trace", str(web.pid), str(notes)]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        wait_for("the tracer begins", lambda: tracer.poll() is not None or notes.exists(), seconds=SECONDS)
        yield notes
    except TimeoutError:
        if tracer.poll() == 3:
            pytest.skip("this machine lets nobody trace")
        raise
    finally:
        tracer.kill()
        tracer.communicate()


def answers(words: list[str]) -> list[list[str]]:
    """Return, for each 202, what was done since the one before."""
    found: list[list[str]] = []
    since: list[str] = []
    for word in words[1:]:
        if word == "202":
            found.append(since)
            since = []
        else:
            since.append(word)
    return found


def is_synced(before: list[str]) -> bool:
    """Say whether something was written and whatever was written last was synced."""
    return "wal" in before and "sync" in before[len(before) - before[::-1].index("wal") :]
