"""What a moderator records about a comment without moving it, each in the sentence that the audit trail keeps."""

from enum import StrEnum

TAKEN_BACK = "It was taken back."


class Look(StrEnum):
    """Why a moderator's decision left the comment as it was."""

    SAMPLE = "It was drawn for the audit sample and stays public."
    FIRST_APPROVAL = "It was approved by the first of two moderators."
    UPHELD = "The author's appeal was read by somebody else, and the rejection stands."
