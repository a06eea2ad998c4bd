"""rights: words that are forgotten, and erasures on their way to the journal.

Only new tables, columns that may be empty and an index: code of the schema before goes on running beside this one. The
trail still refuses every change but one: a decision may lose its words, and its place gets a second seal then.
"""

import sqlalchemy as sa
from alembic import op

import comments.schema

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_HAS_REJECTED_WORDS = sa.text("status = 'rejected' AND words_forgotten_at IS NULL")


_DECISIONS_KEEP = (
    "id",
    "comment_id",
    "site_id",
    "revision",
    "old_status",
    "new_status",
    "made_by",
    "moderator_id",
    "reason",
    "policy_version",
    "undoes_id",
    "batch_id",
    "made_at",
)
_CHAIN_KEEPS = ("position", "source", "source_id", "seal", "sealed_at")
# Table: what may be changed, what must stay then, and the words it refuses anything else with.
_LETS = {
    "decisions": ("NEW.note IS NULL AND NEW.explanation = '[]'", _DECISIONS_KEEP, "decisions are append-only"),
    "audit_chain": ("OLD.reseal IS NULL AND NEW.reseal IS NOT NULL", _CHAIN_KEEPS, "audit_chain is append-only"),
}


def _let(table: str, *, one_change: bool) -> None:
    """Make the table refuse every change, but the one if `one_change`."""
    what, keeps, words = _LETS[table]
    if op.get_bind().dialect.name == "sqlite":
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in keeps)
        when = f"WHEN NOT ({what} AND {same})" if one_change else ""
        op.execute(f"DROP TRIGGER {table}_no_update")
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {when}"
            f" BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
        return
    same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in keeps)
    let = f"IF TG_OP = 'UPDATE' THEN IF {what} AND {same} THEN RETURN NEW; END IF; END IF;" if one_change else ""
    op.execute(f"""
    CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN {let} RAISE EXCEPTION '{words}'; END $$
    """)


def upgrade() -> None:
    op.add_column("audit_chain", sa.Column("reseal", sa.LargeBinary(length=32), nullable=True))
    for table in _LETS:
        _let(table, one_change=True)
    op.add_column("comments", sa.Column("words_forgotten_at", comments.schema.Moment(), nullable=True))
    op.create_index(
        "ix_comments_rejected_words",
        "comments",
        ["site_id", "decided_at", "id"],
        unique=False,
        sqlite_where=_HAS_REJECTED_WORDS,
        postgresql_where=_HAS_REJECTED_WORDS,
    )
    op.create_table(
        "unjournaled",
        sa.Column(
            "comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_unjournaled_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_unjournaled")),
    )
    op.create_table(
        "bans",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("loose_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("kid", sa.String(length=8), nullable=False),
        sa.Column("created_at", comments.schema.Moment(), nullable=False),
        sa.Column("until_at", comments.schema.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_bans_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bans")),
        sa.UniqueConstraint("site_id", "loose_key", name=op.f("uq_bans_site_id_loose_key")),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO unjournaled (comment_id) SELECT id FROM comments WHERE status = 'erased'")


def downgrade() -> None:
    # A code that knows no second seal would call every line that lost its words a changed one; so it is.
    for table in _LETS:
        _let(table, one_change=False)
    op.drop_column("audit_chain", "reseal")
    op.drop_table("bans")
    op.drop_table("unjournaled")
    op.drop_index(
        "ix_comments_rejected_words",
        table_name="comments",
        sqlite_where=_HAS_REJECTED_WORDS,
        postgresql_where=_HAS_REJECTED_WORDS,
    )
    op.drop_column("comments", "words_forgotten_at")
