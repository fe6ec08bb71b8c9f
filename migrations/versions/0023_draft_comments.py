"""Comments at the elements of a process that is being changed."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "process_draft_comments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("process", sa.String(80), nullable=False),
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("element", sa.String(200), nullable=False),
        sa.Column("named", sa.String(200), nullable=False),
        sa.Column("under_id", sa.Integer, sa.ForeignKey("process_draft_comments.id"), nullable=True),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("done_by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("done_at", Moment, nullable=True),
    )
    op.create_index("ix_process_draft_comments_place", "process_draft_comments", ["process", "path", "element"])
    op.create_index("ix_process_draft_comments_under_id", "process_draft_comments", ["under_id"])


def downgrade() -> None:
    op.drop_table("process_draft_comments")
