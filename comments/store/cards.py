"""Cards, read all at once: comments with their evidence and their authors' histories, as moderators see them.

The number of statements does not depend on the number of cards. No address leaves here and no hash: an author is a
pseudonym.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, case, func, select

from comments import schema
from comments.signal import Category, Field, Signal, Span, Weight
from comments.status import Status
from comments.store.audit import explanations, latest_decisions
from comments.store.devices import DEVICE_FARED, device_past_of
from comments.store.records import Appeal, Card, Claim, DecisionRecord, FirstApproval, History, PublicComment
from comments.store.similar import HISTORY_DEPTH

_comments, _identities, _samples, _notes = schema.comments, schema.identities, schema.audit_samples, schema.notes
_claims, _firsts, _appeals, _revisions = schema.claims, schema.first_approvals, schema.appeals, schema.revisions
_claimers, _approvers = schema.moderators.alias("claimers"), schema.moderators.alias("approvers")
_earlier, _past = schema.identities.alias("earlier"), schema.comments.alias("past")
_NOBODY = History(0, 0, 0, 0)

# What stands where other comments have their author's pseudonym.
NEWSROOM = "Newsroom"
# The number of an author's first comment here names them: the same for the same author, and nothing of them.
_FIRST_BY_AUTHOR = (
    select(func.min(_earlier.c.comment_id))
    .where(_earlier.c.site_id == _identities.c.site_id, _earlier.c.loose_key == _identities.c.loose_key)
    .scalar_subquery()
)
_NOTE_COUNT = select(func.count()).where(_notes.c.comment_id == _comments.c.id).scalar_subquery()
_PREVIOUS_TEXT = (
    select(_revisions.c.text)
    .where(_revisions.c.comment_id == _comments.c.id, _revisions.c.revision < _comments.c.revision)
    .order_by(_revisions.c.revision.desc())
    .limit(1)
    .scalar_subquery()
)
_IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_CARDS = (
    select(
        _comments.c.id.label("comment_id"),
        _comments.c.version,
        schema.sites.c.id.label("site_id"),
        schema.sites.c.key.label("site_key"),
        schema.sites.c.name.label("site_name"),
        schema.threads.c.title,
        schema.threads.c.url,
        schema.threads.c.section,
        _comments.c.thread_id,
        _comments.c.name.label("author_name"),
        _comments.c.text,
        _comments.c.status,
        _comments.c.revision,
        _comments.c.created_at,
        _comments.c.edited_at,
        _comments.c.by_newsroom,
        _comments.c.parent_id,
        _comments.c.language,
        _comments.c.risk,
        _comments.c.suspected,
        _comments.c.cluster_id,
        _samples.c.comment_id.label("unjudged_id"),
        _claimers.c.login.label("claimed_by"),
        _claims.c.until_at,
        _approvers.c.login.label("approved_by"),
        _firsts.c.made_at.label("approved_at"),
        _appeals.c.text.label("appeal"),
        _appeals.c.made_at.label("appealed_at"),
        _FIRST_BY_AUTHOR.label("first_id"),
        _NOTE_COUNT.label("note_count"),
        case((_comments.c.revision > 1, _PREVIOUS_TEXT)).label("previous_text"),
    )
    .join(schema.sites, schema.sites.c.id == _comments.c.site_id)
    .join(schema.threads, schema.threads.c.id == _comments.c.thread_id)
    .outerjoin(_identities, _identities.c.comment_id == _comments.c.id)
    .outerjoin(_samples, and_(_samples.c.comment_id == _comments.c.id, _samples.c.decided_at.is_(None)))
    .outerjoin(_claims, and_(_claims.c.comment_id == _comments.c.id, _claims.c.until_at > bindparam("now")))
    .outerjoin(_claimers, _claimers.c.id == _claims.c.moderator_id)
    .outerjoin(_firsts, and_(_firsts.c.comment_id == _comments.c.id, _firsts.c.version == _comments.c.version))
    .outerjoin(_approvers, _approvers.c.id == _firsts.c.moderator_id)
    .outerjoin(_appeals, and_(_appeals.c.comment_id == _comments.c.id, _appeals.c.answer_id.is_(None)))
    .where(_comments.c.id.in_(_IDS))
    .order_by(_appeals.c.id)
)
_SIGNALS = select(schema.signals).where(schema.signals.c.comment_id.in_(_IDS)).order_by(schema.signals.c.id)
_PARENTS = select(
    _comments.c.id, _comments.c.parent_id, _comments.c.name, _comments.c.text, _comments.c.created_at
).where(_comments.c.id.in_(_IDS), _comments.c.status == Status.APPROVED.value)

# Four counts in one number, because a subquery gives one: none of them reaches a thousand.
_DIGIT = 1000
_LAST_BY_AUTHOR = (
    select(_past.c.status, _past.c.created_at)
    .join(_earlier, _earlier.c.comment_id == _past.c.id)
    .where(
        _earlier.c.site_id == _identities.c.site_id,
        _earlier.c.loose_key == _identities.c.loose_key,
        _earlier.c.comment_id < _identities.c.comment_id,
    )
    .order_by(_earlier.c.comment_id.desc())
    .limit(HISTORY_DEPTH)
    .correlate(_identities)
    .subquery("last")
)
_PAST = (
    select(
        func.sum(
            case(
                (_LAST_BY_AUTHOR.c.status == Status.APPROVED.value, 1),
                (_LAST_BY_AUTHOR.c.status == Status.HELD.value, _DIGIT),
                (_LAST_BY_AUTHOR.c.status == Status.REJECTED.value, _DIGIT**2),
                else_=0,
            )
            + case((_LAST_BY_AUTHOR.c.created_at > bindparam("lately"), _DIGIT**3), else_=0)
        )
    )
    .correlate(_identities)
    .scalar_subquery()
)
_HISTORIES = (
    select(
        _identities.c.comment_id,
        _PAST.label("past"),
        _identities.c.device_id,
        schema.devices.c.revoked_at,
        DEVICE_FARED.label("device_fared"),
    )
    .outerjoin(schema.devices, schema.devices.c.id == _identities.c.device_id)
    .where(_identities.c.comment_id.in_(_IDS))
)


@dataclass(frozen=True, slots=True)
class Alike:
    """How many others of a campaign are held beside its first comment, and which of them all came last."""

    others: int
    last_id: int | None


_ALONE = Alike(0, None)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read for all the cards, by comment."""

    signals: Mapping[int, list[Any]]
    parents: Mapping[int, PublicComment]
    histories: Mapping[int, History]
    explanations: Mapping[int, tuple[str, ...]]
    decisions: Mapping[int, DecisionRecord]


