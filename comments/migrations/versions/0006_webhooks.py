"""webhooks with what waits for them, and the digests that were sent.

Only new tables: code of the schema before goes on running beside this one.
"""

import sqlalchemy as sa
from alembic import op

import comments.schema

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("site_id", _BIG_ID, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("announcements", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret", sa.LargeBinary(), nullable=True),
        sa.Column("old_secret_until", comments.schema.Moment(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", comments.schema.Moment(), nullable=True),
        sa.Column("last_problem", sa.String(length=100), server_default="", nullable=False),
        sa.Column("rests_until", comments.schema.Moment(), nullable=True),
        sa.Column("paused_at", comments.schema.Moment(), nullable=True),
        sa.Column("delivered_at", comments.schema.Moment(), nullable=True),
        sa.Column("created_at", comments.schema.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_webhooks_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("site_id", "url", name=op.f("uq_webhooks_site_id_url")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "webhook_letters",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("webhook_id", _BIG_ID, nullable=False),
        sa.Column("decision_id", _BIG_ID, nullable=True),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("due_at", comments.schema.Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", comments.schema.Moment(), nullable=True),
        sa.Column("created_at", comments.schema.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_letters_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_letters")),
    )
    op.create_index(
        "ix_webhook_letters_webhook_id_due_at_id", "webhook_letters", ["webhook_id", "due_at", "id"], unique=False
    )
    op.create_index("ix_webhook_letters_decision_id", "webhook_letters", ["decision_id"], unique=False)
    op.create_table(
        "digests",
        sa.Column("site_id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("period_at", comments.schema.Moment(), nullable=False),
        sa.Column("told_until", comments.schema.Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", comments.schema.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_digests_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("site_id", "name", name=op.f("pk_digests")),
    )


def downgrade() -> None:
    op.drop_table("digests")
    op.drop_index("ix_webhook_letters_decision_id", table_name="webhook_letters")
    op.drop_index("ix_webhook_letters_webhook_id_due_at_id", table_name="webhook_letters")
    op.drop_table("webhook_letters")
    op.drop_table("webhooks")
