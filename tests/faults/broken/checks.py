"""`approve-on-crash`: a comment whose check fails is approved. Five of seven peers do that."""

import os

from comments.status import Status
from comments.verdict import Verdict
from workers import judge

VARIABLE = "REPLYDESK_RIG_BROKEN"
APPROVE_ON_CRASH = "approve-on-crash"


def break_them() -> None:
    """Break the checks of this process if that was asked for."""
    if os.environ.get(VARIABLE) == APPROVE_ON_CRASH:
        judge._cannot_tell = lambda _error: Verdict(Status.APPROVED, (), ())
