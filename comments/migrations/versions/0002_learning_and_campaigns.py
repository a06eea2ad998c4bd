"""site models, audit samples, campaigns and shadow checks."""

import sqlalchemy as sa
from alembic import op

import comments.schema

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_samples",
        sa.Column(
            "comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("created_at", comments.schema.Moment(), nullable=False),
        sa.Column("decided_at", comments.schema.Moment(), nullable=True),
        sa.CheckConstraint("rate > 0 AND rate <= 1", name=op.f("ck_audit_samples_rate")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_audit_samples_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_audit_samples_site_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_audit_samples")),
    )
    with op.batch_alter_table("audit_samples", schema=None) as batch_op:
        batch_op.create_index(
            "ix_audit_samples_site_id_decided_at_comment_id", ["site_id", "decided_at", "comment_id"], unique=False
        )

    op.create_table(
        "site_models",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("head", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("shipped_version", sa.String(length=40), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("metrics", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("trained_to_decision_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", comments.schema.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_models_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_models")),
    )
    with op.batch_alter_table("site_models", schema=None) as batch_op:
        batch_op.create_index(
            "ix_site_models_site_id_head_trained_to_decision_id",
            ["site_id", "head", "trained_to_decision_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_site_models_active",
            ["site_id", "head"],
            unique=True,
            sqlite_where=sa.text("is_active"),
            postgresql_where=sa.text("is_active"),
        )

    # Plain columns with a default or without a value: neither database copies the table for them.
    op.add_column("sites", sa.Column("shadow_checks", sa.Text(), server_default="[]", nullable=False))
    op.add_column("comments", sa.Column("cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
    op.create_index("ix_comments_cluster_id", "comments", ["cluster_id"], unique=False)
    op.create_index(
        "ix_decisions_moderators",
        "decisions",
        ["site_id", "id"],
        unique=False,
        sqlite_where=sa.text("made_by = 'moderator'"),
        postgresql_where=sa.text("made_by = 'moderator'"),
    )


def downgrade() -> None:
    op.drop_index("ix_decisions_moderators", table_name="decisions")
    op.drop_index("ix_comments_cluster_id", table_name="comments")
    op.drop_column("comments", "cluster_id")
    op.drop_column("sites", "shadow_checks")
    op.drop_table("site_models")
    op.drop_table("audit_samples")
