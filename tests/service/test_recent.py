"""What was made lately is kept for seconds, and not without end."""

import threading
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from service.recent import KEEP_SECONDS, MAX_KEPT, Recent
from tests.factories import NOW
from tests.servers.replydesk import wait_until


def test_what_was_made_is_found_until_its_time_is_over() -> None:
    recent = Recent[str]()
    recent.put("asked", "made", NOW)

    assert recent.get("asked", NOW + timedelta(seconds=KEEP_SECONDS - 1)) == "made"
    assert recent.get("asked", NOW + timedelta(seconds=KEEP_SECONDS)) is None
    assert recent.get("other", NOW) is None


def test_what_nobody_asks_for_is_forgotten_first() -> None:
    recent = Recent[int]()
    recent.put("asked for all the time", 0, NOW)
    for number in range(1, MAX_KEPT + 1):
        recent.put(number, number, NOW)
        assert recent.get("asked for all the time", NOW) == 0

    assert recent.get(1, NOW) is None
    assert recent.get(2, NOW) == 2


def test_what_many_ask_for_at_once_is_made_once() -> None:
    # given somebody who makes it for as long as it takes all others to ask for it
    others, made, has_begun = 7, list[str](), threading.Event()
    recent = _Asked()

    def make() -> tuple[str, bool]:
        made.append("made")
        has_begun.set()
        wait_until(lambda: recent.asked >= 2 + others)  # its own two looks, and one of each other
        return "made", True

    # when
    with ThreadPoolExecutor(1 + others) as pool:
        found = [pool.submit(recent.find_or_make, "asked", NOW, make)]
        assert has_begun.wait(10)
        found += [pool.submit(recent.find_or_make, "asked", NOW, make) for _ in range(others)]

    # then
    assert [each.result() for each in found] == ["made"] * (1 + others)
    assert made == ["made"]


class _Asked(Recent[str]):
    """One that counts how often it was looked into."""

    asked = 0

    def get(self, asked: Hashable, now: datetime) -> str | None:
        self.asked += 1
        return super().get(asked, now)


def test_what_is_not_what_was_asked_for_is_not_kept() -> None:
    recent = Recent[str]()

    assert recent.find_or_make("asked", NOW, lambda: ("of a later version", False)) == "of a later version"
    assert recent.get("asked", NOW) is None


def test_nobody_waits_for_long_for_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    # given somebody who waits for a database that does not answer
    monkeypatch.setattr("service.recent.WAIT_SECONDS", 0.01)
    recent, has_begun, may_end = Recent[str](), threading.Event(), threading.Event()

    def hang() -> tuple[str, bool]:
        has_begun.set()
        assert may_end.wait(10)
        raise OSError

    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(recent.find_or_make, "asked", NOW, hang)
        assert has_begun.wait(10)

        # when
        made = recent.find_or_make("asked", NOW, lambda: ("made", True))

        may_end.set()

    # then
    assert made == "made"
    assert isinstance(hanging.exception(), OSError)
    assert recent.find_or_make("asked", NOW, lambda: ("anew", True)) == "made", "its turn was given back"
