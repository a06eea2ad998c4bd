"""The tables. Only the store and the migrations read this.

Keyed hashes of people live in `identities` and `bans` alone, apart from the comments; no other table has a column for
them. `floods` has hashes of networks that sent too much, with a key of their own for each hour.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
    literal_column,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware UTC time, kept as microseconds since 1970 so that both databases order and compare it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else (value - EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else EPOCH + timedelta(microseconds=value)


# SQLite numbers rows by itself only in a column declared INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")

sites = Table(
    "sites",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("key", String(40), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("origins", Text, nullable=False),  # JSON list of web origins allowed to post and read
    Column("mode", String(20), nullable=False),
    Column("hold_at", Float, nullable=False),
    Column("blocked_words", Text, nullable=False),  # JSON list
    Column("held_words", Text, nullable=False),  # JSON list
    Column("policy_version", Integer, nullable=False),
    Column("shadow_checks", Text, nullable=False, server_default="[]"),  # JSON list: recorded, not counted
    Column("allowed_words", Text, nullable=False, server_default="[]"),  # JSON list
    # Of 100 clean comments so many may be held wrongly, as a share 0-1; NULL for what the shipped models aim at.
    Column("spam_false_positives", Float),
    Column("abuse_false_positives", Float),
    Column("close_after_days", Integer),  # NULL: threads stay open
    Column("burst_mode", String(10), nullable=False, server_default="off"),  # off or auto
    Column("rejected_text_days", Integer, nullable=False, server_default="30"),
    Column("identity_days", Integer, nullable=False, server_default="180"),
    Column("requires_second_factor", Boolean, nullable=False, server_default=false()),
    Column("language", String(8), nullable=False, server_default="en"),  # of the site's own words to its readers
    Column("reply_notices", Boolean, nullable=False, server_default=false()),  # authors may ask for them
    Column("proof_of_work", String(10), nullable=False, server_default="off"),  # off, bursts or always
    Column("contact_url", Text, nullable=False, server_default=""),  # where readers can reach the newsroom
    Column("created_at", Moment, nullable=False),
)

threads = Table(
    "threads",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("site_id", BigId, ForeignKey("sites.id"), nullable=False),
    Column("key", String(200), nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("version", Integer, nullable=False),  # goes up whenever what is public in the thread changes
    Column("closed_at", Moment),
    Column("section", String(80), nullable=False, server_default=""),
    Column("lead", Text, nullable=False, server_default=""),  # the article's first words: context for the checks
    Column("is_sensitive", Boolean, nullable=False, server_default=false()),  # approvals need two moderators
    Column("burst_until", Moment),  # everything new is held until then
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("site_id", "key"),
)

# The few stories that are, or were, read before publication.
Index(
    "ix_threads_burst_until",
    threads.c.burst_until,
    sqlite_where=threads.c.burst_until.is_not(None),
    postgresql_where=threads.c.burst_until.is_not(None),
)

comments = Table(
    "comments",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("site_id", BigId, ForeignKey("sites.id"), nullable=False),
    Column("thread_id", BigId, ForeignKey("threads.id"), nullable=False),
    Column("parent_id", BigId, ForeignKey("comments.id")),
    Column("root_id", BigId, ForeignKey("comments.id")),  # the comment that began the conversation; NULL for itself
    Column("revision", Integer, nullable=False),
    Column("version", Integer, nullable=False),  # goes up with every change of status or revision
    Column("status", String(10), nullable=False),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("approval_id", BigId),  # the decision that made this revision public
    Column("honeypot_filled", Boolean, nullable=False),
    Column("seconds_to_submit", Integer),
    Column("door_hold", String(10), nullable=False, server_default=""),  # see door_hold.py
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Moment),
    Column("receipt_nonce", LargeBinary(16), nullable=False),
    Column("receipt_hash", LargeBinary(32), nullable=False),
    Column("cluster_id", BigId),  # the first comment of its campaign; no foreign key: the campaign outlives it
    # What the checks made of this revision, for the desk's lists.
    Column("suspected", String(10), nullable=False, server_default=""),  # spam, abuse or nothing
    Column("risk", Float, nullable=False, server_default="0"),  # the surest of the counted signals together, 0-1
    Column("language", String(8), nullable=False, server_default=""),  # BCP 47; empty when it could not be told
    Column("found", Text, nullable=False, server_default=""),  # the counted checks and #categories between blanks
    Column("edited_at", Moment),
    # A rejected comment's words are not kept for ever (store/retention.py); it takes no other decision from then on.
    Column("words_forgotten_at", Moment),
    # Written at the desk in the newsroom's name (store/newsroom.py): no reader can send it, and none stands behind it.
    Column("by_newsroom", Boolean, nullable=False, server_default=false()),
    CheckConstraint("status IN ('pending', 'approved', 'held', 'rejected', 'erased')", name="status"),
    CheckConstraint("status <> 'approved' OR approval_id IS NOT NULL", name="approved_has_approval"),
    Index("ix_comments_receipt_hash", "receipt_hash", unique=True),
    Index("ix_comments_replies", "thread_id", "status", "root_id", "created_at", "id"),  # as they are read
    Index("ix_comments_site_id_status_id", "site_id", "status", "id"),
    Index("ix_comments_root_id", "root_id"),
    Index("ix_comments_cluster_id", "cluster_id"),
    sqlite_autoincrement=True,  # an erased comment's number is never given again
)
# The readers' way in: what begins a conversation in one thread, in the order in which it is read. By time, not by
# number: imported comments have later numbers than newer ones.
_BEGINS = comments.c.root_id.is_(None)
Index(
    "ix_comments_thread_roots",
    comments.c.thread_id,
    comments.c.created_at,
    comments.c.id,
    sqlite_where=_BEGINS,
    postgresql_where=_BEGINS,
)
# The worker's way in: a handful of rows, whatever the size of the table.
Index(
    "ix_comments_pending",
    comments.c.attempts,
    comments.c.id,
    sqlite_where=comments.c.status == "pending",
    postgresql_where=comments.c.status == "pending",
)

# A database knows only of what is written out, and not of a parameter, that an index holds such rows alone: with a
# parameter SQLite would look at every comment there is. The attempts are named because the index begins with them.
IS_PENDING = and_(comments.c.status == literal_column("'pending'"), comments.c.attempts >= literal_column("0"))

# The desk's way in: what waits for a person is a small part of the table. Every filter's column is in each of these, so
# that ten thousand held comments are filtered and counted without a look at their texts. So is the status itself, for
# SQLite looks it up although the index says it.
_IS_HELD = comments.c.status == "held"
_FILTERED = (
    "id",
    "site_id",
    "thread_id",
    "suspected",
    "language",
    "risk",
    "created_at",
    "cluster_id",
    "found",
    "status",
)
for _name, _first in {
    "ix_comments_held": (),
    "ix_comments_held_risk": ("risk",),
    "ix_comments_held_thread": ("thread_id",),
    "ix_comments_held_cluster": ("cluster_id",),
}.items():
    _columns = (*_first, *(each for each in _FILTERED if each not in _first))
    Index(_name, *(comments.c[each] for each in _columns), sqlite_where=_IS_HELD, postgresql_where=_IS_HELD)
Index(
    "ix_comments_held_created_at",
    comments.c.created_at,
    comments.c.site_id,
    comments.c.suspected,
    comments.c.status,
    sqlite_where=_IS_HELD,
    postgresql_where=_IS_HELD,
)
# What is done is read site by site from its end.
for _status in ("approved", "rejected"):
    _is_done = comments.c.status == _status
    Index(
        f"ix_comments_{_status}",
        comments.c.site_id,
        comments.c.created_at,
        comments.c.id,
        sqlite_where=_is_done,
        postgresql_where=_is_done,
    )

# A feed holds what was published last, which is not what was written last.
Index(
    "ix_comments_approved_decided_at",
    comments.c.site_id,
    comments.c.decided_at,
    comments.c.id,
    sqlite_where=comments.c.status == "approved",
    postgresql_where=comments.c.status == "approved",
)

# The way in for who forgets the words of what was rejected.
_HAS_REJECTED_WORDS = (comments.c.status == "rejected") & comments.c.words_forgotten_at.is_(None)
Index(
    "ix_comments_rejected_words",
    comments.c.site_id,
    comments.c.decided_at,
    comments.c.id,
    sqlite_where=_HAS_REJECTED_WORDS,
    postgresql_where=_HAS_REJECTED_WORDS,
)

# Which comment of another system each imported one was, so that the same file twice changes nothing.
imports = Table(
    "imports",
    metadata,
    Column("site_id", BigId, ForeignKey("sites.id"), primary_key=True, autoincrement=False),
    Column("source", String(10), primary_key=True),  # wxr, disqus or isso
    Column("source_id", String(64), primary_key=True),
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), nullable=False),
    Index("ix_imports_comment_id", "comment_id"),
)

# How many comments each list gained or lost, written by triggers and summed up by its readers (store/counters.py), so
# that nobody ever counts a million rows. Pending comments are not counted.
count_changes = Table(
    "count_changes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("site_id", BigId, nullable=False),  # no foreign key: every change of status writes a row
    Column("list", String(10), nullable=False),  # a status, or audit
    Column("suspected", String(10), nullable=False),
    Column("delta", Integer, nullable=False),
)

# The words of decided comments, folded and without addresses (search_words.py). Triggers keep status and site, and
# remove the row when the comment's words change. SQLite has full-text tables of it by status beside this one.
search_texts = Table(
    "search_texts",
    metadata,
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("site_id", BigId, nullable=False),
    Column("status", String(10), nullable=False),
    Column("words", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
)

# The names of SQLite's full-text tables begin so; all that is in them is made from `search_texts`.
FULL_TEXT_PREFIX = "words_"

# Decided comments whose words are not in `search_texts` yet: triggers put them here, indexing takes them out.
unsearched = Table(
    "unsearched",
    metadata,
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
)

identities = Table(
    "identities",
    metadata,
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("site_id", BigId, ForeignKey("sites.id"), nullable=False),
    Column("strict_key", LargeBinary(16), nullable=False),
    Column("loose_key", LargeBinary(16), nullable=False),
    Column("network_key", LargeBinary(16)),  # forgotten after seven days
    Column("kid", String(8), nullable=False),
    Column("normalisation", Integer, nullable=False),
    Column("disposable", Boolean, nullable=False),
    Column("idempotency_hash", LargeBinary(16), nullable=False),
    Column("request_digest", LargeBinary(16), nullable=False),
    Column("created_at", Moment, nullable=False),
    # The browser it came from, where its reader asked for that; no foreign key: a device that is forgotten goes alone.
    Column("device_id", BigId),
    UniqueConstraint("site_id", "idempotency_hash"),
    Index("ix_identities_site_id_strict_key", "site_id", "strict_key"),
    Index("ix_identities_site_id_loose_key_comment_id", "site_id", "loose_key", "comment_id"),
)

# Where an author wants to be written to: sealed to a key that only the notifier has (contact.py). Nothing else in this
# database holds an address, and nothing here can be compared with one.
contacts = Table(
    "contacts",
    metadata,
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("site_id", BigId, ForeignKey("sites.id"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("kid", String(8), nullable=False),  # of the public key
    Column("link_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("asked_at", Moment),  # when the mail that asks for a confirmation went out
    Column("confirmed_at", Moment),
    Column("told_at", Moment),  # when the last notice went out
    Column("sends", Integer, nullable=False, server_default="0"),  # handed over, and not known to have arrived
    Index("ix_contacts_created_at", "created_at"),
)

# What readers ask for about their own address, until its mailbox has proved it (privacy_request.py). Kept for a day,
# and of nobody: the address is sealed for the notifier and gone once sent; whose comments it is about is locked with a
# token that is in the mail alone.
privacy_requests = Table(
    "privacy_requests",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("site_id", BigId, ForeignKey("sites.id"), nullable=False),
    Column("wish", String(10), nullable=False),  # access or erase
    Column("sealed", LargeBinary, nullable=False),  # empty once the mail was sent
    Column("kid", String(8), nullable=False),  # of the public key
    Column("link_hash", LargeBinary(32), nullable=False, unique=True),
    Column("locked_keys", LargeBinary, nullable=False),  # empty once the link was used
    Column("sends", Integer, nullable=False),  # handed over, and not known to have arrived
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("cleaned_at", Moment),  # when the workers had what was erased overwritten
    Index("ix_privacy_requests_expires_at", "expires_at"),
)

# Who was written to within the last day, for a confirmation or a request: a keyed hash that only the notifier can make.
mailboxes = Table(
    "mailboxes",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("asked_at", Moment, nullable=False),
)

# Few readers ask to be remembered.
Index(
    "ix_identities_device_id_comment_id",
    identities.c.device_id,
    identities.c.comment_id,
    sqlite_where=identities.c.device_id.is_not(None),
    postgresql_where=identities.c.device_id.is_not(None),
)

# Browsers whose readers asked to be remembered on a site: random tokens, made from nothing and nobody.
devices = Table(
    "devices",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("site_id", BigId, ForeignKey("sites.id"), nullable=False),
    Column("token_hash", LargeBinary(16), nullable=False, unique=True),  # keyed, of the site's own
    Column("created_at", Moment, nullable=False),
    Column("last_used_on", Moment, nullable=False),  # the day: when exactly somebody wrote is in nobody's interest
    Column("revoked_at", Moment),  # a rejected comment of it was erased, which must not wash it clean
    Index("ix_devices_last_used_on", "last_used_on"),
    sqlite_autoincrement=True,  # a forgotten device's number is never given again
)

# Whose comments are always held (store/bans.py), by the loose key that `identities` has too.
bans = Table(
    "bans",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("site_id", BigId, ForeignKey("sites.id"), nullable=False),
    Column("loose_key", LargeBinary(16), nullable=False),
    Column("kid", String(8), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("until_at", Moment),
    # The same ban under another root key; no foreign key: whichever goes first, the number stays the ban's.
    Column("copy_of", BigId),
    UniqueConstraint("site_id", "loose_key"),
    sqlite_autoincrement=True,  # the trail names it by its number
)

# Proofs of work that a comment came with (store/spent.py): none counts twice. Of nobody; forgotten when they end.
spent_proofs = Table(
    "spent_proofs",
    metadata,
    Column("challenge", LargeBinary(32), primary_key=True),  # random
    Column("expires_at", Moment, nullable=False),
    Index("ix_spent_proofs_expires_at", "expires_at"),
)

# What was turned away at the door (store/floods.py): one row for a site, a network and an hour, however much it was.
floods = Table(
    "floods",
    metadata,
    Column("site_id", BigId, ForeignKey("sites.id"), primary_key=True, autoincrement=False),
    Column("began_at", Moment, primary_key=True),  # the hour
    # Keyed hash of the network, by a key of the site and the hour: joins no two hours, and nothing with a comment.
    Column("network", LargeBinary(8), primary_key=True),
    Column("posts", BigInteger, nullable=False),
    Column("last_at", Moment, nullable=False),
    Index("ix_floods_began_at", "began_at"),
)

# Erased comments that the erasure journal does not name yet (comments/erasure_journal.py).
unjournaled = Table(
    "unjournaled",
    metadata,
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("band", Integer, primary_key=True, autoincrement=False),
    Column("site_id", BigId, ForeignKey("sites.id"), nullable=False),
    Column("value", BigInteger, nullable=False),
    Index("ix_fingerprints_site_id_band_value_comment_id", "site_id", "band", "value", "comment_id"),
)

signals = Table(
    "signals",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("check_name", String(40), nullable=False),
    Column("check_version", String(40), nullable=False),
    Column("category", String(20), nullable=False),
    Column("score", Float, nullable=False),
    Column("weight", String(10), nullable=False),
    Column("detail", Text, nullable=False),
    Column("spans", Text, nullable=False),  # JSON list of [start, end, field, shown]
    Column("microseconds", Integer, nullable=False),
    Column("shadow", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_signals_comment_id", "comment_id"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("comment_id", BigId, nullable=False),  # no foreign key: the record outlives an erased comment
    Column("site_id", BigId, ForeignKey("sites.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("old_status", String(10)),
    Column("new_status", String(10), nullable=False),
    Column("made_by", String(10), nullable=False),  # reader, policy, moderator, system or import
    Column("moderator_id", BigId, ForeignKey("moderators.id")),
    Column("reason", String(20)),
    Column("note", Text),
    Column("explanation", Text, nullable=False),  # JSON list of sentences
    Column("policy_version", String(20)),
    Column("undoes_id", BigId, ForeignKey("decisions.id")),
    Column("batch_id", BigId),  # decisions made in one step; no foreign key: nothing is known of a batch but its number
    Column("made_at", Moment, nullable=False),
    Index("ix_decisions_comment_id_id", "comment_id", "id"),
    Index("ix_decisions_site_id_made_at", "site_id", "made_at"),
    sqlite_autoincrement=True,
)

Index(
    "ix_decisions_batch_id",
    decisions.c.batch_id,
    sqlite_where=decisions.c.batch_id.is_not(None),
    postgresql_where=decisions.c.batch_id.is_not(None),
)

# The list of the rejected by the reason a moderator gave.
Index(
    "ix_decisions_reason",
    decisions.c.reason,
    decisions.c.comment_id,
    decisions.c.id,
    sqlite_where=decisions.c.reason.is_not(None),
    postgresql_where=decisions.c.reason.is_not(None),
)

# The learner's way in: moderators decide a small part of what the policy decides.
Index(
    "ix_decisions_moderators",
    decisions.c.site_id,
    decisions.c.id,
    sqlite_where=decisions.c.made_by == "moderator",
    postgresql_where=decisions.c.made_by == "moderator",
)

moderators = Table(
    "moderators",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("login", String(80), nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    Column("totp_secret", LargeBinary),  # sealed with a key of the root key's
    Column("totp_step", BigInteger),  # of the last code that was used, so that it serves once
    Column("recovery_hashes", Text, nullable=False, server_default="[]"),  # JSON list
    Column("oidc_subject", String(255)),
    Column("preferences", Text, nullable=False, server_default="{}"),  # JSON object: keys, blurring, language
    Index("uq_moderators_oidc_subject", "oidc_subject", unique=True),
)

# What somebody may do, on one site or (no site) on all of them.
roles = Table(
    "roles",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("moderator_id", BigId, ForeignKey("moderators.id", ondelete="CASCADE"), nullable=False),
    Column("site_id", BigId, ForeignKey("sites.id")),
    Column("role", String(10), nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("moderator_id", "site_id"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("site_id", BigId, ForeignKey("sites.id")),
    Column("role", String(10), nullable=False),
    Column("invited_by_id", BigId, ForeignKey("moderators.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("moderator_id", BigId, ForeignKey("moderators.id", ondelete="CASCADE"), nullable=False),
    Column("csrf_token", String(43), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_used_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("browser", String(80), nullable=False, server_default=""),  # "Firefox on Android", for the list of sessions
    Column("second_factor_at", Moment),
    Index("ix_sessions_moderator_id", "moderator_id"),
)

setup_links = Table(
    "setup_links",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("holder", String(80), nullable=False),
    Column("until_at", Moment, nullable=False),
)

# The comment a moderator has open, for as long as the lease lasts, so that two do not do the same work.
claims = Table(
    "claims",
    metadata,
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("moderator_id", BigId, ForeignKey("moderators.id", ondelete="CASCADE"), nullable=False),
    Column("until_at", Moment, nullable=False),
    Index("ix_claims_moderator_id", "moderator_id"),
)

# What moderators tell each other about a comment and so about its author.
notes = Table(
    "notes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), nullable=False),
    Column("moderator_id", BigId, ForeignKey("moderators.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Index("ix_notes_comment_id", "comment_id"),
)

# In a sensitive thread the first moderator's approval waits here for a second one's.
first_approvals = Table(
    "first_approvals",
    metadata,
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("moderator_id", BigId, ForeignKey("moderators.id"), nullable=False),
    Column("made_at", Moment, nullable=False),
)

# An author's answer to a rejection. Somebody else than who rejected decides on it.
appeals = Table(
    "appeals",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), nullable=False),
    Column("decision_id", BigId, ForeignKey("decisions.id"), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("answer_id", BigId, ForeignKey("decisions.id")),  # the decision that answered it; NULL while it waits
    Index("ix_appeals_comment_id", "comment_id"),
)
Index(
    "ix_appeals_waiting",
    appeals.c.comment_id,
    sqlite_where=appeals.c.answer_id.is_(None),
    postgresql_where=appeals.c.answer_id.is_(None),
)

# A new text for a public comment, waiting for its checks; the old one stays public until then.
edits = Table(
    "edits",
    metadata,
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Moment),
)

# What a comment said before it was edited, so that a decision can be read beside the words it was about.
revisions = Table(
    "revisions",
    metadata,
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
)

# What was done to settings and accounts, beside the decisions on comments. Append-only.
events = Table(
    "events",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("site_id", BigId, ForeignKey("sites.id")),
    Column("moderator_id", BigId, ForeignKey("moderators.id")),
    Column("kind", String(40), nullable=False),
    Column("detail", Text, nullable=False),  # JSON object without personal data of readers
    Column("made_at", Moment, nullable=False),
    Index("ix_events_site_id_id", "site_id", "id"),
    sqlite_autoincrement=True,
)

# Every decision and event in the order in which it was sealed, each sealed together with the one before. Append-only.
audit_chain = Table(
    "audit_chain",
    metadata,
    Column("position", BigId, primary_key=True, autoincrement=False),
    Column("source", String(10), nullable=False),  # decision or event
    Column("source_id", BigInteger, nullable=False),
    Column("seal", LargeBinary(32), nullable=False),  # keyed hash of the row and of the seal before
    Column("reseal", LargeBinary(32)),  # keyed hash of the seal and of the row without the words it has lost
    Column("sealed_at", Moment, nullable=False),
    UniqueConstraint("source", "source_id"),
)

# What leaves the service after a decision, once it can no longer be undone in passing.
outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("site_id", BigId, ForeignKey("sites.id"), nullable=False),
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE")),
    Column("decision_id", BigId, ForeignKey("decisions.id")),
    Column("kind", String(40), nullable=False),
    Column("content", Text, nullable=False),  # JSON object
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Moment),
    Column("created_at", Moment, nullable=False),
    Index("ix_outbox_due_at", "due_at"),
)

# Where a site wants to be told what was decided.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("site_id", BigId, ForeignKey("sites.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("announcements", Text, nullable=False),  # JSON list
    Column("secret", LargeBinary, nullable=False),  # sealed with a key of the root key's
    Column("old_secret", LargeBinary),  # still signed with until its receiver knows the new one
    Column("old_secret_until", Moment),
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("failing_since", Moment),
    Column("last_problem", String(100), nullable=False, server_default=""),
    Column("rests_until", Moment),
    Column("paused_at", Moment),
    Column("delivered_at", Moment),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("site_id", "url"),
    sqlite_autoincrement=True,  # the trail names it by its number
)

# What waits to be sent to a webhook. The body is as it will be sent, and holds no personal data.
webhook_letters = Table(
    "webhook_letters",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("webhook_id", BigId, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("decision_id", BigId),  # no foreign key: decisions are never removed
    Column("message_id", String(40), nullable=False),
    Column("body", Text, nullable=False),  # JSON object
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Moment),
    Column("created_at", Moment, nullable=False),
    Index("ix_webhook_letters_webhook_id_due_at_id", "webhook_id", "due_at", "id"),
    Index("ix_webhook_letters_decision_id", "decision_id"),
)

# The last period of each digest that was told or had nothing to tell, so that many sweepers send one.
digests = Table(
    "digests",
    metadata,
    Column("site_id", BigId, ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("name", String(40), primary_key=True),
    Column("period_at", Moment, nullable=False),  # the beginning of the last one that is done with
    Column("told_until", Moment, nullable=False),  # what was decided before is in an earlier digest
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Moment),
)

# Published comments drawn for a moderator's look, so that what the checks miss can be counted.
audit_samples = Table(
    "audit_samples",
    metadata,
    Column("comment_id", BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("site_id", BigId, ForeignKey("sites.id"), nullable=False),
    Column("rate", Float, nullable=False),  # the chance with which it was drawn, 0-1
    Column("created_at", Moment, nullable=False),
    Column("decided_at", Moment),
    CheckConstraint("rate > 0 AND rate <= 1", name="rate"),
    Index("ix_audit_samples_site_id_decided_at_comment_id", "site_id", "decided_at", "comment_id"),
)
Index(
    "ix_audit_samples_waiting",
    audit_samples.c.comment_id,
    audit_samples.c.site_id,
    sqlite_where=audit_samples.c.decided_at.is_(None),
    postgresql_where=audit_samples.c.decided_at.is_(None),
)

# What each site's own moderators taught: hashed counts and weights, no words. One row of a site and head is active.
site_models = Table(
    "site_models",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("site_id", BigId, ForeignKey("sites.id"), nullable=False),
    Column("head", String(20), nullable=False),
    Column("version", String(40), nullable=False),
    Column("shipped_version", String(40), nullable=False),  # the shipped weights it was taught on top of
    Column("state", LargeBinary, nullable=False),  # an .npz without pickles
    Column("metrics", Text, nullable=False),  # JSON object
    Column("is_active", Boolean, nullable=False),
    Column("trained_to_decision_id", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_site_models_site_id_head_trained_to_decision_id", "site_id", "head", "trained_to_decision_id"),
)
Index(
    "uq_site_models_active",
    site_models.c.site_id,
    site_models.c.head,
    unique=True,
    sqlite_where=site_models.c.is_active,
    postgresql_where=site_models.c.is_active,
)
