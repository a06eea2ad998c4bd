"""privacy requests: what readers ask for about their own address, and where they reach the newsroom.

Only a new table and a column with a default: code of the schema before goes on running beside this one.
"""

import sqlalchemy as sa
from alembic import op

import comments.schema

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wish", sa.String(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kid", sa.String(length=8), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("locked_keys", sa.LargeBinary(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("created_at", comments.schema.Moment(), nullable=False),
        sa.Column("expires_at", comments.schema.Moment(), nullable=False),
        sa.Column("used_at", comments.schema.Moment(), nullable=True),
        sa.Column("cleaned_at", comments.schema.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_privacy_requests_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_privacy_requests_link_hash")),
    )
    op.create_index("ix_privacy_requests_expires_at", "privacy_requests", ["expires_at"], unique=False)
    op.add_column("sites", sa.Column("contact_url", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("sites", "contact_url")
    op.drop_index("ix_privacy_requests_expires_at", table_name="privacy_requests")
    op.drop_table("privacy_requests")
