"""Why a comment waits for a person for the way it came in, which says nothing of its words."""

from enum import StrEnum


class DoorHold(StrEnum):
    """What was noticed at the door."""

    NONE = ""
    NO_PROOF = "no_proof"  # the site asks for a proof of work, and it had none that counts
    CROWDED = "crowded"  # its network sent so much that one sender among many cannot be told from another
