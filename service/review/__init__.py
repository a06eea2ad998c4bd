"""The review desk: what waits for a person, why, and one key for each decision.

Rule: pages work without a script, and hold no address, no hash and no network.
"""

from flask import Blueprint

from service.review import (
    account,
    appeals,
    author,
    bulk,
    claims,
    decide,
    entrance,
    frame,
    guard,
    help_page,
    invitation,
    lists,
    live,
    notes,
    oidc,
    overview,
    past,
    people,
    preferences,
    second_factor,
    settings,
    speaking,
    stories,
    trail,
    words,
)

blueprint = Blueprint("review", __name__, url_prefix="/review")
guard.register(blueprint)
preferences.register(blueprint)
words.register(blueprint)
frame.register(blueprint)
entrance.register(blueprint)
invitation.register(blueprint)
oidc.register(blueprint)
account.register(blueprint)
second_factor.register(blueprint)
people.register(blueprint)
lists.register(blueprint)
settings.register(blueprint)
stories.register(blueprint)
past.register(blueprint)
author.register(blueprint)
help_page.register(blueprint)
decide.register(blueprint)
bulk.register(blueprint)
appeals.register(blueprint)
claims.register(blueprint)
notes.register(blueprint)
speaking.register(blueprint)
live.register(blueprint)
trail.register(blueprint)
overview.register(blueprint)
