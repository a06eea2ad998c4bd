"""What moderators taught and the models made of it: lessons out, models in and out. One site never sees another's."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, delete, func, insert, literal_column, select, update

from comments import schema
from comments.lessons import Lesson, Mark
from comments.status import Status
from comments.store.database import Database
from comments.store.events import add_event

_models, _decisions, _comments, _samples = schema.site_models, schema.decisions, schema.comments, schema.audit_samples

# Written into the statements: SQLite uses the index of moderators' decisions only for a constant.
_BY_MODERATOR = schema.decisions.c.made_by == literal_column("'moderator'")
# Besides the active one: enough to see what happened, few enough not to fill the disk.
KEPT_INACTIVE = 2
MODEL_TAUGHT = "site model taught"
# A decision is learned when it has stood so long: most undoing happens at once, and decisions come in runs.
SETTLING_SECONDS = 30


@dataclass(frozen=True, slots=True)
class SiteModel:
    """One version of what a site taught for one head, on top of the shipped weights of `shipped_version`.

    `state` is the model packed without pickles.
    """

    site_id: int
    head: str
    version: str
    shipped_version: str
    state: bytes
    metrics: Mapping[str, Any]
    is_active: bool
    trained_to_decision_id: int
    created_at: datetime


class Learning:
    """Lessons and site models."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sites_with_news(self, heads: Sequence[str], now: datetime) -> tuple[int, ...]:
        """Return the sites with a settled decision that some head has not learned from yet."""
        with self._database.read() as connection:
            ids = connection.execute(select(schema.sites.c.id).order_by(schema.sites.c.id)).scalars().all()
            return tuple(site_id for site_id in ids if _has_news(connection, site_id, heads, now))

    def sites_taught_on_others(self, shipped_version: str) -> tuple[int, ...]:
        """Return the sites with an active model that was taught on top of other shipped weights than these."""
        statement = select(_models.c.site_id).where(_models.c.is_active, _models.c.shipped_version != shipped_version)
        with self._database.read() as connection:
            return tuple(sorted(set(connection.execute(statement).scalars())))

    def has_models(self) -> bool:
        """Say whether any site has taught anything."""
        with self._database.read() as connection:
            return connection.execute(select(_models.c.site_id).limit(1)).first() is not None

    def settled_to(self, site_id: int, now: datetime) -> int:
        """Return the number of the last decision that has stood long enough to be learned, 0 when there is none."""
        until = now - timedelta(seconds=SETTLING_SECONDS)
        newest = (
            select(_decisions.c.id)
            .where(_decisions.c.site_id == site_id, _BY_MODERATOR, _decisions.c.made_at <= until)
            .order_by(_decisions.c.id.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.execute(newest).scalar_one_or_none() or 0

    def lessons(self, site_id: int, *, after: int = 0, up_to: int | None = None, limit: int) -> tuple[Lesson, ...]:
        """Return the `limit` comments decided last among those decided after a decision, by their last decision.

        Each comes with all its decisions, so that the caller sees what an undoing took back. With `up_to`, as if
        nothing had been decided after that one. A decision on an earlier revision, or on words that are
        gone, is no lesson.
        """
        last = func.max(_decisions.c.id)
        decided = _made_after(site_id, after).with_only_columns(_decisions.c.comment_id, last.label("last"))
        if up_to is not None:
            decided = decided.where(_decisions.c.id <= up_to)
        decided = decided.group_by(_decisions.c.comment_id).order_by(last.desc()).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(decided).all()
            return _lessons(connection, {row.comment_id for row in rows}, up_to=up_to)

    def has_erased(self, site_id: int, *, after: int) -> bool:
        """Say whether a comment that moderators had decided by then was erased after that decision."""
        taught = _decisions.alias("taught")
        was_taught = (
            select(taught.c.id)
            .where(taught.c.comment_id == _decisions.c.comment_id, taught.c.id <= after)
            .where(taught.c.made_by == literal_column("'moderator'"))
        )
        erasures = select(_decisions.c.id).where(
            _decisions.c.id > after,
            _decisions.c.site_id == site_id,
            _decisions.c.new_status == Status.ERASED.value,
            was_taught.exists(),
        )
        with self._database.read() as connection:
            return connection.execute(erasures.limit(1)).first() is not None

    def active(self, site_id: int) -> dict[str, SiteModel]:
        """Return the site's active model of each head that has one."""
        statement = select(_models).where(_models.c.site_id == site_id, _models.c.is_active)
        with self._database.read() as connection:
            return {row.head: _model(row) for row in connection.execute(statement)}

    def active_versions(self, site_ids: Collection[int]) -> dict[int, dict[str, str]]:
        """Return {site: {head: version}} of the active models, to see whether a cached one is still it."""
        statement = select(_models.c.site_id, _models.c.head, _models.c.version).where(
            _models.c.site_id.in_(list(site_ids)), _models.c.is_active
        )
        found: defaultdict[int, dict[str, str]] = defaultdict(dict)
        with self._database.read() as connection:
            for row in connection.execute(statement):
                found[row.site_id][row.head] = row.version
        return dict(found)

    def trained_to(self, site_id: int, head: str) -> int:
        """Return the last decision that any version of this model has seen, activated or not; 0 when there is none."""
        with self._database.read() as connection:
            return _trained_to(connection, site_id, head)

    def save(self, model: SiteModel, *, seen_before: int) -> bool:
        """Keep a version; an active one takes the place of the one before in the same transaction.

        Returns False, and keeps nothing, unless the model's versions had seen exactly the decisions up to
        `seen_before`: then somebody else has learned meanwhile. That makes learning twice harmless.
        """
        same = and_(_models.c.site_id == model.site_id, _models.c.head == model.head)
        with self._database.write() as connection:
            if _trained_to(connection, model.site_id, model.head) != seen_before:
                return False
            if model.is_active:
                connection.execute(update(_models).where(same, _models.c.is_active).values(is_active=False))
            connection.execute(insert(_models).values(**_values(model)))
            kept = select(_models.c.id).where(same, ~_models.c.is_active)
            kept = kept.order_by(_models.c.id.desc()).limit(KEPT_INACTIVE)
            ids = connection.execute(kept).scalars().all()
            connection.execute(delete(_models).where(same, ~_models.c.is_active, _models.c.id.not_in(ids)))
            # The versions go; that the machine decided by them, and how good they were, stays in the trail.
            add_event(connection, model.site_id, None, MODEL_TAUGHT, _told(model), now=model.created_at)
            return True

    def forget(self, site_id: int) -> None:
        """Delete everything a site taught. The next job learns it again from the decisions that are still there."""
        with self._database.write() as connection:
            connection.execute(delete(_models).where(_models.c.site_id == site_id))


_MARKS = (
    select(
        _decisions.c.id,
        _decisions.c.comment_id,
        _decisions.c.new_status,
        _decisions.c.reason,
        _decisions.c.undoes_id,
        _comments.c.name.label("author_name"),
        _comments.c.text,
        schema.threads.c.title,
        schema.threads.c.lead,
        _samples.c.rate,
    )
    # Only decisions on the words that are still there: those of an earlier revision were about other words.
    .join(_comments, and_(_comments.c.id == _decisions.c.comment_id, _comments.c.revision == _decisions.c.revision))
    .join(schema.threads, schema.threads.c.id == _comments.c.thread_id)
    .outerjoin(_samples, _samples.c.comment_id == _decisions.c.comment_id)
    .where(
        _decisions.c.comment_id.in_(bindparam("ids", expanding=True)),
        _BY_MODERATOR,
        _comments.c.status != Status.ERASED.value,
        _comments.c.words_forgotten_at.is_(None),
        ~_comments.c.by_newsroom,
    )
    .order_by(_decisions.c.id)
)
# SQLite takes 32,766 values in a statement at most, and a rebuild asks for thousands of comments.
_IDS_AT_ONCE = 1000


def _made_after(site_id: int, after: int) -> Select[int, int]:
    return select(_decisions.c.id, _decisions.c.comment_id).where(
        _decisions.c.site_id == site_id, _BY_MODERATOR, _decisions.c.id > after
    )


def _has_news(connection: Connection, site_id: int, heads: Sequence[str], now: datetime) -> bool:
    seen = min(_trained_to(connection, site_id, head) for head in heads)
    fresh = _made_after(site_id, seen).with_only_columns(_decisions.c.made_at).order_by(_decisions.c.id).limit(1)
    made_at: datetime | None = connection.execute(fresh).scalar_one_or_none()
    return made_at is not None and made_at <= now - timedelta(seconds=SETTLING_SECONDS)


def _trained_to(connection: Connection, site_id: int, head: str) -> int:
    newest = select(func.max(_models.c.trained_to_decision_id)).where(
        _models.c.site_id == site_id, _models.c.head == head
    )
    return connection.execute(newest).scalar_one() or 0


def _lessons(connection: Connection, comment_ids: Collection[int], *, up_to: int | None) -> tuple[Lesson, ...]:
    rows: defaultdict[int, list[Any]] = defaultdict(list)
    ids = sorted(comment_ids)
    for start in range(0, len(ids), _IDS_AT_ONCE):
        for row in connection.execute(_MARKS, {"ids": ids[start : start + _IDS_AT_ONCE]}):
            if up_to is None or row.id <= up_to:
                rows[row.comment_id].append(row)
    lessons = [_lesson(comment_id, found) for comment_id, found in rows.items()]
    return tuple(sorted(lessons, key=lambda lesson: lesson.last_id))


def _lesson(comment_id: int, rows: Sequence[Any]) -> Lesson:
    return Lesson(
        comment_id=comment_id,
        name=rows[0].author_name,
        text=rows[0].text,
        thread_title=rows[0].title,
        marks=tuple(Mark(row.id, Status(row.new_status), row.reason, row.undoes_id) for row in rows),
        audit_rate=rows[0].rate,
        thread_lead=rows[0].lead,
    )


def _values(model: SiteModel) -> dict[str, object]:
    return {
        "site_id": model.site_id,
        "head": model.head,
        "version": model.version,
        "shipped_version": model.shipped_version,
        "state": model.state,
        "metrics": json.dumps(model.metrics, sort_keys=True),
        "is_active": model.is_active,
        "trained_to_decision_id": model.trained_to_decision_id,
        "created_at": model.created_at,
    }


def _told(model: SiteModel) -> dict[str, object]:
    losses: Any = model.metrics.get("log_loss", {})
    return {
        "head": model.head,
        "version": model.version,
        "is_active": model.is_active,
        "comments": sum(int(model.metrics.get(name, 0)) for name in ("approved", "rejected")),
        "loss": losses.get(model.metrics.get("choice")),
        "shipped_loss": losses.get("shipped"),
    }


def _model(row: Any) -> SiteModel:
    return SiteModel(
        site_id=row.site_id,
        head=row.head,
        version=row.version,
        shipped_version=row.shipped_version,
        state=row.state,
        metrics=json.loads(row.metrics),
        is_active=row.is_active,
        trained_to_decision_id=row.trained_to_decision_id,
        created_at=row.created_at,
    )
