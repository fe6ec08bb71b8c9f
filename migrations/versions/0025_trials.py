"""Trial runs of drafts."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trials",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("process", sa.String(80), nullable=False),
        sa.Column("company", sa.String(64), nullable=False),
        sa.Column("steps", sa.JSON, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("moment", Moment, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.UniqueConstraint("by_id", "process", name="uq_trials_by_id_process"),
    )


def downgrade() -> None:
    op.drop_table("trials")
