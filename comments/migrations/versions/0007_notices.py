"""notices to authors: sealed contacts, who was asked for a confirmation, and whether a site offers them.

Only new tables and a column with a default: code of the schema before goes on running beside this one.
"""

import sqlalchemy as sa
from alembic import op

import comments.schema

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column(
            "comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kid", sa.String(length=8), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", comments.schema.Moment(), nullable=False),
        sa.Column("asked_at", comments.schema.Moment(), nullable=True),
        sa.Column("confirmed_at", comments.schema.Moment(), nullable=True),
        sa.Column("told_at", comments.schema.Moment(), nullable=True),
        sa.Column("sends", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_contacts_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_contacts_site_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_contacts_link_hash")),
    )
    op.create_index("ix_contacts_created_at", "contacts", ["created_at"], unique=False)
    op.create_table(
        "mailboxes",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("asked_at", comments.schema.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mailboxes")),
    )
    op.add_column("sites", sa.Column("reply_notices", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("sites", "reply_notices")
    op.drop_table("mailboxes")
    op.drop_index("ix_contacts_created_at", table_name="contacts")
    op.drop_table("contacts")
