"""Drafts of processes, and who may draft."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

PERMISSIONS = sa.table("permissions", *(sa.column(name) for name in ("role", "act", "scope")))


def upgrade() -> None:
    op.create_table(
        "process_drafts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("process", sa.String(80), nullable=False),
        sa.Column("based_on", sa.Integer, nullable=False),
        sa.Column("begun_by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("begun_at", Moment, nullable=False),
        sa.Column("changed_by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("published", sa.Integer, nullable=True),
    )
    op.create_index(
        "ix_process_drafts_open",
        "process_drafts",
        ["process"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "process_draft_files",
        sa.Column("draft_id", sa.Integer, sa.ForeignKey("process_drafts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("path", sa.String(200), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    asked = sa.select(PERMISSIONS.c.role, sa.literal("process.draft"), PERMISSIONS.c.scope)
    op.execute(
        PERMISSIONS.insert().from_select(["role", "act", "scope"], asked.where(PERMISSIONS.c.act == "process.publish"))
    )


def downgrade() -> None:
    op.execute(PERMISSIONS.delete().where(PERMISSIONS.c.act == "process.draft"))
    op.drop_table("process_draft_files")
    op.drop_index("ix_process_drafts_open", "process_drafts")
    op.drop_table("process_drafts")
