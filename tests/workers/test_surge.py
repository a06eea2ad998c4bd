"""What is a surge and what is not, on whole histories minute by minute. A surge is only ever held, never rejected."""

from collections.abc import Iterable

import pytest

from workers.surge import (
    FEWEST,
    NOTHING_KNOWN,
    OWN_WINDOWS,
    RAREST,
    WINDOW_MINUTES,
    Usual,
    chance_of_at_least,
    is_surge,
    usual,
)

# Published comments in five minutes of busy stories: a local paper's, and a national one's.
QUIET = usual([1] * 60 + [2] * 25 + [3] * 10 + [5] * 4 + [9])
BUSY = usual([4] * 50 + [12] * 60 + [25] * 50 + [60] * 20 + [110] * 6 + [700])


def surging_minutes(a_minute: Iterable[int], site: Usual, *, is_read: bool = True) -> list[int]:
    """Return the minutes at which a surge is seen. `is_read`: what is held meanwhile is published within the hour."""
    came, published, surging = list[int](), list[int](), list[int]()
    for minute, count in enumerate(a_minute):
        came.append(count)
        own = published[-(OWN_WINDOWS + 1) * WINDOW_MINUTES : -WINDOW_MINUTES + 1] if minute >= WINDOW_MINUTES else []
        windows = min(max(minute + 1 - WINDOW_MINUTES, 0) / WINDOW_MINUTES, OWN_WINDOWS)
        is_held = is_surge(sum(came[-WINDOW_MINUTES:]), sum(own), windows, site)
        published.append(0 if is_held and not is_read else count)
        if is_held:
            surging.append(minute)
    return surging


def test_a_quiet_story_is_never_surging() -> None:
    day = [1 if minute % 17 == 0 else 2 if minute % 91 == 0 else 0 for minute in range(24 * 60)]

    assert surging_minutes(day, QUIET) == []
    assert surging_minutes(day, NOTHING_KNOWN) == []


def test_a_handful_of_comments_at_once_is_no_surge_however_unusual() -> None:
    silence = [0] * 600

    assert surging_minutes([*silence, FEWEST - 1, *silence], QUIET) == []


def test_growth_over_hours_is_no_surge() -> None:
    morning = [round(1 + 14 * (minute / 360) ** 1.5) for minute in range(360)]
    assert morning[-1] >= 14, "else this proves nothing"

    assert surging_minutes(morning, BUSY) == []


def test_a_steady_busy_story_is_no_surge_even_on_a_quiet_site() -> None:
    rising = [1] * 60 + [2] * 90 + [3] * 120 + [4] * 240

    assert surging_minutes(rising, QUIET) == []


@pytest.mark.parametrize("site", [NOTHING_KNOWN, QUIET])
def test_a_flood_is_seen_within_its_first_minute(site: Usual) -> None:
    flood = [0] * 30 + [1] + [0] * 29 + [40] * 30

    assert surging_minutes(flood, site, is_read=False)[0] == 60


def test_a_flood_that_nobody_publishes_is_seen_to_its_end() -> None:
    flood = [0] * 60 + [40] * 180 + [0] * 60

    seen = surging_minutes(flood, QUIET, is_read=False)

    assert seen == list(range(60, 60 + 180 + WINDOW_MINUTES - 1))


def test_a_flood_on_a_new_story_is_seen_without_any_past() -> None:
    assert surging_minutes([25] * 10, QUIET, is_read=False)[0] == 0


def test_great_news_is_a_surge_until_its_comments_are_published() -> None:
    # Clean comments after a result: none of them is known to be clean until somebody has read it.
    news = [1] * 120 + [60] * 120

    seen = surging_minutes(news, BUSY)

    assert seen[0] == 120
    assert 120 + 120 - 1 not in seen, "what was read and published is the story's own past by then"


def test_on_a_busy_site_a_popular_new_story_is_no_surge() -> None:
    assert surging_minutes([0, 2, 6, 10, 12, 12, 11, 12, 10, 9, 8, 7], BUSY) == []
    assert surging_minutes([0, 2, 6, 10, 12, 12, 11, 12, 10, 9, 8, 7], QUIET) != [], "else this proves nothing"


def test_one_wild_night_does_not_make_the_next_flood_usual() -> None:
    calm, once_wild = [2] * 200, [2] * 200 + [4000] * 5

    assert usual(once_wild).shape == pytest.approx(usual(calm).shape, rel=0.05)
    assert is_surge(60, 0, 0, usual(once_wild))


def test_little_known_means_a_wide_expectation() -> None:
    assert usual([]) == Usual(pytest.approx(1.0), pytest.approx(1.0))
    assert usual([30]).windows < usual([1, 1, 2]).windows


def test_the_chance_is_that_of_the_negative_binomial() -> None:
    # Shape 1 is the geometric distribution: P(at least n) = (1 / (1 + windows)) ** n.
    assert chance_of_at_least(10, 1.0, 1.0) == pytest.approx(0.5**10)
    assert chance_of_at_least(0, 3.0, 2.0) == 1.0
    assert 0 <= chance_of_at_least(5_000, 16.0, 0.1) < RAREST
