"""The time trap tells how long a form was open, only for its own thread, and never for longer than a day."""

from datetime import timedelta

import pytest

from comments.identity import RootKey
from service.time_trap import MAX_SECONDS, make_token, read_seconds
from tests.factories import NOW, ROOT_KEY


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, 0), (1, 1), (MAX_SECONDS, MAX_SECONDS), (MAX_SECONDS + 1, None), (-1, None)]
)
def test_time_is_read_back(seconds: int, expected: int | None) -> None:
    token = make_token(ROOT_KEY, "demo", "a", NOW)

    found = read_seconds(ROOT_KEY, token, site="demo", thread="a", now=NOW + timedelta(seconds=seconds))

    assert found == expected


@pytest.mark.parametrize(("site", "thread"), [("other", "a"), ("demo", "b"), ("dem", "oa")])
def test_token_of_another_thread_tells_nothing(site: str, thread: str) -> None:
    token = make_token(ROOT_KEY, site, thread, NOW)

    assert read_seconds(ROOT_KEY, token, site="demo", thread="a", now=NOW) is None


def test_form_given_out_before_a_rotation_tells_its_time_after_it() -> None:
    token = make_token(ROOT_KEY, "demo", "a", NOW)

    assert read_seconds(RootKey(b"x" * 32, others=(ROOT_KEY,)), token, site="demo", thread="a", now=NOW) == 0


def test_time_cannot_be_changed_without_the_key() -> None:
    given, signature = make_token(ROOT_KEY, "demo", "a", NOW).split(".")
    earlier = f"{int(given) - 60}.{signature}"

    assert read_seconds(ROOT_KEY, earlier, site="demo", thread="a", now=NOW) is None
    other = make_token(RootKey(b"x" * 32), "demo", "a", NOW)
    assert read_seconds(ROOT_KEY, other, site="demo", thread="a", now=NOW) is None
