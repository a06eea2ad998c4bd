"""What must hold of every comment at any moment, whatever happened at the same time; what does not is a bug of ours."""

from collections.abc import Iterator

from sqlalchemy import Connection, Select, and_, func, not_, or_, select

from comments import schema
from comments.status import Status
from comments.store.database import Database

_comments, _decisions, _edits = schema.comments, schema.decisions, schema.edits
_appeals, _revisions, _firsts = schema.appeals, schema.revisions, schema.first_approvals

# So many comments are named for each rule that is broken.
SHOWN = 5
_GONE_WITH_THE_WORDS = (
    schema.identities,
    schema.fingerprints,
    schema.signals,
    schema.edits,
    schema.revisions,
    schema.notes,
    schema.appeals,
)


def what_is_unsound(database: Database) -> tuple[str, ...]:
    """Return a sentence for every rule that some comment breaks, with the numbers of a few; empty when all is well.

    It reads every comment and decision: for tests, and for an operator who wants to know.
    """
    with database.read() as connection:
        return tuple(_broken(connection))


def _broken(connection: Connection) -> Iterator[str]:
    for rule, breakers in _RULES:
        ids = connection.execute(breakers.limit(SHOWN)).scalars().all()
        if ids:
            yield f"{rule}: {', '.join(str(each) for each in ids)}"


def _without_approval() -> Select[int]:
    approves = and_(
        _decisions.c.id == _comments.c.approval_id,
        _decisions.c.comment_id == _comments.c.id,
        _decisions.c.new_status == Status.APPROVED.value,
        _decisions.c.revision == _comments.c.revision,
    )
    is_public = _comments.c.status == Status.APPROVED.value
    unapproved = and_(is_public, not_(select(_decisions.c.id).where(approves).exists()))
    return select(_comments.c.id).where(or_(unapproved, and_(not_(is_public), _comments.c.approval_id.is_not(None))))


def _unlike_its_last_decision() -> Select[int]:
    last = select(func.max(_decisions.c.id)).group_by(_decisions.c.comment_id)
    decided = and_(_decisions.c.comment_id == _comments.c.id, _decisions.c.id.in_(last))
    is_other = or_(
        _decisions.c.id.is_(None),
        _decisions.c.new_status != _comments.c.status,
        _decisions.c.revision != _comments.c.revision,
    )
    return select(_comments.c.id).outerjoin(_decisions, decided).where(is_other)


def _with_a_gap() -> Select[int]:
    before = func.lag(_decisions.c.new_status).over(partition_by=_decisions.c.comment_id, order_by=_decisions.c.id)
    pairs = select(_decisions.c.comment_id, _decisions.c.old_status, before.label("before")).subquery()
    return select(pairs.c.comment_id).where(pairs.c.old_status.is_distinct_from(pairs.c.before))


def _decided_twice() -> Select[int]:
    """Return the comments whose version does not count their moves: two decisions stood where one could."""
    look = and_(_decisions.c.made_by == "moderator", _decisions.c.old_status == _decisions.c.new_status)
    moves = select(func.count()).where(_decisions.c.comment_id == _comments.c.id, not_(func.coalesce(look, False)))
    return select(_comments.c.id).where(moves.scalar_subquery() != _comments.c.version)


def _undone_twice() -> Select[int]:
    undone = _decisions.c.undoes_id
    return (
        select(func.min(_decisions.c.comment_id)).where(undone.is_not(None)).group_by(undone).having(func.count() > 1)
    )


def _erased_in_part() -> Select[int]:
    left = [select(table.c.comment_id).where(table.c.comment_id == _comments.c.id) for table in _GONE_WITH_THE_WORDS]
    has_words = or_(_comments.c.text != "", _comments.c.name != "", *(each.exists() for each in left))
    return select(_comments.c.id).where(_comments.c.status == Status.ERASED.value, has_words)


def _edited_where_nothing_is_public() -> Select[int]:
    never = (Status.PENDING.value, Status.ERASED.value)
    return (
        select(_comments.c.id).join(_edits, _edits.c.comment_id == _comments.c.id).where(_comments.c.status.in_(never))
    )


def _without_its_old_texts() -> Select[int]:
    kept = select(func.count()).where(_revisions.c.comment_id == _comments.c.id).scalar_subquery()
    is_here = _comments.c.status != Status.ERASED.value
    return select(_comments.c.id).where(is_here, kept != _comments.c.revision - 1)


def _appealed_for_nothing() -> Select[int]:
    is_waiting = and_(_appeals.c.comment_id == _comments.c.id, _appeals.c.answer_id.is_(None))
    return select(_comments.c.id).join(_appeals, is_waiting).where(_comments.c.status != Status.REJECTED.value)


def _approved_ahead() -> Select[int]:
    return select(_comments.c.id).join(
        _firsts, and_(_firsts.c.comment_id == _comments.c.id, _firsts.c.version > _comments.c.version)
    )


_RULES = (
    ("public without an approving decision on this text, or approved and not public", _without_approval()),
    ("not what the last decision says", _unlike_its_last_decision()),
    ("decided from a state in which the decision before did not leave it", _with_a_gap()),
    ("decided more than once, or less, for a version", _decided_twice()),
    ("one decision undone twice", _undone_twice()),
    ("erased in part", _erased_in_part()),
    ("a new text waits though nothing is public", _edited_where_nothing_is_public()),
    ("an old text is missing", _without_its_old_texts()),
    ("an appeal waits though nothing is rejected", _appealed_for_nothing()),
    ("approved by a first moderator in a version to come", _approved_ahead()),
)
