"""A file that was handed over by its group is for this service; one that everybody can read is not."""

import os
import stat

import pytest

from ops.rights import Process, is_for_a_group, is_open_to_others

ROOT, REPLYDESK, USERS = 0, 990, 100
AS_ROOT = Process(user=ROOT, groups=frozenset({ROOT}))
SERVICE = Process(user=REPLYDESK, groups=frozenset({REPLYDESK}))


def a_file(mode: int, user: int, group: int) -> os.stat_result:
    return os.stat_result((stat.S_IFREG | mode, 0, 0, 1, user, group, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("mode", "user", "group", "is_open"),
    [
        (0o600, REPLYDESK, REPLYDESK, False),
        (0o640, ROOT, REPLYDESK, False),
        (0o440, ROOT, REPLYDESK, False),
        (0o640, REPLYDESK, REPLYDESK, True),
        (0o640, ROOT, USERS, True),
        (0o660, ROOT, REPLYDESK, True),
        (0o644, ROOT, REPLYDESK, True),
        (0o604, ROOT, REPLYDESK, True),
    ],
)
def test_a_group_may_read_what_was_handed_over_to_it(mode: int, user: int, group: int, *, is_open: bool) -> None:
    assert is_open_to_others(a_file(mode, user, group), SERVICE, group_may=stat.S_IRGRP) is is_open


@pytest.mark.parametrize(
    ("mode", "group", "process", "is_for_one"),
    [
        (0o640, REPLYDESK, AS_ROOT, True),
        (0o640, REPLYDESK, SERVICE, False),
        (0o640, ROOT, AS_ROOT, False),
        (0o660, REPLYDESK, AS_ROOT, False),
        (0o644, REPLYDESK, AS_ROOT, False),
        (0o600, REPLYDESK, AS_ROOT, False),
    ],
)
def test_root_cannot_tell_who_is_in_a_group_that_may_read(
    mode: int, group: int, process: Process, *, is_for_one: bool
) -> None:
    assert is_for_a_group(a_file(mode, ROOT, group), process) is is_for_one


def test_a_volume_may_belong_to_the_group_that_the_service_was_given() -> None:
    of_group, of_all = a_file(0o2770, ROOT, REPLYDESK), a_file(0o2777, ROOT, REPLYDESK)

    assert not is_open_to_others(of_group, SERVICE, group_may=stat.S_IRWXG)
    assert is_open_to_others(of_all, SERVICE, group_may=stat.S_IRWXG)
