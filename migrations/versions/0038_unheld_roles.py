"""Roles that nobody held when supervision or a message was for them."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unheld_roles",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("place_id", sa.Integer, sa.ForeignKey("places.id"), nullable=False),
        sa.Column("role", sa.String(30)),
        sa.Column("named", sa.String(120), nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("went_to", sa.String(120)),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_index("ix_unheld_roles_case_id", "unheld_roles", ["case_id"])
    op.create_index("ix_unheld_roles_at", "unheld_roles", ["at"])


def downgrade() -> None:
    op.drop_table("unheld_roles")
