"""Who was written to within the last day: keyed hashes that only the notifier can make, so that nobody is written to
at a stranger's will more than once.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from comments import schema
from comments.store.upsert import upsert

_mailboxes = schema.mailboxes

ASK_AGAIN_AFTER = timedelta(days=1)


def note_asked(connection: Connection, key: bytes, now: datetime) -> datetime | None:
    """Note, before it happens, that a mailbox is written to. Returns None, or the time it was, within a day."""
    asked = upsert(connection, _mailboxes).values(key=key, asked_at=now)
    asked = asked.on_conflict_do_update(
        index_elements=[_mailboxes.c.key],
        set_={"asked_at": asked.excluded.asked_at},
        where=_mailboxes.c.asked_at <= now - ASK_AGAIN_AFTER,
    )
    if connection.execute(asked.returning(_mailboxes.c.key)).first() is not None:
        return None
    before: datetime = connection.execute(select(_mailboxes.c.asked_at).where(_mailboxes.c.key == key)).scalar_one()
    return before


def forget_asked(connection: Connection, now: datetime) -> None:
    """Forget whom a day has passed for."""
    connection.execute(delete(_mailboxes).where(_mailboxes.c.asked_at < now - ASK_AGAIN_AFTER))
