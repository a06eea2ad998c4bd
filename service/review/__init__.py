"""The review desk: what waits for a person, why, and one key for each decision.

Rule: pages work without a script, and hold no address, no hash and no network.
"""

from flask import Blueprint

from service.review import (
    account,
    decide,
    entrance,
    guard,
    invitation,
    lists,
    oidc,
    people,
    second_factor,
    trail,
    words,
)

blueprint = Blueprint("review", __name__, url_prefix="/review")
guard.register(blueprint)
words.register(blueprint)
entrance.register(blueprint)
invitation.register(blueprint)
oidc.register(blueprint)
account.register(blueprint)
second_factor.register(blueprint)
people.register(blueprint)
lists.register(blueprint)
decide.register(blueprint)
trail.register(blueprint)
