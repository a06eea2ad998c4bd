"""Announcements: what webhooks will be told of a decision, written in its own transaction.

So nothing is told that did not happen, and nothing that happened is left out. A site without a webhook costs one small
look for each batch. What a person decided waits until it can no longer be undone in passing; what was undone before it
left is never told, nor that it was undone.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, delete, insert, select

from comments import schema
from comments.status import Status
from comments.store.audit import MODERATOR
from comments.store.outbox import UNDO_WINDOW
from comments.webhook import Announcement

_webhooks, _letters, _comments, _threads = schema.webhooks, schema.webhook_letters, schema.comments, schema.threads

_READER = "reader"
_LISTENING = select(_webhooks.c.id, _webhooks.c.site_id, _webhooks.c.announcements).where(
    _webhooks.c.site_id.in_(bindparam("sites", expanding=True)), _webhooks.c.paused_at.is_(None)
)
_ABOUT = (
    select(
        _comments.c.id,
        _comments.c.parent_id,
        _comments.c.version,
        schema.sites.c.key.label("site_key"),
        _threads.c.key.label("thread_key"),
        _threads.c.url,
    )
    .join(_threads, _threads.c.id == _comments.c.thread_id)
    .join(schema.sites, schema.sites.c.id == _comments.c.site_id)
    .where(_comments.c.id.in_(bindparam("ids", expanding=True)))
)
_UNSEEN = (
    delete(_letters)
    .where(_letters.c.decision_id.in_(bindparam("undone", expanding=True)), _letters.c.attempts == 0)
    .returning(_letters.c.webhook_id, _letters.c.decision_id)
)

# A row of the table of decisions, and its number.
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listener:
    """A webhook and what it wants to be told."""

    webhook_id: int
    site_id: int
    wanted: frozenset[str]


def announce(connection: Connection, records: Sequence[Record], decision_ids: Sequence[int], now: datetime) -> None:
    """Keep what webhooks will be told of these decisions, after the comments were moved."""
    unseen = _take_back(connection, records)
    listeners = _listeners(connection, {record["site_id"] for record in records})
    told = [
        (record, made, announcement)
        for record, made in zip(records, decision_ids, strict=True)
        if (announcement := _announcement(record)) is not None
    ]
    if not listeners or not told:
        return
    about = {row.id: row for row in connection.execute(_ABOUT, {"ids": [record["comment_id"] for record, *_ in told]})}
    rows = []
    for record, made, announcement in told:
        wait = UNDO_WINDOW if record["made_by"] == MODERATOR else timedelta()
        message = _message(announcement, _data(record, about[record["comment_id"]]), now)
        for listener in listeners:
            is_news = (listener.webhook_id, record["undoes_id"]) not in unseen
            if listener.site_id == record["site_id"] and announcement in listener.wanted and is_news:
                rows.append(_letter(listener, message, now, wait=wait, decision_id=made))
    _keep(connection, rows)


def announce_thread(connection: Connection, story: Any, *, is_closed: bool, now: datetime) -> None:
    """Keep that a moderator closed a story or opened it again."""
    announcement = Announcement.THREAD_CLOSED if is_closed else Announcement.THREAD_REOPENED
    data = {"site": story.site_key, "thread": {"key": story.key, "url": story.url}, "made_by": MODERATOR}
    message = _message(announcement, data, now)
    listeners = _listeners(connection, {story.site_id})
    # At once: nobody takes this back with a key, as they do a decision.
    rows = [_letter(each, message, now, wait=timedelta()) for each in listeners if announcement in each.wanted]
    _keep(connection, rows)


def _take_back(connection: Connection, records: Sequence[Record]) -> frozenset[tuple[int, int]]:
    """Take back what was not sent yet of decisions that are being undone: (webhook id, decision id).

    A letter that somebody has tried to send may have arrived, so it stays, and what undoes it is told as well.
    """
    undone = [record["undoes_id"] for record in records if record["undoes_id"] is not None]
    if not undone:
        return frozenset()
    return frozenset((row.webhook_id, row.decision_id) for row in connection.execute(_UNSEEN, {"undone": undone}))


def _listeners(connection: Connection, site_ids: Collection[int]) -> tuple[Listener, ...]:
    rows = connection.execute(_LISTENING, {"sites": sorted(site_ids)})
    return tuple(Listener(row.id, row.site_id, frozenset(json.loads(row.announcements))) for row in rows)


def _announcement(record: Record) -> Announcement | None:
    """Return what the change is to the outside: one word for each; None for a text that waits for its checks."""
    was_public = record["old_status"] == Status.APPROVED.value
    match Status(record["new_status"]):
        case Status.APPROVED:
            return Announcement.PUBLISHED
        case Status.ERASED:
            return Announcement.WITHDRAWN if record["made_by"] == _READER else Announcement.ERASED
        case Status.PENDING:
            return Announcement.UNPUBLISHED if was_public else None
        case Status.HELD:
            return Announcement.UNPUBLISHED if was_public else Announcement.HELD
        case Status.REJECTED:
            return Announcement.UNPUBLISHED if was_public else Announcement.REJECTED


def _data(record: Record, about: Any) -> dict[str, object]:
    comment_id = record["comment_id"]
    return {
        "site": about.site_key,
        "thread": {"key": about.thread_key, "url": about.url},
        "comment": {
            "id": comment_id,
            "parent": about.parent_id,
            "revision": record["revision"],
            "version": about.version,
            "status": record["new_status"],
            "link": f"{about.url.partition('#')[0]}#comment-{comment_id}" if about.url else "",
        },
        "reason": record["reason"],
        "made_by": record["made_by"],
    }


def _message(announcement: Announcement, data: Mapping[str, object], now: datetime) -> dict[str, object]:
    # Random and not the decision's number: after a backup was restored, that is given to another decision.
    return {"id": f"evt_{uuid4().hex}", "type": announcement.value, "timestamp": now.isoformat(), "data": data}


def _letter(
    listener: Listener,
    message: Mapping[str, object],
    now: datetime,
    *,
    wait: timedelta,
    decision_id: int | None = None,
) -> dict[str, object]:
    return {
        "webhook_id": listener.webhook_id,
        "decision_id": decision_id,
        "message_id": message["id"],
        "body": json.dumps(message, separators=(",", ":")),
        "due_at": now + wait,
        "attempts": 0,
        "created_at": now,
    }


def _keep(connection: Connection, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(insert(_letters), rows)
