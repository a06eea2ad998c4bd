"""devices: browsers that a reader asked to be remembered on.

Only a new table and a column that may be empty: code of the schema before goes on running beside this one.
"""

import sqlalchemy as sa
from alembic import op

import comments.schema

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("created_at", comments.schema.Moment(), nullable=False),
        sa.Column("last_used_on", comments.schema.Moment(), nullable=False),
        sa.Column("revoked_at", comments.schema.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_devices_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_devices_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_devices_last_used_on", "devices", ["last_used_on"], unique=False)
    op.add_column(
        "identities", sa.Column("device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    )
    op.create_index(
        "ix_identities_device_id_comment_id",
        "identities",
        ["device_id", "comment_id"],
        unique=False,
        sqlite_where=sa.text("device_id IS NOT NULL"),
        postgresql_where=sa.text("device_id IS NOT NULL"),
    )


def downgrade() -> None:
    where = sa.text("device_id IS NOT NULL")
    op.drop_index(
        "ix_identities_device_id_comment_id", table_name="identities", sqlite_where=where, postgresql_where=where
    )
    op.drop_column("identities", "device_id")
    op.drop_index("ix_devices_last_used_on", table_name="devices")
    op.drop_table("devices")