def read_cards(
    connection: Connection, ids: Sequence[int], now: datetime, *, alike: Mapping[int, Alike] | None = None
) -> tuple[Card, ...]:
    """Return the cards of these comments in their order; one that is not there is left out. At most six statements.

    `alike` says what a comment stands for that is the first of a campaign.
    """
    if not ids:
        return ()
    rows = {row.comment_id: row for row in connection.execute(_CARDS, {"ids": list(ids), "now": now})}
    found = _Found(
        signals=_signals(connection, ids),
        parents=_parents(connection, [row.parent_id for row in rows.values() if row.parent_id is not None]),
        histories=_histories(connection, ids, now),
        explanations=explanations(connection, ids),
        decisions=latest_decisions(connection, ids),
    )
    return tuple(_card(rows[each], found, (alike or {}).get(each, _ALONE)) for each in ids if each in rows)


def _signals(connection: Connection, ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in connection.execute(_SIGNALS, {"ids": list(ids)}):
        found.setdefault(row.comment_id, []).append(row)
    return found


def _parents(connection: Connection, ids: list[int]) -> dict[int, PublicComment]:
    if not ids:
        return {}
    found = connection.execute(_PARENTS, {"ids": ids})
    return {row.id: PublicComment(row.id, row.parent_id, row.name, row.text, row.created_at) for row in found}


def _histories(connection: Connection, ids: Sequence[int], now: datetime) -> dict[int, History]:
    values = {"ids": list(ids), "lately": now - timedelta(minutes=10)}
    return {
        row.comment_id: replace(_unpacked(int(row.past or 0)), device=device_past_of(row))
        for row in connection.execute(_HISTORIES, values)
    }


def _unpacked(past: int) -> History:
    rest, approved = divmod(past, _DIGIT)
    rest, held = divmod(rest, _DIGIT)
    lately, rejected = divmod(rest, _DIGIT)
    return History(approved, held, rejected, lately)


def _card(row: Any, found: _Found, alike: Alike) -> Card:
    return Card(
        id=row.comment_id,
        version=row.version,
        site_key=row.site_key,
        site_name=row.site_name,
        thread_title=row.title,
        thread_url=row.url,
        name=row.author_name,
        text=row.text,
        status=Status(row.status),
        created_at=row.created_at,
        pseudonym=NEWSROOM if row.by_newsroom else pseudonym(row.first_id or row.comment_id),
        author=found.histories.get(row.comment_id, _NOBODY),
        parent=found.parents.get(row.parent_id),
        signals=tuple(
            signal_of(each) for each in found.signals.get(row.comment_id, ()) if each.revision == row.revision
        ),
        explanation=found.explanations.get(row.comment_id, ()),
        last_decision=found.decisions[row.comment_id],
        awaits_audit=row.unjudged_id is not None and row.status == Status.APPROVED,
        site_id=row.site_id,
        thread_id=row.thread_id,
        section=row.section,
        revision=row.revision,
        language=row.language,
        risk=row.risk,
        suspected=row.suspected,
        cluster_id=row.cluster_id,
        alike=alike.others,
        alike_last_id=alike.last_id,
        claim=None if row.claimed_by is None else Claim(row.claimed_by, row.until_at),
        first_approval=None if row.approved_by is None else FirstApproval(row.approved_by, row.approved_at),
        appeal=None if row.appeal is None else Appeal(row.appeal, row.appealed_at),
        note_count=row.note_count,
        edited_at=row.edited_at,
        previous_text=row.previous_text,
        by_newsroom=row.by_newsroom,
    )


def pseudonym(first_id: int) -> str:
    """Return what an author is called whose first comment on the site has this number."""
    return f"Reader {first_id:04X}"


def signal_of(row: Any) -> Signal:
    """Turn a row of `signals` into a Signal."""
    return Signal(
        check=row.check_name,
        version=row.check_version,
        category=Category(row.category),
        score=row.score,
        weight=Weight(row.weight),
        detail=row.detail,
        spans=tuple(Span(start, end, Field(field), shown) for start, end, field, shown in json.loads(row.spans)),
        microseconds=row.microseconds,
        shadow=row.shadow,
    )
