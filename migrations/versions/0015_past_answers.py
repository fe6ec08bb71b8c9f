"""What was answered before a complaint was imported is kept with it."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("complaints", sa.Column("past_answer", sa.Text, nullable=False, server_default=""))
    op.add_column("complaints", sa.Column("past_answered_at", Moment(timezone=True)))


def downgrade() -> None:
    for name in ("past_answered_at", "past_answer"):
        op.drop_column("complaints", name)
