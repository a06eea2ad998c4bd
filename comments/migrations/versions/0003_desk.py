"""what the desk works with: roles, claims, notes, appeals, edits, events, the audit chain and what waits to be sent.

Only new tables and columns with a default: code of the schema before goes on running beside this one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import comments.schema
from comments.migrations import counting, searching

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# These tables only grow, as the decisions do: the database itself refuses to change or remove a row.
_APPEND_ONLY = ("events", "audit_chain")
# Whoever decided before there were roles goes on deciding everything.
_EVERYBODY_IS_ADMIN = """
INSERT INTO roles (moderator_id, site_id, role, created_at) SELECT id, NULL, 'admin', created_at FROM moderators
"""

# The desk's lists; the first four hold every filter's column, so that no text is read to filter and count.
_PARTIAL_INDEXES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "ix_comments_held": (
        "comments",
        ("id", "site_id", "thread_id", "suspected", "language", "risk", "created_at", "cluster_id", "found", "status"),
        "status = 'held'",
    ),
    "ix_comments_held_risk": (
        "comments",
        ("risk", "id", "site_id", "thread_id", "suspected", "language", "created_at", "cluster_id", "found", "status"),
        "status = 'held'",
    ),
    "ix_comments_held_thread": (
        "comments",
        ("thread_id", "id", "site_id", "suspected", "language", "risk", "created_at", "cluster_id", "found", "status"),
        "status = 'held'",
    ),
    "ix_comments_held_cluster": (
        "comments",
        ("cluster_id", "id", "site_id", "thread_id", "suspected", "language", "risk", "created_at", "found", "status"),
        "status = 'held'",
    ),
    "ix_comments_held_created_at": ("comments", ("created_at", "site_id", "suspected", "status"), "status = 'held'"),
    "ix_comments_approved": ("comments", ("site_id", "created_at", "id"), "status = 'approved'"),
    "ix_comments_rejected": ("comments", ("site_id", "created_at", "id"), "status = 'rejected'"),
    "ix_appeals_waiting": ("appeals", ("comment_id",), "answer_id IS NULL"),
    "ix_audit_samples_waiting": ("audit_samples", ("comment_id", "site_id"), "decided_at IS NULL"),
    "ix_decisions_reason": ("decisions", ("reason", "comment_id", "id"), "reason IS NOT NULL"),
}
# What waits now is filtered like what comes from now on. The other new columns stay empty for it: nobody knows them.
_FOUND = """
UPDATE comments SET found = coalesce((
    SELECT ' ' || {together}(word, ' ') || ' ' FROM (
        SELECT check_name AS word FROM signals WHERE {counted} UNION SELECT '#' || category FROM signals WHERE {counted}
    ) AS words
), '') WHERE status = 'held'
"""
_COUNTED = "comment_id = comments.id AND revision = comments.revision AND NOT shadow AND weight <> 'note'"
_TOGETHER = {"sqlite": "group_concat", "postgresql": "string_agg"}


def upgrade() -> None:
    op.create_table(
        "audit_chain",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_at", comments.schema.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_chain")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_audit_chain_source_source_id")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("moderator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("made_at", comments.schema.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_events_moderator_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_events_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_site_id_id", "events", ["site_id", "id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("invited_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", comments.schema.Moment(), nullable=False),
        sa.Column("expires_at", comments.schema.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["moderators.id"], name=op.f("fk_invitations_invited_by_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_invitations_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_table(
        "roles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moderator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("created_at", comments.schema.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("fk_roles_moderator_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_roles_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("moderator_id", "site_id", name=op.f("uq_roles_moderator_id_site_id")),
    )
    op.create_table(
        "appeals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", comments.schema.Moment(), nullable=False),
        sa.Column("answer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["decisions.id"], name=op.f("fk_appeals_answer_id")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_appeals_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_appeals_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_appeals_decision_id")),
    )
    op.create_index("ix_appeals_comment_id", "appeals", ["comment_id"], unique=False)
    op.create_table(
        "claims",
        sa.Column(
            "comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("moderator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until_at", comments.schema.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_claims_comment_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("fk_claims_moderator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_claims")),
    )
    op.create_index("ix_claims_moderator_id", "claims", ["moderator_id"], unique=False)
    op.create_table(
        "edits",
        sa.Column(
            "comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", comments.schema.Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", comments.schema.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_edits_comment_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_edits")),
    )
    op.create_table(
        "first_approvals",
        sa.Column(
            "comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", comments.schema.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_first_approvals_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_first_approvals_moderator_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_first_approvals")),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moderator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", comments.schema.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_notes_comment_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_notes_moderator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_comment_id", "notes", ["comment_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("due_at", comments.schema.Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", comments.schema.Moment(), nullable=True),
        sa.Column("created_at", comments.schema.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_outbox_comment_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_outbox_decision_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_outbox_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"], unique=False)
    op.create_table(
        "revisions",
        sa.Column(
            "comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", comments.schema.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_revisions_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", "revision", name=op.f("pk_revisions")),
    )
    op.create_table(
        "count_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list", sa.String(length=10), nullable=False),
        sa.Column("suspected", sa.String(length=10), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_changes")),
    )
    op.create_table(
        "search_texts",
        sa.Column(
            "comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_search_texts_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_search_texts")),
    )
    op.create_table(
        "unsearched",
        sa.Column(
            "comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_unsearched_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_unsearched")),
    )
    op.add_column("comments", sa.Column("suspected", sa.String(length=10), server_default="", nullable=False))
    op.add_column("comments", sa.Column("risk", sa.Float(), server_default="0", nullable=False))
    op.add_column("comments", sa.Column("language", sa.String(length=8), server_default="", nullable=False))
    op.add_column("comments", sa.Column("edited_at", comments.schema.Moment(), nullable=True))
    op.add_column("comments", sa.Column("found", sa.Text(), server_default="", nullable=False))
    for name, (table, columns, condition) in _PARTIAL_INDEXES.items():
        where = sa.text(condition)
        op.create_index(name, table, list(columns), unique=False, sqlite_where=where, postgresql_where=where)
    op.add_column(
        "decisions", sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    )
    op.create_index(
        "ix_decisions_batch_id",
        "decisions",
        ["batch_id"],
        unique=False,
        sqlite_where=sa.text("batch_id IS NOT NULL"),
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.add_column("moderators", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("moderators", sa.Column("totp_step", sa.BigInteger(), nullable=True))
    op.add_column("moderators", sa.Column("recovery_hashes", sa.Text(), server_default="[]", nullable=False))
    op.add_column("moderators", sa.Column("oidc_subject", sa.String(length=255), nullable=True))
    op.add_column("moderators", sa.Column("preferences", sa.Text(), server_default="{}", nullable=False))
    op.create_index("uq_moderators_oidc_subject", "moderators", ["oidc_subject"], unique=True)
    op.add_column("sessions", sa.Column("browser", sa.String(length=80), server_default="", nullable=False))
    op.add_column("sessions", sa.Column("second_factor_at", comments.schema.Moment(), nullable=True))
    op.add_column("sites", sa.Column("allowed_words", sa.Text(), server_default="[]", nullable=False))
    op.add_column("sites", sa.Column("spam_false_positives", sa.Float(), nullable=True))
    op.add_column("sites", sa.Column("abuse_false_positives", sa.Float(), nullable=True))
    op.add_column("sites", sa.Column("close_after_days", sa.Integer(), nullable=True))
    op.add_column("sites", sa.Column("burst_mode", sa.String(length=10), server_default="off", nullable=False))
    op.add_column("sites", sa.Column("rejected_text_days", sa.Integer(), server_default="30", nullable=False))
    op.add_column("sites", sa.Column("identity_days", sa.Integer(), server_default="180", nullable=False))
    op.add_column("sites", sa.Column("requires_second_factor", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("sites", sa.Column("language", sa.String(length=8), server_default="en", nullable=False))
    op.add_column("threads", sa.Column("section", sa.String(length=80), server_default="", nullable=False))
    op.add_column("threads", sa.Column("lead", sa.Text(), server_default="", nullable=False))
    op.add_column("threads", sa.Column("is_sensitive", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("threads", sa.Column("burst_until", comments.schema.Moment(), nullable=True))
    op.create_index(
        "ix_threads_burst_until",
        "threads",
        ["burst_until"],
        unique=False,
        sqlite_where=sa.text("burst_until IS NOT NULL"),
        postgresql_where=sa.text("burst_until IS NOT NULL"),
    )

    op.execute(_EVERYBODY_IS_ADMIN)
    op.execute(_FOUND.format(together=_TOGETHER[op.get_bind().dialect.name], counted=_COUNTED))
    for statement in (*counting.BEGIN[op.get_bind().dialect.name], *searching.BEGIN[op.get_bind().dialect.name]):
        op.execute(statement)
    for table in _APPEND_ONLY:
        for statement in _refusals(table)[op.get_bind().dialect.name]:
            op.execute(statement)


def downgrade() -> None:
    for statement in (*searching.END[op.get_bind().dialect.name], *counting.END[op.get_bind().dialect.name]):
        op.execute(statement)
    for table in _APPEND_ONLY:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            op.execute(f"DROP FUNCTION {table}_append_only()")
    op.drop_index("ix_threads_burst_until", "threads")
    op.drop_column("threads", "burst_until")
    op.drop_column("threads", "is_sensitive")
    op.drop_column("threads", "lead")
    op.drop_column("threads", "section")
    op.drop_column("sites", "language")
    op.drop_column("sites", "requires_second_factor")
    op.drop_column("sites", "identity_days")
    op.drop_column("sites", "rejected_text_days")
    op.drop_column("sites", "burst_mode")
    op.drop_column("sites", "close_after_days")
    op.drop_column("sites", "abuse_false_positives")
    op.drop_column("sites", "spam_false_positives")
    op.drop_column("sites", "allowed_words")
    op.drop_column("sessions", "second_factor_at")
    op.drop_column("sessions", "browser")
    op.drop_index("uq_moderators_oidc_subject", table_name="moderators")
    op.drop_column("moderators", "preferences")
    op.drop_column("moderators", "oidc_subject")
    op.drop_column("moderators", "recovery_hashes")
    op.drop_column("moderators", "totp_step")
    op.drop_column("moderators", "totp_secret")
    op.drop_index(
        "ix_decisions_batch_id",
        table_name="decisions",
        sqlite_where=sa.text("batch_id IS NOT NULL"),
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.drop_column("decisions", "batch_id")
    for name, (table, _, condition) in _PARTIAL_INDEXES.items():
        where = sa.text(condition)
        op.drop_index(name, table_name=table, sqlite_where=where, postgresql_where=where)
    op.drop_column("comments", "found")
    op.drop_column("comments", "edited_at")
    op.drop_column("comments", "language")
    op.drop_column("comments", "risk")
    op.drop_column("comments", "suspected")
    op.drop_table("unsearched")
    op.drop_table("search_texts")
    op.drop_table("count_changes")
    op.drop_table("revisions")
    op.drop_index("ix_outbox_due_at", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("ix_notes_comment_id", table_name="notes")
    op.drop_table("notes")
    op.drop_table("first_approvals")
    op.drop_table("edits")
    op.drop_index("ix_claims_moderator_id", table_name="claims")
    op.drop_table("claims")
    op.drop_index("ix_appeals_comment_id", table_name="appeals")
    op.drop_table("appeals")
    op.drop_table("roles")
    op.drop_table("invitations")
    op.drop_index("ix_events_site_id_id", table_name="events")
    op.drop_table("events")
    op.drop_table("audit_chain")


def _refusals(table: str) -> dict[str, tuple[str, ...]]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    function = f"""
    CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$
    """
    trigger = f"""
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_append_only()
    """
    return {
        "sqlite": (
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        ),
        "postgresql": (function, trigger),
    }
