"""Who besides this service may use a file, by its mode, its owner and its group."""

import os
import stat
from dataclasses import dataclass

EVERYBODY = stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Process:
    """The user and the groups that a process has."""

    user: int
    groups: frozenset[int]

    @classmethod
    def this(cls) -> "Process":
        """Return this process's own."""
        return cls(os.geteuid(), frozenset({os.getegid(), *os.getgroups()}))


def is_for_a_group(found: os.stat_result, process: Process) -> bool:
    """Say whether root looks at a file of its own that one more group may read, and nobody else.

    Who is in that group root cannot be told by its own rights: it may be the service alone.
    """
    is_roots = process.user == found.st_uid == 0 and found.st_gid not in process.groups
    return is_roots and found.st_mode & (stat.S_IRWXG | EVERYBODY) == stat.S_IRGRP


def is_open_to_others(found: os.stat_result, process: Process, *, group_may: int) -> bool:
    """Say whether others may do more with a file than they should.

    `group_may` are the bits of the mode that its group may have where that group is the service's way in: another user
    owns the file, root as a rule, and hands it over to a group of the process's. Of its own files it needs no group.
    """
    is_handed_over = found.st_uid != process.user and found.st_gid in process.groups
    allowed = group_may if is_handed_over else 0
    return bool(found.st_mode & (stat.S_IRWXG | EVERYBODY) & ~allowed)
