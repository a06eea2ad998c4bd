"""The review desk: what waits for a person, why, and one key for each decision.

Rule: pages work without a script, and hold no address, no hash and no network.
"""

from flask import Blueprint

from service.review import decide, entrance, guard, lists, words

blueprint = Blueprint("review", __name__, url_prefix="/review")
guard.register(blueprint)
words.register(blueprint)
entrance.register(blueprint)
lists.register(blueprint)
decide.register(blueprint)
