"""what the newsroom says itself is marked, and a feed finds what was published last.

A column with a default and an index: code of the schema before goes on running beside this one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INDEX = "ix_comments_approved_decided_at"
_IS_APPROVED = sa.text("status = 'approved'")


def upgrade() -> None:
    op.add_column("comments", sa.Column("by_newsroom", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        _INDEX,
        "comments",
        ["site_id", "decided_at", "id"],
        unique=False,
        sqlite_where=_IS_APPROVED,
        postgresql_where=_IS_APPROVED,
    )


def downgrade() -> None:
    op.drop_index(_INDEX, table_name="comments", sqlite_where=_IS_APPROVED, postgresql_where=_IS_APPROVED)
    op.drop_column("comments", "by_newsroom")
