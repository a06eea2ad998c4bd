"""What each moderator chose for their own desk."""

from sqlalchemy import bindparam, select, update

from comments import schema
from comments.preferences import Preferences, preferences_from_json
from comments.store.database import Database

_moderators = schema.moderators
_OF = select(_moderators.c.preferences).where(_moderators.c.id == bindparam("moderator_id"))


class DeskPreferences:
    """Preferences, one set for each moderator."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, moderator_id: int) -> Preferences:
        """Return what a moderator chose; the defaults for one who is not there."""
        with self._database.read() as connection:
            raw = connection.execute(_OF, {"moderator_id": moderator_id}).scalar_one_or_none()
        return Preferences() if raw is None else preferences_from_json(raw)

    def set(self, moderator_id: int, preferences: Preferences) -> None:
        """Keep what a moderator chose."""
        with self._database.write() as connection:
            change = update(_moderators).where(_moderators.c.id == moderator_id)
            connection.execute(change.values(preferences=preferences.to_json()))
