"""Who has a draft open."""

import sqlalchemy as sa
from alembic import op

from engine.core.store import Moment

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "process_draft_presences",
        sa.Column("draft_id", sa.Integer, sa.ForeignKey("process_drafts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("at", Moment, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("process_draft_presences")
