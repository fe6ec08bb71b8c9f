"""Addresses outside of the company that are mailed signed reports."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_addresses",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("place_id", sa.Integer, sa.ForeignKey("places.id"), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("mail", sa.String(254), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.UniqueConstraint("place_id", "mail"),
    )


def downgrade() -> None:
    op.drop_table("report_addresses")
