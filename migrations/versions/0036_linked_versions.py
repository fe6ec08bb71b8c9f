"""Versions of processes that belong to an improvement."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "improvement_versions",
        sa.Column("version_id", sa.Integer, sa.ForeignKey("versions.id"), primary_key=True),
        sa.Column("improvement_id", sa.Integer, sa.ForeignKey("improvements.id"), nullable=False),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_index("ix_improvement_versions_improvement_id", "improvement_versions", ["improvement_id"])


def downgrade() -> None:
    op.drop_table("improvement_versions")
