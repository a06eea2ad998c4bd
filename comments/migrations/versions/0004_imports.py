"""what imports need: which comment of another system each one was, and threads that are read by time.

A new table and an index: code of the schema before goes on running beside this one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BEGINS = "root_id IS NULL"


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_imports_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_imports_site_id")),
        sa.PrimaryKeyConstraint("site_id", "source", "source_id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_comment_id", "imports", ["comment_id"], unique=False)
    op.create_index(
        "ix_comments_thread_roots",
        "comments",
        ["thread_id", "created_at", "id"],
        unique=False,
        sqlite_where=sa.text(_BEGINS),
        postgresql_where=sa.text(_BEGINS),
    )
    op.create_index("ix_comments_replies", "comments", ["thread_id", "status", "root_id", "created_at", "id"])
    op.drop_index("ix_comments_thread_id_status_root_id_id", table_name="comments")


def downgrade() -> None:
    old = "ix_comments_thread_id_status_root_id_id"
    op.create_index(old, "comments", ["thread_id", "status", "root_id", "id"])
    op.drop_index("ix_comments_replies", table_name="comments")
    where = sa.text(_BEGINS)
    op.drop_index("ix_comments_thread_roots", table_name="comments", sqlite_where=where, postgresql_where=where)
    op.drop_index("ix_imports_comment_id", table_name="imports")
    op.drop_table("imports")
