"""door: proofs of work that were spent, why a comment waits for the way it came in, and floods in one row each.

Only new tables and columns with a default: code of the schema before goes on running beside this one.
"""

import sqlalchemy as sa
from alembic import op

import comments.schema

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sites", sa.Column("proof_of_work", sa.String(length=10), server_default="off", nullable=False))
    op.add_column("comments", sa.Column("door_hold", sa.String(length=10), server_default="", nullable=False))
    op.create_table(
        "spent_proofs",
        sa.Column("challenge", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", comments.schema.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_spent_proofs")),
    )
    op.create_index("ix_spent_proofs_expires_at", "spent_proofs", ["expires_at"], unique=False)
    op.create_table(
        "floods",
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("began_at", comments.schema.Moment(), nullable=False),
        sa.Column("network", sa.LargeBinary(length=8), nullable=False),
        sa.Column("posts", sa.BigInteger(), nullable=False),
        sa.Column("last_at", comments.schema.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_floods_site_id")),
        sa.PrimaryKeyConstraint("site_id", "began_at", "network", name=op.f("pk_floods")),
    )
    op.create_index("ix_floods_began_at", "floods", ["began_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_floods_began_at", table_name="floods")
    op.drop_table("floods")
    op.drop_index("ix_spent_proofs_expires_at", table_name="spent_proofs")
    op.drop_table("spent_proofs")
    op.drop_column("comments", "door_hold")
    op.drop_column("sites", "proof_of_work")
