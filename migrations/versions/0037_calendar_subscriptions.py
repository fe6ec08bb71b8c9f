"""Addresses that working calendars take days from, and these days."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_subscriptions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("calendar_id", sa.Integer, sa.ForeignKey("calendars.id"), nullable=False, unique=True),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("means", sa.String(8), nullable=False),
        sa.Column("tag", sa.String(200), nullable=False),
        sa.Column("changed", sa.String(60), nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("fetched_at", Moment),
        sa.Column("failed", sa.JSON, nullable=False),
        sa.Column("passed_over", sa.Integer, nullable=False),
    )
    op.create_index("ix_calendar_subscriptions_due_at", "calendar_subscriptions", ["due_at"])
    op.create_table(
        "subscribed_days",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subscription_id", sa.Integer, sa.ForeignKey("calendar_subscriptions.id"), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("hours", sa.JSON, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.UniqueConstraint("subscription_id", "day"),
    )


def downgrade() -> None:
    op.drop_table("subscribed_days")
    op.drop_table("calendar_subscriptions")
