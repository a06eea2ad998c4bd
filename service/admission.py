"""Who gets in how often: an author by their key, whom nobody else's posts can shut out, and networks for the rest."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from flask import g

from comments.door_hold import DoorHold
from comments.identity import Identity, identify, network_of
from comments.submission import InvalidSubmission, Submission, parse_submission
from service.door import door, sender_address
from service.parts import parts
from service.problems import TooMany
from service.rate_limits import AUTHOR, CROWD, CROWD_AUTHOR, NETWORK, REPEAT, UNFIT, Bucket
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

    The author comes first: what is turned away there is not laid at the door of all who share the network. Who turns
    a post away for it does so in `folding_floods`.
    """
    site_key, limits, network = submission.site, door().limits, network_of(sender_address())
    limits.count(AUTHOR, identity.loose)
    if door().slow_down.lasts(site_key, submission.thread.key, now):
        limits.count(SLOW_AUTHOR, identity.loose + f"/{site_key}/{submission.thread.key}".encode())
    if network is None or not limits.is_over(CROWD, network.encode()):
        return DoorHold.NONE
    limits.count(CROWD_AUTHOR, identity.loose + network.encode())
    limits.count(NETWORK, network.encode())
    return DoorHold.CROWDED


def may_look_for_twin(identity: Identity) -> bool:
    """Count one look for what a post that is over a limit may repeat, and say whether to take it."""
    network = network_of(sender_address())
    return not door().limits.is_over(REPEAT, identity.loose if network is None else network.encode())


def count_like_a_kept_one(submission: Submission) -> None:
    """Count a post that is refused for what it says. Raises TooMany."""
    now = parts().now()
    who = identify(
        submission, parts().key, client_ip=sender_address(), now=now, disposable_domains=door().disposable_domains
    )
    with folding_floods(submission.site):
        admit(submission, who, now)


def count_network(site_key: object = "", bucket: Bucket = NETWORK) -> None:
    """Count one post from the sender's network, to a site as it was named. Raises TooMany."""
    network = network_of(sender_address())
    if network is not None:
        with folding_floods(site_key):
            door().limits.count(bucket, network.encode())


@contextmanager
def folding_floods(site_key: object) -> Iterator[None]:
    """Fold what is turned away in the block (TooMany) with the flood it belongs to; the site is as it was named."""
    try:
        yield
    except TooMany:
        known = site_key if isinstance(site_key, str) and door().sites.knows(site_key) else ""
        is_first = door().floods.turn_away(known, network_of(sender_address()), parts().now())
        g.is_folded = not is_first  # for the log
        raise
