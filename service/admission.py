"""Who gets in how often: an author by their key, whom nobody else's posts can shut out, and networks for the rest."""

from collections.abc import Mapping
from datetime import datetime

from flask import g

from comments.door_hold import DoorHold
from comments.identity import Identity, identify, network_of
from comments.submission import InvalidSubmission, Submission, parse_submission
from service.door import door, sender_address
from service.parts import parts
from service.problems import TooMany
from service.rate_limits import AUTHOR, CROWD, CROWD_AUTHOR, NETWORK, UNFIT, Bucket
from service.slow_down import SLOW_AUTHOR


def read_submission(fields: Mapping[str, object]) -> Submission:
    """Return the submission. Raises InvalidSubmission, and TooMany where a network sends nothing else."""
    try:
        return parse_submission(fields)
    except InvalidSubmission:
        count_network(fields.get("site"), UNFIT)
        raise


def admit(submission: Submission, identity: Identity, now: datetime) -> DoorHold:
    """Count one post of an author, and of their network. Returns why it is to be held, if it is. Raises TooMany.

    The author comes first: what is turned away there is not laid at the door of all who share the network.
    """
    site_key, network = submission.site, network_of(sender_address())
    _count(AUTHOR, identity.loose, site_key)
    if door().slow_down.lasts(site_key, submission.thread.key, now):
        _count(SLOW_AUTHOR, identity.loose + f"/{site_key}/{submission.thread.key}".encode(), site_key)
    if network is None or not door().limits.is_over(CROWD, network.encode()):
        return DoorHold.NONE
    _count(CROWD_AUTHOR, identity.loose + network.encode(), site_key)
    _count(NETWORK, network.encode(), site_key)
    return DoorHold.CROWDED


def count_like_a_kept_one(submission: Submission) -> None:
    """Count a post that is refused for what it says. Raises TooMany."""
    now = parts().now()
    who = identify(
        submission, parts().key, client_ip=sender_address(), now=now, disposable_domains=door().disposable_domains
    )
    admit(submission, who, now)


def count_network(site_key: object = "", bucket: Bucket = NETWORK) -> None:
    """Count one post from the sender's network, to a site as it was named. Raises TooMany."""
    network = network_of(sender_address())
    if network is not None:
        _count(bucket, network.encode(), site_key)


def _count(bucket: Bucket, sender: bytes, site_key: object) -> None:
    """Count one post of a sender. Raises TooMany; what is turned away is folded with the flood it belongs to."""
    try:
        door().limits.count(bucket, sender)
    except TooMany:
        known = site_key if isinstance(site_key, str) and door().sites.knows(site_key) else ""
        is_first = door().floods.turn_away(known, network_of(sender_address()), parts().now())
        g.is_folded = not is_first  # for the log
        raise
