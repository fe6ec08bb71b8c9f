"""Publications that wait for their time or an approval, rights per process, and drafts whose changes can be undone."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "planned_publications",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("process", sa.String(80), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("merged", sa.JSON(), nullable=True),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("at", Moment, nullable=True),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("approved_by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("approved_at", Moment, nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("job_id", sa.Integer, nullable=True),
        sa.Column("zh", sa.Text, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("ended_by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("number", sa.Integer, nullable=True),
    )
    for column in ("process", "state"):
        op.create_index(f"ix_planned_publications_{column}", "planned_publications", [column])
    op.create_table(
        "process_rights",
        sa.Column("process", sa.String(80), primary_key=True),
        sa.Column("act", sa.String(40), primary_key=True),
        sa.Column("role", sa.String(30), primary_key=True),
    )
    op.create_table("four_eyes", sa.Column("process", sa.String(80), primary_key=True))


def downgrade() -> None:
    for table in ("four_eyes", "process_rights", "planned_publications"):
        op.drop_table(table)
