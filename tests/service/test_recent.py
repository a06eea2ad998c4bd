"""What was made lately is kept for seconds, and not without end."""

from datetime import timedelta

from service.recent import KEEP_SECONDS, MAX_KEPT, Recent
from tests.factories import NOW


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
