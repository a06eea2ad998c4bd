"""Opinions for tests of what happens around the checks: each reads its orders from the comment's text."""

import os
import signal
import time
from datetime import timedelta

from comments.policy import Policy
from comments.status import Status
from comments.verdict import Verdict
from workers.checks.subject import Subject

APPROVED = Verdict(Status.APPROVED, (), ())


def approve(subject: Subject, policy: Policy) -> Verdict:
    """Approve whatever it is."""
    return APPROVED


def obey(subject: Subject, policy: Policy) -> Verdict:
    """Do what the text says: raise, die, hang where a signal is heard or where it is not, or approve."""
    if "please raise" in subject.text:
        raise ValueError(subject.text)
    if "please die" in subject.text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "please freeze" in subject.text:
        signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))  # as in a C extension that never looks up
        wait(timedelta(minutes=5))
    if "please hang" in subject.text:
        wait(timedelta(minutes=5))
    return APPROVED


def wait(length: timedelta) -> None:
    """Wait as a check does that never ends: busy, in Python."""
    ends_at = time.monotonic() + length.total_seconds()
    while time.monotonic() < ends_at:
        pass
